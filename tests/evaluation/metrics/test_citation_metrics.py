import pytest

from ragkit.evaluation.metrics import toy
from ragkit.evaluation.metrics.catalogue import measure
from ragkit.evaluation.questions.question import Question
from ragkit.evaluation.record import CitationFacts, Record
from tests.evaluation.metrics.scorers import WordForWord

FLUSH, WAIT, WASH = "Flush the port.", "Wait 30 minutes.", "Wash both hands."


def values(record: Record) -> dict[str, float]:
    return {name: of["q1"] for name, of in measure([record], WordForWord()).as_table().items()}


def cited(*statements: tuple[object, ...], quotes: list[str], question: Question | None = None) -> dict[str, float]:
    return values(toy.record(question or toy.question(), toy.answer(*statements, quotes=quotes)))


def test_a_statement_may_rest_on_two_citations_together() -> None:
    both = cited((f"{FLUSH} {WAIT}", 1, 2), quotes=[FLUSH, WAIT])
    assert (both["citations.recall"], both["citations.precision"]) == (1.0, 1.0)


def test_a_citation_that_adds_nothing_costs_precision() -> None:
    idle = cited((FLUSH, 1, 2), quotes=[FLUSH, WASH])
    assert (idle["citations.recall"], idle["citations.precision"]) == (1.0, 0.5)


def test_a_citation_of_a_statement_that_is_not_carried_costs_precision() -> None:
    wrong = cited((FLUSH, 1), (WASH, 2), quotes=[FLUSH, WAIT])
    assert (wrong["citations.recall"], wrong["citations.precision"]) == (0.5, 0.5)


def test_shuffled_citations_are_seen_by_alce_and_not_by_sourcecheckup() -> None:
    shuffled = cited((FLUSH, 2), (WAIT, 1), quotes=[FLUSH, WAIT])
    assert (shuffled["citations.recall"], shuffled["citations.precision"]) == (0.0, 0.0)
    assert (shuffled["citations.statement_support"], shuffled["citations.answer_support"]) == (1.0, 1.0)
    assert shuffled["citations.verbatim"] == 0.0


def test_the_only_place_of_a_heading_is_needed_although_a_heading_is_no_claim() -> None:
    headed = cited((f"Care Of Ports\n{FLUSH}", 1, 2), quotes=["Care Of Ports", FLUSH])
    assert (headed["citations.recall"], headed["citations.precision"]) == (1.0, 1.0)


def test_the_same_number_twice_is_one_citation() -> None:
    assert cited((FLUSH, 1, 1), quotes=[FLUSH])["citations.precision"] == 1.0


def test_a_number_made_up_in_the_text_alone_costs_precision() -> None:
    got = toy.answer((FLUSH, 1), quotes=[FLUSH], text=f"{FLUSH} [1][7]")
    made_up = values(toy.record(got=got))
    assert made_up["citations.precision"] == 0.5
    assert made_up["citations.resolves"] == 0.5


def test_a_mark_that_the_document_has_itself_is_no_citation() -> None:
    line = "See the study of ports [7]."
    got = toy.answer((line, 1), quotes=[line])
    assert values(toy.record(got=got))["citations.resolves"] == 1.0


@pytest.mark.parametrize(
    "question",
    [
        pytest.param(toy.question(gold=FLUSH, document="adults.md"), id="no gold document"),
        pytest.param(toy.question(forbidden_documents=["folder/ports.md"]), id="a forbidden document"),
        pytest.param(
            Question(
                id="q1", question="?", category="toy", answerable=True,
                gold=({"document": "ports.md", "quote": FLUSH, "version": "2"},),
            ),
            id="another version",
        ),
    ],
)  # fmt: skip
def test_the_right_words_from_a_wrong_document_cost_precision(question: Question) -> None:
    wrong = cited((FLUSH, 1), quotes=[FLUSH], question=question)
    assert (wrong["citations.recall"], wrong["citations.precision"]) == (1.0, 0.0)


def test_a_citation_without_facts_counts_as_not_looked_up_and_fails() -> None:
    good = CitationFacts(number=1, resolves=True, page_right=True, in_force=True, permitted=True, at_site=True)
    half = values(toy.record(got=toy.answer((FLUSH, 1), (WAIT, 2), quotes=[FLUSH, WAIT]), facts=[good]))
    for name in ("resolves", "in_force", "permitted", "at_site", "page_right"):
        assert half[f"citations.{name}"] == 0.5
    assert half["citations.recall"] == 0.5


def test_each_fact_has_a_metric_of_its_own() -> None:
    for field in ("resolves", "in_force", "permitted", "at_site", "page_right"):
        good = {name: name != field for name in ("resolves", "in_force", "permitted", "at_site", "page_right")}
        got = toy.answer((FLUSH, 1), quotes=[FLUSH])
        one_wrong = values(toy.record(got=got, facts=[CitationFacts(number=1, **good)]))
        assert {name for name in good if one_wrong[f"citations.{name}"] < 1.0} == {field}


def test_a_changed_number_is_not_verbatim_and_stands_in_no_quote() -> None:
    changed = cited(("Wait 3 minutes.", 1), quotes=[WAIT])
    assert (changed["citations.verbatim"], changed["answers.quantities_cited"]) == (0.0, 0.0)


def test_a_number_is_looked_for_in_the_statement_s_own_quotes() -> None:
    elsewhere = cited(("Wait 30 minutes.", 2), (FLUSH, 1), quotes=[WAIT, FLUSH])
    assert elsewhere["answers.quantities_cited"] == 0.0
