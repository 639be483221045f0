"""A follow-up question made self-contained by a language model, taken only if every word of it comes from the people.

The model is asked where the rules are unsure. What it writes is held against the conversation: no content word and no
number that is not in it, nothing of the last question lost, no negation lost or added. Otherwise the rules' wording
stands.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from string import Template

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ragkit.conversation.standalone import LONGEST, StandaloneQuestion
from ragkit.errors import LanguageModelError
from ragkit.language_models.base import ChatRequest, LanguageModels, Message, UnusableReplyError
from ragkit.language_models.deadline import Deadline
from ragkit.privacy.gate import default_gate
from ragkit.retrieval.words import STOP_WORDS, stem

PROMPT = "standalone_question"
_SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["question"],
    "properties": {"question": {"type": "string"}},
}
_MARK_BYTES = 8
_STANDING_MARK = "data"
_WORD = re.compile(r"\d+(?:[.,:/]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)?")
_NEGATION = re.compile(r"\b(?:not|no|never|without|except|unless|only|non)\b|n't\b", re.IGNORECASE)
_POINTING = frozenset({"it", "that", "this", "those", "these", "them", "one", "ones", "there", "same", "so"})
_OBJECT = re.compile(r"\{.*\}", re.DOTALL)


class _Reply(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    question: str = Field(min_length=1, max_length=LONGEST)


def rewritten(
    question: str,
    earlier: Sequence[str],
    by_rules: StandaloneQuestion,
    models: LanguageModels,
    *,
    deadline: Deadline,
    confined: bool,
) -> StandaloneQuestion:
    """The question in the language model's words, or in the rules' where those cannot be taken.

    Args:
        question: as asked, identifiers taken out.
        earlier: the questions before it, oldest first, identifiers taken out.
        by_rules: what the rules made of it.
        models: who is asked.
        deadline: for all of them.
        confined: whether the conversation must stay on premises.
    """
    asked = {PROMPT: prompt_identity()}
    try:
        completion = models.complete(_request(question, earlier), _read, deadline=deadline, confined=confined)
    except LanguageModelError:
        return StandaloneQuestion(by_rules.text, by_rules.changed, by_rules.by, asked)
    text = " ".join(completion.value.split())
    if text.casefold() == question.casefold():
        return StandaloneQuestion(question, prompts=asked)
    if not comes_from(text, question, earlier):
        return StandaloneQuestion(by_rules.text, by_rules.changed, by_rules.by, asked)
    return StandaloneQuestion(text, True, "language_model", asked)


def comes_from(text: str, question: str, earlier: Sequence[str]) -> bool:
    """Whether ``text`` says nothing that the conversation does not, and loses nothing of its last question.

    Content words are compared by their stems, numbers as written and with the word after them. The last question's own
    words and negations must all be there; those of earlier ones may stay away. It must hold no patient identifier.
    """
    written, last = _content(text), _content(question)
    known = last.union(*map(_content, earlier))
    if not written <= known or not last <= written:
        return False
    before = [len(_NEGATION.findall(each)) for each in (question, *earlier)]
    negations = len(_NEGATION.findall(text))
    if not before[0] <= negations <= sum(before):
        return False
    measured = set().union(*map(_measured, (question, *earlier)))
    return _measured(text) <= measured and not default_gate().find(text)


def _content(text: str) -> set[str]:
    words = (match.group().lower() for match in _WORD.finditer(text))
    return {stem(word) for word in words if word not in STOP_WORDS and word not in _POINTING}


def _measured(text: str) -> set[tuple[str, str]]:
    """Each number with the word after it: "8 hours" and "5000 units" must not become "8 units"."""
    words = [stem(match.group().lower()) for match in _WORD.finditer(text)]
    return {pair for pair in zip(words, (*words[1:], ""), strict=True) if pair[0][0].isdigit()}


def _request(question: str, earlier: Sequence[str]) -> ChatRequest:
    mark = f"data-{secrets.token_hex(_MARK_BYTES)}"
    return ChatRequest(
        messages=_messages(question, earlier, mark),
        purpose=PROMPT,
        schema_name=PROMPT,
        schema=_SCHEMA,
        cache_text="\n".join(message.content for message in _messages(question, earlier, _STANDING_MARK)),
    )


def _messages(question: str, earlier: Sequence[str], mark: str) -> tuple[Message, ...]:
    instructions = Template(_prompt()[1]).safe_substitute(mark=mark)
    lines = [f"Earlier question {number}: {_harmless(each)}" for number, each in enumerate(earlier, start=1)]
    data = "\n".join((f"<{mark}>", *lines, f"Last question: {_harmless(question)}", f"</{mark}>"))
    return Message("system", instructions), Message("user", data)


def _harmless(text: str) -> str:
    return " ".join(text.split()).replace("<", "‹").replace(">", "›")


def _read(reply: str) -> str:
    found = _OBJECT.search(reply)
    if found is None:
        raise UnusableReplyError("The reply holds no JSON object.")
    try:
        return _Reply.model_validate_json(found.group()).question
    except ValidationError:
        raise UnusableReplyError("The reply is not of the form that was asked for.") from None


@cache
def _prompt() -> tuple[str, str, str]:
    """Version, words and SHA-256 of the prompt file."""
    contents = files(__package__).joinpath("prompts", f"{PROMPT}.md").read_text(encoding="utf-8")
    head, _, text = contents.partition("\n---\n")
    return head.removeprefix("version:").strip(), text.strip(), sha256(contents.encode()).hexdigest()


def prompt_identity() -> str:
    """Version and hash of the prompt, for the trace."""
    version, _, digest = _prompt()
    return f"{version}:{digest[:16]}"
