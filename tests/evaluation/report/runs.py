"""A small run with everything in it that a report has to show: good answers, bad ones, hostile words, a baseline."""

from __future__ import annotations

from datetime import UTC, date, datetime

from ragkit.answering.answer import Answer, AnswerStatus, Citation, Statement, Trace
from ragkit.evaluation.gate.baseline import Baseline, baseline_of
from ragkit.evaluation.gate.verdict import CheckKind, GateCheck, GateVerdict, SliceLoss
from ragkit.evaluation.gate.verdict import Outcome as GateOutcome
from ragkit.evaluation.metrics.base import Family, Metric, value_of
from ragkit.evaluation.questions.question import GoldSpan, Question, Variant, VariantKind
from ragkit.evaluation.record import CitationFacts, Record
from ragkit.evaluation.results import Results, RunIdentity
from ragkit.evaluation.statistics.interval import Interval
from ragkit.grounding.verdict import Verdict

HOSTILE = (
    """</div></details><script>document.title='owned'</script><img src=x onerror="document.title='owned'">"""
    """ & "quotes" 'single' ]]> <!-- | `tick` @everyone [link](https://example.invalid/leak) \x00\x1b[31m \u202egnp"""
)
LEAK = "https://example.invalid/leak"
QUOTE = "Flush with 5 mL of saline every 8 hours."
SECTION = f"Assess the site before use.\n\n{QUOTE}\n\nRecord every flush.\nHours\tVolume\n8\t5 mL"
GOLD = GoldSpan(document="nursing/lines.pdf", quote=QUOTE, page=3)

RIGHT = Metric(
    "answers.right", Family.ANSWERS, "Right answers", "the answer holds what it must", lambda r: float(r.shown),
    applies=lambda r: r.question.answerable, binary=True,
)  # fmt: skip
REFUSED = Metric(
    "abstention.refused", Family.ABSTENTION, "Refused unanswerable", "nothing was shown", lambda r: float(not r.shown),
    applies=lambda r: not r.question.answerable, binary=True,
)  # fmt: skip
RESOLVES = Metric(
    "citations.resolves", Family.CITATIONS, "Citations resolve", "the quote stands at its offsets",
    lambda r: min((float(f.resolves) for f in r.facts), default=None), required=1.0,
)  # fmt: skip
FAITHFULNESS = Metric(
    "grounding.faithfulness", Family.GROUNDING, "Faithfulness", "share of claims that the evidence supports",
    lambda r: 0.9 if r.shown else None,
)  # fmt: skip
HIT = Metric(
    "retrieval.hit", Family.RETRIEVAL, "Hit at 10", "a gold span is among ten passages", lambda r: 0.0, binary=True
)
LATENCY = Metric(
    "cost.milliseconds", Family.COST, "Time per answer", "wall time", lambda r: r.milliseconds,
    higher_is_better=False, unit="ms",
)  # fmt: skip
SAME_STATUS = Metric(
    "robustness.same_status", Family.ROBUSTNESS, "Same status", "as the question's own words",
    lambda r: float(r.shown) if r.variant else None, binary=True,
)  # fmt: skip
CATALOGUE = (RIGHT, REFUSED, RESOLVES, FAITHFULNESS, HIT, LATENCY, SAME_STATUS)


def citation(quote: str = QUOTE, surrounding: str = SECTION, number: int = 1) -> Citation:
    start = surrounding.index(quote) if quote in surrounding else 0
    return Citation(
        number=number, quote=quote, start=100 + start, end=100 + start + len(quote), document_id="iv-1", version="2",
        title="Peripheral lines", reference_number="IV-1", source="nursing/lines.pdf", page=3, section=("4 Care",),
        effective_date=date(2025, 1, 1), surrounding=surrounding, surrounding_start=100,
    )  # fmt: skip


def answered(question: str, text: str = QUOTE, *, support: float = 0.95, cited: Citation | None = None) -> Answer:
    shown = cited or citation()
    return Answer(
        question=question, status=AnswerStatus.ANSWERED, text=f"{text} [1]",
        statements=(Statement(text=text, citations=(1,), support=support, verdict=Verdict.SUPPORTED),),
        citations=(shown,), caveats=("review overdue since 2025-12-31",),
        trace=Trace(timings_ms={"retrieve": 12.0, "answer": 3.0, "total": 15.0}, dropped=("a line: no evidence",)),
    )  # fmt: skip


def silent(question: str) -> Answer:
    return Answer(question=question, status=AnswerStatus.INSUFFICIENT_EVIDENCE, text="Not found in the documents.")


def ask(number: int, *, category: str = "dose", answerable: bool = True, words: str = "", **more: object) -> Question:
    return Question(
        id=f"q-{number:02}", question=words or f"How much saline for line {number}?", site="general", category=category,
        answerable=answerable, gold=(GOLD,) if answerable else (),
        must_have=("5 mL", ("8 hours", "q8h")) if answerable else (), tags=("adult",) if number % 2 else ("child",),
        **more,
    )  # fmt: skip


def facts(resolves: bool = True) -> tuple[CitationFacts, ...]:
    return (CitationFacts(number=1, resolves=resolves, page_right=True, in_force=True, permitted=True, at_site=True),)


def records() -> list[Record]:
    """20 answered, 1 answered with a citation that does not resolve, 2 refused wrongly, 4 refused rightly, 1 answered
    though unanswerable with hostile words, 1 that raised, and 3 variants of which one fails."""
    found = [
        Record(
            question=(q := ask(n, category="dose" if n < 12 else "time_limit")), facts=facts(), milliseconds=20 + n,
            answer=answered(q.question, support=0.99 if n < 15 else 0.8),
        )
        for n in range(20)
    ]  # fmt: skip
    found.append(Record(question=(q := ask(20)), answer=answered(q.question, support=0.6), facts=facts(False)))
    found += [Record(question=(q := ask(n)), answer=silent(q.question)) for n in (21, 22)]
    found += [
        Record(question=(q := ask(n, category="near_miss", answerable=False)), answer=silent(q.question))
        for n in range(23, 27)
    ]
    hostile = ask(27, category="near <miss> & more", answerable=False, words=f"What of {HOSTILE}?", notes=HOSTILE)
    cited = citation(HOSTILE, f"Before. {HOSTILE} After.")
    found.append(Record(question=hostile, answer=answered(hostile.question, HOSTILE, cited=cited), facts=facts()))
    found.append(Record(question=ask(28), error=f"StoreError: {HOSTILE}"))
    variants = (
        Variant(kind=VariantKind.SEX, group="female", question="How much saline for her line?"),
        Variant(kind=VariantKind.SEX, group="male", question="How much saline for his line?"),
        Variant(kind=VariantKind.LANGUAGE, group="es", question="¿Cuánta solución salina?"),
    )
    asked = ask(29, variants=variants)
    found.append(Record(question=asked, answer=answered(asked.question), facts=facts()))
    for variant in variants:
        shown = variant.group != "es"
        answer = answered(variant.question) if shown else silent(variant.question)
        found.append(Record(question=asked, variant=variant, answer=answer, facts=facts() if shown else ()))
    return found


def run(found: list[Record] | None = None, name: str = "lines") -> Results:
    asked = records() if found is None else found
    metrics: dict[str, dict[str, float]] = {}
    for metric in CATALOGUE:
        for record in asked:
            value = value_of(metric, record) if metric.applies(record) else None
            if value is not None:
                metrics.setdefault(metric.name, {})[record.key] = value
    identity = RunIdentity(knowledge_base="kb1", code="c1", questions="q1", scorer="s1", ragkit_version="0.1.0")
    started = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    return Results(name=name, started=started, identity=identity, records=tuple(asked), metrics=metrics, seconds=4.2)


def baseline(results: Results) -> Baseline:
    """The same run, in which question 20 was right and said otherwise, and question 5 was wrong."""
    accepted = baseline_of(results.model_copy(update={"records": tuple(r for r in results.records if not r.error)}))
    before = accepted.questions["q-20"]
    changed = {
        "answer": "Flush with 0.5 mL of saline every 12 hours. [1]",
        "values": before.values | {RESOLVES.name: 1.0},
    }
    wrong = accepted.questions["q-05"]
    questions = accepted.questions | {
        "q-20": before.model_copy(update=changed),
        "q-05": wrong.model_copy(update={"values": wrong.values | {RIGHT.name: 0.0}}),
    }
    return accepted.model_copy(update={"questions": questions})


FAILED = GateVerdict(
    checks=(
        GateCheck(
            kind=CheckKind.REQUIRED, metric=RESOLVES.name, outcome=GateOutcome.FAIL,
            message="Citations resolve is 92.3 %; every citation has to.", observed=0.923, wanted=1.0,
        ),
        GateCheck(kind=CheckKind.ERRORS, outcome=GateOutcome.FAIL, message=f"1 question errored: {HOSTILE}"),
        GateCheck(
            kind=CheckKind.COMPARISON, metric=RIGHT.name, outcome=GateOutcome.WARN, n_needed=190,
            message="No loss beyond the margin, but 190 questions are needed to see one.",
            interval=Interval(0.0, float("-inf"), float("inf")),
        ),
        GateCheck(kind=CheckKind.COVERAGE, outcome=GateOutcome.PASS, message="All were asked."),
    ),
    slices=(SliceLoss(metric=RIGHT.name, category="dose", n=20, before=0.9, after=0.8, worse=2, better=0),),
    compared=True,
)  # fmt: skip
PASSED = GateVerdict(checks=(GateCheck(kind=CheckKind.ERRORS, outcome=GateOutcome.PASS, message="None errored."),))
