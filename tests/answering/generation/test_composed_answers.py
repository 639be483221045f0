import time

import pytest
from policies import PolicyWriter, query_for

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
from ragkit.answering.answer import AnswerStatus, Rung
from ragkit.answering.extractive import extractive_answer
from ragkit.answering.generation.answerability import FlagWorth
from ragkit.documents.document import Document
from ragkit.language_models.base import ChatRequest, Outcome
from ragkit.retrieval.query import AnswerKind

FLUSH_SENTENCE = "Flush the port every 8 hours with 10 mL of saline, unless the patient is on fluid restriction."


def test_a_verified_statement_is_shown_in_the_models_words_with_verbatim_citations() -> None:
    groundwork = grounded(FLUSH, port_policy())
    [line] = numbers_of(groundwork, "Flush the port")
    answer = composed(groundwork, says((FLUSH_SENTENCE, [line])))
    assert answer.statements[0].text == FLUSH_SENTENCE and answer.statements[0].composed
    document = port_policy()
    assert all(document.text[c.start : c.end] == c.quote for c in answer.citations)
    assert answer.text.startswith(FLUSH_SENTENCE + " [1]")
    assert answer.notice == ""


def test_a_changed_dose_is_asked_for_again_and_never_shown() -> None:
    groundwork = grounded(FLUSH, port_policy())
    [line] = numbers_of(groundwork, "Flush the port")
    wrong = says((FLUSH_SENTENCE.replace("10 mL", "100 mL"), [line]))
    models = ScriptedModels([wrong, says((FLUSH_SENTENCE, [line]))])
    answer = composed(groundwork, models=models)
    assert [request.purpose for request in models.requests] == ["compose", "retry"]
    assert "100 mL" in models.requests[1].messages[-1].content
    assert answer.statements[0].text == FLUSH_SENTENCE
    assert "100 mL" not in answer.text
    assert any("100 mL" in dropped for dropped in answer.trace.dropped)


def test_a_statement_that_fails_twice_gives_way_to_the_policys_own_line() -> None:
    groundwork = grounded(FLUSH, port_policy())
    [line] = numbers_of(groundwork, "Flush the port")
    answer = composed(groundwork, says((FLUSH_SENTENCE.replace("8 hours", "18 hours"), [line])))
    assert answer.text == extractive_answer(groundwork).text
    assert not any(statement.composed for statement in answer.statements)
    assert answer.notice.startswith("What the language model wrote could not be verified")
    assert [step.outcome for step in answer.trace.ladder] == ["nothing_verified", "nothing_verified", "answered"]


def test_a_number_in_words_and_in_other_digits_is_not_shown() -> None:
    writer = PolicyWriter().heading("Licences")
    writer.line("The licence of the port team is valid for two (2) years.")
    query = query_for("how long is the licence valid", "licence", "valid", kind=AnswerKind.TIME_LIMIT)
    groundwork = grounded(query, writer.document())
    answer = composed(groundwork, says(("The licence of the port team is valid for two (9) years.", [1])))
    assert "9" not in answer.text
    assert any("two (9)" in dropped for dropped in answer.trace.dropped)


def test_an_invented_number_of_a_paragraph_is_not_shown() -> None:
    groundwork = grounded(FLUSH, port_policy())
    answer = composed(groundwork, says((f"7.3.1 {FLUSH_SENTENCE}", numbers_of(groundwork, "Flush the port"))))
    assert "7.3.1" not in answer.text
    assert any("no number 7.3.1" in dropped for dropped in answer.trace.dropped)


def test_a_dropped_exception_is_never_shown_without_the_line_that_has_it() -> None:
    groundwork = grounded(FLUSH, port_policy())
    [line] = numbers_of(groundwork, "Flush the port")
    answer = composed(groundwork, says(("Flush the port with 10 mL of saline every 8 hours.", [line])))
    assert "unless the patient is on fluid restriction" in answer.text


def test_items_of_a_list_that_the_model_leaves_out_are_added_in_the_documents_order() -> None:
    groundwork = grounded(ACCESS, port_policy())
    third, first = numbers_of(groundwork, "a platelet count", "fever above")
    reply = says(
        ("Do not access the port in patients with a platelet count below 20,000.", [third]),
        ("Do not access the port in patients with fever above 38.5 °C.", [first]),
    )
    text = composed(groundwork, reply).text
    assert text.index("38.5 °C") < text.index("redness over the chamber") < text.index("20,000")
    assert "Do not access the port in patients with:\nredness over the chamber" in text


def test_an_item_that_the_model_copies_is_shown_with_what_leads_it_in() -> None:
    groundwork = grounded(ACCESS, port_policy())
    [line] = numbers_of(groundwork, "fever above")
    answer = composed(groundwork, says(("fever above 38.5 °C", [line])))
    assert all("Do not access" in s.text for s in answer.statements if "38.5" in s.text)
    assert not any(statement.composed for statement in answer.statements)


def test_a_line_that_the_model_copies_counts_as_the_policys_own_words() -> None:
    groundwork = grounded(FLUSH, port_policy())
    own = "Flush the port with 10 mL of saline every 8 hours, unless the patient is on fluid restriction."
    answer = composed(groundwork, says((own, numbers_of(groundwork, "Flush the port"))))
    assert [(statement.text, statement.composed) for statement in answer.statements] == [(own, False)]


@pytest.mark.parametrize("copy", ["Tunnelled port\t4 weeks", "Tunnelled port | 4 weeks", "Tunnelled port 4 weeks."])
def test_a_row_that_the_model_copies_is_shown_with_its_header(copy: str) -> None:
    writer = PolicyWriter().heading("Flushing")
    writer.table("Port\tFlush every", "Tunnelled port\t4 weeks", "Other port\t6 weeks")
    query = query_for("how often is a tunnelled port flushed", "tunnelled", "port", "flush", kind=AnswerKind.TIME_LIMIT)
    groundwork = grounded(query, writer.document())
    answer = composed(groundwork, says((copy, numbers_of(groundwork, "Tunnelled port"))))
    assert "Port\tFlush every\nTunnelled port\t4 weeks" in answer.text
    assert not any(statement.composed for statement in answer.statements)


def test_a_selected_line_that_the_model_says_nothing_of_is_added_in_its_own_words() -> None:
    both = query_for("how to flush the port and close the clamp afterwards", "flush", "port", "close", "clamp")
    groundwork = grounded(both, port_policy())
    assert "Close the clamp afterwards." in extractive_answer(groundwork).text
    answer = composed(groundwork, says((FLUSH_SENTENCE, numbers_of(groundwork, "Flush the port"))))
    assert answer.statements[0].text == FLUSH_SENTENCE
    assert answer.statements[1].text.endswith("Close the clamp afterwards.")
    assert [statement.composed for statement in answer.statements] == [True, False]


def test_another_patients_name_is_shown_nowhere_not_even_in_the_trace() -> None:
    groundwork = grounded(FLUSH, port_policy())
    [line] = numbers_of(groundwork, "Flush the port")
    told = says((f"Mr. Johnathan Quillfeather: {FLUSH_SENTENCE}", [line]))
    models = ScriptedModels([told])
    answer = composed(groundwork, models=models)
    assert "Quillfeather" not in answer.model_dump_json()
    assert len(models.requests) == 1, "a statement with a name is not sent back"


def test_invented_line_numbers_are_no_evidence() -> None:
    groundwork = grounded(FLUSH, port_policy())
    answer = composed(groundwork, says((FLUSH_SENTENCE, [77])))
    assert answer.text == extractive_answer(groundwork).text
    assert any("no line 77" in dropped for dropped in answer.trace.dropped)


def test_a_statement_on_a_dose_for_others_than_the_question_asks_about_is_not_shown() -> None:
    writer = PolicyWriter().heading("Doses")
    writer.table("Weight\tParacetamol dose", "10 to 15 kg\t120 mg", "16 to 25 kg\t250 mg")
    document = writer.document("fever", title="Paracetamol for fever")
    query = query_for("dose of paracetamol for a child of 12 kg", "paracetamol", "dose", kind=AnswerKind.DOSE)
    groundwork = grounded(query, document)
    lines = [*numbers_of(groundwork, "10 to 15 kg"), 2]
    reply = says(("The paracetamol dose is 250 mg for a weight of 16 to 25 kg.", lines))
    assert "250 mg" not in composed(groundwork, reply).text


def two_policies_on_flushing() -> tuple[Document, Document]:
    writer = PolicyWriter().heading("Flushing")
    writer.line("Flush the port every 4 weeks with 20 mL of saline when it is not in use.")
    return port_policy(), writer.document("drawing-blood", title="Drawing blood")


def test_lines_outside_the_extractive_answer_may_add_to_it() -> None:
    groundwork = grounded(FLUSH, *two_policies_on_flushing())
    flush, drawn = numbers_of(groundwork, "Flush the port with", "Flush the port every 4 weeks")
    assert "20 mL" not in extractive_answer(groundwork).text
    added = "When the port is not in use, flush it every 4 weeks with 20 mL of saline."
    answer = composed(groundwork, says((FLUSH_SENTENCE, [flush]), (added, [drawn])))
    assert [statement.text for statement in answer.statements] == [FLUSH_SENTENCE, added]
    assert {citation.document_id for citation in answer.citations} == {"port-care", "drawing-blood"}


def test_lines_that_are_about_something_else_add_nothing() -> None:
    groundwork = grounded(FLUSH, port_policy())
    flush, surgeons = numbers_of(groundwork, "Flush the port", "Only surgeons")
    beside = "Only surgeons may remove a tunnelled port, whatever its kind."
    answer = composed(groundwork, says((FLUSH_SENTENCE, [flush]), (beside, [surgeons])))
    assert "surgeons" not in answer.text


def test_one_statement_on_documents_that_disagree_is_not_shown() -> None:
    groundwork = grounded(FLUSH, *two_policies_on_flushing())
    lines = numbers_of(groundwork, "Flush the port with", "Flush the port every 4 weeks")
    answer = composed(groundwork, says(("Flush the port with 10 mL or 20 mL of saline.", lines)))
    assert "10 mL or 20 mL" not in answer.text
    assert any("documents that disagree" in dropped for dropped in answer.trace.dropped)


def test_what_the_models_statements_carry_is_not_repeated() -> None:
    groundwork = grounded(FLUSH, port_policy())
    flush = numbers_of(groundwork, "Flush the port")
    answer = composed(groundwork, says((FLUSH_SENTENCE, flush), (FLUSH_SENTENCE, flush)))
    assert answer.text.count("10 mL") == 1


def test_a_question_that_the_documents_do_not_speak_of_is_not_sent_at_all() -> None:
    query = query_for("cafeteria opening hours", "cafeteria", "opening", kind=AnswerKind.TIME_LIMIT)
    models = ScriptedModels([says(("Flush the port.", [1]))])
    answer = composed(grounded(query, port_policy()), models=models)
    assert not models.requests
    assert answer.status is AnswerStatus.INSUFFICIENT_EVIDENCE
    assert [step.outcome for step in answer.trace.ladder] == ["not_asked", "does_not_answer"]


def test_a_check_that_fails_lets_nothing_through(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError("secret words")

    monkeypatch.setattr("ragkit.answering.generation.checking.check_composed", broken)
    groundwork = grounded(FLUSH, port_policy())
    answer = composed(groundwork, says((FLUSH_SENTENCE, numbers_of(groundwork, "Flush the port"))))
    assert answer.text == extractive_answer(groundwork).text
    assert any("could not be checked (ValueError)" in dropped for dropped in answer.trace.dropped)
    assert "secret words" not in answer.model_dump_json()


def test_a_row_outside_the_extractive_answer_keeps_the_number_over_its_table() -> None:
    writer = PolicyWriter().heading("Flushing")
    writer.line("Flush the port with 10 mL of saline every 8 hours.")
    writer.table("Port not in use for more than 30 days\tFlush every", "Tunnelled port\t4 weeks", "Other port\t6 weeks")
    groundwork = grounded(FLUSH, writer.document())
    [row] = numbers_of(groundwork, "Tunnelled port")
    answer = composed(groundwork, says(("Flush a tunnelled port every 4 weeks.", [row])))
    assert not any(statement.composed for statement in answer.statements)
    assert "4 weeks" not in answer.text or "30 days" in answer.text


def test_the_worth_of_a_models_flag_is_a_setting() -> None:
    groundwork = grounded(FLUSH, port_policy())
    assert composed(groundwork, says(answers=False)).status is AnswerStatus.PARTIAL
    known = FlagWorth(sensitivity=0.999999, specificity=0.999999)
    answer = composed(groundwork, says(answers=False), worth=known)
    assert answer.status is AnswerStatus.INSUFFICIENT_EVIDENCE and not answer.statements


def test_the_caveats_of_the_extractive_answer_stay() -> None:
    document = port_policy(effective_date=None)
    groundwork = grounded(FLUSH, document)
    answer = composed(groundwork, says((FLUSH_SENTENCE, numbers_of(groundwork, "Flush the port"))))
    assert answer.statements[0].composed
    assert answer.caveats == extractive_answer(groundwork).caveats != ()


def test_the_trace_names_prompts_models_and_cost() -> None:
    groundwork = grounded(FLUSH, port_policy())
    answer = composed(groundwork, says((FLUSH_SENTENCE, numbers_of(groundwork, "Flush the port"))))
    [step] = answer.trace.ladder
    assert (step.rung, step.name, step.outcome) == (Rung.LANGUAGE_MODEL, "scripted", "answered")
    assert (step.input_tokens, step.output_tokens, step.cost) == (10, 5, 0.01)
    assert set(answer.trace.prompts) == {"compose"}
    assert answer.trace.configuration != extractive_answer(groundwork).trace.configuration
    assert "compose" in answer.trace.timings_ms


def test_each_failure_leaves_the_extractive_answer_and_one_plain_sentence() -> None:
    groundwork = grounded(FLUSH, port_policy())
    expected = extractive_answer(groundwork)
    notices = set()
    for outcome in Outcome:
        if outcome is Outcome.REPLIED:
            continue
        answer = composed(groundwork, outcome)
        assert (answer.text, answer.status) == (expected.text, expected.status)
        assert answer.notice.endswith("these are the policy's own lines.")
        assert [step.outcome for step in answer.trace.ladder] == [outcome.value, "answered"]
        notices.add(answer.notice)
    assert len(notices) == len(Outcome) - 1


def test_a_reply_that_is_no_json_or_has_another_form_leaves_the_extractive_answer() -> None:
    groundwork = grounded(FLUSH, port_policy())
    for reply in ("", "I think every 8 hours.", '{"answers": "yes"}', '{"answers": true, "statements": [{"text": 1}]}'):
        answer = composed(groundwork, reply)
        assert answer.text == extractive_answer(groundwork).text
        assert answer.trace.ladder[0].outcome == "unusable"


def test_a_reply_that_comes_too_late_to_be_checked_is_not_used() -> None:
    groundwork = grounded(FLUSH, port_policy())
    reply = says((FLUSH_SENTENCE, numbers_of(groundwork, "Flush the port")))

    def late(request: ChatRequest) -> str:
        time.sleep(0.6)
        return reply

    answer = composed(groundwork, late, seconds=0.5)
    assert answer.text == extractive_answer(groundwork).text
    assert answer.notice.startswith("The language model's reply came too late to be checked;")
    assert [step.outcome for step in answer.trace.ladder] == ["timed_out", "answered"]


def test_without_time_no_model_is_asked() -> None:
    groundwork = grounded(FLUSH, port_policy())
    models = ScriptedModels([says((FLUSH_SENTENCE, [1]))])
    answer = composed(groundwork, models=models, seconds=0.0)
    assert not models.requests
    assert answer.text == extractive_answer(groundwork).text
    assert "time" in answer.notice


def test_a_defect_in_what_asks_the_model_costs_nobody_the_policys_own_lines(caplog: pytest.LogCaptureFixture) -> None:
    def broken(request: ChatRequest) -> str:
        raise KeyError("words of the question")

    groundwork = grounded(FLUSH, port_policy())
    answer = composed(groundwork, broken)
    statements, stream = streamed(groundwork, ScriptedModels([broken]))
    for each in (answer, stream.answer):
        assert each.text == extractive_answer(groundwork).text
        assert [step.outcome for step in each.trace.ladder] == ["unusable", "answered"]
        assert "words of the question" not in each.model_dump_json()
    assert statements
    assert "KeyError" in caplog.text and "words of the question" not in caplog.text
