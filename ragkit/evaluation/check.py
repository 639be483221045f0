"""Checks question sets before they are asked: their form, and their gold against the documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from ragkit.errors import EvaluationError
from ragkit.evaluation.configuration import KnowledgeBaseConfiguration, QuestionsConfiguration
from ragkit.evaluation.gate.must_fail import load_must_fail, question_of
from ragkit.evaluation.questions.checking import check_question_set
from ragkit.evaluation.questions.problem import Problem, Severity
from ragkit.evaluation.questions.question import QuestionSet
from ragkit.evaluation.questions.reading import question_files, read_question_set
from ragkit.evaluation.running.knowledge_base import OnIngest, opened


class CheckedQuestions(BaseModel):
    """What a check of question sets found.

    Attributes:
        questions: how many questions are well-formed.
        variants: how many variants they have.
        problems: errors and warnings.
        proven: whether the gold was compared with documents.
    """

    model_config = ConfigDict(frozen=True)

    questions: int
    variants: int
    problems: tuple[Problem, ...]
    proven: bool

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that have to be mended."""
        return tuple(problem for problem in self.problems if problem.severity is Severity.ERROR)


def check_questions(
    questions: QuestionsConfiguration,
    knowledge_base: KnowledgeBaseConfiguration | None,
    cache: Path,
    *,
    must_fail: Sequence[str] = (),
    on_ingest: OnIngest | None = None,
    on_remark: Callable[[str], None] = lambda remark: None,
) -> CheckedQuestions:
    """Every error of question sets, and with a knowledge base also of their gold.

    Args:
        questions: the files, the day and the roles of questions that name none.
        knowledge_base: what they are about; None checks the form only.
        cache: where a knowledge base made of documents is kept.
        must_fail: files of known-bad answers; they are checked too, and are no question sets though a pattern of
            ``questions`` may meet them.
        on_ingest: called after each file that is read.
        on_remark: called with what a person should know.
    """
    reading = read_question_set(questions.files, roles=questions.roles, exclude=must_fail)
    problems = list(reading.problems)
    problems += _known_bad(must_fail, reading.question_set)
    if knowledge_base is not None:
        with opened(knowledge_base, cache, on_progress=on_ingest, on_remark=on_remark) as kb:
            problems += check_question_set(reading.question_set, kb, today=questions.today, places=reading.places)
    problems.sort(key=lambda problem: (problem.file, problem.line or 0))
    return CheckedQuestions(
        questions=len(reading.question_set.questions),
        variants=sum(len(question.variants) for question in reading.question_set.questions),
        problems=tuple(problems),
        proven=knowledge_base is not None,
    )


def _known_bad(files: Sequence[str], questions: QuestionSet) -> Iterator[Problem]:
    """What is wrong with the files of known-bad answers: their form, and the questions that they belong to."""
    found, problems = question_files(files)
    yield from problems
    asked = {question.id: question for question in questions.questions}
    for name, path in found.items():
        try:
            for case in load_must_fail([path]):
                question_of(case, asked)
        except EvaluationError as error:
            yield Problem(message=str(error), file=name)
