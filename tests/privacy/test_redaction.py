"""What is left of a question when its identifiers are gone: what it asks, in words that read and search well."""

from __future__ import annotations

from datetime import date

import pytest

from ragkit.privacy.base import Identifier, IdentifierKind
from ragkit.privacy.redaction import redact, redacted

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("Harold Quimby in 412 fell, does he need a CT?", "the patient in 412 fell, does he need a CT?"),
        ("pt Ingrid Farnsworth hct 18, trust the glucometer?", "pt hct 18, trust the glucometer?"),
        ("source pt is Dwayne Castellanos, HIV+. PEP?", "source pt, HIV+. PEP?"),
        ("daughter of Mr. Okonkwo-Bell called", "daughter of the patient called"),
        ("patient named Rosa Park wants the chart", "patient wants the chart"),
        ("MRN 00482913 had surgery", "the patient had surgery"),
        ("SSN 078-05-1120, left AMA with IV in", "left AMA with IV in"),
        ("for acct 9981-22 hct 18", "for hct 18"),
        ("daughter called from 555-0142 and wants results", "daughter called and wants results"),
        ("email from p.l@example.org says he is the son", "email says he is the son"),
        ("is her number (555-0142) kept?", "is her number kept?"),
        ("a 93-year-old fell", "a over 89 years old fell"),
        ("Harold Quimby, 91, fell", "the patient, over 89 years old, fell"),
        ("DOB 03/14/2019, tylenol dose?", "7 years old, tylenol dose?"),
        ("Mrs Vandermolen (dob 1948-07-02) has shingles", "the patient (78 years old) has shingles"),
        ("what are the labs of Bertram Holloway MRN 3340021", "what are the labs of the patient"),
        ("MRN 3340021", "the patient"),
        ("Is policy 8030 about 500 mg?", "Is policy 8030 about 500 mg?"),
    ],
)
def test_a_question_reads_on_without_its_identifiers(question: str, left: str) -> None:
    assert redacted(question, today=TODAY).text == left


def test_the_kinds_that_were_found_are_counted_and_confine_the_question() -> None:
    found = redacted("Mr. Quimby and Mrs. Park, MRN 4491200", today=TODAY)
    assert found.counts == {IdentifierKind.NAME: 2, IdentifierKind.RECORD_NUMBER: 1}
    assert found.confined
    assert not redacted("How often is a PICC flushed?").confined


def test_a_text_without_identifiers_comes_back_as_it_is() -> None:
    text = "  How often ,is a PICC  flushed ?\n"
    assert redact(text, ()) == text
    assert redacted(text).text == text


def test_what_comes_together_to_an_identifier_where_one_went_is_taken_out_too() -> None:
    class Stripping:
        fingerprint = "stripping"

        def find(self, text: str) -> list[Identifier]:
            start = text.find("555-0142")
            return [] if start < 0 else [Identifier(IdentifierKind.PHONE, start, start + 8)]

    found = redacted("call 555-555-01420142", Stripping())
    assert found.text == "call"
    assert found.counts == {IdentifierKind.PHONE: 2}


def test_a_gate_that_never_ends_leaves_nothing_of_the_text() -> None:
    class Endless:
        fingerprint = "endless"

        def find(self, text: str) -> list[Identifier]:
            return [Identifier(IdentifierKind.NAME, 0, 1)]

    assert redacted("Quimby", Endless()).text == "the patient"
