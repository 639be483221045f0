"""What is taken for a patient identifier in a question, and what a clinical question needs and must be left whole."""

from __future__ import annotations

import pytest

from ragkit.privacy.base import IdentifierKind
from ragkit.privacy.gate import default_gate

K = IdentifierKind


def found(text: str) -> list[tuple[IdentifierKind, str]]:
    return [(each.kind, text[each.start : each.end]) for each in default_gate().find(text)]


@pytest.mark.parametrize(
    ("question", "identifiers"),
    [
        # record numbers, with the label that introduces them
        ("MRN 00482913 had surgery", [(K.RECORD_NUMBER, "MRN 00482913")]),
        ("mrn#T-55120 in restraints", [(K.RECORD_NUMBER, "mrn#T-55120")]),
        ("Medical record number: 12-34-56, who releases it?", [(K.RECORD_NUMBER, "Medical record number: 12-34-56")]),
        ("chart no. 88123 is missing", [(K.RECORD_NUMBER, "chart no. 88123")]),
        ("patient ID (449120) has no band", [(K.RECORD_NUMBER, "patient ID (449120)")]),
        ("merge MRN 4491200 and 4491201", [(K.RECORD_NUMBER, "MRN 4491200"), (K.RECORD_NUMBER, "4491201")]),
        ("is 83311907 on isolation?", [(K.RECORD_NUMBER, "83311907")]),
        # accounts, encounters, insurance
        ("acct 9981-22 hct 18", [(K.ACCOUNT_NUMBER, "acct 9981-22")]),
        ("Encounter #77120045 needs an order", [(K.ACCOUNT_NUMBER, "Encounter #77120045")]),
        ("Medicaid id 1234567A expired", [(K.ACCOUNT_NUMBER, "Medicaid id 1234567A")]),
        # telephone numbers
        ("call her at (415) 555-0142", [(K.PHONE, "(415) 555-0142")]),
        ("555-0142 called for results", [(K.PHONE, "555-0142")]),
        ("cell phone: 415.555.0142 ext 3", [(K.PHONE, "cell phone: 415.555.0142 ext 3")]),
        ("+44 20 7946 0958 is the son's number", [(K.PHONE, "+44 20 7946 0958")]),
        # e-mail
        ("send it to p.lindqvist+kin@example.org?", [(K.EMAIL, "p.lindqvist+kin@example.org")]),
        # Social Security numbers
        ("SSN 078-05-1120 left AMA", [(K.SOCIAL_SECURITY_NUMBER, "SSN 078-05-1120")]),
        ("is 078-05-1120 on the band ok", [(K.SOCIAL_SECURITY_NUMBER, "078-05-1120")]),
        ("last four of her SSN 1120", [(K.SOCIAL_SECURITY_NUMBER, "last four of her SSN 1120")]),
        # birth dates
        ("DOB 03/14/1961 type and screen", [(K.BIRTH_DATE, "DOB 03/14/1961")]),
        ("born on March 14, 2019, dose?", [(K.BIRTH_DATE, "born on March 14, 2019")]),
        ("d.o.b.: 1948-07-02", [(K.BIRTH_DATE, "d.o.b.: 1948-07-02")]),
        # ages over 89
        ("93yo with a hip fracture", [(K.AGE_OVER_89, "93yo")]),
        ("a 101-year-old on warfarin", [(K.AGE_OVER_89, "101-year-old")]),
        ("aged 90, how many rails", [(K.AGE_OVER_89, "aged 90")]),
        ("she is 94, weighs 41 kg", [(K.AGE_OVER_89, "94")]),
        ("ninety-two year old fell", [(K.AGE_OVER_89, "ninety-two year old")]),
        ("pt 95F on 2 L", [(K.AGE_OVER_89, "95")]),
        # names
        ("Mr. Okonkwo-Bell pulled his tube", [(K.NAME, "Mr. Okonkwo-Bell")]),
        ("mr smith pulled his tube", [(K.NAME, "mr smith")]),
        ("Mrs Annelise Vandermolen has shingles", [(K.NAME, "Mrs Annelise Vandermolen")]),
        ("is Ms. de la Cruz's daughter allowed in?", [(K.NAME, "Ms. de la Cruz")]),
        ("MRS. SMITH IN BED 4 FELL AGAIN, WHO DO I CALL", [(K.NAME, "MRS. SMITH")]),
        ("patient Jonas Thistlewood left", [(K.NAME, "Jonas Thistlewood")]),
        ("pt Farnsworth BP 84/40", [(K.NAME, "Farnsworth")]),
        ("pt john smith wants to leave", [(K.NAME, "john smith")]),
        ("pt gonzalez bp 84/40", [(K.NAME, "gonzalez")]),
        ("harold smith in 412 fell", [(K.NAME, "harold smith")]),
        ("smith, harold mrn 4491200", [(K.NAME, "smith, harold"), (K.RECORD_NUMBER, "mrn 4491200")]),
        ("the resident is Greta O'Brien", [(K.NAME, "Greta O'Brien")]),
        ("my patient's name is Ngoc Tran", [(K.NAME, "Ngoc Tran")]),
        ("mom Greta consents by phone", [(K.NAME, "Greta")]),
        ("Harold Quimby in 412 fell", [(K.NAME, "Harold Quimby")]),
        ("labs of Bertram B. Holloway please", [(K.NAME, "Bertram B. Holloway")]),
        ("José Peña fell", [(K.NAME, "José Peña")]),
        ("Quimby, Harold needs a sitter", [(K.NAME, "Quimby, Harold")]),
        ("Xanthe Zbornak (MRN 4491200) fell", [(K.NAME, "Xanthe Zbornak"), (K.RECORD_NUMBER, "MRN 4491200")]),
        ("Harold Quimby, 91, in 412 fell", [(K.NAME, "Harold Quimby"), (K.AGE_OVER_89, "91")]),
        ("Rosa Park (3/14/1961) fell", [(K.NAME, "Rosa Park"), (K.BIRTH_DATE, "3/14/1961")]),
        # written to get past a gate
        ("MRN 0048\u200b2913", [(K.RECORD_NUMBER, "MRN 0048\u200b2913")]),
        ("MRN １２３４５６７", [(K.RECORD_NUMBER, "MRN １２３４５６７")]),
        ("SSN 078–05–1120", [(K.SOCIAL_SECURITY_NUMBER, "SSN 078–05–1120")]),
        ("Jose\u0301 Quimby fell", [(K.NAME, "Jose\u0301 Quimby")]),
    ],
)
def test_an_identifier_is_found_with_the_words_that_announce_it(
    question: str, identifiers: list[tuple[IdentifierKind, str]]
) -> None:
    assert found(question) == identifiers


@pytest.mark.parametrize(
    "question",
    [
        "Give acetaminophen 500 mg every 6 hours, max 4,000 mg?",
        "heparin 25000 units in 500 mL at 1200 units/h",
        "potassium 3.1, BP 190/110, HR 95, sat 94% on 2 L, temp 101.5",
        "pt is 95 on room air",
        "WBC 12000, platelets 150000",
        "penicillin G benzathine 2400000 units IM",
        "policy 8030 and EM-406-E and IC-204",
        "form 2207-P, Ref. 964, section 1234567 of the code",
        "lot number 8812345 of the vaccine",
        "what did the policy say on 2024-03-01",
        "version of 03/14/2023, effective 20240301",
        "call extension 4471 or 5-5555, dial 911 or 988",
        "Poison control is 1-800-222-1222 or (800) 222-1222",
        "stuck by a needle from an HIV+ patient. She is vaccinated",
        "Toll Free Number (888) 633-4298, EZ-IO Needle (1), Thermal Blanket (2)",
        "Is Ryan White funding for patients without insurance?",
        "transfer to Ronald Reagan or Henry Ford?",
        "ED Physician, ED Manager, San Luis Obispo county",
        "room 412 bed 7, unit 5 West",
        "an 89 year old, a 12 month old, a 14 kg child",
        "patients 90 and older, patients over 90, ages 90-95",
        "are patients aged 90 or older screened",
        "a 90-year-old policy",
        "store at 94F or 98 F",
        "wait 90 minutes, then 120 minutes",
        "90 days of records",
        "Is a temp of 98F ok?",
        "Patient falls: who is told?",
        "Where is the Patient Care Manual?",
        "Patient Safety Officer phone?",
        "Patient Bill of Rights in Spanish",
        "Pt Controlled Analgesia lockout",
        "Resident Assessment Instrument due when?",
        "Client Services told?",
        "Mr. Clean wipe on the coil",
        "MS 4 mg IV, MS Contin, MR of the knee",
        "did I miss Lovenox yesterday",
        "patient on Coumadin and Xarelto",
        "patient Tylenol allergy",
        "patient Foley is leaking, pt Hickman clotted",
        "Call Dr. Alvarez, Dr Brown or nurse Patricia Kowalczyk",
        "Maria Alvarez, RN signed the form",
        "Jackson Pratt drain, Allen test, Glasgow Coma Scale, Guillain Barre",
        "Johns Hopkins fall risk, Joint Commission, Charles Bonnet syndrome",
        "newborn at 34 weeks, born before 1957",
        "COPDer pt: COPDer sat goal",
        "born at 0342, apgar 9",
        "case 2 of 5, visit 3",
        "1-2 tabs every 4-6 h, 300-1200 mg",
        "5-10 mL/kg, 0.9% NaCl, D5W, 1:10,000",
        "17.5 x 63",
        "",
    ],
)
def test_what_a_clinical_question_needs_is_left_alone(question: str) -> None:
    assert found(question) == []


def test_a_gate_says_what_it_would_read_differently() -> None:
    assert default_gate().fingerprint == default_gate().fingerprint
    assert len(default_gate().fingerprint) == 64
