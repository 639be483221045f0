"""Correct statements with the lines they rest on: what the planted-error study starts from.

Three forms: *verbatim* lines of answers and gold quotes; *human* claims in other words that people labelled supported;
rewritten ones are made of the verbatim ones by ``planting_rewrites``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from ragkit import KnowledgeBase, User
from ragkit.answering.units import Layout, Unit, UnitKind
from ragkit.documents.document import Document
from ragkit.evaluation import load_question_set
from ragkit.grounding.composed.reading import lines_of

VERBATIM, REWRITTEN, HUMAN = "verbatim", "rewritten", "human"
_FEWEST_WORDS, _MOST_WORDS = 5, 60
_PAGE_MARK = re.compile(r"=== PAGE \d+ ===")
_ATOMIC = frozenset({UnitKind.SENTENCE, UnitKind.LIST_ITEM, UnitKind.TABLE_ROW, UnitKind.FOOTNOTE})


@dataclass(frozen=True)
class Line:
    """A line of a document as a language model is given it.

    Attributes:
        own: its own words.
        context: the lines it cannot be understood without (lead-in, table header), joined by line breaks.
        group: lines of one list or table have the same; "" for others.
    """

    own: str
    context: str = ""
    group: str = ""

    @property
    def evidence(self) -> str:
        """The text that a statement which cites the line is held against."""
        return f"{self.context}\n{self.own}" if self.context else self.own


@dataclass(frozen=True)
class Good:
    """A correct statement.

    Attributes:
        text: the statement.
        lines: the lines it cites.
        document: the document's name, the cluster of the intervals.
        source: "northmoor" or "real".
        form: verbatim, rewritten or human.
        how: for a rewritten one, the rewrites.
    """

    text: str
    lines: tuple[Line, ...]
    document: str
    source: str
    form: str
    how: str = ""

    @property
    def evidence(self) -> tuple[str, ...]:
        """What the statement is held against."""
        return tuple(line.evidence for line in self.lines)


@dataclass(frozen=True)
class Material:
    """All statements, and the lines of the documents they come from.

    Attributes:
        statements: the correct statements, verbatim and human.
        documents: for each document, its lines in order.
    """

    statements: tuple[Good, ...]
    documents: dict[str, tuple[Line, ...]]


def gather(northmoor: Path, questions: Path, real: Path | None, work: Path) -> Material:
    """The material of the study; kept in ``work`` for the next time.

    Args:
        northmoor: the corpus, and ``questions`` its question files.
        questions: the folder of its question files.
        real: a folder with ``policies/SITE``, ``questions/*.jsonl`` and ``training``; None to leave it out.
        work: where knowledge bases and the gathered material are kept.
    """
    parts = []
    work.mkdir(parents=True, exist_ok=True)
    kept = work / "northmoor.json"
    if not kept.exists():
        files = sorted(path for path in questions.glob("*.yaml") if path.name != "must-fail.yaml")
        _keep(kept, _from_answers("northmoor", [(northmoor, None)], files, work))
    parts.append(_kept(kept))
    if real is not None:
        kept = work / "real.json"
        if not kept.exists():
            folders = [(path, path.name) for path in sorted((real / "policies").iterdir()) if path.is_dir()]
            answered = _from_answers("real", folders, sorted((real / "questions").glob("*.jsonl")), work)
            _keep(kept, _joined([answered, _from_training(real / "training")]))
        parts.append(_kept(kept))
    return _joined(parts)


def _from_answers(
    source: str, folders: Iterable[tuple[Path, str | None]], files: Sequence[Path], work: Path
) -> Material:
    """The lines of the answers to the questions."""
    statements: dict[tuple[str, str], Good] = {}
    documents: dict[str, tuple[Line, ...]] = {}
    with KnowledgeBase.open(work / f"{source}.kb", access="open") as kb:
        for folder, site in folders:
            kb.ingest(folder, site=site)
        for question in load_question_set(files).questions:
            if not question.answerable:
                continue
            user = None if question.roles is None else User("study", roles=set(question.roles))
            answer = kb.ask(question.question, site=question.site, user=user, as_of=question.as_of)
            cited = {citation.number: citation for citation in answer.citations}
            for statement in answer.statements:
                own = cited[statement.citations[-1]]
                name = f"{own.document_id}@{own.version}"
                if name not in documents:
                    document = kb.document(own.document_id, own.version, user=user, as_of=question.as_of)
                    documents[name] = tuple(lines_of_document(document))
                line = next((line for line in documents[name] if _plain(line.own) == _plain(own.quote)), None)
                if line is not None and _usable(line):
                    good = Good(_plain(line.own), (line,), name, source, VERBATIM)
                    statements.setdefault((good.text, name), good)
    return Material(tuple(statements.values()), documents)


def lines_of_document(document: Document) -> Iterator[Line]:
    """The sentences, items and rows of a document with their contexts, in order."""
    layout = Layout(document)
    for index, block in enumerate(document.blocks):
        for unit in layout.units_of(index):
            if unit.kind in _ATOMIC and not unit.ends_in_colon:
                yield Line(_words(document, unit.spans), _words(document, unit.context), _group(unit, block.context))


def _group(unit: Unit, context: Sequence[int]) -> str:
    return f"{unit.kind.value} {context[-1]}" if context else ""


def _words(document: Document, spans: Iterable[tuple[int, int]]) -> str:
    return "\n".join(document.text[start:end].strip() for start, end in spans)


def _from_training(folder: Path) -> Material:
    """The gold quotes of items and their claims; quotes that are not one line of their document's text are left out."""
    statements: dict[tuple[str, str], Good] = {}
    documents: dict[str, tuple[Line, ...]] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for item in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            quotes = tuple(Line(_plain(gold["quote"])) for gold in item["gold"])
            for gold, line in zip(item["gold"], quotes, strict=True):
                name = gold["file"]
                if name not in documents:
                    text = _PAGE_MARK.sub("", (folder / "text" / name).read_text(encoding="utf-8"))
                    paragraphs = re.sub(r"(?<![.:;!?])\n(?=[a-z(])", " ", text)
                    documents[name] = tuple(Line(sentence) for sentence in lines_of(paragraphs))
                if _usable(line):
                    statements.setdefault((line.own, name), Good(line.own, (line,), name, "real", VERBATIM))
            for claim in item["claims"]:
                if claim["label"] == "supported":
                    good = Good(_plain(claim["text"]), quotes, item["gold"][0]["file"], "real", HUMAN)
                    statements.setdefault((good.text, good.document), good)
    return Material(tuple(statements.values()), documents)


def _usable(line: Line) -> bool:
    return len(re.findall(r"[A-Za-z]{2,}", line.own)) >= _FEWEST_WORDS and len(line.own.split()) <= _MOST_WORDS


def _plain(text: str) -> str:
    return re.sub(r"[^\S\t]+", " ", text).strip()


def _joined(parts: Iterable[Material]) -> Material:
    parts = list(parts)
    documents = {name: lines for part in parts for name, lines in part.documents.items()}
    return Material(tuple(good for part in parts for good in part.statements), documents)


def _keep(path: Path, material: Material) -> None:
    content = {
        "statements": [asdict(good) for good in material.statements],
        "documents": {name: [asdict(line) for line in lines] for name, lines in material.documents.items()},
    }
    path.write_text(json.dumps(content), encoding="utf-8")


def _kept(path: Path) -> Material:
    content = json.loads(path.read_text(encoding="utf-8"))
    statements = (
        Good(**{**good, "lines": tuple(Line(**line) for line in good["lines"])}) for good in content["statements"]
    )
    documents = {name: tuple(Line(**line) for line in lines) for name, lines in content["documents"].items()}
    return Material(tuple(statements), documents)
