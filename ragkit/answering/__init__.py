"""Passages become an answer: the lines of the policy that answer, verified, or an honest "not found"."""
