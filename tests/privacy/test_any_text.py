"""The gate and the redaction hold for any text at all."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragkit.privacy.gate import default_gate
from ragkit.privacy.redaction import redact, redacted

_PIECES = st.sampled_from(
    ["MRN ", "acct ", "DOB ", "born ", "SSN ", "Mr. ", "Mrs ", "patient ", "pt ", "mom ", "named ", ", ",
     ".", "(", ")", "'s", "-", "/", ":", "#", "@", "+1 ", "Harold ", "Quimby", "O'Brien", "van der ", "91",
     "93yo", "101-year-old", "aged ", "she is ", "12345678", "555-0142", "(415) 555-0142", "078-05-1120",
     "03/14/1961", "March 14, 2019", "a@example.org", "500 mg", "policy 8030", "is ", "\u200b", "\u0301",
     "\uff11\uff12", "\ufdfa", "\n", " ", "J. ", "T-55120", "F ", "MEDICARE ", "the "]
)  # fmt: skip
_TEXTS = st.one_of(st.text(max_size=200), st.lists(_PIECES, max_size=25).map("".join))


@given(_TEXTS)
@settings(max_examples=400, deadline=None)
def test_spans_are_in_order_inside_the_text_and_apart(text: str) -> None:
    position = 0
    for each in default_gate().find(text):
        assert position <= each.start < each.end <= len(text)
        position = each.end


@given(_TEXTS)
@settings(max_examples=400, deadline=None)
def test_redaction_is_done_when_it_is_done(text: str) -> None:
    once = redacted(text)
    assert default_gate().find(once.text) == ()
    again = redacted(once.text)
    assert (again.text, again.counts) == (once.text, {})


@given(_TEXTS)
@settings(max_examples=200, deadline=None)
def test_nothing_that_was_found_is_left(text: str) -> None:
    found = default_gate().find(text)
    left = redact(text, found)
    for each in found:
        digits = "".join(character for character in text[each.start : each.end] if character.isdigit())
        if len(digits) > 4 and text.count(text[each.start : each.end]) == 1:
            assert text[each.start : each.end] not in left


@pytest.mark.parametrize(
    "piece",
    ["1", "1 ", "12-", "555-", "A ", "Mr ", "patient is ", "Smith, ", "J. ", "van ", "a.b@", "@a.",
     "born 1/", "age ", "MRN ", "January ", "90 ", "(", "+", " ", "\u0301", "\ufdfa", "\xe9",
     "MRN 1234567, ", "John Smith ", "last four of ", "no. "],
)  # fmt: skip
def test_the_time_for_a_hostile_text_grows_with_its_length_only(piece: str) -> None:
    text = (piece * 64_000)[:64_000]
    began = process_time()
    redacted(text)
    assert process_time() - began < 20  # half a second as a rule; quadratic time would be many minutes
