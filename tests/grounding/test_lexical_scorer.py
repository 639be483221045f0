"""The lexical scorer: words and their stems, what is counted on them, the fitted model, the scorer on top."""

import json
from pathlib import Path

import pytest

from ragkit.errors import GroundingError
from ragkit.grounding.alignment import align
from ragkit.grounding.base import Pair
from ragkit.grounding.fitted import FittedModel, Logistic, model_named, read_model
from ragkit.grounding.ladder import LadderScorer, ladder_features
from ragkit.grounding.lexical import LexicalScorer
from ragkit.grounding.lexical_features import OPPOSED, SAID, lexical_features
from ragkit.grounding.rarity import rarity
from ragkit.grounding.tenor import tenor_of
from ragkit.grounding.verdict import Verdict
from ragkit.grounding.words import antonyms, family, sentences, stem, synonyms, words


def features(claim: str, *evidence: str) -> dict[str, float]:
    return lexical_features(claim, evidence, rarity())


# Words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("administered", "administers"), ("stopping", "stops"), ("dose", "doses"), ("therapies", "therapy"),
        ("reduced", "reducing"), ("daily", "daily"), ("isn't", "not"), ("patient’s", "patients"),
    ],
)  # fmt: skip
def test_inflected_words_share_a_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize(("one", "other"), [("morphine", "morphia"), ("mass", "mast"), ("sis", "si"), ("use", "us")])
def test_other_words_do_not(one: str, other: str) -> None:
    assert stem(one) != stem(other)


def test_numbers_are_words_with_their_decimals_and_without_thousands_separators() -> None:
    assert [word.stem for word in words("Give 1,500 mL or 0.5 mg.") if word.is_number] == ["1500", "0.5"]


def test_sentences_end_at_full_stops_and_lines_but_not_within_numbers() -> None:
    assert sentences("Give 0.5 mg. Then wait.\n\n- Call the doctor") == (
        "Give 0.5 mg.",
        "Then wait.",
        "- Call the doctor",
    )


def test_words_that_mean_the_same_the_opposite_or_are_of_one_family_are_known() -> None:
    assert stem("start") in synonyms(stem("begin"))
    assert stem("prevention") in family(stem("prevent"))
    assert stem("decreases") in antonyms(stem("increased"))
    assert stem("ineligible") in antonyms(stem("eligible"))
    assert stem("eligible") in antonyms(stem("ineligible"))
    assert stem("increase") not in antonyms(stem("increase"))


# Alignment and features


def test_a_word_of_the_family_counts_in_part() -> None:
    alignment = align("The prevention of falls", ("Nurses prevent falls.",), rarity())
    held = dict(zip([word.stem for word in alignment.content], alignment.soft.max(axis=1), strict=True))
    assert held[stem("falls")] == 1.0
    assert 0.5 < held[stem("prevention")] < 1.0
    assert alignment.exact.max(axis=1).tolist() == [0.0, 1.0]


def test_the_best_sentence_is_the_one_that_holds_most_of_the_claim() -> None:
    alignment = align("The pump is checked daily", ("Rooms are cleaned daily. The pump is checked weekly.",), rarity())
    assert " ".join(word.text for word in alignment.best) == "The pump is checked weekly"


def test_the_features_are_those_that_the_models_know() -> None:
    found = features("The pump is checked daily.", "The pump is checked weekly.")
    assert set(found) == {*SAID, *OPPOSED}
    assert features("", "x") == features("x", "") == {}


def test_a_claim_in_the_evidences_words_is_covered_whole() -> None:
    found = features("The pump is checked every four hours.", "On this ward the pump is checked every four hours.")
    assert found["cover_plain"] == found["cover_rare"] == found["cover_soft"] == 1.0
    assert found["missing_words"] == found["numbers_missing"] == found["against_filler"] == 0.0


def test_another_number_in_the_same_place_is_missing_and_a_filler() -> None:
    found = features("The pump is checked every 8 hours.", "The pump is checked every 4 hours.")
    assert found["numbers_missing"] == found["against_filler"] == 1.0


@pytest.mark.parametrize(
    ("feature", "claim", "evidence"),
    [
        ("against_negation_claim", "The pump is not checked daily.", "The pump is checked daily."),
        ("against_negation_evidence", "The pump is checked daily.", "The pump is not checked daily."),
        ("against_opposites", "The drug increases the risk of falls.", "The drug lowers the risk of falls."),
        ("against_universal", "Only nurses check the pump.", "Nurses check the pump."),
        ("against_superlative", "The pump is the oldest device.", "The pump is a device."),
        ("against_denied_here", "The drug has no effect on falls.", "We found that the drug reduced falls."),
        ("against_denied_there", "The drug reduces falls.", "The drug had no effect on falls."),
    ],
)
def test_what_speaks_against_a_claim_is_seen(feature: str, claim: str, evidence: str) -> None:
    assert features(claim, evidence)[feature] > 0
    assert features(evidence, evidence)[feature] == 0


@pytest.mark.parametrize(
    ("claim", "evidence", "agrees"),
    [
        ("Exercise reduces mortality.", "Mortality was lower with exercise.", True),
        ("Exercise reduces mortality.", "Exercise increased mortality.", False),
        ("Exercise reduces mortality.", "Exercise improved survival.", True),
        ("Exercise improves survival.", "Exercise increased the risk of death.", False),
    ],
)
def test_whether_both_say_that_something_becomes_more_or_less(claim: str, evidence: str, agrees: bool) -> None:
    found = features(claim, evidence)
    assert (found["agree_changes"] + found["agree_effect"] > 0) is agrees, found


def test_two_that_find_nothing_agree() -> None:
    found = features("Exercise has no effect on mortality.", "Exercise did not reduce mortality.")
    assert found["agree_finding"] == 1
    assert features("Exercise has no effect on mortality.", "Exercise reduced mortality.")["agree_finding"] == -1


def test_a_sentence_that_only_asks_counts_less_than_one_that_concludes() -> None:
    asked = tenor_of(words("We investigated whether the drug reduces falls."))
    told = tenor_of(words("We conclude that the drug reduces falls."))
    assert asked.counts < 1 < told.counts


# The fitted model


def test_a_claim_is_supported_where_it_is_said_and_nothing_speaks_against_it() -> None:
    model = FittedModel(Logistic(0.0, {"said": 4.0}), Logistic(0.0, {"against": -4.0}), 1.0, 0.0, 0.4)
    both = model.score({"said": 1.0, "against": -1.0})
    said = model.score({"said": 1.0, "against": 1.0}, ("why",))
    neither = model.score({"said": -1.0}, ("why",))
    assert both.verdict is Verdict.SUPPORTED and both.reasons == ()
    assert said.verdict is Verdict.CONTRADICTED and said.reasons == ("why",)
    assert neither.verdict is Verdict.UNSUPPORTED
    for score in (both, said, neither):
        assert 0 < score.support + score.contradiction < 1


def test_extreme_features_overflow_nothing() -> None:
    model = FittedModel(Logistic(0.0, {"x": 1e6}), Logistic(0.0, {"x": 1e6}), 1.0, 0.0, 0.5)
    for value in (1e6, -1e6):
        support, contradiction = model.probabilities({"x": value})
        assert 0 <= support <= 1 and 0 <= contradiction <= 1


@pytest.mark.parametrize("name", ["lexical", "ladder"])
def test_the_models_that_come_with_ragkit_name_their_sets_and_have_fits_without_each(name: str) -> None:
    model = model_named(name)
    assert model.fitted_on == set(model.held_out)
    assert not any(measured in held for held in model.fitted_on for measured in ("healthver", "nli4ct"))
    assert len({part.digest for part in (model, *model.held_out.values())}) == len(model.held_out) + 1
    for part in (model, *model.held_out.values()):
        assert 0.3 < part.threshold < 0.7
        for weights in (part.said.weights, part.unopposed.weights):
            assert all(weight >= 0 for key, weight in weights.items() if key.startswith(("cover", "order", "agree")))
            assert all(weight <= 0 for key, weight in weights.items() if key.startswith(("against", "missing")))


def test_a_damaged_model_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    for text in ("{", "[]", json.dumps({"said": {}})):
        (tmp_path / "model.json").write_text(text, encoding="utf-8")
        with pytest.raises(GroundingError, match="fit it again"):
            read_model(tmp_path / "model.json")
    with pytest.raises(GroundingError, match="cannot be read"):
        read_model(tmp_path / "nothing.json")


# The scorers


def test_a_scorer_without_a_set_is_another_scorer() -> None:
    scorer = LexicalScorer()
    assert scorer.without("fever").fingerprint != scorer.fingerprint
    with pytest.raises(KeyError):
        scorer.without("never seen")


def test_the_lexical_scorer_names_the_words_that_are_missing() -> None:
    score = LexicalScorer().score([Pair("The kiosk sells tulips on Sundays.", ("The pump is checked daily.",))])[0]
    assert score.verdict is Verdict.UNSUPPORTED
    assert "tulips" in score.reasons[0]


def test_what_is_verbatim_is_certain_on_the_ladder() -> None:
    score = LadderScorer().score([Pair("The pump is checked daily.", ("Note: The pump is checked daily.",))])[0]
    assert (score.verdict, score.support) == (Verdict.SUPPORTED, 1.0)


EVIDENCE = "Adults receive 5 mg of the drug by mouth every 8 hours; it must not be given to children."


@pytest.mark.parametrize(
    "claim",
    [
        "Adults receive 50 mg of the drug by mouth every 8 hours.",
        "Adults receive 5 mcg of the drug by mouth every 8 hours.",
        "Adults receive 5 mg of the drug by mouth every 6 hours.",
        "Adults receive 5 mg of the drug intravenously every 8 hours.",
        "Adults must not receive 5 mg of the drug by mouth every 8 hours.",
        "Children receive 5 mg of the drug by mouth every 8 hours.",
    ],
)
def test_a_conflict_with_a_rule_is_never_supported_however_many_words_stand_there(claim: str) -> None:
    score = LadderScorer().score([Pair(claim, (EVIDENCE,))])[0]
    assert score.verdict is not Verdict.SUPPORTED
    assert score.support < 0.5
    assert score.reasons


def test_a_paraphrase_without_conflict_is_supported() -> None:
    score = LadderScorer().score([Pair("Adults are given 5 mg of the drug by mouth every 8 hours.", (EVIDENCE,))])[0]
    assert score.verdict is Verdict.SUPPORTED


def test_a_claim_on_another_subject_is_unsupported_not_contradicted() -> None:
    score = LadderScorer().score([Pair("The kiosk sells tulips on Sundays.", (EVIDENCE,))])[0]
    assert score.verdict is Verdict.UNSUPPORTED


def test_the_ladder_counts_on_words_and_on_rules() -> None:
    found = ladder_features(Pair("Adults receive 50 mg.", (EVIDENCE,)))
    assert set(SAID) | set(OPPOSED) < set(found)
    assert any(name.startswith("rule_") and value for name, value in found.items())
