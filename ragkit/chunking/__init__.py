"""A Document becomes chunks: spans along its structure, each understandable alone."""
