"""Sentence boundaries with exact offsets, for clinical and administrative prose.

A general sentence splitter breaks at "Dr.", "0.5 mL", "e.g." or "Ref. No. 302"; a policy is full of those, and a
citation that starts in the middle of a dose is worse than one that is a little long. So a full stop ends a sentence
only where nothing speaks against it.
"""

from __future__ import annotations

import re
from functools import lru_cache

_ABBREVIATION_WORDS = """
    dr mr mrs ms prof st jr sr vs etc eg ie e.g i.e al approx appt dept dist div est fig figs sec secs sect ch chap
    no nos ref refs vol ed eds pp p pg para art app appx attn inc ltd co corp govt hosp univ ave blvd rd
    min mins hr hrs wk wks mo mos yr yrs max temp resp wt ht tab tabs cap caps inj susp sol soln amp amps
    b.i.d t.i.d q.i.d q.d q.h p.o p.r p.r.n i.v i.m s.c s.l a.m p.m u.s u.k h.s a.c p.c n.p.o m.d d.o r.n ph.d pharm.d
    b.sc m.sc l.v.n n.p p.a c.f.r u.s.c c.n.a
    jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun
    reg regs stat stats cf viz sic ca circa incl excl sched subd cal code
"""
_ABBREVIATIONS = frozenset(_ABBREVIATION_WORDS.split())
# those after which a new sentence often does start, when a capital letter follows
_OFTEN_FINAL_WORDS = "etc a.m p.m min mins hr hrs wk wks mo mos yr yrs co inc ltd al jr sr m.d d.o r.n ph.d"
_OFTEN_FINAL = frozenset(_OFTEN_FINAL_WORDS.split())
_CANDIDATE = re.compile(r"[.!?]+[\"'”’)\]]*(?=\s)|\n\s*\n")
_WORD_BEFORE = re.compile(r"[\w.&§-]+$")
_ENUMERATOR = re.compile(r"^\(?(?:[A-Za-z]|[ivxIVX]{1,5}|\d{1,3}(?:\.\d{1,3})*)$")
_NEXT_STARTS = re.compile(r"[\"'“‘(\[•*-]*\s*[A-Z0-9“\"'(\[•§]")


@lru_cache(maxsize=4096)
def sentence_spans(text: str) -> tuple[tuple[int, int], ...]:
    """The ``[start, end)`` spans of the sentences of ``text``, without the white space around them.

    Together they cover every character that is not white space. Empty for a blank text.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _CANDIDATE.finditer(text):
        if match.group().isspace() or _ends_sentence(text, start, match):
            _append(spans, text, start, match.end())
            start = match.end()
    _append(spans, text, start, len(text))
    return tuple(spans)


def _append(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if end > start:
        spans.append((start, end))


def _ends_sentence(text: str, start: int, match: re.Match[str]) -> bool:
    following = text[match.end() : match.end() + 40].lstrip()
    if not following:
        return True
    if match.group()[0] in "!?":
        return bool(_NEXT_STARTS.match(following))
    if not _NEXT_STARTS.match(following):
        return False
    before = text[start : match.start()]
    word_match = _WORD_BEFORE.search(before)
    if word_match is None:
        return True
    word = word_match.group().lower().strip("(-§&")
    if not before[: word_match.start()].strip() and _ENUMERATOR.match(word_match.group()):
        return False  # the "1." or "A." of a numbered item belongs to the words that follow it
    if word in _ABBREVIATIONS:
        return word in _OFTEN_FINAL and following[0].isupper()
    # a single capital is an initial ("J. Smith"), except after a number, where it is a unit ("1 L.")
    return not re.fullmatch(r"[A-Za-z]", word_match.group()) or before[: word_match.start()].rstrip()[-1:].isdigit()
