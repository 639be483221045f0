"""What a person is told about words that were left out of a document."""

from __future__ import annotations

from collections.abc import Sequence

from ragkit.documents.document import ExclusionReason, Problem, ProblemKind
from ragkit.documents.formats.nodes import Exclusion


def exclusion_problems(excluded: Sequence[Exclusion]) -> tuple[Problem, ...]:
    """A problem for each reason for which words were left out, with how often and how to mend it."""
    kinds = (
        (
            ExclusionReason.STRUCK,
            ProblemKind.STRUCK_TEXT,
            "passages are struck out and were left out of the text. If this is a red-lined draft, replace it with the"
            " version in force; else remove the struck words.",
        ),
        (
            ExclusionReason.HIDDEN,
            ProblemKind.HIDDEN_TEXT,
            "passages cannot be seen by a reader and were left out of the text. Make them visible or remove them.",
        ),
        (
            ExclusionReason.UNACCEPTED,
            ProblemKind.UNACCEPTED_TEXT,
            "tracked insertions have not been accepted and were left out of the text. Accept or reject the changes"
            " in the word processor, then ingest the file again.",
        ),
    )
    problems = []
    for reason, kind, message in kinds:
        found = [entry for entry in excluded if entry.reason is reason and entry.text.strip()]
        if found:
            details = ", ".join(sorted({entry.detail for entry in found}))
            problems.append(Problem(kind=kind, message=f"{len(found)} {message} ({details})"))
    return tuple(problems)
