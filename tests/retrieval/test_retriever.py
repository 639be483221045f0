"""From a question to passages, inside one reader's scope."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ragkit.access.scope import Scope, ScopeViolationError
from ragkit.access.user import User
from ragkit.errors import QuestionError
from ragkit.retrieval.retriever import RetrievalOptions
from ragkit.settings import Settings
from ragkit.store.rows import Hit
from tests.retrieval.library import Library, document

FILLER = [
    document(f"filler-{position}", f"The {word} of the north wing is inspected by the engineering department.")
    for position, word in enumerate(("boiler", "lift", "generator", "roof", "garden", "kitchen"))
]


def test_the_passage_with_the_words_of_the_question_comes_first(tmp_path: Path) -> None:
    library = Library(
        tmp_path,
        *FILLER,
        document("linen", "Soiled linen goes into a blue bag and is collected before noon."),
        document("parking", "Visitors park on the lower deck; staff park on the upper deck."),
    )
    assert library.sources("where does soiled linen go")[0] == "linen"


def test_a_brand_name_finds_the_generic_one_and_an_abbreviation_its_long_form(tmp_path: Path) -> None:
    library = Library(
        tmp_path,
        *FILLER,
        document("nausea", "Ondansetron 4 mg is given for nausea after surgery."),
        document("lines", "A central venous catheter is reviewed every day."),
    )
    assert library.sources("zofran after an operation?")[0] == "nausea"
    assert library.sources("CVC review")[0] == "lines"


def test_without_variants_the_brand_name_finds_nothing_of_it(tmp_path: Path) -> None:
    documents = [*FILLER, document("nausea", "Ondansetron 4 mg is given for vomiting.")]
    options = RetrievalOptions(variants=False)
    with_variants = Library(tmp_path / "a", *documents).retriever
    without = Library(tmp_path / "b", *documents, options=options)
    found = without.retriever.retrieve("zofran", without.scope(), 10)
    assert all(passage.scores.lexical_rank is None for passage in found.passages)
    assert with_variants.retrieve("zofran", without.scope(), 1).passages[0].scores.lexical_rank == 1


def test_a_document_named_by_its_number_comes_first(tmp_path: Path) -> None:
    text = "Visitors wear a mask and stay for one hour."
    library = Library(
        tmp_path,
        *FILLER,
        document("general-visits", text + " Visitors are counted.", number="301"),
        document("icu-visits", text, number="655"),
    )
    assert library.sources("policy 655: how long do visitors stay")[0] == "icu-visits"
    assert library.sources("what does 301 say about visitors")[0] == "general-visits"


def test_a_series_number_names_its_parts(tmp_path: Path) -> None:
    text = "The pump alarm is answered within two minutes."
    library = Library(tmp_path, document("other", text, number="812"), document("part", text, number="640.03"), *FILLER)
    assert library.sources("policy 640 pump alarm")[0] == "part"


def test_the_population_asked_for_comes_before_the_other(tmp_path: Path) -> None:
    text = "Give paracetamol for fever above 38.5 degrees and record the temperature."
    library = Library(
        tmp_path,
        *FILLER,
        document("fever-a", text, title="Fever in adults"),
        document("fever-p", text, title="Fever in children"),
    )
    assert library.sources("9yo with fever, paracetamol?")[0] == "fever-p"
    assert library.sources("grandma has a fever, paracetamol?")[0] == "fever-a"
    assert library.sources("fever, paracetamol?")[0] == "fever-a"


def test_for_a_dose_question_the_line_with_an_amount_has_the_form_of_an_answer(tmp_path: Path) -> None:
    library = Library(
        tmp_path,
        document("talk", "Heparin bolus: chosen by a doctor."),
        document("dose", "Heparin bolus: 5000 units, by a doctor."),
    )
    scope = library.scope()
    measured = library.retriever.candidates(library.retriever.understand("heparin bolus dose", scope), scope)
    forms = {candidate.row.source: candidate.features.form for candidate in measured}
    assert forms["dose.txt"] > forms["talk.txt"] == 0.0
    assert library.sources("heparin bolus dose")[0] == "dose"


def test_no_more_than_the_permitted_number_of_passages_comes_from_one_source(tmp_path: Path) -> None:
    long = document(
        "long", *(f"Rule {number}: the badge is worn by everybody in zone {number}." * 3 for number in range(9))
    )
    library = Library(tmp_path, long, document("short", "A badge is worn."), settings=Settings(passages_per_source=2))
    sources = library.sources("who has to wear the badge")
    assert sources.count("long") == 2
    assert "short" in sources


def test_the_limit_is_kept_and_the_order_is_by_score(tmp_path: Path) -> None:
    library = Library(tmp_path, *FILLER)
    found = library.retriever.retrieve("engineering department", library.scope(), 3).passages
    assert len(found) == 3
    assert [passage.score for passage in found] == sorted((passage.score for passage in found), reverse=True)


def test_another_site_is_never_searched(tmp_path: Path) -> None:
    library = Library(
        tmp_path,
        document("east", "The code for the drug cupboard is changed weekly.", site="east"),
        document("west", "The code for the drug cupboard is changed monthly.", site="west"),
        document("both", "The drug cupboard is locked."),
    )
    assert set(library.sources("drug cupboard code", site="east")) == {"east", "both"}


def test_what_a_reader_may_not_read_is_found_by_those_who_may_only(tmp_path: Path) -> None:
    library = Library(
        tmp_path,
        document("open", "Diversion of narcotics is reported."),
        document("secret", "Diversion of narcotics is investigated by the pharmacy board.", roles=("pharmacist",)),
    )
    assert library.sources("diversion of narcotics") == ["open"]
    assert set(library.sources("diversion of narcotics", user=User("u1", {"pharmacist"}))) == {"open", "secret"}


def test_a_word_only_of_a_hidden_document_mends_no_spelling(tmp_path: Path) -> None:
    library = Library(
        tmp_path,
        document("open", "The committee meets on Fridays."),
        document("secret", "The embezzlement is investigated.", roles=("board",)),
    )
    reader, board = library.scope(), library.scope(user=User("u1", {"board"}))
    assert library.retriever.understand("embezlement", reader).caveats == ()
    assert library.retriever.understand("embezlement", board).caveats != ()


def test_statistics_count_only_what_the_reader_may_search(tmp_path: Path) -> None:
    library = Library(
        tmp_path,
        document("open", "The committee meets on Fridays."),
        document("secret", "The committee meets in private.", roles=("board",)),
    )
    statistics = library.retriever.retrieve("committee", library.scope()).statistics
    assert (statistics.chunk_count, statistics.document_frequency(["committee"])) == (1, 1)
    assert statistics.document_frequency(["private"]) == 0


def test_a_hit_outside_the_scope_stops_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library(
        tmp_path, document("mine", "The key is kept here."), document("other", "The key is kept there.", site="west")
    )
    [outside] = [row.version_key for row in library.store.versions() if row.site == "west"]
    monkeypatch.setattr(library.store, "dense_search", lambda vector, keys, limit: [Hit(outside, 0, 0.9)])
    with pytest.raises(ScopeViolationError):
        library.retriever.retrieve("where is the key", library.scope("east"))


def test_a_new_version_is_seen_at_once(tmp_path: Path) -> None:
    library = Library(tmp_path, *FILLER)
    assert "pool" not in library.sources("hydrotherapy")
    library.put(document("pool", "Hydrotherapy is offered on Mondays.", number="777"))
    assert library.sources("hydrotherapy")[0] == "pool"
    assert library.sources("policy 777")[0] == "pool"


def test_many_threads_may_ask_while_the_library_changes(tmp_path: Path) -> None:
    library = Library(tmp_path, *FILLER)

    def ask(number: int) -> str:
        if number % 8 == 0:
            library.put(document(f"new-{number}", f"Annex {number} is opened.", number=str(500 + number)))
        return library.sources("who inspects the boiler")[0]

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(ask, range(32))) == {"filler-0"}


def test_nothing_to_search_finds_nothing(tmp_path: Path) -> None:
    library = Library(tmp_path)
    assert library.retriever.retrieve("badge", Scope(frozenset())).passages == ()


def test_a_question_of_unknown_words_still_goes_to_the_vector_search(tmp_path: Path) -> None:
    library = Library(tmp_path, *FILLER)
    found = library.retriever.retrieve("qwrtz", library.scope(), 2)
    assert found.counts["lexical"] == 0
    assert len(found.passages) == 2


def test_a_question_that_is_query_syntax_is_searched_as_words(tmp_path: Path) -> None:
    library = Library(tmp_path, *FILLER, document("quotes", 'The "red phone" NEAR the desk OR the door.'))
    assert library.sources('"red phone" NEAR(desk AND heading:door*)')[0] == "quotes"


def test_a_passage_carries_what_a_citation_needs(tmp_path: Path) -> None:
    given = document("care", "Mouth care is given every four hours.", title="Mouth care", number="88-A", site="east")
    library = Library(tmp_path, given)
    [passage] = library.retriever.retrieve("mouth care", library.scope("east")).passages
    assert given.text[passage.start : passage.end] == "Mouth care is given every four hours."
    assert (passage.title, passage.reference_number, passage.site) == ("Mouth care", "88-A", "east")
    assert (passage.scores.lexical_rank, passage.scores.dense_rank) == (1, 1)


def test_every_step_is_timed(tmp_path: Path) -> None:
    library = Library(tmp_path, *FILLER)
    timings = library.retriever.retrieve("boiler", library.scope()).timings_ms
    assert {"understand", "lexical", "embed", "dense", "rank"} <= timings.keys()


def test_an_empty_question_is_refused(tmp_path: Path) -> None:
    library = Library(tmp_path, *FILLER)
    with pytest.raises(QuestionError):
        library.retriever.retrieve(" ", library.scope())


def test_a_reranker_orders_the_best(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class LongestFirst:
        def __init__(self, name: str) -> None:
            assert name == "some-cross-encoder"

        def score(self, question: str, passages: list[str]) -> list[float]:
            return [float(len(passage)) for passage in passages]

    monkeypatch.setattr("ragkit.retrieval.retriever.build_reranker", LongestFirst)
    library = Library(
        tmp_path,
        document("short", "Gowns are blue."),
        document("long", "Gowns are blue, and they are worn once, and they are thrown away by the door."),
        settings=Settings(reranker_model="some-cross-encoder"),
    )
    found = library.retriever.retrieve("gowns are blue", library.scope()).passages
    assert [passage.source for passage in found] == ["long.txt", "short.txt"]
    assert found[0].score == found[0].scores.rerank
