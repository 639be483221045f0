"""What comes of making a question self-contained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

LONGEST = 2_000
"""Characters of a question made self-contained; a longer one is asked as it stands."""


@dataclass(frozen=True)
class StandaloneQuestion:
    """A question that can be understood by itself.

    Attributes:
        text: the question to search for.
        changed: whether it differs from what was asked.
        by: who changed it; "" where nobody did.
        prompts: version and hash of the prompt, where a language model was asked.
    """

    text: str
    changed: bool = False
    by: Literal["", "rules", "language_model"] = ""
    prompts: Mapping[str, str] = field(default_factory=dict)
