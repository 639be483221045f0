"""A bare number in a table has the unit of its column."""

from __future__ import annotations

from ragkit.answering.table_units import row_with_units


def test_a_bare_number_gets_the_unit_of_its_column() -> None:
    header = "Weight (kg)\tDose (mg)\tVolume in mL\tRemark"
    assert row_with_units("16.4 to 21.7\t240\t7.5\t2", header) == "16.4 to 21.7 kg\t240 mg\t7.5 mL\t2"


def test_a_cell_with_words_stays_as_it_is() -> None:
    assert row_with_units("Adults\t5 mg once", "Who\tDose (mg)") == "Adults\t5 mg once"


def test_a_header_of_another_width_gives_nothing() -> None:
    assert row_with_units("1\t2", "Dose (mg)") == "1\t2"
