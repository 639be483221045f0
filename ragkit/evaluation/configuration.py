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

import os
import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ragkit.errors import EvaluationError
from ragkit.evaluation.questions.raw import Location
from ragkit.evaluation.questions.wording import field_errors
from ragkit.settings import AccessMode, Settings


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class KnowledgeBaseConfiguration(_Part):
    """What is asked.

    Attributes:
        path: an existing knowledge base; or
        documents: folders (or patterns of folders) to ingest into a knowledge base of the cache folder, which is kept
            as long as no file changes.
        sites: for folders whose governance names no site: folder -> site.
        site_per_folder: each of these folders is a site, named like the folder, unless ``sites`` says otherwise; for
            libraries of the form ``policies/SITE/...``, named as "policies/*".
        access: as for ``KnowledgeBase.open``.
        settings: None for those the knowledge base was made with, or the defaults.
        deployment: the deployment's TOML file: which language models compose answers, where connections may go, also
            those of an "llm:" scorer. None opens no connection.
    """

    path: Path | None = None
    documents: tuple[Path, ...] = ()
    sites: dict[str, str] = {}
    site_per_folder: bool = False
    access: AccessMode = "enforced"
    settings: Settings | None = None
    deployment: Path | None = None


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
        critical: metrics in which not even one question that shows lines may be worse than in the baseline.
        known_failures: metric with a required value -> ids of questions that miss it, known and named one by one until
            somebody mends them. Any other question that misses it fails the gate.
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
    critical: tuple[str, ...] = ()
    known_failures: dict[str, tuple[str, ...]] = {}
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


_PATHS = (
    ("knowledge_base", "path"),
    ("knowledge_base", "documents"),
    ("knowledge_base", "deployment"),
    ("questions", "files"),
    ("run", "cache"),
    ("gate", "baseline"),
    ("gate", "must_fail"),
    ("report", "folder"),
)
_VARIABLE = re.compile(r"\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>[^}]*))?\}")


def load_configuration(path: str | os.PathLike[str]) -> EvaluationConfiguration:
    """The configuration of an evaluation from its TOML file.

    Relative paths and patterns are relative to the file's folder. In paths ``${NAME}`` is the environment variable of
    that name, ``${NAME:-default}`` the default where it is not set.

    Raises:
        EvaluationError: the file cannot be read, or a field is missing, unknown or of the wrong kind; the message
            names each, with its table.
    """
    file = Path(path)
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise EvaluationError(f"{file} cannot be read: {error.strerror or error}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise EvaluationError(f"{file} is no valid TOML: {error}.") from None
    resolved = _with_paths_of(data, file.parent)
    try:
        return EvaluationConfiguration.model_validate(resolved)
    except ValidationError as error:
        wrong = field_errors(error, resolved, _models())
        listed = "\n".join(f"  {'.'.join(map(str, way))}: {message}" for way, message in wrong)
        raise EvaluationError(f"{file} has {len(wrong)} error{'s' if len(wrong) > 1 else ''}:\n{listed}") from None


def _models() -> dict[Location, type[BaseModel]]:
    """Which model each table is."""
    tables: dict[Location, type[BaseModel]] = {(): EvaluationConfiguration, ("knowledge_base", "settings"): Settings}
    for name, field in EvaluationConfiguration.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            tables[name,] = field.annotation
    return tables


def _with_paths_of(data: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The file's contents with every path joined to ``folder``; what is no path or text is left for the validation."""
    joined = {name: dict(table) if isinstance(table, dict) else table for name, table in data.items()}
    for table, name, default in (("run", "cache", ".ragkit-eval"), ("report", "folder", "eval-report")):
        if isinstance(part := joined.setdefault(table, {}), dict):
            part.setdefault(name, default)
    for table, name in _PATHS:
        part = joined.get(table)
        if isinstance(part, dict) and name in part:
            value = part[name]
            part[name] = [_joined(v, folder) for v in value] if isinstance(value, list) else _joined(value, folder)
    base = joined.get("knowledge_base")
    if isinstance(base, dict) and isinstance(base.get("sites"), dict):
        base["sites"] = {_joined(name, folder): site for name, site in base["sites"].items()}
    return joined


def _joined(value: Any, folder: Path) -> Any:
    if not isinstance(value, str):
        return value
    return os.path.normpath(folder / _VARIABLE.sub(_variable, value))


def _variable(match: re.Match[str]) -> str:
    value = os.environ.get(match["name"]) or match["default"]
    if value is None:
        raise EvaluationError(f"The configuration names the environment variable {match['name']}, which is not set.")
    return value
