"""What a person is told about words that were left out of a document."""

from __future__ import annotations

from collections.abc import Sequence

from ragkit.documents.document import ExcludedText, ExclusionReason, Problem, ProblemKind

_KINDS = {
    ExclusionReason.STRUCK: (
        ProblemKind.STRUCK_TEXT,
        "struck out",
        "If this is a red-lined draft, replace it with the version in force; else remove the struck words.",
    ),
    ExclusionReason.HIDDEN: (
        ProblemKind.HIDDEN_TEXT,
        "not to be seen by a reader",
        "Make these words visible, or remove them.",
    ),
    ExclusionReason.UNACCEPTED: (
        ProblemKind.UNACCEPTED_TEXT,
        "inserted as a tracked change that nobody has accepted",
        "Accept or reject the changes in the word processor, then ingest the file again.",
    ),
}


def exclusion_problems(excluded: Sequence[ExcludedText]) -> tuple[Problem, ...]:
    """A problem for each reason for which words were left out: how many, how recognised, what to do, on which pages."""
    problems = []
    for reason, (kind, what, advice) in _KINDS.items():
        found = [entry for entry in excluded if entry.reason is reason]
        if not found:
            continue
        details = ", ".join(sorted({entry.detail for entry in found}))
        count = "1 passage is" if len(found) == 1 else f"{len(found)} passages are"
        pages = sorted({entry.page for entry in found if entry.page is not None})
        message = f"{count} {what} and left out of the text ({details}). {advice}"
        problems.append(Problem(kind=kind, message=message, pages=tuple(pages)))
    return tuple(problems)
