import pytest

from ragkit.documents.formats.pdf.geometry import Style, Word
from ragkit.documents.formats.pdf.joining import is_broken_word
from ragkit.documents.formats.pdf.markers import Reading, readings_of
from ragkit.documents.formats.pdf.symbols import mend
from ragkit.documents.formats.pdf.words import mend_lost_bullets


@pytest.mark.parametrize(
    ("mark", "readings"),
    [
        ("1.", [("1.", 1)]),
        ("(12)", [("(1)", 12)]),
        ("b)", [("a)", 2)]),
        ("i.", [("a.", 9), ("i.", 1)]),
        ("IV.", [("I.", 4)]),
        ("aa.", [("a.", 27)]),
        ("1.2.3", [("dotted 3", 3)]),
        ("•", [("bullet •", 0)]),
        ("o", [("bullet o", 0)]),
        ("❷", [("circled", 2)]),
        ("⓬", [("circled", 12)]),
        ("(555)", []),
        ("mg.", []),
        ("No.", []),
    ],
)
def test_marks_are_read_in_every_possible_way(mark, readings):
    assert readings_of(mark) == tuple(Reading(kind, value) for kind, value in readings)


@pytest.mark.parametrize(
    ("code", "font", "sign"),
    [
        (0xF0B3, "SymbolMT", "≥"),
        (0xF0A3, "SymbolMT", "≤"),
        (0xF06D, "ABCDEF+SymbolMT", "µ"),
        (0xF0B7, "Whatever", "•"),
        (0xF0A7, "Wingdings-Regular", "▪"),
        (0xFB01, "Times", "fi"),
        (0xF123, "Unknown", "\ufffd"),
        (0x41, "Times", "A"),
    ],
)
def test_signs_of_symbol_fonts_are_mended(code, font, sign):
    assert mend(code, font) == sign


@pytest.mark.parametrize(
    ("first", "second", "broken"),
    [
        ("medi", "cation", True),
        ("two", "week", False),
        ("life", "threatening", False),
        ("ALS", "unit", False),
        ("administra", "tion", True),
        ("follow", "up", False),
    ],
)
def test_broken_words_and_compounds_are_told_apart(first, second, broken):
    words = frozenset({"medication", "two", "week", "life", "threatening", "unit", "follow", "up"})
    assert is_broken_word(first, second, words) is broken


def word(text, x0, x1, font="Helvetica"):
    style = Style(font, 10.0, False, False, (0, 0, 0, 255), 0, 0, True)
    return Word(text, x0, x1, 90.0, 102.0, 100.0, style, space_before=True)


def test_a_lost_sign_at_the_start_of_a_line_is_a_bullet():
    words = [word("\ufffd", 72, 78, "SymbolMT"), word("Inform", 90, 130)]
    assert mend_lost_bullets(words) == 0
    assert words[0].text == "•"


def test_a_lost_sign_between_words_is_never_taken_for_a_bullet():
    words = [word("pressure", 72, 120), word("\ufffd", 124, 130, "SymbolMT"), word("90", 134, 146)]
    assert mend_lost_bullets(words) == 1
    assert words[1].text == "\ufffd"
