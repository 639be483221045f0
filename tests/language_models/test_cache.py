"""Replies that are kept: found again for the same request and no other, unreadable for others, never in the way."""

from __future__ import annotations

import base64
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragkit.deployment.deployment import CacheSettings, ProviderSettings, ReplyFormat
from ragkit.errors import SettingsError, StoreError
from ragkit.language_models.base import Message, Outcome
from ragkit.language_models.cache import ReplyCache, build_cache, forget_replies
from ragkit.language_models.reading import ModelReply
from ragkit.language_models.sealing import Plain, Sealing, sealing_of
from ragkit.language_models.tokens import Usage
from tests.language_models import behaviours as does
from tests.language_models.asking import GOOD, REQUEST, SECRET_WORDS, Streamed, accept, ask, attempts, language_models
from tests.language_models.scripted_server import ScriptedServer

PROVIDER = ProviderSettings(name="one", model="m", base_url="http://127.0.0.1:9/v1")
REPLY = ModelReply('{"answers": true, "text": "Give 5 mg of zyxomel."}', Usage(10, 5))
Opened = Callable[..., ReplyCache]


def new_key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


def encrypted(monkeypatch: pytest.MonkeyPatch, key: str) -> Sealing:
    monkeypatch.setenv("RAGKIT_CACHE_KEY", key)
    return sealing_of(CacheSettings(encrypted=True))


@pytest.fixture(params=["plain", "encrypted"])
def sealing(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Sealing:
    return Plain() if request.param == "plain" else encrypted(monkeypatch, new_key())


@pytest.fixture
def opened(tmp_path: Path, sealing: Sealing) -> Any:
    caches: list[ReplyCache] = []

    def open_cache(**options: Any) -> ReplyCache:
        chosen = {"days": 30, "megabytes": 1, "folder": tmp_path, "sealing": sealing, **options}
        caches.append(ReplyCache(**chosen))
        return caches[-1]

    yield open_cache
    for cache in caches:
        cache.close()


def files(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_reply_is_found_again_also_by_another_process(opened: Opened) -> None:
    opened().keep(REQUEST, PROVIDER, REPLY)

    assert opened().find(REQUEST, PROVIDER) == REPLY


@pytest.mark.parametrize(
    "request_",
    [
        replace(REQUEST, cache_text="another question"),
        replace(REQUEST, sampling={"temperature": 0, "seed": 1}),
        replace(REQUEST, schema={"type": "object"}),
        replace(REQUEST, schema=None),
        replace(REQUEST, schema_name="other"),
        replace(REQUEST, purpose="retry"),
        replace(REQUEST, messages=(*REQUEST.messages, Message("user", "more"))),
    ],
)
def test_another_request_finds_nothing(opened: Opened, request_: Any) -> None:
    cache = opened()
    cache.keep(REQUEST, PROVIDER, REPLY)

    assert cache.find(request_, PROVIDER) is None


@pytest.mark.parametrize(
    "change",
    [
        {"model": "n"},
        {"base_url": "http://127.0.0.1:10/v1"},
        {"base_url": None},
        {"kind": "azure"},
        {"api_version": "2025-01-01"},
        {"reply_format": ReplyFormat.TEXT},
        {"output_tokens": 99},
    ],
)
def test_another_model_finds_nothing(opened: Opened, change: dict[str, Any]) -> None:
    cache = opened()
    cache.keep(REQUEST, PROVIDER, REPLY)

    assert cache.find(REQUEST, PROVIDER.model_copy(update=change)) is None
    assert cache.find(REQUEST, PROVIDER.model_copy(update={"name": "another name"})) == REPLY


def test_another_version_of_ragkit_finds_nothing(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = opened()
    cache.keep(REQUEST, PROVIDER, REPLY)
    monkeypatch.setattr("ragkit.language_models.cache.version", lambda name: "999")

    assert cache.find(REQUEST, PROVIDER) is None


def test_the_random_delimiter_of_a_request_does_not_matter(opened: Opened) -> None:
    cache = opened()
    cache.keep(REQUEST, PROVIDER, REPLY)
    other = tuple(Message(message.role, message.content + " delimiter") for message in REQUEST.messages)

    assert cache.find(replace(REQUEST, messages=other), PROVIDER) == REPLY


def test_a_request_that_is_not_to_be_kept_is_not_kept(opened: Opened, tmp_path: Path) -> None:
    cache, request = opened(), replace(REQUEST, cache_text=None)
    cache.keep(request, PROVIDER, REPLY)

    assert cache.find(request, PROVIDER) is None
    assert b"zyxomel" not in files(tmp_path)


def test_the_question_is_in_no_file_and_encrypted_the_reply_is_not_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = new_key()
    for folder, sealing in ((tmp_path / "plain", Plain()), (tmp_path / "sealed", encrypted(monkeypatch, key))):
        cache = ReplyCache(folder, sealing, days=1, megabytes=1)
        cache.keep(REQUEST, PROVIDER, REPLY)
        assert SECRET_WORDS.encode() not in files(folder)
        assert b"cupboard" not in files(folder)
        cache.close()
        assert len(files(folder)) > 1000

    assert b"Give 5 mg" in files(tmp_path / "plain")
    assert b"mg" not in files(tmp_path / "sealed")
    assert b"answers" not in files(tmp_path / "sealed")
    assert key.encode() not in files(tmp_path / "sealed")
    assert base64.b64decode(key) not in files(tmp_path / "sealed")


def test_without_the_key_nobody_can_tell_which_questions_were_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = encrypted(monkeypatch, new_key()), encrypted(monkeypatch, new_key())

    assert one.name(b"question") == one.name(b"question")
    assert len({one.name(b"question"), other.name(b"question"), Plain().name(b"question")}) == 3
    assert one.seal(b"text", b"name") != one.seal(b"text", b"name")


def test_only_this_user_may_read_the_files(opened: Opened, tmp_path: Path) -> None:
    opened(folder=tmp_path / "new" / "folder").keep(REQUEST, PROVIDER, REPLY)

    assert (tmp_path / "new" / "folder").stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "new" / "folder").iterdir())


def test_after_a_change_of_key_nothing_of_before_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = ReplyCache(tmp_path, Plain(), days=1, megabytes=1)
    plain.keep(REQUEST, PROVIDER, REPLY)
    plain.close()

    for _ in range(2):
        sealed = ReplyCache(tmp_path, encrypted(monkeypatch, new_key()), days=1, megabytes=1)
        assert b"Give 5 mg" not in files(tmp_path)
        assert sealed.find(REQUEST, PROVIDER) is None
        sealed.keep(REQUEST, PROVIDER, REPLY)
        assert sealed.find(REQUEST, PROVIDER) == REPLY
        sealed.close()


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_changed_byte_is_noticed(data: st.DataObject) -> None:
    os.environ["RAGKIT_TEST_CACHE_KEY"] = base64.b64encode(bytes(range(32))).decode()
    sealed_with = sealing_of(CacheSettings(encrypted=True, key_variable="RAGKIT_TEST_CACHE_KEY"))
    for sealing in (Plain(), sealed_with):
        text, name = data.draw(st.binary(max_size=100)), sealing.name(b"question")
        sealed = bytearray(sealing.seal(text, name))
        assert sealing.open(bytes(sealed), name) == text
        assert sealing.open(bytes(sealed), sealing.name(b"another")) is None
        place, change = data.draw(st.integers(0, len(sealed) - 1)), data.draw(st.integers(1, 255))
        sealed[place] ^= change
        assert sealing.open(bytes(sealed), name) is None
        assert sealing.open(bytes(sealed[:place]), name) is None


def test_a_damaged_reply_is_thrown_away(opened: Opened, tmp_path: Path) -> None:
    cache = opened()
    cache.keep(REQUEST, PROVIDER, REPLY)
    with sqlite3.connect(tmp_path / "replies.sqlite") as database:
        database.execute("UPDATE replies SET sealed = substr(sealed, 1, length(sealed) - 1) || x'00'")
    database.close()

    assert cache.find(REQUEST, PROVIDER) is None
    with sqlite3.connect(tmp_path / "replies.sqlite") as database:
        assert database.execute("SELECT count(*) FROM replies").fetchone() == (0,)
    database.close()


def test_old_replies_are_thrown_away(opened: Opened) -> None:
    now = [1_000_000.0]
    cache = opened(days=2, clock=lambda: now[0])
    cache.keep(REQUEST, PROVIDER, REPLY)
    now[0] += 2 * 86_400 - 1
    assert cache.find(REQUEST, PROVIDER) == REPLY
    now[0] += 1
    assert cache.find(REQUEST, PROVIDER) is None


def test_where_there_is_no_room_the_oldest_go(opened: Opened) -> None:
    now = [1_000_000.0]
    cache = opened(megabytes=0.01, clock=lambda: now[0])
    requests = [replace(REQUEST, cache_text=str(number)) for number in range(20)]
    for request in requests:
        now[0] += 1
        cache.keep(request, PROVIDER, ModelReply("x" * 1000, Usage(1, 1)))

    found = [cache.find(request, PROVIDER) is not None for request in requests]
    assert found == sorted(found)
    assert 7 <= sum(found) <= 9


def test_one_can_be_forgotten_and_no_byte_of_it_is_left_when_the_file_is_closed(opened: Opened, tmp_path: Path) -> None:
    cache = opened(sealing=Plain())
    for number in range(30):
        cache.keep(replace(REQUEST, cache_text=str(number)), PROVIDER, ModelReply(f"word{number}-", Usage(1, 1)))
    cache.forget(replace(REQUEST, cache_text="7"), PROVIDER)
    cache.close()

    assert b"word8-" in files(tmp_path)
    assert b"word7-" not in files(tmp_path)


def test_all_can_be_forgotten_and_no_byte_is_left(opened: Opened, tmp_path: Path) -> None:
    cache = opened(sealing=Plain())
    for number in range(30):
        cache.keep(replace(REQUEST, cache_text=str(number)), PROVIDER, REPLY)
    assert b"zyxomel" in files(tmp_path)

    assert cache.forget_all()
    assert b"zyxomel" not in files(tmp_path)
    assert cache.find(REQUEST, PROVIDER) is None
    cache.keep(REQUEST, PROVIDER, REPLY)
    assert cache.find(REQUEST, PROVIDER) == REPLY


def test_all_can_be_forgotten_without_the_key_while_others_use_it(
    opened: Opened, tmp_path: Path, sealing: Sealing
) -> None:
    cache, where = opened(), CacheSettings(folder=tmp_path)
    cache.keep(REQUEST, PROVIDER, REPLY)

    forget_replies(where)
    assert cache.find(REQUEST, PROVIDER) is None
    assert b"zyxomel" not in files(tmp_path)
    forget_replies(CacheSettings())
    forget_replies(CacheSettings(folder=tmp_path / "none"))
    assert not (tmp_path / "none").exists()


def test_what_cannot_be_forgotten_is_said_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "replies.sqlite").mkdir()

    with pytest.raises(StoreError, match="by hand"):
        forget_replies(CacheSettings(folder=tmp_path))


def test_a_damaged_file_is_made_anew(opened: Opened, tmp_path: Path) -> None:
    first = opened()
    first.keep(REQUEST, PROVIDER, REPLY)
    first.close()
    for path in tmp_path.iterdir():
        path.write_bytes(b"this is no database " * 1000)

    cache = opened()
    assert cache.find(REQUEST, PROVIDER) is None
    cache.keep(REQUEST, PROVIDER, REPLY)
    assert cache.find(REQUEST, PROVIDER) == REPLY


def test_where_it_cannot_be_used_answers_come_without_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with (
        ScriptedServer(does.says(GOOD)) as server,
        language_models(server.provider(), cache=CacheSettings(folder=tmp_path / "file")) as models,
    ):
        assert ask(models).value == GOOD
        assert not models.forget_all()


def test_while_another_process_writes_nobody_waits_long(opened: Opened, tmp_path: Path) -> None:
    cache = opened()
    cache.keep(REQUEST, PROVIDER, REPLY)
    other = sqlite3.connect(tmp_path / "replies.sqlite", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with ThreadPoolExecutor(20) as threads:
        list(threads.map(lambda _: cache.keep(REQUEST, PROVIDER, REPLY), range(20)))
    other.close()


def test_many_threads_use_it_at_once(opened: Opened) -> None:
    cache = opened()
    requests = [replace(REQUEST, cache_text=str(number % 10)) for number in range(200)]

    def use(request: Any) -> bool:
        cache.keep(request, PROVIDER, REPLY)
        return cache.find(request, PROVIDER) == REPLY

    with ThreadPoolExecutor(20) as threads:
        assert all(threads.map(use, requests))


@pytest.mark.parametrize("key", ["", "c2hvcnQ=", "not base64 !", "x" * 44])
def test_encryption_without_a_right_key_is_an_error_at_once(
    key: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RAGKIT_CACHE_KEY", key)
    with pytest.raises(SettingsError) as raised:
        build_cache(CacheSettings(folder=tmp_path, encrypted=True))

    assert not key or key not in str(raised.value)


def test_no_folder_is_no_cache() -> None:
    assert build_cache(CacheSettings(encrypted=True)) is None


def test_the_second_time_nobody_is_asked_and_nothing_is_paid(tmp_path: Path) -> None:
    with (
        ScriptedServer(does.says(GOOD)) as server,
        language_models(server.provider(input_price=5), cache=CacheSettings(folder=tmp_path)) as models,
    ):
        first, second, streamed = ask(models), ask(models), Streamed(models, REQUEST)

    assert first.value == second.value == GOOD
    assert len(server.chats) == 1
    assert (first.reply.from_cache, second.reply.from_cache) == (False, True)
    assert (second.reply.cost, second.attempts[0].requests) == (0, 0)
    assert second.attempts[0].from_cache
    assert streamed.text == first.reply.text
    assert streamed.attempts[0].from_cache


def test_a_kept_reply_is_found_whoever_would_be_asked_first(tmp_path: Path) -> None:
    with ScriptedServer(does.says(GOOD)) as server:
        providers = [server.provider(name, model=name) for name in "abcd"]
        with language_models(*providers, cache=CacheSettings(folder=tmp_path)) as models:
            assert [ask(models).reply.from_cache for _ in range(6)] == [False] + [True] * 5


def test_a_streamed_reply_is_kept_where_somebody_says_that_it_is_usable(tmp_path: Path) -> None:
    wrong, right = does.says({"wrong": 1}), does.says(GOOD)
    with (
        ScriptedServer([right, wrong, right]) as server,
        language_models(server.provider(), cache=CacheSettings(folder=tmp_path)) as models,
    ):
        streamed = [Streamed(models, REQUEST), *(Streamed(models, REQUEST, accept=accept) for _ in range(4))]

        assert [each.attempts[0].from_cache for each in streamed] == [False, False, False, True, True]
        assert len(server.chats) == 3


def test_a_kept_reply_that_is_streamed_and_not_accepted_any_more_is_thrown_away(tmp_path: Path) -> None:
    with ScriptedServer(does.says(GOOD)) as server:
        provider = server.provider()
        kept = ReplyCache(tmp_path, Plain(), days=1, megabytes=1)
        kept.keep(REQUEST, provider, ModelReply('{"wrong": 1}', Usage(1, 1)))
        kept.close()
        with language_models(provider, cache=CacheSettings(folder=tmp_path)) as models:
            assert not Streamed(models, REQUEST, accept=accept).attempts[0].from_cache
            assert Streamed(models, REQUEST, accept=accept).attempts[0].from_cache


def test_a_reply_that_is_not_accepted_is_not_kept(tmp_path: Path) -> None:
    with (
        ScriptedServer([does.says({"wrong": 1}), does.says(GOOD)]) as server,
        language_models(server.provider(), cache=CacheSettings(folder=tmp_path)) as models,
    ):
        assert attempts(models)[0].outcome is Outcome.UNUSABLE
        assert ask(models).value == GOOD
        assert len(server.chats) == 2


def test_a_kept_reply_that_is_not_accepted_any_more_is_thrown_away(tmp_path: Path) -> None:
    with ScriptedServer(does.says(GOOD)) as server:
        provider = server.provider()
        kept = ReplyCache(tmp_path, Plain(), days=1, megabytes=1)
        kept.keep(REQUEST, provider, ModelReply('{"wrong": 1}', Usage(1, 1)))
        kept.close()
        with language_models(provider, cache=CacheSettings(folder=tmp_path)) as models:
            assert ask(models).value == GOOD
            assert ask(models).reply.from_cache
