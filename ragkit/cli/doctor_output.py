"""How an examination looks in a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ragkit.doctor import Examination, Finding, Level

_MARKS = {Level.OK: ("ok", "green"), Level.WARNING: ("warning", "bold yellow"), Level.FAILED: ("FAILED", "bold red")}


def examination_tables(examination: Examination) -> RenderableType:
    """A table for each area, then the counts and what to do, worst first."""
    return Group(*_parts(examination))


def _parts(examination: Examination) -> Iterator[RenderableType]:
    for area, findings in groupby(examination.findings, key=lambda finding: finding.area):
        yield Text(f"\n{area.capitalize()}", style="bold")
        yield _table(list(findings))
    failed, warnings = examination.of(Level.FAILED), examination.of(Level.WARNING)
    yield Text(f"\n{_counted(len(failed), 'failed check')}, {_counted(len(warnings), 'warning')}.", style="bold")
    for finding in (*failed, *warnings):
        if finding.advice:
            yield Text.assemble(("- ", ""), (_name(finding), _MARKS[finding.level][1]), (f": {finding.advice}", ""))


def _table(findings: list[Finding]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 1))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold", max_width=34)
    table.add_column(overflow="fold")
    for finding in findings:
        word, style = _MARKS[finding.level]
        took = f" ({finding.milliseconds:.0f} ms)" if finding.milliseconds is not None else ""
        # Text, since a plain string would lose what Rich takes for markup: "ragkit[serve]".
        table.add_row(Text(word, style=style), Text(_name(finding)), Text(f"{finding.found}{took}"))
    return table


def _name(finding: Finding) -> str:
    return f"{finding.check} · {finding.subject}" if finding.subject else finding.check


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
