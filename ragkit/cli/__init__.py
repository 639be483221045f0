"""The ``ragkit`` command: parses, calls the knowledge base, prints."""

from __future__ import annotations

from ragkit.cli.app import main

__all__ = ["main"]
