"""What the tools take. The descriptions are what an agent reads before it calls."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ragkit.serving.rest.bodies import Day, EarlierQuestion, SiteName

_LONGEST_NAME = 300
_EARLIER_QUESTIONS = 10
_PLAIN = {"missing": "is needed", "extra_forbidden": "there is no such argument"}


class _Arguments(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    site: SiteName | None = Field(default=None, description="Only this site of the institution; leave out for all.")
    as_of: Day | None = Field(default=None, description="What was in force on this day (2026-01-31); default today.")


class AskArguments(_Arguments):
    """Arguments of ``ask``."""

    question: str = Field(
        description="One self-contained question in plain words, with the drug, device, procedure and patient group it "
        "is about. Never the name, number or birth date of a patient."
    )
    previous_questions: tuple[EarlierQuestion, ...] = Field(
        default=(),
        max_length=_EARLIER_QUESTIONS,
        description="The person's own earlier questions in this conversation, oldest first, never answers, where the "
        'question is a follow-up in the person\'s words ("and in children?"); the result says how it was understood.',
    )


class SearchArguments(_Arguments):
    """Arguments of ``search``."""

    query: str = Field(description="A question, or words to look for.")
    limit: int = Field(default=8, ge=1, le=50, description="How many passages at most.")


class DocumentsArguments(_Arguments):
    """Arguments of ``documents``."""

    title_contains: str | None = Field(
        default=None, max_length=_LONGEST_NAME, description="Only documents whose title or number contains this."
    )
    offset: int = Field(default=0, ge=0, description="Leave out this many rows at the beginning.")
    limit: int = Field(default=50, ge=1, le=200, description="How many rows at most.")


class DocumentTextArguments(BaseModel):
    """Arguments of ``document_text``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    document_id: str = Field(max_length=_LONGEST_NAME, description="As a citation or the list of documents names it.")
    version: str | None = Field(
        default=None, max_length=_LONGEST_NAME, description="The version; leave out for the one in force."
    )
    as_of: Day | None = Field(default=None, description="The day that is asked about (2026-01-31); default today.")
    start: int = Field(default=0, ge=0, description="Begin at this character.")
    characters: int = Field(default=8_000, ge=1, le=50_000, description="How many characters at most.")


def explain(error: ValidationError) -> str:
    """What is wrong with the arguments, in one plain sentence each; it does not repeat what was sent."""
    problems = []
    for problem in error.errors(include_input=False, include_url=False, include_context=False):
        name = ".".join(str(part) for part in problem["loc"]) or "arguments"
        message = _PLAIN.get(problem["type"], problem["msg"].removeprefix("Value error, "))
        problems.append(f"{name}: {message[:1].lower()}{message[1:]}")
    return "These arguments cannot be used. " + "; ".join(problems) + "."
