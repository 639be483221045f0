"""How far a name reaches, by the sign before it. Every function returns the index after its last word, or None."""

from __future__ import annotations

from collections.abc import Sequence

from ragkit.privacy.plain_form import PlainForm
from ragkit.privacy.recognisers.name_words import PARTICLES, SMALL_WORDS, Word

_MOST_WORDS = 5
_NO_NAME_AFTER_A_TITLE_LIST = """
    clean and or contin be can is the
"""
_NO_NAME_AFTER_A_TITLE = frozenset(_NO_NAME_AFTER_A_TITLE_LIST.split())
_CONNECTORS = frozenset(("is", "was", "named", "called", "name", "'s", "s", ":", ",", "-", ".", "(", "="))
_MOST_CONNECTORS = 4
_OLDEST = 125
_LEAST_IN_LOWER_CASE = 3
_ABBREVIATED = ("pt", "pts")
_THINGS_LIST = """
    hospital clinic center centre institute foundation act university college medical health memorial syndrome sign
    test tube drain scale score catheter maneuver manoeuvre position disease procedure method criteria rule law line
    splint protocol policy form unit building tower pavilion hall street avenue road library award blade forceps
    reflex traction bed mattress palsy hold pose team staff wing ward floor rd blvd ave county counties city beach
    island hills services department program
"""
_THINGS = frozenset(_THINGS_LIST.split())
_LABELS = frozenset(("dob", "mrn", "ssn", "age", "aged", "acct", "account", "rm", "room", "bed", "born", "record"))
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


def after_person_word(
    words: Sequence[Word], position: int, shouts: bool, beside: frozenset[int]
) -> tuple[int, int] | None:
    """First word and end of the name after "patient", "pt", "mom", "named", with "is", "named" or a comma between."""
    start = position + 1
    while start < len(words) and start - position <= _MOST_CONNECTORS and words[start].lower in _CONNECTORS:
        if words[start].text == "." and words[start - 1].lower not in _ABBREVIATED:
            return None  # "a patient. She ..."
        start += 1
    first = start
    start = _skip_particles(words, start)
    if start >= len(words) or (start == position + 1 and words[start].start - words[position].end != 1):
        return None
    word = words[start]
    comma = comma_name(words, start, beside)
    if comma is not None:
        return start, comma
    if word.initial and _next_is_name(words, start):
        return start, _extended(words, start, shouts)
    if not _a_name_after_person_word(words, start, shouts):
        return None
    title = words[position].capitalised and not _begins(words, position)  # "the Patient Registry"
    if title and start == position + 1 and not (word.known_given or word.known_surname):
        return None
    return first, _extended(words, start, shouts)


def comma_name(words: Sequence[Word], position: int, beside: frozenset[int] = frozenset()) -> int | None:
    """Reads "Quimby, Harold": a surname and a known given name, both capitalised."""
    start = _skip_particles(words, position)
    if start + 2 >= len(words) or words[start + 1].text != ",":
        return None
    surname, given = words[start], words[start + 2]
    if len(surname.text) < 2 or surname.clinical:
        return None
    end = _extended(words, start + 2, False)
    if not (surname.capitalised and given.capitalised):
        both_known = surname.known_surname and given.known_given
        return end if both_known and _identifier_follows(words, end, beside) else None
    if given.known_given and (surname.known_surname or not surname.plain):
        return end
    likely = (surname.known_surname or surname.unknown) and (given.maybe_given or given.unknown)
    return end if likely and _identifier_follows(words, end, beside) else None


def by_itself(words: Sequence[Word], position: int, plain: PlainForm, beside: frozenset[int]) -> int | None:
    """A given name with a surname; two words of which one may be a name, where another identifier is beside them."""
    word = words[position]
    if len(word.text) < 2 or word.clinical or position + 1 >= len(words):
        return None
    if not word.capitalised or plain.shouts:
        return _in_one_case(words, position, beside)
    if word.shouted and not _both_listed(words, position):  # "ED Physician"
        return None
    run = _capitalised_run(words, position)
    if run - position > 1 and _identifier_follows(words, run, beside) and (word.maybe_given or not word.plain):
        named = words[position:run]
        return run if any(each.unknown or each.known_given or each.known_surname for each in named) else None
    end = _extended(words, position, False, announced=False)
    last = words[end - 1]
    if end - position < 2 or last.initial or _is_a_thing(words, end):
        return None
    certain = word.known_given or (word.maybe_given and last.known_surname and not _begins(words, position))
    return end if certain else None


def _in_one_case(words: Sequence[Word], position: int, beside: frozenset[int]) -> int | None:
    """A name where capitals say nothing: a given name and a surname that are both known, or stand by an identifier."""
    given = words[position]
    start = _skip_full_stop(words, position + 2) if words[position + 1].initial else position + 1
    if start >= len(words) or not _adjoins(words, start) or len(given.text) < _LEAST_IN_LOWER_CASE:
        return None
    surname = words[start]
    if not given.known_given or surname.clinical or _is_a_thing(words, start + 1):
        return None
    beside_it = surname.unknown and _identifier_follows(words, start + 1, beside)
    return start + 1 if surname.known_surname or beside_it else None


def _both_listed(words: Sequence[Word], position: int) -> bool:
    """Whether a word in capitals and the one after it are a given name and a surname: "HAROLD SMITH"."""
    following = words[position + 1]
    return words[position].known_given and following.shouted and following.known_surname


def _capitalised_run(words: Sequence[Word], start: int) -> int:
    """The end of the capitalised words from ``start`` on that may be a name by their form."""
    end = start + 1
    while end < len(words) and end - start < _MOST_WORDS:
        following = _skip_particles(words, _skip_full_stop(words, end) if words[end - 1].initial else end)
        if following >= len(words) or not _adjoins(words, following):
            break
        word = words[following]
        named = word.capitalised and not word.shouted and not word.clinical and word.lower not in _THINGS | _LABELS
        if not named:
            break
        end = following + 1
    return end


def _extended(words: Sequence[Word], start: int, shouts: bool, *, announced: bool = True) -> int:
    """The end of the name whose first word stands at ``start``: initials, particles, further names.

    ``announced``: a title or a person's word stood before it.
    """
    end = start + 1
    while end < len(words) and end - start < _MOST_WORDS:
        following = _skip_full_stop(words, end) if words[end - 1].initial else end
        following = _skip_particles(words, following)
        if (
            following >= len(words)
            or not _adjoins(words, following)
            or not _continues(words, start, following, shouts, announced)
        ):
            break
        end = following + 1
    return end


def _continues(words: Sequence[Word], start: int, position: int, shouts: bool, announced: bool) -> bool:
    """Whether the word at ``position`` goes on with the name that begins at ``start``."""
    first, word = words[start], words[position]
    if word.initial:
        return position + 1 >= len(words) or words[position + 1].lower not in ("+", "-")
    if len(word.text) < 2 or not word.text[0].isalpha():
        return False
    if word.clinical and not (word.known_surname and first.maybe_given):
        return False
    if not word.capitalised or shouts:
        given = first.known_given or (announced and first.maybe_given)
        lower_name = given and (not first.capitalised or shouts)
        return lower_name and (word.known_surname or word.unknown) and word.lower not in _CLINICAL_AFTER_LOWER
    if word.known_given or word.known_surname:
        return True
    if word.shouted:
        return False
    given = first.known_given or (announced and first.unknown)
    return word.unknown or (given and position == start + 1 and _a_surname_though_a_word(words, position))


def _a_surname_though_a_word(words: Sequence[Word], position: int) -> bool:
    """Whether a plain word after a given name is its surname ("Charles White"), and no thing's name begins there."""
    word = words[position]
    following = words[position + 1] if position + 1 < len(words) else None
    title = following is not None and following.capitalised and following.plain and not following.shouted
    return (
        not title
        and not word.shouted
        and len(word.text) > 1
        and word.lower not in _THINGS
        and word.lower not in SMALL_WORDS
    )


def _is_a_thing(words: Sequence[Word], end: int) -> bool:
    """Whether what follows says that the name is that of a sign, a scale, a hospital."""
    return end < len(words) and words[end].lower in _THINGS


def _a_name_after_person_word(words: Sequence[Word], position: int, shouts: bool) -> bool:
    word = words[position]
    if len(word.text) < 2 or not word.text[0].isalpha() or word.clinical or _is_a_thing(words, position + 1):
        return False
    if word.lower in _THINGS:
        return False
    if not word.capitalised or shouts:
        following = words[position + 1] if position + 1 < len(words) else word
        with_surname = word.maybe_given and following is not word and following.known_surname
        return word.known_given or word.only_surname or with_surname
    if word.shouted:
        return word.known_given or word.known_surname
    if word.known_given or word.unknown:
        return True
    if word.maybe_given and position + 1 < len(words) and words[position + 1].capitalised:
        return words[position + 1].known_surname or words[position + 1].unknown
    return word.known_surname


def _a_name_in_lower_case(word: Word) -> bool:
    return word.maybe_given or word.known_surname or (word.unknown and len(word.text) > 2)


def _identifier_follows(words: Sequence[Word], end: int, beside: frozenset[int]) -> bool:
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
    if not word.text.isdigit() or following == end:
        return False
    youngest = 10 if words[end].text == "(" else 0  # "Needle (1)" is a number of needles
    return (
        len(word.text) <= 3
        and youngest <= int(word.text) <= _OLDEST
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
