"""How far a name reaches, by the sign before it. Every function returns the index after its last word, or None."""

from __future__ import annotations

from collections.abc import Sequence

from ragkit.privacy.plain_form import PlainForm
from ragkit.privacy.recognisers.name_words import PARTICLES, Word

_MOST_WORDS = 5
_NO_NAME_AFTER_A_TITLE_LIST = """
    clean and or contin be can is the
"""
_NO_NAME_AFTER_A_TITLE = frozenset(_NO_NAME_AFTER_A_TITLE_LIST.split())
_CONNECTORS = frozenset(("is", "was", "named", "called", "name", "'s", "s", ":", ",", "-", ".", "(", "="))
_MOST_CONNECTORS = 4
_PLACES_LIST = """
    hospital clinic center centre institute foundation act university college medical health memorial syndrome
    sign test tube drain scale score catheter maneuver manoeuvre position disease procedure method criteria rule
    law line splint protocol policy form unit building tower pavilion hall street avenue road library award
"""
_PLACES = frozenset(_PLACES_LIST.split())
_CLINICAL_AFTER_LOWER_LIST = """
    and or on in at with for to the a an
"""
_CLINICAL_AFTER_LOWER = frozenset(_CLINICAL_AFTER_LOWER_LIST.split())


def after_title(words: Sequence[Word], position: int, shouts: bool) -> int | None:
    """The name after "Mr.": any capitalised word; in lower case one that is a name or no word at all."""
    title = words[position]
    if title.text.isupper() and not shouts:  # MS is morphine sulfate, MR a scan
        return None
    start = _skip_full_stop(words, position + 1)
    start = _skip_particles(words, start)
    if start >= len(words) or not _adjoins(words, start):
        return None
    word = words[start]
    if word.initial:
        return _extended(words, start, shouts) if _next_is_name(words, start) else start + 1
    if not word.text[0].isalpha() or word.lower in _NO_NAME_AFTER_A_TITLE:
        return None
    lower = not word.capitalised or shouts
    if lower and not _a_name_in_lower_case(word):
        return None
    if (
        title.lower in ("ms", "miss", "misses")
        and not title.capitalised
        and not (word.known_given or word.known_surname or word.unknown)
    ):
        return None
    if title.lower in ("ms", "miss") and word.plain and not (word.known_given or word.known_surname):
        return None
    return _extended(words, start, shouts)


def after_person_word(words: Sequence[Word], position: int, shouts: bool) -> tuple[int, int] | None:
    """First word and end of the name after "patient", "pt", "mom", "named", with "is", "named" or a comma between."""
    start = position + 1
    while start < len(words) and start - position <= _MOST_CONNECTORS and words[start].lower in _CONNECTORS:
        start += 1
    first = start
    start = _skip_particles(words, start)
    if start >= len(words) or (start == position + 1 and words[start].start - words[position].end != 1):
        return None
    word = words[start]
    comma = comma_name(words, start)
    if comma is not None:
        return start, comma
    if word.initial and _next_is_name(words, start):
        return start, _extended(words, start, shouts)
    if not _a_name_after_person_word(words, start, shouts):
        return None
    return first, _extended(words, start, shouts)


def comma_name(words: Sequence[Word], position: int) -> int | None:
    """Reads "Quimby, Harold": a surname and a known given name, both capitalised."""
    start = _skip_particles(words, position)
    if start + 2 >= len(words) or words[start + 1].text != ",":
        return None
    surname, given = words[start], words[start + 2]
    fits = surname.capitalised and len(surname.text) > 1 and not surname.clinical
    if not (fits and (surname.known_surname or surname.unknown or not surname.plain) and given.capitalised):
        return None
    return _extended(words, start + 2, False) if given.known_given else None


def by_itself(words: Sequence[Word], position: int, plain: PlainForm, beside: set[int]) -> int | None:
    """A given name with a surname; two words that no list knows, where another identifier stands beside them."""
    word = words[position]
    if not word.capitalised or len(word.text) < 2 or word.clinical or position + 1 >= len(words):
        return None
    end = _extended(words, position, plain.shouts)
    last = words[end - 1]
    if end - position < 2 or last.initial:
        return None
    named = end < len(words) and words[end].lower in _PLACES
    if word.known_given and not named:
        return end
    if _identifier_follows(words, end, beside) and not named:
        either = word.maybe_given or word.unknown or word.known_surname
        return end if either and not word.plain else None
    if word.maybe_given and last.known_surname and not named and position > 0 and not _begins(words, position):
        return end
    return None


def _extended(words: Sequence[Word], start: int, shouts: bool) -> int:
    """The end of the name whose first word stands at ``start``: initials, particles, further names."""
    end = start + 1
    while end < len(words) and end - start < _MOST_WORDS:
        following = _skip_full_stop(words, end) if words[end - 1].initial else end
        following = _skip_particles(words, following)
        if following >= len(words) or not _adjoins(words, following) or not _continues(words, start, following, shouts):
            break
        end = following + 1
    return end


def _continues(words: Sequence[Word], start: int, position: int, shouts: bool) -> bool:
    word = words[position]
    if word.initial:
        return position + 1 >= len(words) or words[position + 1].lower not in ("+", "-")
    if len(word.text) < 2 or not word.text[0].isalpha() or word.clinical:
        return False
    if word.capitalised and not shouts:
        if word.shouted and not (word.known_surname or word.known_given):
            return False
        return word.known_given or word.known_surname or word.unknown
    first = words[start]
    lower_name = first.known_given and (not first.capitalised or shouts)
    return lower_name and (word.known_surname or word.unknown) and word.lower not in _CLINICAL_AFTER_LOWER


def _a_name_after_person_word(words: Sequence[Word], position: int, shouts: bool) -> bool:
    word = words[position]
    if len(word.text) < 2 or not word.text[0].isalpha() or word.clinical:
        return False
    if not word.capitalised or shouts:
        return word.known_given
    if word.shouted:
        return word.known_given or word.known_surname
    if word.known_given or word.unknown:
        return True
    if word.maybe_given and position + 1 < len(words) and words[position + 1].capitalised:
        return words[position + 1].known_surname or words[position + 1].unknown
    return word.known_surname


def _a_name_in_lower_case(word: Word) -> bool:
    return word.known_given or word.known_surname or (word.unknown and len(word.text) > 2)


def _identifier_follows(words: Sequence[Word], end: int, beside: set[int]) -> bool:
    """Whether an identifier, an age or a room follows right after: "(MRN ...", ", 91,", "age 8", "in 412"."""
    following = end
    while following < len(words) and following - end < 2 and words[following].text in (",", "(", "-", ":"):
        following += 1
    if following >= len(words):
        return False
    if words[following].start in beside:
        return True
    word = words[following]
    further = words[following + 1] if following + 1 < len(words) else None
    if word.lower in ("age", "aged", "rm", "room", "bed", "in", "dob", "mrn"):
        return further is not None and (further.text.isdigit() or further.lower in ("room", "rm", "bed"))
    after_mark = following > end
    return (
        word.text.isdigit()
        and len(word.text) <= 3
        and after_mark
        and (further is None or further.text in (",", ")", ";", "."))
    )


def _next_is_name(words: Sequence[Word], position: int) -> bool:
    following = _skip_full_stop(words, position + 1)
    following = _skip_particles(words, following)
    if following >= len(words):
        return False
    word = words[following]
    return word.capitalised and len(word.text) > 1 and (word.known_given or word.known_surname or word.unknown)


def _begins(words: Sequence[Word], position: int) -> bool:
    return position == 0 or words[position - 1].text in (".", "?", "!", ":")


def _skip_full_stop(words: Sequence[Word], position: int) -> int:
    return position + 1 if position < len(words) and words[position].text == "." else position


def _skip_particles(words: Sequence[Word], position: int) -> int:
    """The position after "van der", where a capitalised word follows; else ``position``."""
    following = position
    while following < len(words) and following - position < 3 and words[following].lower in PARTICLES:
        following += 1
    named = following < len(words) and words[following].capitalised and len(words[following].text) > 1
    return following if named else position


def _adjoins(words: Sequence[Word], position: int) -> bool:
    return words[position].start - words[position - 1].end <= 2
