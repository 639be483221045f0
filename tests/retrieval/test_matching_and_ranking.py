"""Word match, forms of answers, fusion and the weighted order."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ragkit.chunking.chunk import Chunk
from ragkit.documents.governance import Status
from ragkit.retrieval.answer_forms import asked_form, form_fit
from ragkit.retrieval.fusion import rank_value, ranks
from ragkit.retrieval.matching import WordMatch, chunk_words, match_words, term_groups
from ragkit.retrieval.populations import belonging, population_fit
from ragkit.retrieval.query import AnswerKind, Population
from ragkit.retrieval.ranking import FEATURE_NAMES, Features, RankingWeights, document_strengths
from ragkit.retrieval.understanding import understand
from ragkit.store.rows import VersionRow

ROW = VersionRow(
    version_key=1,
    document_id="d",
    version="1",
    title="Hand hygiene",
    reference_number="IC-101",
    owner=None,
    approver=None,
    status=Status.ACTIVE,
    site=None,
    applies_to=(),
    audience=(),
    roles=(),
    original_date=None,
    effective_date=None,
    revised_date=None,
    last_reviewed=None,
    review_due=None,
    retired_date=None,
    supersedes=None,
    source="s.txt",
    media_type="text/plain",
    content_hash="0",
    chunk_count=1,
    embedding_fingerprint="f",
    stored_at="",
    removed_at=None,
)


def match(
    question: str, text: str, frequencies: dict[str, int] | None = None, section: tuple[str, ...] = ()
) -> WordMatch:
    def frequency(phrases: Sequence[str]) -> int:
        return max((frequencies or {}).get(phrase, 10) for phrase in phrases)

    chunk = Chunk(
        index=0,
        start=0,
        end=len(text),
        first_block=0,
        last_block=0,
        section=section,
        text=text,
        embedding_text=text,
        token_count=9,
    )
    return match_words(term_groups(understand(question), frequency, 1000), chunk_words(chunk, ROW))


def test_a_term_and_its_variants_count_as_one() -> None:
    once = match("zofran", "ondansetron is given")
    assert once.coverage == pytest.approx(1.0)
    assert once.bm25 < match("zofran", "ondansetron, that is zofran, is given").bm25 < 1.0


def test_a_rare_term_weighs_more_than_a_frequent_one() -> None:
    frequencies = {"gloves": 900, "autoclave": 2}
    assert (
        match("gloves autoclave", "the autoclave", frequencies).coverage
        > match("gloves autoclave", "the gloves", frequencies).coverage
    )


def test_a_term_that_occurs_nowhere_takes_no_share() -> None:
    assert match("gloves qwrtz", "the gloves", {"qwrtz": 0}).coverage == pytest.approx(1.0)


def test_a_phrase_has_to_stand_together() -> None:
    assert match("blood thinner", "thinner blood").coverage == 0.0
    assert match("blood thinner", "any blood thinner").coverage == pytest.approx(1.0)


def test_title_and_section_count() -> None:
    assert match("hygiene", "wash them").heading == pytest.approx(1.0)
    assert match("theatre", "wash them", section=("In the theatre",)).heading == pytest.approx(1.0)


def test_terms_in_one_line_count_more_than_terms_scattered() -> None:
    together = match("apron visor", "Wear apron and visor.\nBe on time.")
    scattered = match("apron visor", "Wear an apron.\nBe on time with the visor.")
    assert together.coverage == scattered.coverage
    assert together.line > scattered.line


@pytest.mark.parametrize(
    ("kind", "fitting", "other"),
    [
        (AnswerKind.DOSE, "give 5 mg in 10 ml", "give it slowly"),
        (AnswerKind.TIME_LIMIT, "within 3 working days", "without delay of any sort"),
        (AnswerKind.WHO_MAY, "only a pharmacist may open it", "the cupboard is white"),
        (AnswerKind.CONTRAINDICATION, "do not use in pregnancy; avoid in asthma", "use in asthma"),
        (AnswerKind.DEFINITION, '"near miss" means an event', "a near event"),
        (AnswerKind.REFERENCE, "see policy 412", "see below"),
    ],
)
def test_a_line_of_the_right_form_fits(kind: AnswerKind, fitting: str, other: str) -> None:
    assert form_fit(fitting, kind) > form_fit(other, kind)


def test_a_kind_without_a_form_asks_for_none() -> None:
    assert asked_form((AnswerKind.OTHER,)) is None
    assert form_fit("anything", AnswerKind.OTHER) == 0.0


def test_ranks_fuse_by_the_published_formula() -> None:
    positions = ranks(["a", "b", "c"])
    assert positions == {"a": 1, "b": 2, "c": 3}
    assert rank_value(1) == 1.0
    assert rank_value(3) == pytest.approx((1 / 63) / (1 / 61))
    assert rank_value(None) == 0.0


def test_the_score_is_the_weighted_mean_of_the_features() -> None:
    everything = Features(**dict.fromkeys(FEATURE_NAMES, 1.0))
    assert RankingWeights().score(everything) == pytest.approx(1.0)
    only_dense = RankingWeights(**(dict.fromkeys(FEATURE_NAMES, 0.0) | {"dense": 2.0}))
    assert only_dense.score(Features(dense=0.5, named=1.0)) == pytest.approx(0.5)


def test_the_document_with_the_strongest_candidates_has_strength_one() -> None:
    strengths = document_strengths({(1, 0): 0.5, (1, 1): 0.5, (2, 0): 0.25, (3, 0): 0.0})
    assert strengths == {1: 1.0, 2: 0.25, 3: 0.0}


def test_the_innermost_level_that_names_a_population_decides() -> None:
    assert belonging(("Dose", "Children", "Fever in adults")) == {Population.PEDIATRIC}
    assert belonging(("Dose", "Fever")) == frozenset()


@pytest.mark.parametrize(
    ("asked", "own", "fit"),
    [
        ({Population.PEDIATRIC}, {Population.PEDIATRIC}, 1.0),
        ({Population.PEDIATRIC}, {Population.NEONATAL}, 1.0),
        ({Population.PEDIATRIC}, {Population.ADULT}, -1.0),
        ({Population.ADULT}, {Population.PEDIATRIC}, -1.0),
        ({Population.ADULT}, {Population.PREGNANT}, -1.0),
        ({Population.ADULT}, set(), 0.0),
        (set(), {Population.PEDIATRIC}, -0.5),
        (set(), {Population.ADULT}, 0.0),
    ],
)
def test_the_wrong_population_costs_and_the_right_one_helps(
    asked: set[Population], own: set[Population], fit: float
) -> None:
    assert population_fit(frozenset(asked), frozenset(own)) == fit
