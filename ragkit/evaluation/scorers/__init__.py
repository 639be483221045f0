"""Measuring groundedness scorers on human labels."""
