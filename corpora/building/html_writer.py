"""Writes a policy as HTML: as a page of the intranet, or as a word processor exports it."""

from __future__ import annotations

from html import escape

from building.header_block import header_rows
from building.source import Block, Heading, ListBlock, Paragraph, Run, Source, Table

INTRANET = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title} | Northmoor Health Policy Library</title>
<meta name="author" content="{owner}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body {{ font-family: sans-serif; margin: 0 2rem }}
nav li {{ display: inline }}
th, td {{ border: 1px solid #999 }}
</style>
</head>
<body>
<header class="site-header"><p>Northmoor Health Policy Library</p></header>
<nav aria-label="Main"><ul>
<li><a href="/">Home</a></li>
<li><a href="/policies/">All policies</a></li>
<li><a href="/policies/new/">New this month</a></li>
<li><a href="/feedback/">Feedback</a></li>
</ul></nav>
<main>
<article>
<h1>{title}</h1>
<table class="policy-header">
{header}
</table>
{body}
</article>
</main>
<footer><p>{reference} {title}. Printed copies are uncontrolled.</p></footer>
<script>document.body.classList.add("js");</script>
</body>
</html>
"""

ORDER = ("1", "a", "i")

WORD = """<html>
<head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<meta name="Generator" content="Word processor">
<title>{title}</title>
<style>p.MsoNormal {{ margin: 0in; font-size: 11pt }} p.MsoHeader {{ font-size: 9pt }}</style>
</head>
<body>
<div class="WordSection1">
<h1>{title}</h1>
<table class="MsoTableGrid" border="1">
{header}
</table>
{body}
</div>
</body>
</html>
"""


def write_html(source: Source) -> bytes:
    """The policy as an HTML file; the same source always gives the same bytes."""
    template = WORD if source.meta.get("layout") == "word" else INTRANET
    header = "\n".join(f"<tr><th>{escape(a)}</th><td>{escape(b)}</td></tr>" for a, b in header_rows(source))
    page = template.format(
        title=escape(source.text("title")),
        owner=escape(source.text("owner")),
        reference=escape(source.text("reference_number")),
        header=header,
        body=_html(source.blocks, word=template is WORD),
    )
    return page.encode("utf-8")


def _html(blocks: tuple[Block, ...], word: bool, depth: int = 0) -> str:
    parts: list[str] = []
    for index, block in enumerate(blocks):
        before = blocks[index - 1] if index else None
        caption = before if isinstance(before, Paragraph) and before.caption else None
        after = blocks[index + 1] if index + 1 < len(blocks) else None
        if isinstance(block, Paragraph) and block.caption and isinstance(after, Table):
            continue
        parts.append(_block(block, caption, word, depth))
    return "\n".join(parts)


def _block(block: Block, caption: Paragraph | None, word: bool, depth: int) -> str:
    if isinstance(block, Heading):
        return f"<h{block.level + 1}>{_inline(block.runs)}</h{block.level + 1}>"
    if isinstance(block, Paragraph):
        kind = ' class="MsoNormal"' if word else ""
        return f"<p{kind}>{_inline(block.runs)}</p>"
    if isinstance(block, ListBlock):
        tag = "ol" if block.ordered else "ul"
        kind = f' type="{ORDER[depth]}"' if block.ordered and depth else ""
        items = "\n".join(_item(item, word, depth) for item in block.items)
        return f"<{tag}{kind}>\n{items}\n</{tag}>"
    return _table(block, caption)


def _item(item: tuple[Block, ...], word: bool, depth: int) -> str:
    lead, *rest = item
    assert isinstance(lead, Paragraph)
    inside = "\n" + _html(tuple(rest), word, depth + 1) if rest else ""
    return f"<li>{_inline(lead.runs)}{inside}</li>"


def _table(table: Table, caption: Paragraph | None) -> str:
    rows = ["<table>"]
    if caption is not None:
        rows.append(f"<caption>{_inline(caption.runs)}</caption>")
    head = "".join(f'<th scope="col">{_lines(cell)}</th>' for cell in table.header)
    rows.append(f"<thead><tr>{head}</tr></thead>\n<tbody>")
    for row in table.rows:
        rows.append("<tr>" + "".join(f"<td>{_lines(cell)}</td>" for cell in row) + "</tr>")
    rows.append("</tbody>\n</table>")
    return "\n".join(rows)


def _lines(lines: tuple[tuple[Run, ...], ...]) -> str:
    return "<br>".join(_inline(line) for line in lines)


def _inline(runs: tuple[Run, ...]) -> str:
    text = ""
    for run in runs:
        piece = escape(run.text, quote=False)
        for wanted, tag in ((run.bold, "strong"), (run.italic, "em"), (run.struck, "del"), (run.inserted, "ins")):
            piece = f"<{tag}>{piece}</{tag}>" if wanted else piece
        text += piece
    return text
