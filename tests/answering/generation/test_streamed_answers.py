import pytest

from generation.situations import (
    ACCESS,
    FLUSH,
    ScriptedModels,
    composed,
    grounded,
    numbers_of,
    port_policy,
    says,
    streamed,
)
from ragkit.answering.extractive import extractive_answer
from ragkit.answering.groundwork import Groundwork
from ragkit.answering.streaming import AnswerNotReadyError, StreamedAnswer
from ragkit.language_models.base import Outcome

SENTENCE = "Flush the port every 8 hours with 10 mL of saline, unless the patient is on fluid restriction."


def replies(groundwork: Groundwork) -> list[str]:
    """Replies of many kinds on the access question."""
    fever, red, platelets = numbers_of(groundwork, "fever above", "redness over", "a platelet count")
    return [
        says(("Do not access the port in patients with fever above 38.5 °C.", [fever])),
        says(
            ("Do not access the port in patients with a platelet count below 20,000.", [platelets]),
            ("Do not access the port in patients with redness over the chamber.", [red]),
        ),
        says(("Do not access it with fever above 39.5 °C.", [fever]), ("redness over the chamber", [red])),
        says(("Access the port in patients with redness over the chamber.", [red])),
        says(("Nonsense.", [1, 2, 3]), ("More of it.", [])),
        says(answers=False),
        "no JSON",
    ]


@pytest.mark.parametrize("number", range(7))
def test_what_is_streamed_is_what_ask_gives_for_the_same_reply(number: int) -> None:
    groundwork = grounded(ACCESS, port_policy())
    reply = replies(groundwork)[number]
    statements, stream = streamed(groundwork, ScriptedModels([reply, Outcome.TIMED_OUT]))
    whole = composed(groundwork, reply, Outcome.TIMED_OUT)
    assert tuple(statements) == stream.answer.statements == whole.statements
    assert (stream.answer.text, stream.answer.status) == (whole.text, whole.status)
    assert stream.answer.citations == whole.citations


def test_a_statement_comes_before_the_reply_is_complete_with_its_citations() -> None:
    groundwork = grounded(FLUSH, port_policy())
    [flush] = numbers_of(groundwork, "Flush the port")
    asked_for: list[str] = []

    class Watched(ScriptedModels):
        def stream(self, *arguments, **options):  # type: ignore[no-untyped-def]
            for piece in super().stream(*arguments, **options):
                asked_for.append(piece)
                yield piece

    reply = says((SENTENCE, [flush]), ("Close the clamp afterwards.", [flush]))
    from ragkit.answering.generation.composer import Composer
    from ragkit.answering.generative import stream_answer
    from ragkit.deployment.deployment import GenerationSettings
    from ragkit.language_models.deadline import Deadline
    from ragkit.privacy.gate import default_gate

    growing: list[object] = []
    composer = Composer(Watched([reply]), GenerationSettings(), default_gate())
    steps = stream_answer(
        groundwork,
        extractive_answer(groundwork),
        composer,
        Deadline.after(20),
        citations=growing,  # type: ignore[arg-type]
    )
    stream = StreamedAnswer(steps, growing)  # type: ignore[arg-type]
    first = next(stream)
    assert first.text == SENTENCE
    assert len("".join(asked_for)) < len(reply)
    assert [citation.number for citation in stream.citations] == list(first.citations)
    with pytest.raises(AnswerNotReadyError):
        _ = stream.answer
    list(stream)
    assert stream.answer.statements[0] == first


def test_after_a_break_the_rest_follows_in_the_policys_own_words_and_nothing_twice() -> None:
    groundwork = grounded(ACCESS, port_policy())
    [fever] = numbers_of(groundwork, "fever above")
    reply = says(("Do not access the port in patients with fever above 38.5 °C.", [fever]), ("And then", [fever]))
    models = ScriptedModels([reply], breaks_after=reply.index("And then"))
    statements, stream = streamed(groundwork, models)
    text = stream.answer.text
    assert text.count("38.5 °C") == text.count("redness over the chamber") == text.count("20,000") == 1
    assert statements[0].composed and not statements[-1].composed
    assert "broke off" in stream.answer.notice
    assert len(models.requests) == 1


def test_a_stream_that_breaks_off_before_anything_was_verified_is_the_extractive_answer() -> None:
    groundwork = grounded(ACCESS, port_policy())
    statements, stream = streamed(groundwork, ScriptedModels([says(("x", [1]))], breaks_after=12))
    expected = extractive_answer(groundwork)
    assert tuple(statements) == expected.statements
    assert stream.answer.text == expected.text
    assert stream.answer.notice


def test_no_unverified_statement_is_ever_yielded() -> None:
    groundwork = grounded(FLUSH, port_policy())
    [flush] = numbers_of(groundwork, "Flush the port")
    wrong = [SENTENCE.replace("8 hours", "80 hours"), SENTENCE.replace("unless", "also if"), "Do not flush the port."]
    statements, _ = streamed(groundwork, ScriptedModels([says(*((text, [flush]) for text in wrong))]))
    assert not {statement.text for statement in statements} & set(wrong)
    assert not any(statement.composed for statement in statements)
