"""Whatever group of words is cut out of a policy's line, an answer made of the rest shows the line itself."""

import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

from left_out import in_other_words, lines_of, restored, sources
from left_out_cuts import CUTS, without

from ragkit.answering.generation.lines import Line

CORPUS = Path(__file__).parents[2] / "corpora" / "northmoor"
LINES_DRAWN = 250


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    """Lines of the policies that are quickest to read, drawn by chance."""
    files = sorted(path for path in CORPUS.rglob("*.md"))
    found = [line for document in sources(files) for line in lines_of(document)]
    return random.Random(7).sample(found, LINES_DRAWN)


@pytest.mark.parametrize("kind", CUTS)
def test_what_is_cut_out_of_a_line_brings_the_line_back(kind: str, lines: list[Line]) -> None:
    chance = random.Random(kind)
    made, lost = 0, []
    for line in lines:
        found = list(CUTS[kind](line.text))
        if found:
            cut = without(line.text, chance.choice(found))
            for statement in filter(None, (cut, in_other_words(cut, chance))):
                made += 1
                if not restored(line, statement):
                    lost.append((line.text, statement))
    assert made >= 10, "nothing was tried"
    assert len(lost) <= made // 100, lost


def test_a_line_in_other_words_of_which_nothing_is_cut_out_mostly_stays(lines: list[Line]) -> None:
    chance = random.Random(3)
    whole = [(line, text) for line in lines if (text := in_other_words(line.text, chance))]
    assert len(whole) >= 50
    assert sum(not restored(line, text) for line, text in whole) > 0.9 * len(whole)
