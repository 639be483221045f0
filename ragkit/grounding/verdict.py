"""What grounding says about a claim and its evidence."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """Whether the evidence carries the claim."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    UNSUPPORTED = "unsupported"
