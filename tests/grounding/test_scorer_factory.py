import pytest

from ragkit.errors import GroundingError
from ragkit.grounding.base import Pair, Scorer
from ragkit.grounding.factory import SCORERS, build_scorer
from ragkit.grounding.verdict import Verdict

WITHOUT_MODEL = [name for name in SCORERS if ":" not in name]


@pytest.mark.parametrize("name", WITHOUT_MODEL)
def test_a_scorer_is_built_by_its_name(name: str) -> None:
    scorer = build_scorer(name)
    assert isinstance(scorer, Scorer)
    assert scorer.name == name
    assert scorer.fingerprint.startswith(name)


def test_models_are_named_after_a_colon_and_not_opened_yet() -> None:
    assert build_scorer("entailment:some/model").name == "entailment:some/model"
    assert build_scorer("llm:judge", base_url="http://127.0.0.1:9/v1").name == "llm:judge"


def test_the_ladder_is_the_default() -> None:
    assert build_scorer().name == "ladder"


@pytest.mark.parametrize("name", ["", "laddder", "entailment", "entailment:", "llm:", "Ladder"])
def test_an_unknown_name_is_an_error_that_lists_the_known_ones(name: str) -> None:
    with pytest.raises(GroundingError) as caught:
        build_scorer(name)
    assert all(known in str(caught.value) for known in SCORERS)


@pytest.mark.parametrize("name", WITHOUT_MODEL)
@pytest.mark.parametrize("pair", [Pair("", ("x",)), Pair("  ", ("x",)), Pair("x", ()), Pair("x", ("", " "))])
def test_every_scorer_calls_nothing_to_judge_unsupported(name: str, pair: Pair) -> None:
    score = build_scorer(name).score([pair])[0]
    assert (score.verdict, score.support) == (Verdict.UNSUPPORTED, 0.0)


@pytest.mark.parametrize("name", WITHOUT_MODEL)
def test_every_scorer_gives_one_score_for_each_pair_in_order_and_the_same_each_time(name: str) -> None:
    pairs = [
        Pair("Give 5 mg.", ("Give 5 mg.",)),
        Pair("Give 50 mg.", ("Give 5 mg.",)),
        Pair("?!", ("...",)),
        Pair("The ward opens at 8.", ("Visitors come at any time.",)),
    ]
    scorer = build_scorer(name)
    scores = scorer.score(pairs)
    assert len(scores) == len(pairs)
    assert scores[0].verdict is Verdict.SUPPORTED
    assert scores[1].verdict is not Verdict.SUPPORTED
    assert scores == [scorer.score([pair])[0] for pair in pairs]
    assert scorer.score([]) == []
    for score in scores:
        assert 0 <= score.support <= 1
        assert 0 <= score.contradiction <= 1
        assert score.support + score.contradiction <= 1 + 1e-9
        assert bool(score.reasons) == (score.verdict is not Verdict.SUPPORTED)
