"""What an ingest did, file by file, and how far a running one is."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class IngestedSource(BaseModel):
    """One file of an ingest.

    Attributes:
        source: the file's path relative to the ingested folder.
        reason: what a person should know about it and do; empty for a file that went in without remark.
        document_id, version: what it became; None where it could not be read.
    """

    model_config = ConfigDict(frozen=True)

    source: str
    reason: str = ""
    document_id: str | None = None
    version: str | None = None


class IngestReport(BaseModel):
    """What an ingest did.

    Attributes:
        ingested: files that are in the knowledge base now and were not, or not in this form, before.
        unchanged: files that were there already, word for word.
        failed: files that could not be read; nothing of them is searchable, what was there before stays.
        needs_attention: remarks on files, also on ingested ones: pages without text, struck-out or hidden words,
            impossible dates, two versions without an order between them. One row a remark.
        seconds: how long it took.
    """

    model_config = ConfigDict(frozen=True)

    ingested: tuple[IngestedSource, ...] = ()
    unchanged: tuple[IngestedSource, ...] = ()
    failed: tuple[IngestedSource, ...] = ()
    needs_attention: tuple[IngestedSource, ...] = ()
    seconds: float = 0.0

    def _repr_html_(self) -> str:
        from ragkit.display.html import report_html

        return report_html(self)


class IngestProgress(BaseModel):
    """How far a running ingest is.

    Attributes:
        done: files finished.
        total: files found.
        source: the file that was just finished.
        outcome: what became of it.
        chunks: chunks stored so far in this run.
    """

    model_config = ConfigDict(frozen=True)

    done: int
    total: int
    source: str
    outcome: Literal["ingested", "unchanged", "failed"]
    chunks: int
