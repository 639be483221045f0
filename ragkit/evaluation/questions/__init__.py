"""Question sets: their format, reading and checking them, and drafting one from a knowledge base."""
