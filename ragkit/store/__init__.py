"""Where a knowledge base lives: catalogue, text, full-text index and vectors in SQLite, mirrored vectors in Chroma."""
