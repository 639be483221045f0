"""What a word says about whether it is part of a person's name: the word lists, and the tokens they are asked about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*|\d+|[^\w\s]")
_PLAIN_ENDINGS = re.compile(
    r"(?:tion|sion|ment|ness|ity|ics|ology|ously|able|ible|ful|less|itis|emia|aemia|ectomy|ostomy|otomy|oscopy|graphy|gram|"
    r"pathy|plasty|osis|olol|pril|sartan|azole|cillin|mycin|micin|floxacin|cycline|statin|parin|xaban|gatran|caine|azepam|"
    r"azolam|barbital|tidine|prazole|setron|triptan|vir|mab|nib|ximab|zumab|dipine|afil|osin|phylline|terol|sone|olone|"
    r"asone|onide|idine|amine|amide|azine|oxetine|ipramine|triptyline|peridol|apine|idone|codone|morphone|curonium|"
    r"curium|glipt?in|gliflozin|formin|ide|ase)s?$"
)
_PARTICLES_LIST = """
    de la las los del della der den ten ter van von zu bin ibn al el da das do dos di du le st y
"""
PARTICLES = frozenset(_PARTICLES_LIST.split())
_SMALL_LIST = """
    a all also an and any are as at be because been both but by can could did do does each else few for from had has
    have he her here him his how if in into is it its just like may me more most must my no nor not now of off on
    one only or our out own per same shall she should so some such than that the their them then there these they
    this those to too two up us very was we were what when where which while who whom whose why will with would yes
    yet you your
"""
SMALL_WORDS = frozenset(_SMALL_LIST.split())
"""Words of the grammar: never names, also at the beginning of a sentence."""
_WITH_PREFIX = re.compile(r"(?:O'|D'|Mc|Mac|Al-|El-)[A-Z]\w")
_MIXED_CASE = re.compile(r"(?<!Mc)(?<!Mac)(?<!De)(?<!Di)(?<!La)(?<!Le)(?<!Van)(?<!['-])(?<!^)[A-Z]")
_SHORT = 5


@dataclass(frozen=True, slots=True)
class Word:
    """A word, a number or a mark of the text.

    Attributes:
        text: as written, without a possessive ending.
        lower: in lower case.
        start, end: its span.
    """

    text: str
    lower: str
    start: int
    end: int

    @property
    def capitalised(self) -> bool:
        """Whether it is written as a name is ("Quimby", "O'Brien", "McAdams"), or all in capitals."""
        return self.text[0].isupper()

    @property
    def shouted(self) -> bool:
        """Whether it is written in capitals only, as abbreviations are."""
        return len(self.text) > 1 and self.text.isupper()

    @property
    def initial(self) -> bool:
        """Whether it is one capital letter."""
        return len(self.text) == 1 and self.text.isupper()

    @property
    def known_given(self) -> bool:
        """Whether it is a given name and hardly anything else."""
        return self.lower in _listed("given_names") or _first_part(self.lower) in _listed("given_names")

    @property
    def maybe_given(self) -> bool:
        """Whether it is a given name, if perhaps also a word."""
        return self.known_given or self.lower in _listed("ambiguous_given_names")

    @property
    def known_surname(self) -> bool:
        """Whether it is a frequent surname."""
        return self.lower in _listed("surnames") or ("-" in self.text and _hyphenated_surname(self.text))

    @property
    def only_surname(self) -> bool:
        """Whether it is a frequent surname and no word."""
        return self.lower in _listed("surnames") and self.lower not in _listed("surnames_that_are_words")

    @property
    def clinical(self) -> bool:
        """Whether it is a capitalised word of hospitals that looks like a name ("Foley")."""
        return self.lower in _listed("clinical_names")

    @property
    def plain(self) -> bool:
        """Whether it is a word of plain or clinical English, or ends as such words do."""
        if _WITH_PREFIX.match(self.text):
            return False
        if self.lower in SMALL_WORDS:
            return True
        parts = [part for part in re.split(r"['-]", self.lower) if len(part) > 1] or [self.lower]
        return all(
            part in _listed("plain_words") or part.removesuffix("s") in _listed("plain_words") or _ends_plain(part)
            for part in parts
        )

    @property
    def unknown(self) -> bool:
        """Whether no list knows it: capitalised, a name as likely as not."""
        if len(self.text) < 2 or not self.text[0].isalpha() or (_MIXED_CASE.search(self.text) and not self.shouted):
            return False
        return not (self.plain or self.clinical or self.known_given)


def words_of(text: str) -> list[Word]:
    """The words, numbers and marks of ``text`` in order."""
    words = []
    for match in _WORD.finditer(text):
        written = match.group()
        if written[-2:].lower() == "'s" and len(written) > 3:
            written = written[:-2]
        words.append(Word(written, written.lower(), match.start(), match.start() + len(written)))
    return words


def is_namesake(words: Sequence[Word]) -> bool:
    """Whether a name begins like that of somebody after whom a program or a hospital is called ("Ryan White")."""
    return any("_".join(word.lower for word in words[:count]) in _listed("namesakes") for count in (2, 3))


@cache
def _listed(name: str) -> frozenset[str]:
    text = files(__package__).joinpath("word_lists", f"{name}.txt").read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


def _first_part(word: str) -> str:
    return word.split("-")[0] if "-" in word else ""


def _hyphenated_surname(text: str) -> bool:
    """Whether each part of "Featherstone-Hill" is capitalised, and one of them is a surname or no plain word."""
    parts = text.split("-")
    if not all(part[:1].isupper() for part in parts):
        return False
    return any(part.lower() in _listed("surnames") or part.lower() not in _listed("plain_words") for part in parts)


def _ends_plain(part: str) -> bool:
    """Whether a word that no list has ends as nouns, adjectives and medicines do; a name that does is in a list."""
    known_name = part in _listed("surnames") or part in _listed("given_names")
    return len(part) > _SHORT and not known_name and bool(_PLAIN_ENDINGS.search(part))
