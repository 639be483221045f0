import pytest

from ragkit.answering.sentences import sentence_spans


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Give 0.5 mL of the vaccine in the deltoid.",
        "Ask Dr. Moreau before the first dose.",
        "Use a mild opioid, e.g. codeine, for at most three days.",
        "Follow Ref. No. 77 for the transport of blood.",
        "1. Wash both hands before the aseptic field is opened.",
        "B. Label the syringe at the bedside.",
        "Patients of J. Okafor are seen on Mondays.",
        "Keep SBP >90 mmHg vs. the baseline of the patient.",
    ],
)
def test_a_stop_inside_a_sentence_does_not_end_it(text: str) -> None:
    assert split(text) == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Flush the line. Cap it.", ["Flush the line.", "Cap it."]),
        ("Infuse 1 L. Repeat once.", ["Infuse 1 L.", "Repeat once."]),
        ("Max. 4 g a day. Never exceed it!", ["Max. 4 g a day.", "Never exceed it!"]),
        ("Is it patent? If not, replace it.", ["Is it patent?", "If not, replace it."]),
        ('He said "stop." Then we stopped.', ['He said "stop."', "Then we stopped."]),
        ("Reassess in 10 min. Document it.", ["Reassess in 10 min.", "Document it."]),
    ],
)
def test_a_stop_after_a_sentence_ends_it(text: str, expected: list[str]) -> None:
    assert split(text) == expected


def test_sentences_cover_every_word_and_keep_their_offsets() -> None:
    text = "  First line.\nSecond line, 2.5 mg. \n\n Third "
    spans = sentence_spans(text)
    outside = set(range(len(text))) - {i for start, end in spans for i in range(start, end)}
    assert all(text[i].isspace() for i in outside)


def test_blank_text_has_no_sentence() -> None:
    assert sentence_spans(" \n ") == ()
