"""All that hoidap knows about the Vietnamese language."""
