"""Whom a question is about."""

from __future__ import annotations

import pytest

from ragkit.retrieval.query import Population
from ragkit.retrieval.understanding.populations import ages_in_days, find_populations

ADULT, CHILD, NEWBORN, PREGNANT = Population.ADULT, Population.PEDIATRIC, Population.NEONATAL, Population.PREGNANT


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("6yo with a rash", (CHILD,)),
        ("5 month old, wheezing", (CHILD,)),
        ("11 y/o asthmatic", (CHILD,)),
        ("kid swallowed a coin", (CHILD,)),
        ("toddler with croup", (CHILD,)),
        ("12-year-old diabetic", (CHILD,)),
        ("aged 4, feverish", (CHILD,)),
        ("3 day old not feeding", (CHILD, NEWBORN)),
        ("newborn sugar is 38", (NEWBORN,)),
        ("she delivered in the lobby, how do I warm the baby", (CHILD, NEWBORN)),
        ("grandma fell again", (ADULT,)),
        ("some guy collapsed in the cafeteria", (ADULT,)),
        ("62F with belly pain", (ADULT,)),
        ("34 yo post op", (ADULT,)),
        ("16 year old wants to refuse", (ADULT, CHILD)),
        ("28 weeks pregnant, headache", (PREGNANT,)),
        ("woman in labor", (ADULT, PREGNANT)),
    ],
)
def test_words_and_ages_say_who_it_is(question: str, expected: tuple[Population, ...]) -> None:
    assert find_populations(question) == expected


@pytest.mark.parametrize(
    "question",
    [
        "mom wants to stay overnight",
        "her mother signed the form",
        "is a 3 year old policy still valid",
        "an order that is 2 days old",
        "baby aspirin for chest pain",
        "patient is not pregnant",
        "how long do we keep records, 7 years?",
        "trach that is 5 days old",
    ],
)
def test_nothing_is_inferred_where_nothing_is_said(question: str) -> None:
    assert find_populations(question) == ()


def test_the_age_wins_over_a_word_for_somebody_else() -> None:
    assert find_populations("the guy's 7yo is seizing") == (CHILD,)


def test_ages_are_read_in_every_unit() -> None:
    assert ages_in_days("a 2 week old and a 3 month old and a 4 year old") == (14, 90, 1460)
