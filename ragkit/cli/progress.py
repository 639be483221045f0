"""A progress bar for an ingest."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from ragkit.ingestion.report import IngestProgress, IngestReport
    from ragkit.knowledge_base import KnowledgeBase


def ingest_with_progress(
    base: KnowledgeBase, paths: Sequence[Path], site: str | None, console: Console
) -> IngestReport:
    """Ingests ``paths`` while a bar on ``console`` says which file is done and how long the rest will take."""
    with progress_bar(console) as progress:
        bar = progress.add_task("reading", total=None)

        def show(step: IngestProgress) -> None:
            progress.update(bar, total=step.total, completed=step.done, description=step.source[-40:].rjust(40))

        return base.ingest(paths, site=site, on_progress=show)


def rebuild_with_progress(base: KnowledgeBase, console: Console) -> int:
    """Rebuilds what is stored while a bar on ``console`` says how far it is."""
    with progress_bar(console) as progress:
        bar = progress.add_task("rebuilding", total=None)
        return base.rebuild(on_progress=lambda done, total: progress.update(bar, completed=done, total=total))


def progress_bar(console: Console) -> Progress:
    """A bar with a description, how many of how many, and the time; to be used in a with-block."""
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=console)
