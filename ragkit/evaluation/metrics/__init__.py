"""Metrics: each reads records and gives one value a question, with its definition and source in its docstring."""
