"""Whatever a page or a Word file is built of: every visible word is in the text once, and the blocks cover it."""

from __future__ import annotations

import re
from collections import Counter
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ragkit.documents.formats.docx import read_docx
from ragkit.documents.formats.html import read_html
from ragkit.documents.parsed import ParsedSource

from .word_files import NUMBERED, item, p, r, table, word_file

CONTAINERS = ["div", "section", "p", "blockquote", "article", "span", "b", "em", "center", "font", "form", "details"]
QUICK = settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

trees = st.recursive(
    st.sampled_from(["word", "word", "word", "struck", "hidden"]),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(CONTAINERS), st.lists(inner, min_size=1, max_size=4)),
        st.tuples(st.sampled_from(["ul", "ol", "dl"]), st.lists(inner, min_size=1, max_size=4)),
        st.tuples(st.sampled_from(["h2", "h3", "pre"]), st.just(["word"])),
        st.tuples(st.just("table"), st.lists(st.lists(inner, min_size=2, max_size=2), min_size=1, max_size=3)),
    ),
    max_leaves=25,
)


def html_of(tree, numbers) -> str:
    if tree == "word":
        return f" w{next(numbers)}x "
    if tree == "struck":
        return f"<del>gone{next(numbers)}x</del>"
    if tree == "hidden":
        return f"<div hidden>gone{next(numbers)}x</div>"
    tag, inner = tree
    if tag == "table":
        rows = ("".join(f"<td>{html_of(cell, numbers)}</td>" for cell in row) for row in inner)
        return f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"
    if tag in ("ul", "ol"):
        return f"<{tag}>{''.join(f'<li>{html_of(child, numbers)}</li>' for child in inner)}</{tag}>"
    if tag == "dl":
        return f"<dl>{''.join(f'<dt>w{next(numbers)}x</dt><dd>{html_of(child, numbers)}</dd>' for child in inner)}</dl>"
    return f"<{tag}>{''.join(html_of(child, numbers) for child in inner)}</{tag}>"


def check(parsed: ParsedSource, words: int) -> None:
    seen = re.findall(r"w\d+x", parsed.text)
    left_out = [word for entry in parsed.excluded for word in re.findall(r"gone\d+x", entry.text)]
    assert "gone" not in parsed.text
    assert Counter(re.sub(r"\D", "", word) for word in seen + left_out) == {str(number): 1 for number in range(words)}
    assert all(0 <= entry.position <= len(parsed.text) for entry in parsed.excluded)
    end = 0
    for index, block in enumerate(parsed.blocks):
        assert end <= block.start < block.end <= len(parsed.text)
        assert not parsed.text[end : block.start].strip()
        assert all(needed < index for needed in block.context)
        end = block.end
    assert not re.search("[\ue000-\ue0ff]", parsed.text)


@QUICK
@given(st.lists(trees, min_size=1, max_size=5))
def test_every_word_of_a_page_is_in_the_text_once(page):
    numbers = count()
    body = "".join(html_of(tree, numbers) for tree in page)
    check(read_html(f"<html><body>{body}</body></html>".encode()), next(numbers))


PIECES = ["paragraph", "heading", "item", "deep item", "table", "bold", "control", "box", "break"]


@QUICK
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=12))
def test_every_word_of_a_word_file_is_in_the_text_once(pieces):
    numbers = count()
    word = lambda: f"w{next(numbers)}x "  # noqa: E731
    made = {
        "paragraph": lambda: p(word() + word()),
        "heading": lambda: p(word(), "Heading2"),
        "item": lambda: item(word(), 1),
        "deep item": lambda: item(word(), 2, 1),
        "table": lambda: table([word(), p(word()) + item(word(), 2) + item(word(), 2)], [word(), word()]),
        "bold": lambda: p(runs=r(word(), "<w:b/>")),
        "control": lambda: f"<w:sdt><w:sdtContent>{p(word())}</w:sdtContent></w:sdt>",
        "box": lambda: p(word(), runs=f"<w:r><w:pict><w:txbxContent>{p(word())}</w:txbxContent></w:pict></w:r>"),
        "break": lambda: p(runs=r(word()) + "<w:r><w:lastRenderedPageBreak/><w:br/></w:r>" + r(word())),
    }
    body = "".join(made[piece]() for piece in pieces)
    parsed = read_docx(word_file(body, numbering=NUMBERED))
    check(parsed, next(numbers))
    if "break" in pieces:
        assert len(parsed.page_starts) == 1 + pieces.count("break")
        assert list(parsed.page_starts) == sorted(parsed.page_starts)
