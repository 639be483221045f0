"""One reader a file format: bytes become a ParsedSource."""
