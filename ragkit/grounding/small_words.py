"""Small words that decide what a sentence says: "or", "unless", "only", "until", "may", "not", "off".

The reading of ``composed`` keeps the words that carry meaning and leaves these to checks of their own. Whether a text
in other words leaves one of them out is counted here: each belongs to a group of words that can take its place, and a
text has to have as many of a group as its source has.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files

from ragkit.grounding.rules.measures import measures
from ragkit.grounding.rules.polarity import negations

ANNOUNCING = frozenset({"each", "or", "either", "both", "after", "then", "another"})
"""The groups with which a lead-in announces its list ("any of the following"); one item alone has no use for them."""
_NO_CHOICE = re.compile(
    r"\b(?:whether or not|at once|as soon as possible|more than one|up to date)\b|\bfollowing:", re.IGNORECASE
)
_NOT = "not"


def small_words_left_out(source: str, text: str) -> dict[str, str]:
    """The groups of small words of which a text has fewer than its source; words of a quantity are compared elsewhere.

    Args:
        source: a line of a policy.
        text: what is to be shown instead.

    Returns:
        For each group that lacks a word, its name and the source's word; the group of all negations is "not".
    """
    bare, text_bare = _without_quantities(source), _without_quantities(text)
    missing: dict[str, str] = {}
    for name, (needed, said) in _groups().items():
        given = needed.findall(bare)
        if given and len(said.findall(text_bare)) < len(said.findall(bare)):
            missing[name] = given[-1].lower()
    denied = negations(source)
    if len(negations(text)) < len(denied):
        missing[_NOT] = denied[-1].cue
    return missing


@lru_cache(maxsize=8192)
def is_small(word: str) -> bool:
    """Whether a word is one that is counted here."""
    return any(needed.fullmatch(word) for needed, _ in _groups().values())


@cache
def _groups() -> dict[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    """By name: what a source has, and what stands for it in another text."""
    import yaml

    read = yaml.safe_load(files("ragkit.grounding").joinpath("small_words.yaml").read_text(encoding="utf-8"))
    found = {}
    for name, group in read.items():
        given, also = (re.sub(r"\|\s+", "|", group[key]) for key in ("given", "also"))
        needed = re.compile(rf"(?<!\w)(?:{given})(?!\w)", re.IGNORECASE)
        found[str(name)] = needed, re.compile(rf"(?<!\w)(?:{given}|{also})(?!\w)", re.IGNORECASE)
    return found


@lru_cache(maxsize=8192)
def _without_quantities(text: str) -> str:
    """A text with its quantities and their bounds ("every 4 hours", "at least 2") taken out."""
    for measure in measures(text):
        for start, end in ((measure.start, measure.end), measure.bound_span):
            text = text[:start] + " " * (end - start) + text[end:]
    return _NO_CHOICE.sub(" ", text)
