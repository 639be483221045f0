import pytest
from policies import PolicyWriter, query_for

from ragkit.answering.population import population_fit, twins_of_pediatric, unit_side
from ragkit.answering.units import Layout
from ragkit.documents.document import Document
from ragkit.retrieval.query import Population


def document(title: str = "Seizures", section: str = "", line: str = "Give 2 mg.", **governance: object) -> Document:
    writer = PolicyWriter()
    if section:
        writer.heading(section)
    writer.line(line)
    return writer.document(title=title, **governance)


def side_of(policy: Document) -> str | None:
    index = len(policy.blocks) - 1
    unit = Layout(policy).units_of(index)[0]
    return unit_side(policy, unit, policy.text[unit.start : unit.end], "")


@pytest.mark.parametrize(
    ("policy", "side"),
    [
        (document(section="Pediatric"), "young"),
        (document(title="Pediatric seizures"), "young"),
        (document(applies_to=("pediatric",)), "young"),
        (document(title="Pediatric seizures", section="Adult"), "adult"),
        (document(section="Pediatric", line="Adults receive 2 mg."), "adult"),
        (document(line="Adults and children receive 2 mg."), None),
        (document(), None),
    ],
)
def test_the_nearest_level_that_names_one_population_decides(policy: Document, side: str | None) -> None:
    assert side_of(policy) == side


def test_the_twin_of_a_pediatric_policy_is_the_one_for_adults() -> None:
    adult = PolicyWriter()
    adult.line("Give 2 mg.")
    child = PolicyWriter()
    child.line("Give 1 mg.")
    documents = [
        adult.document("a", title="Seizures", reference_number="1231"),
        child.document("b", title="Seizures", reference_number="1231-P", applies_to=("pediatric",)),
        adult.document("c", title="Falls", reference_number="1300"),
    ]
    assert twins_of_pediatric(documents) == {"a"}


def test_the_wrong_population_is_a_mismatch_and_an_unnamed_one_is_not() -> None:
    policy = document(section="Pediatric")
    unit = Layout(policy).units_of(1)[0]
    adult = query_for("dose", "dose", population=Population.ADULT)
    child = query_for("dose", "dose", population=Population.PEDIATRIC)
    assert "population_mismatch_adult" in population_fit(adult, policy, unit, "Give 2 mg.", "")
    assert population_fit(child, policy, unit, "Give 2 mg.", "") == {"population_match": 1.0}
    assert population_fit(child, document(), Layout(document()).units_of(0)[0], "Give 2 mg.", "") == {}
