"""Examples of support that people labelled: claims with the evidence they were judged against.

Long evidence is read through the same window as in use (``ragkit.cross_encoder.windows``). Two sets are only measured
on: their licences are not stated, so no weights may come of them.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from build_data import Run
from examples import SUPPORT_LABELS, Example, Task

from ragkit.cross_encoder.inputs import evidence_text
from ragkit.cross_encoder.windows import evidence_window
from ragkit.grounding.words import words

TRAINED_ON = ("fever", "check-covid-train", "wice-dev", "begin-wow-dev")
MEASURED_ON = ("healthver-dev", "nli4ct-train")
_PARTLY_HELD_OUT = ("check-covid-train", "wice-dev", "begin-wow-dev", "fever")
_HELD_OUT_SHARE = {"fever": 0.05}
_USUAL_SHARE = 0.2
_FEVER_EACH = 3800
_FEVER_UNRELATED = 1500
_BRACKETS = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "-LCB-": "{", "-RCB-": "}", "``": '"', "''": '"'}
_DENIES = re.compile(
    r"\b(?:not|never|only|no|none|nothing|neither|unable|incapable|failed|fails|refused?|refuses|exclusively|entirely|"
    r"solely|yet to|isn't|wasn't|doesn't|didn't|without|avoid(?:s|ed)?|unrelated)\b",
    re.IGNORECASE,
)


def pair_example(
    claim: str, evidence: Sequence[str], label: str, *, source: str, document: str, weight: float = 1.0
) -> Example:
    """A claim and its evidence as the support head reads them.

    Args:
        claim: the first text.
        evidence: lines of any length; what is too long is read through a window.
        label: one of ``SUPPORT_LABELS``.
        source: the set's name.
        document: the cluster that must not be divided.
        weight: how much it counts.
    """
    claim = " ".join(claim.split())
    second = evidence_text(evidence_window(claim, evidence))
    return Example(Task.SUPPORT, claim, second, SUPPORT_LABELS.index(label), source, document, weight)


def build(run: Run) -> Iterator[tuple[str, Example]]:
    """What is trained on, and beside it the stages "validation" (held out) and "measure" (never trained on)."""
    folder = run.data / "groundedness"
    yield from (("general", example) for example in entailment_examples(folder, run.rng))
    yield from (("validation", example) for example in validation_examples(folder))
    yield from (("measure", example) for example in measured_examples(folder))


def entailment_examples(folder: Path, rng: random.Random) -> list[Example]:
    """Everything to train on of the human-labelled sets, without what is held out for validation.

    Args:
        folder: holds ``SET.jsonl.gz``.
        rng: chooses which of fever are taken.
    """
    found: list[Example] = []
    for name in TRAINED_ON:
        rows = [row for row in read_rows(folder, name) if not _held_out(row)]
        if name == "fever":
            found += _fever(rows, rng)
        else:
            found += [_example(row) for row in rows]
    return found


def validation_examples(folder: Path) -> list[Example]:
    """What is held out of the sets to train on: a fifth of the groups of each, a twentieth of fever's."""
    return [_example(row) for name in _PARTLY_HELD_OUT for row in read_rows(folder, name) if _held_out(row)]


def measured_examples(folder: Path) -> list[Example]:
    """The sets that are only measured on; never part of what is trained on."""
    return [_example(row) for name in MEASURED_ON for row in read_rows(folder, name)]


def read_rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    """The rows of a set in order, each pair of claim and source once.

    Where the same pair is once decided and once "unsupported", the decided label holds: in one set the undecided ones
    were made of other sentences of a source that is given whole here, so that their label is wrong for it.
    """
    found: dict[tuple[str, str], dict[str, str]] = {}
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            key = (row["claim"], row["source"])
            if key not in found or found[key]["label"] == "unsupported":
                found[key] = row
    yield from found.values()


def _example(row: dict[str, str]) -> Example:
    lines = row["source"].split("\n")
    if row["set"] == "fever":
        lines = [untokenised(line) for line in lines]
    claim = untokenised(row["claim"]) if row["set"] in ("fever", "begin-wow-dev") else row["claim"]
    return pair_example(claim, lines, row["label"], source=row["set"], document=f"{row['set']}:{row['group']}")


def untokenised(text: str) -> str:
    """Text as people write it: brackets written out in letters are signs again, no space before a full stop."""
    for name, sign in _BRACKETS.items():
        text = text.replace(name, sign)
    text = re.sub(r"\s+([.,;:!?%)\]}]|'s\b|n't\b)", r"\1", text)
    return " ".join(re.sub(r"([(\[{$])\s+", r"\1", text).split())


def _held_out(row: dict[str, str]) -> bool:
    """By the group's name, so that it does not depend on order or seed."""
    share = _HELD_OUT_SHARE.get(row["set"], _USUAL_SHARE)
    digest = hashlib.sha256(f"{row['set']}:{row['group']}".encode()).digest()
    return int.from_bytes(digest[:4], "big") < share * 2**32


def _fever(rows: Sequence[dict[str, str]], rng: random.Random) -> Iterable[Example]:
    """A part of fever: as many refuted as supported, and some claims beside evidence about something else.

    Refuted claims were often made by adding "only" or "not". Of those no more are taken than of supported ones with
    such words, so that the claim alone does not give its label away.
    """
    by_class: dict[tuple[str, bool], list[dict[str, str]]] = defaultdict(list)
    for row in rng.sample(list(rows), len(rows)):
        by_class[row["label"], bool(_DENIES.search(row["claim"]))].append(row)
    denying = min(len(by_class["supported", True]), len(by_class["contradicted", True]))
    taken = []
    for label in ("supported", "contradicted"):
        taken += by_class[label, True][:denying] + by_class[label, False][: _FEVER_EACH - denying]
    yield from (_example(row) for row in taken)
    spare = by_class["supported", False][_FEVER_EACH - denying :] or taken
    yield from _unrelated(spare, rows, rng)


def _unrelated(
    rows: Sequence[dict[str, str]], others: Sequence[dict[str, str]], rng: random.Random
) -> Iterator[Example]:
    """Claims beside the evidence of other claims that shares words with them, but not most."""
    stems = [frozenset(word.stem for word in words(other["source"][:2000]) if word.content) for other in others]
    places: dict[str, list[int]] = defaultdict(list)
    for place, held in enumerate(stems):
        for stem in held:
            places[stem].append(place)
    count = 0
    for row in rng.sample(list(rows), len(rows)):
        wanted = {word.stem for word in words(row["claim"]) if word.content}
        shared: dict[int, float] = defaultdict(float)
        for stem in wanted:
            if len(places[stem]) < 400:
                for place in places[stem]:
                    shared[place] += 1 / len(wanted)
        near = sorted((place for place, share in shared.items() if 0.15 <= share <= 0.55), key=lambda p: -shared[p])
        near = [place for place in near[:8] if others[place]["group"] != row["group"]]
        if not near or count >= _FEVER_UNRELATED:
            continue
        count += 1
        other = others[rng.choice(near)]
        yield _example({**row, "source": other["source"], "label": "unsupported"})
