"""A source file becomes a Document: canonical text, blocks with offsets, governance."""
