import pytest

from ragkit.grounding.base import Pair, Scorer
from ragkit.grounding.rules import RulesScorer
from ragkit.grounding.verbatim import VerbatimScorer
from ragkit.grounding.verdict import Verdict


@pytest.mark.parametrize("scorer", [RulesScorer(), VerbatimScorer()])
def test_the_scorers_keep_to_the_interface(scorer: Scorer) -> None:
    assert isinstance(scorer, Scorer)
    pairs = [Pair("Warm the bag.", ("Warm the bag.",)), Pair("Warm the bag.", ()), Pair(" ", ("Warm the bag.",))]
    first, without_evidence, empty = scorer.score(pairs)
    assert first.verdict is Verdict.SUPPORTED
    assert not first.reasons
    for score in (without_evidence, empty):
        assert score.verdict is Verdict.UNSUPPORTED
        assert score.support == 0
        assert score.reasons


def test_probabilities_are_probabilities() -> None:
    scores = RulesScorer().score(
        [
            Pair("Give 5 mg IV.", ("Give 5 mg IV.",)),
            Pair("Give 5 mg IM.", ("Give 50 mg IV.",)),
            Pair("The sky is blue.", ("Give 50 mg IV.",)),
        ]
    )
    assert [score.verdict for score in scores] == [Verdict.SUPPORTED, Verdict.CONTRADICTED, Verdict.UNSUPPORTED]
    for score in scores:
        assert 0 <= score.support <= 1
        assert 0 <= score.contradiction <= 1
        assert score.support + score.contradiction <= 1
