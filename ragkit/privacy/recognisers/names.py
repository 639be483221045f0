"""Names of patients and their kin: after a title, after the word patient, beside other identifiers, or by themselves.

Staff are no patients: a name after "Dr.", "nurse", or before "RN" is left alone, since policies name people, too. What
counts as a name depends on how strong the sign before it is: after "Mr." any capitalised word is one; after "patient"
one that is no word otherwise; by itself only a known given name with a surname.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ragkit.privacy.base import Identifier, IdentifierKind
from ragkit.privacy.plain_form import PlainForm
from ragkit.privacy.recognisers.name_reading import after_person_word, after_title, by_itself, comma_name
from ragkit.privacy.recognisers.name_words import Word, is_namesake, words_of

_TITLES_LIST = """
    mr mrs ms miss mx mister missus misses madam madame senor senora sra
"""
TITLES = frozenset(_TITLES_LIST.split())
_STAFF_LIST = """
    dr drs doctor doc nurse rn np pa md do prof professor surgeon physician attending pharmacist chaplain officer
    captain chief director manager supervisor hospitalist intensivist paramedic medic midwife therapist technician
"""
STAFF = frozenset(_STAFF_LIST.split())
_DEGREES_LIST = """
    rn md np pa do pharmd lvn lpn cna phd crna rph pa-c fnp
"""
_DEGREES = frozenset(_DEGREES_LIST.split())
_PERSON_WORDS_LIST = """
    patient patients pt pts resident residents client clients inpatient outpatient mom mother mum dad father wife
    husband son daughter sister brother grandma grandmother grandpa grandfather spouse partner guardian parent
    aunt uncle niece nephew cousin girlfriend boyfriend fiance fiancee neighbor caregiver widow baby infant named
"""
PERSON_WORDS = frozenset(_PERSON_WORDS_LIST.split())


def names(plain: PlainForm, found: Sequence[Identifier]) -> Iterator[Identifier]:
    """Names, with the title before them."""
    words = words_of(plain.text)
    beside = frozenset(each.start for each in found)
    position = 0
    while position < len(words):
        end = _name_at(words, position, plain, beside)
        if end is None:
            position += 1
            continue
        first, last = end
        if not _of_staff(words, first, last) and not is_namesake(words[first:last]):
            yield Identifier(IdentifierKind.NAME, words[first].start, words[last - 1].end)
        position = last


def _name_at(words: Sequence[Word], position: int, plain: PlainForm, beside: frozenset[int]) -> tuple[int, int] | None:
    """First and last word (excluded) of the name that begins at ``position``, or that the word there announces."""
    word = words[position]
    if word.lower in TITLES:
        end = after_title(words, position, plain.shouts)
        return (position, end) if end else None
    if word.lower in PERSON_WORDS:
        return after_person_word(words, position, plain.shouts, beside)
    end = comma_name(words, position, beside) or by_itself(words, position, plain, beside)
    return (position, end) if end else None


def _of_staff(words: Sequence[Word], first: int, last: int) -> bool:
    before = [word.lower for word in words[max(0, first - 2) : first] if word.lower != "."]
    after = [word.lower for word in words[last : last + 2] if word.lower != ","]
    return bool(before and before[-1] in STAFF) or bool(after and after[0] in _DEGREES and words[last].lower == ",")
