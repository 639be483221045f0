"""The configuration of an evaluation: one TOML file that a hospital keeps beside its question sets.

```toml
[knowledge_base]
documents = ["../corpora/northmoor"]   # ingested into a folder of the cache; or: path = "northmoor.kb"
access = "enforced"

[questions]
files = ["northmoor/*.yaml"]
today = 2026-11-24

[scorer]
name = "ladder"

[gate]
baseline = "baseline.json"
must_fail = ["northmoor/must-fail.yaml"]

[gate.floors]
"citations.resolves" = 1.0

[gate.margins]
"answers.must_have" = 0.02
```
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from ragkit.settings import AccessMode, Settings


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class KnowledgeBaseConfiguration(_Part):
    """What is asked.

    Attributes:
        path: an existing knowledge base; or
        documents: folders to ingest into a knowledge base of the cache folder (unchanged files are not read again).
        sites: for folders whose governance names no site: folder -> site.
        access: as for ``KnowledgeBase.open``.
        settings: None for those the knowledge base was made with, or the defaults.
    """

    path: Path | None = None
    documents: tuple[Path, ...] = ()
    sites: dict[str, str] = {}
    access: AccessMode = "enforced"
    settings: Settings | None = None


class QuestionsConfiguration(_Part):
    """What it is asked.

    Attributes:
        files: question sets, as paths or glob patterns.
        today: the day on which questions without ``as_of`` are asked; None for the set's own, or the current day.
        variants: ask the variants too.
        roles: roles of questions in formats that name none.
    """

    files: tuple[str, ...]
    today: date | None = None
    variants: bool = True
    roles: tuple[str, ...] | None = ("staff",)


class RunConfiguration(_Part):
    """How it is asked.

    Attributes:
        cache: folder for the knowledge base and the records; removing it costs time only.
        workers: questions asked at the same time.
        search_depth: passages recorded for the retrieval metrics.
    """

    cache: Path = Path(".ragkit-eval")
    workers: int = Field(default=2, ge=1, le=64)
    search_depth: int = Field(default=50, ge=1, le=200)


class ScorerConfiguration(_Part):
    """Which groundedness scorer judges.

    Attributes:
        name: "ladder" (default), "verbatim", "rules", "lexical", "entailment:NAME_OR_PATH" or "llm:MODEL".
        base_url, api_key_variable: for "llm:".
    """

    name: str = "ladder"
    base_url: str | None = None
    api_key_variable: str = "OPENAI_API_KEY"


class GateConfiguration(_Part):
    """What may ship.

    Attributes:
        baseline: the committed baseline; None compares with nothing.
        alpha: chance of a false alarm over all compared metrics together.
        power: chance to see a loss of twice the margin, for the n that is reported.
        margins: metric -> loss that is accepted; these metrics are compared with the baseline.
        floors: metric -> least mean (greatest, where lower is better).
        must_fail: files of known-bad answers, each of which the metrics must fail.
        reasked: questions answered anew though they are in the cache, to prove that the cache is not stale.
        resamples: of the bootstrap.
        seed: of the bootstrap.
    """

    baseline: Path | None = None
    alpha: float = Field(default=0.05, gt=0, lt=1)
    power: float = Field(default=0.8, gt=0, lt=1)
    margins: dict[str, float] = {}
    floors: dict[str, float] = {}
    must_fail: tuple[str, ...] = ()
    reasked: int = Field(default=8, ge=0)
    resamples: int = Field(default=10_000, ge=100)
    seed: int = 20_261_124


class ReportConfiguration(_Part):
    """Where the reports go: ``results.json``, ``junit.xml``, ``summary.md`` and ``report.html``."""

    folder: Path = Path("eval-report")


class EvaluationConfiguration(_Part):
    """The whole file. Relative paths are relative to the file's folder."""

    knowledge_base: KnowledgeBaseConfiguration
    questions: QuestionsConfiguration
    run: RunConfiguration = RunConfiguration()
    scorer: ScorerConfiguration = ScorerConfiguration()
    gate: GateConfiguration = GateConfiguration()
    report: ReportConfiguration = ReportConfiguration()
