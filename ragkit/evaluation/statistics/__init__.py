"""Intervals, paired tests, power and calibration; numbers in, numbers out, no knowledge of ragkit."""
