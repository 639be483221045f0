"""Asking every question of a set: progress, parallel, resumable, cached."""
