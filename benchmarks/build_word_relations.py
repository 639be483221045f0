"""Builds the table of English words that mean the same, the opposite, or belong to one family, from WordNet's files.

Usage:
    python benchmarks/build_word_relations.py WORDNET_DICT_DIR

WORDNET_DICT_DIR holds ``index.noun``, ``data.noun`` and so on (WordNet 3.0 or later, "WNDB" format). Only single words
that occur in WordNet's sense-tagged texts are taken (the everyday vocabulary), and of each word only its commonest
senses: rare senses make strangers synonyms. The result is ``ragkit/grounding/models/word_relations.json``.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TARGET = Path(__file__).parents[1] / "ragkit/grounding/models/word_relations.json"
PARTS = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}
SYNONYM_SENSES = 2
ANTONYM_SENSES = 4
SIMILAR_SENSES = 1


@dataclass(frozen=True)
class Synset:
    """The words of one meaning, and its pointers: (symbol, part of speech, offset, source word, target word)."""

    words: tuple[str, ...]
    pointers: tuple[tuple[str, str, int, int, int], ...]


def senses(folder: Path) -> dict[tuple[str, str], tuple[list[int], int]]:
    """For each (word, part of speech) its synsets, the commonest first, and how many of them occur in tagged texts."""
    found = {}
    for part, letter in PARTS.items():
        for line in (folder / f"index.{part}").read_text().splitlines():
            if line.startswith(" "):
                continue
            fields = line.split()
            word, count, pointers = fields[0], int(fields[2]), int(fields[3])
            tagged = int(fields[5 + pointers])
            if word.isalpha():
                found[word, letter] = ([int(offset) for offset in fields[-count:]], tagged)
    return found


def synsets(folder: Path) -> dict[tuple[str, int], Synset]:
    return {
        key: synset for part, letter in PARTS.items() for key, synset in _synsets_of(folder / f"data.{part}", letter)
    }


def _synsets_of(path: Path, letter: str) -> Iterator[tuple[tuple[str, int], Synset]]:
    for line in path.read_text().splitlines():
        if line.startswith(" "):
            continue
        fields = line.split(" | ")[0].split()
        count = int(fields[3], 16)
        words = tuple(fields[4 + 2 * index].lower().split("(")[0] for index in range(count))
        start = 4 + 2 * count
        pointers = []
        for index in range(int(fields[start])):
            symbol, offset, part, ends = fields[start + 1 + 4 * index : start + 5 + 4 * index]
            part = "a" if part == "s" else part
            pointers.append((symbol, part, int(offset), int(ends[:2], 16), int(ends[2:], 16)))
        yield (letter, int(fields[0])), Synset(words, tuple(pointers))


def relations(folder: Path) -> dict[str, dict[str, set[str]]]:
    """Synonyms, antonyms and word families; all of them symmetric."""
    listed, meanings = senses(folder), synsets(folder)
    rank = {(word, letter, offset): place for (word, letter), (offsets, _) in listed.items() for place, offset in enumerate(offsets)}  # fmt: skip  # noqa: E501
    everyday = {word for (word, _), (_, tagged) in listed.items() if tagged}
    tables: dict[str, dict[str, set[str]]] = {name: defaultdict(set) for name in ("synonyms", "antonyms", "family")}

    def add(table: str, one: str, other: str) -> None:
        if one != other and one in everyday and other.isalpha() and one.isalpha() and other in everyday:
            tables[table][one].add(other)
            tables[table][other].add(one)

    for (letter, offset), synset in meanings.items():
        common = [word for word in synset.words if rank.get((word, letter, offset), 99) < SYNONYM_SENSES]
        for index, one in enumerate(common):
            for other in common[index + 1 :]:
                add("synonyms", one, other)
        for symbol, part, target, source_word, target_word in synset.pointers:
            other = meanings[part, target]
            if symbol == "!" and source_word and target_word:
                one, two = synset.words[source_word - 1], other.words[target_word - 1]
                if rank.get((one, letter, offset), 99) < ANTONYM_SENSES:
                    add("antonyms", one, two)
            elif symbol == "+" and source_word and target_word:
                add("family", synset.words[source_word - 1], other.words[target_word - 1])
            elif symbol == "&" and letter == "a":
                for one in synset.words:
                    for two in other.words:
                        if max(rank.get((one, "a", offset), 99), rank.get((two, "a", target), 99)) < SIMILAR_SENSES:
                            add("synonyms", one, two)
    return tables


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dict_dir", type=Path)
    tables = relations(parser.parse_args().dict_dir)
    content: dict[str, object] = {
        "description": "Words that mean the same, the opposite, or belong to one family. Made from WordNet 3.1 by "
        "benchmarks/build_word_relations.py. WordNet 3.1 Copyright 2011 by Princeton University; licence in "
        "WORDNET_LICENSE.txt beside this file.",
    }
    for name, table in tables.items():
        content[name] = {word: " ".join(sorted(others)) for word, others in sorted(table.items())}
        print(name, len(table), "words")
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(json.dumps(content, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
