"""Which words are English: a word that is one is not a misspelling, whatever stands near it in the documents.

"rabies" must not be read as "babies", nor "parking" as "packing": the question would be answered about something else.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, files


def is_english(word: str) -> bool:
    """Whether ``word`` (lower case) stands in the word list that comes with unstructured; False without the list."""
    return f"\n{word}\n".encode() in _word_list()


@cache
def _word_list() -> bytes:
    """The list as it is on disk, one word a line: searching 4 MB of bytes is quicker than building a set of them."""
    try:
        listed = [file for file in files("unstructured") or () if file.name == "english-words.txt"]
    except PackageNotFoundError:
        return b""
    return b"\n" + listed[0].read_binary().replace(b"\r\n", b"\n").lower() + b"\n" if listed else b""
