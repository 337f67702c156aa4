"""Looks at everything that has to work, and says what it found and what to do."""
