"""Reads a folder of PDFs and looks for the gold quotes of question files on the page they are said to stand on.

White space is left out of the comparison. Nothing else is normalised but what the reader mends: broken words joined
(hyphens left out on both sides in a second look, counted apart), dotted leaders and form lines shortened, ligatures.

Usage: python benchmarks/reading_gold_quotes.py POLICIES_FOLDER QUESTIONS.jsonl [QUESTIONS.jsonl ...]
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import defaultdict
from pathlib import Path

from ragkit.documents.formats.pdf import read_pdf
from ragkit.documents.formats.pdf.joining import shorten_fill
from ragkit.documents.parsed import ParsedSource, UnreadableDocumentError

_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl"}


def page_text(parsed: ParsedSource, page: int) -> str:
    """The canonical text of one page; the block that runs over its end is included whole."""
    starts = parsed.page_starts
    if page > len(starts):
        return ""
    start = starts[page - 1]
    end = starts[page] if page < len(starts) else len(parsed.text)
    for block in parsed.blocks:
        if block.start < start < block.end:
            start = block.start
        if block.start < end < block.end:
            end = block.end
    return parsed.text[start:end]


def squeeze(text: str) -> str:
    """Without white space; fill characters shortened as the reader does; ligatures in letters."""
    for sign, letters in _LIGATURES.items():
        text = text.replace(sign, letters)
    return re.sub(r"\s+", "", shorten_fill(text)).replace("\u00ad", "")


def main() -> None:
    """Reads everything and prints the shares, the misses and the speed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("policies", type=Path)
    parser.add_argument("questions", type=Path, nargs="+")
    arguments = parser.parse_args()
    parsed: dict[str, ParsedSource] = {}
    crashes = refused = pages = 0
    began, cpu = time.perf_counter(), time.process_time()
    for path in sorted(arguments.policies.rglob("*.pdf")):
        name = path.relative_to(arguments.policies).as_posix()
        try:
            parsed[name] = read_pdf(path.read_bytes(), source=name)
            pages += len(parsed[name].page_starts)
        except UnreadableDocumentError as error:
            refused += 1
            print(f"not readable: {name}: {error.problem.kind.value}: {error.problem.message}")
        except Exception as error:
            crashes += 1
            print(f"CRASH {name}: {error!r}")
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    found: dict[str, int] = defaultdict(int)
    asked: dict[str, int] = defaultdict(int)
    hyphens = 0
    for file in arguments.questions:
        for row in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
            for gold in row["gold"]:
                site = row["site"]
                asked[site] += 1
                source = parsed.get(gold["file"])
                text = squeeze(page_text(source, gold["page"])) if source else ""
                quote = squeeze(gold["quote"])
                if quote in text:
                    found[site] += 1
                elif quote.replace("-", "") in text.replace("-", ""):
                    found[site] += 1
                    hyphens += 1
                    print(f"found but for hyphens: {row['id']} {gold['file']} p{gold['page']}")
                else:
                    print(f"MISS {row['id']} {gold['file']} p{gold['page']}: {gold['quote'][:160]!r}")
    for site in asked:
        print(f"{site}: {found[site]} of {asked[site]} gold quotes = {found[site] / asked[site]:.1%}")
    print(f"found only after leaving out hyphens: {hyphens}; crashes: {crashes}; not readable: {refused}")
    print(f"{len(parsed)} files, {pages} pages, {seconds:.1f} s, {pages / max(seconds, 0.001):.1f} pages/s")
    print(f"{1000 * cpu / max(pages, 1):.1f} ms of processor time a page")


if __name__ == "__main__":
    main()
