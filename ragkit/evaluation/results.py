"""The results of a run: what was asked of what, the records, every metric. Written as JSON, read by the gate."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from ragkit.evaluation.record import Record


class RunIdentity(BaseModel):
    """What a run depends on. Two runs with the same identity give the same records.

    Attributes:
        knowledge_base: fingerprint of the contents (versions, texts, settings, embedding model).
        code: hash of ragkit's own source and model files, the evaluation and the display left out.
        questions: hash of the question sets as read.
        scorer: fingerprint of the groundedness scorer.
        ragkit_version: for people.
    """

    model_config = ConfigDict(frozen=True)

    knowledge_base: str
    code: str
    questions: str
    scorer: str
    ragkit_version: str


class Results(BaseModel):
    """A run.

    Attributes:
        name: of the question sets.
        started: local time with zone.
        identity: what it depends on.
        records: one for each question and variant, in the order of the set.
        metrics: metric name -> question id (variants "id~kind-number") -> value.
        from_cache: how many records were answered in an earlier run with the same identity.
        reasked: how many of those were asked anew to prove that the cache is not stale.
        stale: keys of records whose new answer differs from the cached one. The cache cannot be trusted then, nor can
            this run: the gate fails.
        judging_errors: record key -> why the scorer could not judge it; the gate fails on any.
        remarks: what a person should know about the run (documents that could not be read, damaged cache entries).
        seconds: wall time.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    started: datetime
    identity: RunIdentity
    records: tuple[Record, ...]
    metrics: dict[str, dict[str, float]]
    from_cache: int = 0
    reasked: int = 0
    stale: tuple[str, ...] = ()
    judging_errors: dict[str, str] = {}
    remarks: tuple[str, ...] = ()
    seconds: float = 0.0
