"""Is it there, and is it from the right document? How answers and passages are held against a question's gold.

Words are compared without case and punctuation, numbers as numbers: "5 mg" does not stand in "0.5 mg" or in "15 mg".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

from ragkit.documents.governance.numbers import number_key
from ragkit.evaluation.questions.question import GoldSpan, Nugget

GRAM = 4
QUOTE_OVERLAP = 0.8
"""A quote counts as shown if this share of its word 4-grams is."""

_SHORTEST_SQUEEZED = 7
"""Letters and digits from which on a string may also be found with other spaces ("sub cutaneous")."""

_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_WORD = re.compile(r"(?<![\d.])\d+\.\d+(?!\.?\d)|(?<![\w.])\.\d+|\d+|[^\W\d_]+")
_SUFFIX = re.compile(r"\.(?:pdf|docx?|x?html?|md|markdown|txt|text)$")


@lru_cache(maxsize=20_000)
def plain_words(text: str) -> tuple[str, ...]:
    """The words and numbers of a text without case and punctuation; a decimal number is one of them.

    >>> plain_words("Give 0.5 mL (1,000 units)!")
    ('give', '0.5', 'ml', '1000', 'units')
    """
    # U+0002 is what some PDF text layers have for a hyphen at a line's end
    folded = unicodedata.normalize("NFKC", text.replace("\x02", "-")).casefold()
    return tuple(f"0{word}" if word[0] == "." else word for word in _WORD.findall(_THOUSANDS.sub("", folded)))


def grams(text: str) -> frozenset[tuple[str, ...]]:
    """The word 4-grams of a text; a shorter text is one gram."""
    words = plain_words(text)
    if len(words) <= GRAM:
        return frozenset({words}) if words else frozenset()
    return frozenset(words[i : i + GRAM] for i in range(len(words) - GRAM + 1))


def contains(text: str, wanted: str) -> bool:
    """Whether the words of ``wanted`` follow each other in ``text``; a longer string also with other spaces.

    >>> contains("Flush every 8 HOURS.", "8 hours"), contains("Flush every 18 hours.", "8 hours")
    (True, False)
    """
    words, needle = plain_words(text), plain_words(wanted)
    if not needle:
        return True
    if f" {' '.join(needle)} " in f" {' '.join(words)} ":
        return True
    squeezed = "".join(needle)
    if len(squeezed) < _SHORTEST_SQUEEZED:
        return False
    before = r"(?<![\d.])" if squeezed[0].isdigit() else ""
    after = r"(?!\.?\d)" if squeezed[-1].isdigit() else ""
    return re.search(before + re.escape(squeezed) + after, "".join(words)) is not None


def contains_nugget(text: str, nugget: Nugget) -> bool:
    """Whether the nugget, or any one of its alternatives, stands in the text."""
    return any(contains(text, alternative) for alternative in alternatives_of(nugget))


def alternatives_of(nugget: Nugget) -> tuple[str, ...]:
    """The strings of which any one will do."""
    return (nugget,) if isinstance(nugget, str) else nugget


def overlap(quote: str, shown: Iterable[str]) -> float:
    """Share of the quote's word 4-grams that stand in the shown texts, taken one by one and joined in order.

    >>> overlap("Flush the port with saline every 8 hours.", ["Flush the port with saline"])
    0.4
    """
    wanted = grams(quote)
    if not wanted:
        return 1.0
    texts = list(shown)
    joined = [*texts, "\n".join(texts)]
    if len(plain_words(quote)) <= GRAM:
        return float(any(contains(text, quote) for text in joined))
    found = frozenset().union(*(grams(text) for text in joined))
    return len(wanted & found) / len(wanted)


@lru_cache(maxsize=4096)  # the same few hundred paths are compared with each other all the time
def _path_parts(path: str) -> tuple[str, ...]:
    return tuple(_SUFFIX.sub("", part) for part in PurePosixPath(path.strip().replace("\\", "/").casefold()).parts)


def document_key(name: str) -> str:
    """A document's name without case and suffix: gold spans with the same key are of the same document."""
    return "/".join(_path_parts(name))


def names_document(name: str, source: str, document_id: str = "", reference_number: str | None = None) -> bool:
    """Whether ``name`` (a path, an id or a reference number, as in ``GoldSpan.document``) means this document.

    Paths are compared from their end, as far as both go, without suffix: "north/ports.pdf" is "ports.txt" and not
    "south/ports.pdf".
    """
    if document_id and name.strip().casefold() == document_id.casefold():
        return True
    if reference_number and number_key(name) == number_key(reference_number):
        return True
    wanted, held = _path_parts(name), _path_parts(source)
    depth = min(len(wanted), len(held))
    return depth > 0 and wanted[-depth:] == held[-depth:]


@dataclass(frozen=True)
class Cited:
    """Words with the document they are from: a citation's quote, a statement with one of its citations, a passage."""

    source: str
    quote: str
    document_id: str = ""
    reference_number: str | None = None
    version: str | None = None

    def is_of(self, gold: GoldSpan) -> bool:
        """Whether it is from the gold span's document (and version, where the span names one)."""
        if gold.version is not None and self.version is not None and gold.version != self.version:
            return False
        return names_document(gold.document, self.source, self.document_id, self.reference_number)


def needed_together(gold: Sequence[GoldSpan], all_needed: bool = False) -> tuple[tuple[GoldSpan, ...], ...]:
    """The gold spans in groups: any one group answers, and of a group every span is needed.

    Spans of one document are a group (several documents say the same); with ``all_needed`` all spans are one.
    """
    if all_needed:
        return (tuple(gold),) if gold else ()
    groups: dict[str, list[GoldSpan]] = {}
    for span in gold:
        groups.setdefault(document_key(span.document), []).append(span)
    return tuple(tuple(group) for group in groups.values())


def span_overlap(span: GoldSpan, cited: Sequence[Cited]) -> float:
    """Share of the span's words that are shown from its document."""
    return overlap(span.quote, [each.quote for each in cited if each.is_of(span)])


def share_shown(gold: Sequence[GoldSpan], cited: Sequence[Cited], all_needed: bool = False) -> float:
    """Share of the gold words shown, for the group of spans that is shown best; each span counts by its 4-grams."""
    best = 0.0
    for group in needed_together(gold, all_needed):
        sizes = [len(grams(span.quote)) for span in group]
        shown = sum(span_overlap(span, cited) * size for span, size in zip(group, sizes, strict=True))
        best = max(best, shown / max(1, sum(sizes)))
    return best


def all_shown(gold: Sequence[GoldSpan], cited: Sequence[Cited], all_needed: bool = False) -> bool:
    """Whether every span of one group is shown, each to at least ``QUOTE_OVERLAP``."""
    return any(
        all(span_overlap(span, cited) >= QUOTE_OVERLAP for span in group) for group in needed_together(gold, all_needed)
    )


def has_right_source(gold: Sequence[GoldSpan], cited: Sequence[Cited]) -> bool:
    """Whether one of the cited documents is one of the gold documents."""
    return any(each.is_of(span) for each in cited for span in gold)
