"""Measurements beside the peer: quality.py and latency.py, run by ``make benchmark``."""
