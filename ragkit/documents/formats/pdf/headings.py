"""Which lines are headings, and how deep."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ragkit.documents.formats.pdf.geometry import Line

_MOST_WORDS = 14
_RUN_IN = re.compile(r"^(?P<label>[A-Z][A-Za-z0-9 /&,()'’\-–]{2,60}?):(?=\s|$)")

_SECTION_NAMES = frozenset(
    """purpose|policy|policy statement|statement of policy|scope|procedure|procedures|definition|definitions|background|
    principle|principles|authority|responsibility|responsibilities|equipment|supplies|indications|contraindications|
    precautions|documentation|references|reference|related documents|related policies|cross reference|
    cross references|exceptions|introduction|objective|objectives|rationale|guideline|guidelines|process|training|
    monitoring|enforcement|attachments|appendices|summary|applicability|special considerations|patient education|
    warnings|complications|assessment|interventions|expected outcomes|quality assurance""".replace("\n    ", "").split(
        "|"
    )
)
"""Usual names of a policy's sections; with a colon they are headings however they are written."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A recognised heading's place among others.

    Attributes:
        look: what headings of the same depth share.
        strength: the higher, the further up.
    """

    look: tuple[object, ...]
    strength: float

    @property
    def size(self) -> float:
        """Font size."""
        return float(str(self.look[0]))


def _alike(a: Heading, b: Heading) -> bool:
    """Whether two headings are of one depth; recognised text varies in size."""
    return a.look[1:] == b.look[1:] and abs(a.size - b.size) <= 0.12 * max(a.size, b.size)


class SectionTrail:
    """The headings above the text that is being read."""

    def __init__(self) -> None:
        self._open: list[tuple[Heading, str]] = []

    @property
    def trail(self) -> tuple[str, ...]:
        """Their texts, outermost first."""
        return tuple(text for _, text in self._open)

    def enter(self, heading: Heading, text: str) -> int:
        """Opens the section of ``text``; returns its level, 1 for the outermost."""
        alike = next((i for i, (entry, _) in enumerate(self._open) if _alike(entry, heading)), None)
        if alike is not None:
            del self._open[alike:]
        else:
            while self._open and self._open[-1][0].strength <= heading.strength:
                self._open.pop()
        self._open.append((heading, text))
        return len(self._open)


def caps_share(text: str) -> float:
    """Share of capitals among the letters of ``text``."""
    letters = [c for c in text if c.isalpha()]
    return sum(1 for c in letters if c.isupper()) / len(letters) if letters else 0.0


def is_caps(text: str) -> bool:
    """Whether a text is written in capitals (at least four letters)."""
    return sum(1 for c in text if c.isalpha()) >= 4 and caps_share(text) > 0.95


def run_in_label(text: str) -> str | None:
    """The label with which a paragraph begins ("PURPOSE: To ensure ..."), with its colon.

    It is written in capitals, or one of the usual names of a policy's sections.
    """
    found = _RUN_IN.match(text)
    if not found or len(found["label"].split()) > 6:
        return None
    if not is_caps(found["label"]) and not is_section_name(found["label"]):
        return None
    return found["label"] + ":"


def is_section_name(text: str) -> bool:
    """Whether a text is a usual name of a policy's section ("Purpose", "Definitions:")."""
    return text.strip().rstrip(":").lower() in _SECTION_NAMES


def heading_of(text: str, line: Line, *, body_size: float, centred: bool, kind: str | None) -> Heading | None:
    """Reads a line as a heading, if it looks like one.

    Args:
        text: the line's words without its mark.
        line: the line.
        body_size: font size of the running text.
        centred: whether it stands in the middle of its column.
        kind: the kind of its list mark, None where it has none.
    """
    words = text.split()
    stripped = text.rstrip()
    if not words or len(words) > _MOST_WORDS or not any(c.isalpha() for c in text):
        return None
    if (stripped.endswith((".", ";", ",", "?")) or ". " in stripped.lstrip("0123456789.")) and not is_caps(stripped):
        return None
    caps = is_caps(text)
    larger = line.size >= 1.15 * body_size
    # a number, larger type and bold make a heading of "0 to 5 minutes: first steps"
    marked = kind is not None and larger and line.bold
    if not caps and not marked and (next(c for c in text if c.isalpha()).islower() or _is_label_with_sentence(text)):
        return None
    named = stripped.endswith(":") and is_section_name(stripped)
    bold = line.bold
    if not (larger or bold or caps or named or (line.underlined and len(words) <= 8)):
        return None
    if caps and not (larger or bold or line.underlined or centred):
        # nothing but capitals: an abbreviation, unless it is numbered, has a colon or more words
        if kind is not None and kind.strip("().") in ("a", "i"):
            return None
        if kind is None and not stripped.endswith(":") and len(words) < 2:
            return None
    if stripped.endswith(":") and not caps and not larger and len(words) >= 5:
        # a lead-in that happens to be emphasised
        return None
    look = (line.size, bold, caps, centred, kind)
    strength = line.size * 2 + 2 * caps + 2 * bold + centred + (0.5 if line.underlined else 0)
    return Heading(look, strength)


def _is_label_with_sentence(text: str) -> bool:
    """Whether a sentence follows a label ("Night pharmacist: called for every patient who ...")."""
    _, colon, rest = text.partition(": ")
    return bool(colon) and sum(1 for word in rest.split() if word.islower() and len(word) > 3) >= 2
