"""Writes a drafted question set as YAML that a person reads, edits and accepts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import yaml

from ragkit.errors import EvaluationError
from ragkit.evaluation.questions.drafting import DECIDE_TAG
from ragkit.evaluation.questions.question import Question, QuestionSet

_HEADER = """\
# Drafted questions: nobody has accepted them yet. For each of them
#   - put the question into the words that staff would use (short, with their abbreviations), or delete the block;
#   - check the gold: is this the place that answers, and is it the only one? Add the others;
#   - must_have: what a right answer has to contain, in the words of the quote ("5 mL"); delete what is not needed;
#   - forbidden: what would be dangerous in an answer (the dose for children in a question about adults);
#   - then delete the tag "draft". Until then the question counts like any other: the tag is for people.
# Questions with the tag "decide" seem to have no answer in the documents. Look yourself: if they do answer, delete the
# question or make it answerable, with its gold; if not, delete the tags "draft" and "decide".
# `ragkit eval check FILE --kb KNOWLEDGE_BASE` proves the file against the documents.
"""


def draft_yaml(questions: QuestionSet) -> str:
    """The text of a YAML file that ``load_question_set`` reads, with comments that say what to do."""
    header = questions.model_dump(mode="json", include={"format", "version", "name", "today"}, exclude_none=True)
    blocks = [_block(question) for question in questions.questions]
    return "\n".join([_HEADER + _dump(header) + "questions:", *blocks])


def write_draft(questions: QuestionSet, path: str | os.PathLike[str]) -> Path:
    """Writes a drafted set to a file that does not exist yet.

    Raises:
        EvaluationError: the file exists (a person may have edited it), or cannot be written.
    """
    target = Path(path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8") as file:
            file.write(draft_yaml(questions))
    except FileExistsError:
        raise EvaluationError(f"{target} exists, and somebody may have edited it: name another file.") from None
    except OSError as error:
        raise EvaluationError(f"{target} cannot be written: {error.strerror}.") from error
    return target


def _block(question: Question) -> str:
    shown = question.model_dump(mode="json", exclude_defaults=True)
    if question.roles is None:
        shown["roles"] = None
    comment = "decide: is it really not answered?" if DECIDE_TAG in question.tags else "accept, edit or delete"
    order = [name for name in Question.model_fields if name in shown]
    body = _dump([{name: shown[name] for name in order}])
    return f"\n  # {comment}\n" + "".join(f"  {line}\n" for line in body.splitlines()).rstrip("\n")


def _dump(value: Any) -> str:
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=110)
