"""A model that is too small to answer well: nothing that it says is shown unless the policies carry it, and nothing
that would be shown without it is lost.
"""

from __future__ import annotations

from ragkit.answering.answer import Rung
from ragkit.deployment.deployment import Deployment
from ragkit.doctor.destinations import destinations
from ragkit.evaluation.metrics.answers import must_have, no_forbidden_document, no_forbidden_string
from tests_real_model.asking import Pair
from tests_real_model.conftest import DEADLINE_SECONDS
from tests_real_model.rewording import Rewording
from tests_real_model.verifying import faults

_GRACE_SECONDS = 5.0

Pairs = tuple[Pair, ...]


def test_the_model_takes_part_in_most_answers(pairs: Pairs) -> None:
    shown = [pair for pair in pairs if pair.extractive.shown]
    assert sum(pair.model_was_asked for pair in shown) > len(shown) / 2


def test_every_statement_shown_is_carried_by_what_it_cites(pairs: Pairs) -> None:
    wrong = {pair.question.id: found for pair in pairs if (found := faults(pair.composed))}
    assert not wrong


def test_no_forbidden_string_or_document_is_shown_that_is_not_shown_without_the_model(pairs: Pairs) -> None:
    for measure in (no_forbidden_string, no_forbidden_document):
        worse = [pair.question.id for pair in pairs if measure(pair.composed) < measure(pair.extractive)]
        assert not worse


def test_no_question_has_less_of_its_answer_than_without_the_model(pairs: Pairs) -> None:
    worse = {
        pair.question.id: (must_have(pair.extractive), must_have(pair.composed))
        for pair in pairs
        if pair.question.must_have and must_have(pair.composed) < must_have(pair.extractive)
    }
    assert not worse


def test_what_is_not_answered_without_the_model_is_not_answered_wrongly_with_it(pairs: Pairs) -> None:
    wrong = {
        pair.question.id: pair.composed.answer.text
        for pair in pairs
        if not pair.question.answerable and pair.composed.shown and not pair.extractive.shown
    }
    assert not wrong


def test_every_answer_comes_within_its_deadline(pairs: Pairs) -> None:
    late = [pair.question.id for pair in pairs if pair.composed.milliseconds / 1000 > DEADLINE_SECONDS + _GRACE_SECONDS]
    assert not late


def test_every_step_of_the_ladder_is_told(pairs: Pairs) -> None:
    for pair in pairs:
        ladder = pair.composed.answer.trace.ladder
        assert ladder
        if any(statement.composed for statement in pair.composed.answer.statements):
            assert ladder[-1].rung is Rung.LANGUAGE_MODEL
            assert pair.composed.answer.trace.prompts


def test_no_question_goes_beyond_this_machine(alone: Deployment, helped: Deployment) -> None:
    for deployment in (alone, helped):
        assert all("this machine" in place for place in destinations(deployment))


def test_a_line_in_the_models_words_is_accepted_only_with_its_numbers_and_denials(
    rewordings: tuple[Rewording, ...],
) -> None:
    accepted = [each for each in rewordings if each.accepted]
    assert accepted
    wrong = [(each.line, each.text) for each in accepted if each.foreign_numbers or each.changes_a_denial]
    assert not wrong
