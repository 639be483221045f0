"""Reads every file of a folder and prints what is wrong with it: ``python benchmarks/reading_difficult.py FOLDER``.

For each file one line: its name, ``ok`` or the kinds of its problems, and the messages. A file of which nothing can be
used is marked with ``FAILED``. At the end the counts; the exit code is 0 whatever was found.
"""

from __future__ import annotations

import sys
from collections import Counter

from ragkit.documents.document import Problem
from ragkit.documents.parsed import UnreadableDocumentError
from ragkit.documents.reader import parse_source
from ragkit.documents.sources import iter_sources


def main(folder: str) -> None:
    outcomes: Counter[str] = Counter()
    for file in iter_sources(folder):
        problems: tuple[Problem, ...]
        try:
            parsed = parse_source(file.read(), file.source)
        except UnreadableDocumentError as error:
            outcome, problems = "FAILED", (error.problem,)
        else:
            problems = parsed.problems
            outcome = "needs attention" if problems else "ok"
        outcomes[outcome] += 1
        print(f"{file.source}: {outcome}")
        for problem in problems:
            pages = f" (pages {', '.join(map(str, problem.pages))})" if problem.pages else ""
            print(f"    {problem.kind.value}: {problem.message}{pages}")
    print(", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items())))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python benchmarks/reading_difficult.py FOLDER")
    main(sys.argv[1])
