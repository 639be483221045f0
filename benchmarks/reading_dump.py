"""Prints what the PDF reader makes of a file: kind, level, page, context, section and text of every block.

Usage: python benchmarks/reading_dump.py FILE.pdf [--page N]
"""

from __future__ import annotations

import argparse
from pathlib import Path

from ragkit.documents.formats.pdf import read_pdf


def main() -> None:
    """Reads the file named on the command line and prints its blocks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--page", type=int, help="only blocks that start on this page")
    arguments = parser.parse_args()
    parsed = read_pdf(arguments.file.read_bytes(), source=arguments.file.name)
    section: tuple[str, ...] | None = None
    for index, block in enumerate(parsed.blocks):
        if arguments.page and block.page != arguments.page:
            continue
        if block.section != section:
            section = block.section
            print("      ==", " > ".join(section))
        text = parsed.text[block.start : block.end].replace("\t", " | ").replace("\n", " / ")
        context = ",".join(map(str, block.context))
        print(f"{index:4} p{block.page} {block.kind.value:12} {block.level} [{context}] {'   ' * block.level}{text}")
    print("running:", *parsed.running_lines, sep="\n  ")
    for excluded in parsed.excluded:
        print(f"excluded: {excluded.reason.value} ({excluded.detail}) p{excluded.page}: {excluded.text}")
    for problem in parsed.problems:
        print(f"problem: {problem.kind.value} {list(problem.pages)}: {problem.message}")
    print("properties:", parsed.properties)


if __name__ == "__main__":
    main()
