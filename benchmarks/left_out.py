"""Whether an answer shows a line in its own words when a statement leaves something of it out.

Usage:
    python benchmarks/left_out.py FOLDER... [--lines N] [--show N]

Of each line of the documents (sentence, list item, row of a table) one group of words is cut out, of each kind that the
line has; what is left, as it stands or in other words (``planting_rewrites``), is placed as a verified statement beside
the line that the extractive answer shows (``answering/generation/completeness.py``). Restored: the share of cuts after
which the answer shows the whole line. Kept: of lines in other words with nothing cut out, the share that stays in these
words; what is lost here is smoothness.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from left_out_cuts import CUTS, without
from planting_rewrites import rewritten
from planting_sources import VERBATIM, Good
from planting_sources import Line as SourceLine
from rich.console import Console
from rich.table import Table

from ragkit.answering.generation.checking import Checked
from ragkit.answering.generation.completeness import Placing
from ragkit.answering.generation.lines import ATOMIC, Line
from ragkit.answering.scoring import Candidate, Evidence
from ragkit.answering.units import Layout
from ragkit.documents.document import Document
from ragkit.documents.reader import read_document
from ragkit.documents.sources import SourceFile, iter_sources
from ragkit.evaluation.statistics.interval import wilson
from ragkit.grounding.omissions import omissions
from ragkit.retrieval.passage import Passage

_FEWEST_WORDS, _MOST_WORDS = 5, 60
_SEED = 20_261_124


def lines_of(document: Document) -> Iterator[Line]:
    """The lines of a document that are long enough to lose something."""
    evidence = Evidence(document, Layout(document), passages=(), share=1.0, named=False)
    for index in range(len(document.blocks)):
        for unit in evidence.layout.units_of(index):
            if unit.kind in ATOMIC and not unit.ends_in_colon:
                passage = Passage.__new__(Passage)  # nobody asks: a line is placed by its words alone
                alone = replace(unit, context=())  # what leads a line in must bring back no cut
                line = Line(Candidate(alone, evidence, passage, 1, (), (), (), {}, 0))
                if _FEWEST_WORDS <= len(line.text.split()) <= _MOST_WORDS:
                    yield line


def restored(line: Line, statement: str) -> bool:
    """Whether an answer that was composed of one statement, which cites the line, shows the line's own words."""
    placing = Placing((line,), None)
    placing.add(Checked(statement, (1,), (line,), 1.0))
    placing.finish()
    shown = " ".join(" ".join(each.text for each in placing.statements).split())
    return not placing.statements[0].composed and " ".join(line.text.split()) in shown


def in_other_words(text: str, chance: random.Random) -> str | None:
    """A text in other words; None where no rewrite applies."""
    made = rewritten(Good(text, (SourceLine(text),), "", "", VERBATIM), chance)
    return made.text if made is not None else None


def measured(lines: Sequence[Line], show: int) -> tuple[dict[str, Counter[str]], Counter[str]]:
    """For each kind of cut, how many were made and restored; and how many reworded lines were made and kept."""
    chance = random.Random(_SEED)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    kept: Counter[str] = Counter()
    for line in lines:
        whole = in_other_words(line.text, chance)
        if whole is not None:
            stays = not restored(line, whole)
            kept["made"] += 1
            kept["kept"] += stays
            if not stays and kept["shown"] < show:
                kept["shown"] += 1
                print(f"put back: {line.text}\n   => {whole}\n   {omissions(line.text, [whole])}")
        for kind, spans in CUTS.items():
            found = list(spans(line.text))
            if not found:
                continue
            cut = without(line.text, chance.choice(found))
            for form, statement in (("as it stands", cut), ("in other words", in_other_words(cut, chance))):
                if statement is None or not re.search(r"\w\W+\w", statement):
                    continue
                back = restored(line, statement)
                counts[kind][f"made {form}"] += 1
                counts[kind][f"restored {form}"] += back
                if not back and counts[kind]["shown"] < show:
                    counts[kind]["shown"] += 1
                    print(f"{kind}: {line.text}\n   => {statement}")
    return counts, kept


def sources(folders: Sequence[Path]) -> Iterator[Document]:
    """The documents of some folders that can be read."""
    for folder in folders:
        for source in iter_sources(folder):
            if isinstance(source, SourceFile):
                yield read_document(source)


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--lines", type=int, default=2000, help="how many lines, drawn by chance (default 2000)")
    parser.add_argument("--show", type=int, default=0, help="print so many cuts of each kind that were not restored")
    chosen = parser.parse_args(arguments)
    lines = [line for document in sources(chosen.folders) for line in lines_of(document)]
    random.Random(_SEED).shuffle(lines)
    counts, kept = measured(lines[: chosen.lines], chosen.show)
    table = Table(title=f"{min(len(lines), chosen.lines)} of {len(lines)} lines")
    for name in ("cut out", "as it stands", "restored", "in other words", "restored"):
        table.add_column(name)
    total: Counter[str] = Counter()
    for kind, count in counts.items():
        total += count
        table.add_row(kind, *_cells(count))
    table.add_row("all", *_cells(total))
    Console().print(table)
    share = wilson(kept["kept"], kept["made"])
    interval = f"{share.low:.3f} to {share.high:.3f}"
    print(f"in other words, nothing cut out: {kept['made']}, kept {share.estimate:.3f} ({interval})")


def _cells(count: Counter[str]) -> Iterator[str]:
    for form in ("as it stands", "in other words"):
        made = count[f"made {form}"]
        yield str(made)
        yield f"{count[f'restored {form}'] / made:.4f}" if made else ""


if __name__ == "__main__":
    main()
