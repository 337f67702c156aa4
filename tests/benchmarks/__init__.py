"""Measurements beside the peer: quality.py and scale.py, run by ``make benchmark``."""
