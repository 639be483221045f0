"""A question that leans on the one before is made self-contained; a complete one is left alone."""

from __future__ import annotations

import pytest

from ragkit.conversation.follow_up import standalone_question

ACETAMINOPHEN = "What is the maximum daily dose of acetaminophen for an adult?"
IV_SITE = "How often is a peripheral IV site assessed?"
EPINEPHRINE = "What is the dose of epinephrine for anaphylaxis?"
RESTRAINT = "How long is a violent restraint order good for?"
HEPARIN = "What is the dose of heparin in a 72 kg adult?"
BLOOD_BAG = "What do I do if the blood bag leaks?"


@pytest.mark.parametrize(
    ("before", "question", "understood"),
    [
        # another population
        (ACETAMINOPHEN, "and in children?", "What is the maximum daily dose of acetaminophen in children?"),
        (ACETAMINOPHEN, "for a 4 year old?", "What is the maximum daily dose of acetaminophen for a 4 year old?"),
        (ACETAMINOPHEN, "in pregnancy?", "What is the maximum daily dose of acetaminophen in pregnancy?"),
        (RESTRAINT, "and for a 12 year old?", "How long is a violent restraint order good for a 12 year old?"),
        (RESTRAINT, "is it the same for kids?", "How long is a violent restraint order good for kids?"),
        ("epi dose anaphylaxis adult", "peds?", "epi dose anaphylaxis peds?"),
        ("ketorolac IV for a 72 kg man?", "and for a child?", "ketorolac IV for a child?"),
        ("ketorolac dose at 72 kg?", "and in children?", "ketorolac dose in children?"),
        ("ketorolac for an adult weighing 72 kg?", "and in children?", "ketorolac in children?"),
        # another site, unit, route
        (IV_SITE, "what about at Eastfield?", "How often is a peripheral IV site assessed at Eastfield?"),
        (IV_SITE, "and in the ICU?", "How often is a peripheral IV site assessed in the ICU?"),
        (EPINEPHRINE, "and IM?", "What is the dose of epinephrine for anaphylaxis by IM?"),
        # another device, medicine, component, illness, role
        (IV_SITE, "what about PICCs?", "How often is a PICC site assessed?"),
        (IV_SITE, "is that also for PICCs?", "How often is a PICC site assessed?"),
        ("Who may remove a PICC?", "what about a midline", "Who may remove a midline?"),
        ("How often is a midline flushed?", "PICC?", "How often is a PICC flushed?"),
        ("Can a nurse give propofol?", "and ketamine?", "Can a nurse give ketamine?"),
        ("max dose tylenol in 24h", "same for ibuprofen?", "max dose ibuprofen in 24h?"),
        ("How long may red cells hang?", "and platelets?", "How long may platelets hang?"),
        ("Which isolation does C. diff need?", "and MRSA?", "Which isolation does MRSA need?"),
        ("Can a nurse give propofol?", "can a student?", "Can a student give propofol?"),
        ("Can a nurse give propofol?", "and a paramedic?", "Can a paramedic give propofol?"),
        # another time, another case
        (EPINEPHRINE, "and the second dose?", "What is the dose of epinephrine for anaphylaxis, the second dose?"),
        ("max dose tylenol in 24h", "with liver disease?", "max dose tylenol in 24h with liver disease?"),
        (BLOOD_BAG, "what if it was already spiked?", "What do I do if the blood bag leaks if it was already spiked?"),
        (BLOOD_BAG, "I meant platelets", "What do I do if the blood bag leaks, platelets?"),
        # something else about the same thing
        (IV_SITE, "why?", "peripheral IV site assessed: why?"),
        (IV_SITE, "who does it?", "peripheral IV site assessed: who does it?"),
        (EPINEPHRINE, "how often?", "epinephrine for anaphylaxis: how often?"),
        (EPINEPHRINE, "how often in children?", "epinephrine for anaphylaxis: how often in children?"),
        (ACETAMINOPHEN, "how often in children?", "acetaminophen: how often in children?"),
        (EPINEPHRINE, "can I repeat it?", "epinephrine for anaphylaxis: can I repeat it?"),
        (RESTRAINT, "who can renew it?", "violent restraint order good for: who can renew it?"),
        ("Who may remove a PICC?", "how is that documented?", "remove a PICC: how is that documented?"),
        ("Which isolation does C. diff need?", "for how long?", "isolation does C. diff need: for how long?"),
        ("Does a DNR hold in the OR?", "any exceptions?", "DNR hold in the OR: any exceptions?"),
        ("Who may remove a PICC?", "what is the dose?", "remove a PICC: what is the dose?"),
        (IV_SITE, "Thanks! And who signs?", "peripheral IV site assessed: who signs?"),
        (IV_SITE, "which form?", "peripheral IV site assessed: which form?"),
    ],
)
def test_a_question_that_leans_on_the_one_before_is_written_out(before: str, question: str, understood: str) -> None:
    result = standalone_question(question, [before])
    assert (result.text, result.changed, result.by) == (understood, True, "rules")


@pytest.mark.parametrize(
    "question",
    [
        "How long may red cells hang?",
        "And how often do I flush a PICC?",
        "is it ok to crush metoprolol?",
        "Foley bag change how often",
        "hand hygiene",
        "PICC?",
        "policy 8030",
        "If a patient pulls out the NG tube, who replaces it?",
        "PICC dressing is wet, do I change it?",
        "OR computer auto lock",
        "gave 40 of K for 3.3. when is the repeat K?",
        "how long do I watch them after narcan and how often",
        "can you do 17.5 x 63 for me",
        "is it 30 or 60 minutes to notify for a critical fingerstick?",
        "What about reporting a needle stick to the health department?",
        "what if a patient refuses a blood transfusion for religious reasons?",
        "max dose tylenol",
        "in a code, who records?",
        "who may give propofol",
        "thanks",
        "ok, thank you!",
        "hello",
        "",
        "???",
    ],
)
def test_a_question_that_can_be_understood_alone_is_left_alone(question: str) -> None:
    assert standalone_question(question, [BLOOD_BAG]).text == question


def test_without_earlier_questions_nothing_is_changed() -> None:
    assert standalone_question("and in children?").text == "and in children?"
    assert not standalone_question("and in children?", ["", "  "]).changed


def test_each_question_of_a_conversation_may_lean_on_the_one_before_it() -> None:
    conversation = [EPINEPHRINE, "and in children?", "thanks"]
    understood = "What is the dose of epinephrine for anaphylaxis in children by IM?"
    assert standalone_question("IM?", conversation[:2]).text == understood


def test_a_new_topic_takes_the_place_of_the_old_one() -> None:
    assert standalone_question("and platelets?", [EPINEPHRINE, "How long may red cells hang?"]).text == (
        "How long may platelets hang?"
    )


def test_the_weight_of_the_patient_asked_about_before_is_not_taken_over() -> None:
    understood = standalone_question("and for a 12 kg child?", ["ketorolac dose for a 72 kg adult?"]).text
    assert "72" not in understood and "12 kg child" in understood


@pytest.mark.parametrize(
    ("before", "question", "understood"),
    [
        # weights
        (HEPARIN, "And for 85 kg?", "What is the dose of heparin in an 85 kg adult?"),
        (HEPARIN, "and 85kg?", "What is the dose of heparin in an 85 kg adult?"),
        (HEPARIN, "and 190 pounds?", "What is the dose of heparin in a 190 pounds adult?"),
        (HEPARIN, "60 kg?", "What is the dose of heparin in a 60 kg adult?"),
        (HEPARIN, "and if she weighs 110?", "What is the dose of heparin in a 110 kg adult?"),
        (HEPARIN, "how fast is it given for 85 kg?", "How fast is heparin given for 85 kg in an 85 kg adult?"),
        ("enoxaparin for 50 to 60 kg?", "and over 100 kg?", "enoxaparin for over 100 kg?"),
        ("enoxaparin between 50 and 60 kg?", "and between 70 and 80 kg?", "enoxaparin between 70 and 80 kg?"),
        ("lidocaine for 60 kg or 70 kg?", "and 80 kg?", "lidocaine for 80 kg?"),
        ("1 g cefazolin for a 72 kg adult?", "and 130 kg?", "1 g cefazolin for a 130 kg adult?"),
        # ages, also of pregnancies
        ("acetaminophen dose in a 3-year-old?", "and at 5 years?", "acetaminophen dose in a 5-year-old?"),
        ("acetaminophen dose in a 3-year-old?", "and 18 months?", "acetaminophen dose in an 18-month-old?"),
        ("acetaminophen for a 20 kg 6-year-old?", "and an 8-year-old?", "acetaminophen for an 8-year-old?"),
        ("ketorolac dose over 65 years?", "and under 65?", "ketorolac dose under 65 years?"),
        ("steroids at 33 weeks gestation?", "and at 24+3?", "steroids at 24+3 weeks gestation?"),
        # doses, rates and volumes
        ("Bolus 20 mL/kg in sepsis?", "and 30 ml per kg?", "Bolus 30 ml per kg in sepsis?"),
        ("Can I give 5 mg of morphine IV?", "and 10 milligrams?", "Can I give 10 milligrams of morphine IV?"),
        ("Insulin drip at 4 units/hr, how often?", "and 8 units/hour?", "Insulin drip at 8 units/hour, how often?"),
        # values and scores
        ("What if potassium is 3.2?", "and with a potassium of 2.8?", "What if potassium is 2.8?"),
        ("potassium 3.2 who do I call", "and if it's 2.8?", "potassium 2.8 who do I call?"),
        (
            "When do I call for a heart rate of 130?",
            "and a heart rate of 45?",
            "When do I call for a heart rate of 45?",
        ),
        ("How often are vitals for a MEWS of 3?", "and for a score of 5?", "How often are vitals for a MEWS of 5?"),
        ("What do I do with a glucose of 65?", "what if it is 45?", "What do I do with a glucose of 45?"),
        ("What do I do with a glucose of 65?", "and 350 mg/dL?", "What do I do with a glucose of 350 mg/dL?"),
        ("Does a stage 2 injury need a consult?", "and stage 4?", "Does a stage 4 injury need a consult?"),
        ("When do I call for a BP of 85/50?", "and 190/110?", "When do I call for a BP of 190/110?"),
        # what is not the same quantity stands beside it
        ("acetaminophen for a 4 year old?", "and for 14 kg?", "acetaminophen for a 4 year old for 14 kg?"),
        ("vancomycin at 70 kg?", "and with a GFR of 20?", "vancomycin at 70 kg, with a GFR of 20?"),
        ("Is the site checked every 4 hours?", "and at 5 years?", "Is the site checked every 4 hours at 5 years?"),
    ],
)
def test_a_new_number_takes_the_place_of_the_one_of_the_same_quantity(
    before: str, question: str, understood: str
) -> None:
    assert standalone_question(question, [before]).text == understood


@pytest.mark.parametrize(
    ("question", "gone"),
    [("and 2 mg in a child?", "5 mg"), ("and fentanyl 50 mg?", "5 mg"), ("and can I give 10 mg?", "5 mg")],
)
def test_an_earlier_dose_never_stands_beside_the_new_one(question: str, gone: str) -> None:
    understood = standalone_question(question, ["Can I give 5 mg of morphine IV?"])
    assert understood.changed and gone not in understood.text


def test_a_number_that_may_be_put_for_several_is_asked_as_it_stands_and_the_topic_is_kept() -> None:
    conversation = ["Is heparin 5000 units given to a 72 kg adult?", "and 85?"]
    assert not standalone_question(conversation[-1], conversation[:1]).changed
    assert "heparin" in standalone_question("why?", conversation).text


def test_after_a_new_topic_a_number_belongs_to_the_new_one_and_brings_nothing_of_the_old_one() -> None:
    understood = standalone_question("And for 95 kg?", [HEPARIN, "How fast may red cells run?"]).text
    assert understood == "How fast may red cells run for 95 kg?"


@pytest.mark.parametrize(
    ("before", "question", "understood"),
    [
        (HEPARIN, "And how long may it run?", "How long may heparin run in a 72 kg adult?"),
        (
            "What is the dose of ceftriaxone in adults?",
            "How long may it run?",
            "How long may ceftriaxone run in adults?",
        ),
        ("How fast may a unit of red cells run?", "and can it be warmed?", "Can red cells be warmed?"),
        ("How is a chest tube dressed?", "and when is it changed?", "chest tube dressed: when is it changed?"),
    ],
)
def test_it_is_the_medicine_or_blood_product_asked_about_before(before: str, question: str, understood: str) -> None:
    assert standalone_question(question, [before]).text == understood


def test_what_would_become_too_long_is_asked_as_it_stands() -> None:
    assert not standalone_question("why?", ["word " * 600]).changed
