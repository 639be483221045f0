"""A text as the recognisers read it, with the way back to the text itself.

People paste record numbers with invisible characters in them, type full-width digits and long dashes, and write names
with accents. In the plain form each has one spelling; a span found in it is handed back as a span of the text.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cached_property

_TYPOGRAPHIC = str.maketrans(dict.fromkeys("‘’‛′`´", "'") | dict.fromkeys("“”″", '"') | dict.fromkeys("‐‑‒–—―−", "-"))
_INVISIBLE = frozenset({"Mn", "Cc", "Cf", "Cs", "Co", "Cn"})


@dataclass(frozen=True)
class PlainForm:
    """A text in compatibility form: no accents, nothing invisible, one space for any white space.

    Attributes:
        text: the plain form.
        origins: for each of its characters, the offset in the text of the character that it comes from.
    """

    text: str
    origins: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the text itself behind a span of the plain form that is not empty."""
        return self.origins[start], self.origins[end - 1] + 1

    @cached_property
    def shouts(self) -> bool:
        """Whether capitals say nothing here, since nearly all letters are capitals."""
        letters = [character for character in self.text if character.isalpha()]
        return len(letters) > 12 and sum(map(str.isupper, letters)) > 0.7 * len(letters)


def plain_form(text: str) -> PlainForm:
    """The plain form of ``text``, in linear time, whatever characters it holds."""
    characters: list[str] = []
    origins: list[int] = []
    for position, character in enumerate(text):
        for plain in _plain(character):
            if plain == " " and (not characters or characters[-1] == " "):
                continue
            characters.append(plain)
            origins.append(position)
    return PlainForm("".join(characters), tuple(origins))


def _plain(character: str) -> str:
    if character.isspace():
        return " "
    if character.isascii():
        return character if character.isprintable() else ""
    parts = unicodedata.normalize("NFKD", character).translate(_TYPOGRAPHIC)
    return "".join(
        " " if part.isspace() else part
        for part in parts
        if part.isspace() or unicodedata.category(part) not in _INVISIBLE
    )
