"""Tests of chunking."""
