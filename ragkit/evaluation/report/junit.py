"""junit.xml: one test case for each question and for each check of the gate, as Jenkins and GitLab read it.

The schema is the one that both accept (Jenkins' xUnit plugin, junit-10.xsd): ``testsuites``, ``testsuite`` with counts,
``testcase`` with at most one of ``failure`` and ``error``.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

from ragkit.evaluation.gate.verdict import GateVerdict
from ragkit.evaluation.report.failures import Outcome
from ragkit.evaluation.report.wording import printable, variant_label, who_asked
from ragkit.evaluation.results import Results


def junit_xml(results: Results, outcomes: Sequence[Outcome], verdict: GateVerdict | None) -> str:
    """The text of junit.xml."""
    root = ElementTree.Element("testsuites")
    questions = _suite(root, "questions", results.started.isoformat(timespec="seconds"))
    for outcome in outcomes:
        _question(questions, outcome)
    if verdict is not None:
        gate = _suite(root, "gate", results.started.isoformat(timespec="seconds"))
        for check in verdict.checks:
            case = _case(gate, "gate", check.name, 0.0)
            if not check.passed:
                _problem(case, "failure", "gate", check.message, check.message)
    for suite in root:
        _count(suite)
    root.set("name", printable(results.name) or "ragkit")
    for attribute in ("tests", "failures", "errors"):
        root.set(attribute, str(sum(int(suite.get(attribute, "0")) for suite in root)))
    root.set("time", f"{results.seconds:.3f}")
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _question(suite: ElementTree.Element, outcome: Outcome) -> None:
    record = outcome.record
    case = _case(suite, f"questions.{record.question.category}", record.key, record.milliseconds / 1000)
    if outcome.error:
        _problem(case, "error", "error", f"asking or judging raised: {outcome.error}", _story(outcome))
    elif outcome.missed:
        missed = "; ".join(one.label for one in outcome.missed)
        _problem(case, "failure", outcome.missed[0].metric.name, missed, _story(outcome))


def _story(outcome: Outcome) -> str:
    record = outcome.record
    lines = [f"Question: {record.asked}", f"Asked with: {who_asked(record)}"]
    lines += [f"Variant: {variant_label(record)}"] if record.variant else []
    if record.answer is not None:
        lines += [f"Status: {record.answer.status.value}", f"Answer: {record.answer.text}"]
    lines += [f"Gold: {gold.document}: {gold.quote}" for gold in record.question.gold]
    lines += [f"Error: {outcome.error}"] if outcome.error else []
    return "\n".join(lines)


def _suite(root: ElementTree.Element, name: str, timestamp: str) -> ElementTree.Element:
    return ElementTree.SubElement(root, "testsuite", name=name, timestamp=timestamp)


def _case(suite: ElementTree.Element, classname: str, name: str, seconds: float) -> ElementTree.Element:
    return ElementTree.SubElement(
        suite, "testcase", classname=printable(classname), name=printable(name), time=f"{seconds:.3f}"
    )


def _problem(case: ElementTree.Element, tag: str, kind: str, message: str, text: str) -> None:
    problem = ElementTree.SubElement(case, tag, type=kind, message=printable(message))
    problem.text = printable(text)


def _count(suite: ElementTree.Element) -> None:
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("errors", str(len(suite.findall("testcase/error"))))
    suite.set("time", f"{sum(float(case.get('time', '0')) for case in suite):.3f}")
