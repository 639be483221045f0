"""The REST server behind ``ragkit serve``."""
