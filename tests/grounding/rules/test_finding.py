import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragkit.grounding.rules import Kind, Rule, canonical, find_conflicts


def rules_of(claim: str, *evidence: str) -> set[Rule]:
    return {conflict.rule for conflict in find_conflicts(claim, evidence).contradictions}


@pytest.mark.parametrize(
    ("rule", "claim", "evidence"),
    [
        (Rule.NUMBER, "Give 5 mg of haloperidol.", "Give 2 mg of haloperidol."),
        (Rule.UNIT, "Give 5 mL of haloperidol.", "Give 5 mg of haloperidol."),
        (Rule.TIMING, "Call after 10 minutes.", "Call within 10 minutes."),
        (Rule.COMPARISON, "Call if the rate is above 50 bpm.", "Call if the rate is below 50 bpm."),
        (Rule.NEGATION, "The drain is flushed daily.", "The drain is not flushed daily."),
        (Rule.MODALITY, "Aides may flush the drain.", "Aides must not flush the drain."),
        (Rule.OPPOSITE, "Store opened vials.", "Store unopened vials."),
        (Rule.ORDER, "Weigh the child after the dose is drawn up.", "Weigh the child before the dose is drawn up."),
        (Rule.EXCEPTION, "Wake patients even if they sleep.", "Wake patients only if they do not sleep."),
        (Rule.POPULATION, "Adults get a bed rail.", "Children get a bed rail."),
        (Rule.ROUTE, "Give the dose IM.", "Give the dose IV."),
        (Rule.LATERALITY, "Use the left arm.", "Use the right arm."),
        (Rule.ROLE, "The pharmacist signs the form.", "The physician signs the form."),
        (Rule.DRUG, "Give atropine by pump.", "Give adenosine by pump."),
        (Rule.DEVICE, "Flush the PICC daily.", "Flush the chest tube daily."),
        (Rule.VERSION, "Policy 12 covers visitors.", "Policy 21 covers visitors."),
        (Rule.BINDING, "Adults get 5 mg, children get 10 mg.", "Adults get 10 mg, children get 5 mg."),
        (Rule.SCOPE, "All visitors sign the log.", "Some visitors sign the log."),
        (Rule.NAME, "Carts are checked on Monday.", "Carts are checked on Friday."),
    ],
)
def test_each_rule_finds_what_it_is_about(rule: Rule, claim: str, evidence: str) -> None:
    assert rule in rules_of(claim, evidence)
    assert not rules_of(evidence, evidence)


def test_a_reason_says_what_stands_where() -> None:
    (conflict,) = find_conflicts("Give 5 mg of haloperidol.", ["Give 2 mg of haloperidol."]).contradictions
    assert conflict.reason == "“5 mg” here, “2 mg” in the evidence"


def test_a_negation_elsewhere_in_the_evidence_says_nothing_of_this_sentence() -> None:
    evidence = "Gowns are worn in the room. Cell phones are not allowed in the theatre."
    assert not find_conflicts("Gowns are worn in the room.", [evidence]).conflicts


def test_what_the_evidence_does_not_name_is_missing_and_not_contradicted() -> None:
    findings = find_conflicts(
        "Vancomycin is given over 60 minutes by the night nurse.", ["Rooms are cleaned every morning."]
    )
    assert not findings.contradictions
    assert {conflict.kind for conflict in findings.conflicts} == {Kind.MISSING}
    assert {Rule.DRUG, Rule.NUMBER} <= {conflict.rule for conflict in findings.conflicts}


def test_what_a_claim_adds_at_its_end_is_missing() -> None:
    evidence = "The porter takes the bed to the ward."
    (conflict,) = find_conflicts("The porter takes the bed to the ward with yellow flags.", [evidence]).conflicts
    assert (conflict.rule, conflict.kind) == (Rule.ADDITION, Kind.MISSING)
    assert conflict.reason == "the evidence says nothing of: yellow flags"
    assert not find_conflicts("The porter takes the bed to the ward.", [evidence]).conflicts


def test_one_canonical_spelling_for_scorers_that_compare_words() -> None:
    assert canonical("Give Narcan 500 mcg PO BID.") == canonical("Give naloxone 0.5 mg by mouth twice daily.")
    assert canonical("40 kg or less") == canonical("no more than 40 kg")
    assert canonical("Turn the patient.") == "Turn the patient."


def test_spans_are_taken_together() -> None:
    findings = find_conflicts("Flush with 10 mL and clamp the line.", ["Flush with 10 mL.", "Clamp the line."])
    assert not findings.conflicts
    assert findings.agreements[Rule.NUMBER] == 1


def test_a_heading_says_whom_the_lines_under_it_are_about() -> None:
    evidence = "Adults\nGive 10 mg of diazepam.\nChildren\nGive 5 mg of diazepam."
    assert Rule.BINDING in rules_of("Give children 10 mg of diazepam.", evidence)
    assert not rules_of("Give children 5 mg of diazepam.", evidence)


def test_hyphens_of_every_kind_are_hyphens() -> None:
    assert not find_conflicts("Give 2-4 mg.", ["Give 2\u20104 mg.", "Give 2\u00ad mg."]).conflicts


def test_the_features_have_the_same_names_whatever_was_found() -> None:
    names = list(find_conflicts("Give 5 mg.", ["Give 2 mg."]).features())
    assert list(find_conflicts("", []).features()) == names
    assert list(find_conflicts("Nurses may not.", ["Nurses may."]).features()) == names


def test_features_count_what_was_found() -> None:
    features = find_conflicts("Give 5 mg of haloperidol IM.", ["Give 2 mg of haloperidol IM."]).features()
    assert features["number_contradicts"] == 1
    assert features["route_agrees"] == 1
    assert features["drug_agrees"] == 1
    assert features["quantities_held_share"] == 0


@given(st.text(max_size=120), st.lists(st.text(max_size=120), max_size=3))
def test_no_text_makes_the_rules_fail(claim: str, evidence: list[str]) -> None:
    find_conflicts(claim, evidence).features()


PIECES = "5 .5 1/2 ½ q4h every 2 two-half hundred thousand mg /kg per - to and of not no unless before after IV (3) % ,"
FRAGMENTS = PIECES.split()


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=14), st.lists(st.sampled_from(FRAGMENTS), max_size=14))
def test_no_heap_of_numbers_and_units_makes_the_rules_fail(claim: list[str], evidence: list[str]) -> None:
    find_conflicts(" ".join(claim), ["".join(evidence), " ".join(evidence)]).features()
