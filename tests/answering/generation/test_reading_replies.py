import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragkit.answering.generation.reply import MOST_CHARACTERS, PartialReply, ReplyStatement, read_reply
from ragkit.language_models.base import UnusableReplyError

REPLY = {
    "answers": True,
    "statements": [
        {"text": 'Say "stop" } ] and \\ wait {2}.', "lines": [1, 12]},
        {"text": "Give 5 mg.", "lines": [3]},
    ],
}
TEXT = json.dumps(REPLY)


@pytest.mark.parametrize(
    "text", [TEXT, f"```json\n{TEXT}\n```", f"Here it is:\n{TEXT}\nI hope it helps.", f"\n {TEXT} "]
)
def test_a_reply_is_read_with_or_without_words_around_it(text: str) -> None:
    reply = read_reply(text)
    assert reply.answers
    assert [(each.text, each.lines) for each in reply.statements] == [
        ('Say "stop" } ] and \\ wait {2}.', (1, 12)),
        ("Give 5 mg.", (3,)),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "Every 8 hours.",
        "{",
        '{"answers": true, "statements": [',
        '{"statements": []}',
        '{"answers": "true", "statements": []}',
        '{"answers": true}',
        '{"answers": true, "statements": [{"text": "a"}]}',
        '{"answers": true, "statements": [{"text": "a", "lines": ["one"]}]}',
        '{"answers": true, "statements": ["Give 5 mg."]}',
        json.dumps({"answers": True, "statements": [{"text": "a", "lines": [1]}] * 100}),
        "x" * (MOST_CHARACTERS + 1),
    ],
)
def test_anything_else_is_no_reply_and_the_reason_repeats_none_of_it(text: str) -> None:
    with pytest.raises(UnusableReplyError) as raised:
        read_reply(text)
    assert "Give 5 mg" not in str(raised.value)


@given(st.lists(st.integers(1, 7), min_size=1, max_size=60))
@settings(max_examples=50, deadline=None)
def test_a_reply_in_pieces_gives_the_same_statements_however_it_is_cut(sizes: list[int]) -> None:
    reply, found, position = PartialReply(), [], 0
    for size in (*sizes, len(TEXT)):
        found += reply.feed(TEXT[position : position + size])
        position += size
    found += reply.finish()
    assert found == [ReplyStatement.model_validate(each) for each in REPLY["statements"]]  # type: ignore[union-attr]
    assert reply.answers is True


def test_a_statement_is_there_as_soon_as_it_is_complete_and_never_with_half_a_number() -> None:
    reply = PartialReply()
    cut = TEXT.index("12") + 1
    assert reply.feed(TEXT[:cut]) == []
    assert [each.lines for each in reply.feed(TEXT[cut : TEXT.index("Give")])] == [(1, 12)]


def test_words_around_a_reply_in_pieces_do_not_matter() -> None:
    reply = PartialReply()
    assert len(reply.feed(f"```json\n{TEXT}")) == 2
    assert reply.feed("\n```") == [] and reply.finish() == []


def test_the_flag_of_a_reply_in_pieces_is_known_before_its_statements() -> None:
    reply = PartialReply()
    reply.feed('{"answers": fal')
    assert reply.answers is None
    reply.feed("se")
    assert reply.answers is False


def test_a_statement_of_another_form_ends_a_reply_in_pieces() -> None:
    with pytest.raises(UnusableReplyError):
        PartialReply().feed('{"answers": true, "statements": [{"text": 5, "lines": []}')
    with pytest.raises(UnusableReplyError):
        PartialReply().feed("x" * (MOST_CHARACTERS + 1))
