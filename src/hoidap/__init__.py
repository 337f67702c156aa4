"""Answers questions about a Vietnamese district's reports by quoting them."""
