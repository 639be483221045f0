"""Builds the DOCX, PDF and HTML files of ``corpora/northmoor`` from the Markdown sources in ``corpora/sources``.

Usage: ``python corpora/build.py`` writes into ``corpora/northmoor``; ``--out DIR`` writes elsewhere, ``--check`` only
says which committed files differ from what the sources give. Needs the development environment.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from building.docx_writer import write_docx
from building.html_writer import write_html
from building.pdf_writer import write_pdf
from building.source import read_source

HERE = Path(__file__).resolve().parent
WRITERS = {".docx": write_docx, ".pdf": write_pdf, ".html": write_html}


def build(sources: Path) -> dict[Path, bytes]:
    """The files of the library that are built, by their path relative to ``corpora/northmoor``."""
    built = {}
    for path in sorted(sources.rglob("*.md")):
        source = read_source(path, sources)
        built[source.target] = WRITERS[source.target.suffix](source)
    return built


def main() -> int:
    """Writes or checks the files; the exit status is 1 where ``--check`` finds a difference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE / "northmoor")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    differing = []
    for target, data in build(HERE / "sources").items():
        path = arguments.out / target
        if not path.exists() or path.read_bytes() != data:
            differing.append(target)
            if not arguments.check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
    for target in differing:
        print("differs:" if arguments.check else "written:", target)
    return 1 if arguments.check and differing else 0


if __name__ == "__main__":
    sys.exit(main())
