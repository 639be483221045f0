from __future__ import annotations

import base64
from datetime import date
from pathlib import Path

import pytest

from ragkit.doctor import Level, examine
from ragkit.doctor.finding import Examination
from ragkit.language_models.budget import Expense
from ragkit.language_models.spending import FileLedger
from ragkit.settings import Settings
from ragkit.store.store import Store
from tests.doctor.conftest import WriteDeployment, findings, the_finding

KEY = "sk-test-51-characters-that-must-never-be-shown-1234"

CHATGPT = """
[[providers]]
name = "chat"
model = "gpt-x"
key_variable = "CHAT_KEY"
input_price = 1
output_price = 4
"""
IN_THE_HOSPITAL = """
[[providers]]
name = "inside"
model = "m"
base_url = "https://llm.hospital.example/v1"
zone = "on_premises"
"""


def look(file: Path) -> Examination:
    return examine(None, file, offline=True)


def test_the_default_deployment_sends_nothing_anywhere() -> None:
    examination = examine(offline=True)
    assert examination.level is Level.OK
    assert the_finding(examination, "profile").found == (
        "local: no connection leaves this machine. Questions go nowhere"
    )


def test_a_file_that_cannot_be_used_fails_and_the_rest_is_looked_at(write_deployment: WriteDeployment) -> None:
    examination = look(write_deployment("profile = 'everywhere'"))
    finding = the_finding(examination, "file")
    assert finding.level is Level.FAILED
    assert "profile" in finding.found
    assert the_finding(examination, "packages").level is Level.OK


def test_the_profile_is_told_in_plain_words(write_deployment: WriteDeployment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAT_KEY", KEY)
    examination = look(write_deployment("profile = 'hybrid'\n" + CHATGPT + IN_THE_HOSPITAL))
    found = the_finding(examination, "profile").found
    assert "questions with patient identifiers and internal-only documents stay on premises" in found
    assert "gpt-x at https://api.openai.com (outside the hospital)" in found
    assert "m at https://llm.hospital.example (on premises)" in found


def test_hybrid_without_a_model_on_premises_is_a_warning(
    write_deployment: WriteDeployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHAT_KEY", KEY)
    found = findings(look(write_deployment("profile = 'hybrid'\n" + CHATGPT)), "profile")
    assert any(each.level is Level.WARNING and "no language model on premises" in each.found for each in found)


def test_a_key_is_counted_and_never_shown(write_deployment: WriteDeployment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAT_KEY", KEY)
    examination = look(write_deployment("profile = 'cloud'\n" + CHATGPT))
    assert the_finding(examination, "key", "chat").found == "set, 51 characters (variable CHAT_KEY)"
    assert KEY not in examination.model_dump_json()


def test_a_key_that_is_named_and_not_there_fails(
    write_deployment: WriteDeployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CHAT_KEY", raising=False)
    finding = the_finding(look(write_deployment("profile = 'cloud'\n" + CHATGPT)), "key", "chat")
    assert finding.level is Level.FAILED
    assert "CHAT_KEY" in finding.found


def test_a_key_file_that_others_can_read_fails(write_deployment: WriteDeployment, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(KEY)
    (tmp_path / "key").chmod(0o644)
    file = write_deployment("profile = 'cloud'\n" + CHATGPT.replace('key_variable = "CHAT_KEY"', 'key_file = "key"'))
    finding = the_finding(look(file), "key", "chat")
    assert finding.level is Level.FAILED
    assert "chmod 600" in finding.found
    (tmp_path / "key").chmod(0o600)
    finding = the_finding(look(file), "key", "chat")
    assert finding.level is Level.OK
    assert finding.found.endswith("key, -rw-------)")


def test_a_server_in_the_hospital_may_want_no_key(write_deployment: WriteDeployment) -> None:
    examination = look(
        write_deployment('profile = "on_premises"\nallowed_hosts = ["llm.hospital.example"]\n' + IN_THE_HOSPITAL)
    )
    assert the_finding(examination, "key", "inside").found == "none is wanted"


def test_plain_http_beyond_this_machine_is_a_warning(write_deployment: WriteDeployment) -> None:
    plain = IN_THE_HOSPITAL.replace("https://", "http://")
    file = write_deployment('profile = "on_premises"\nallowed_hosts = ["http://llm.hospital.example"]\n' + plain)
    warnings = [each for each in findings(look(file), "hosts") if each.level is Level.WARNING]
    assert [each.found.split(" is spoken to")[0] for each in warnings] == ["http://llm.hospital.example"]


def test_certificates_that_cannot_be_read_fail(write_deployment: WriteDeployment, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    file = write_deployment(
        'profile = "on_premises"\nallowed_hosts = ["llm.hospital.example"]\n' + IN_THE_HOSPITAL + 'ca_file = "ca.pem"\n'
    )
    assert the_finding(look(file), "certificates", "inside").level is Level.FAILED


def test_a_cloud_model_without_a_limit_is_a_warning(
    write_deployment: WriteDeployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHAT_KEY", KEY)
    file = write_deployment("profile = 'cloud'\n" + CHATGPT)
    assert the_finding(look(file), "budget").level is Level.WARNING
    file = write_deployment("profile = 'cloud'\n" + CHATGPT + "[budget]\ntokens_per_answer = 9000\n")
    assert the_finding(look(file), "budget").found == "9,000 tokens an answer"


def test_a_limit_of_a_day_that_each_process_counts_for_itself_is_a_warning(
    write_deployment: WriteDeployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHAT_KEY", KEY)
    limited = "profile = 'cloud'\n" + CHATGPT + "[budget]\ncost_per_day = 5\n"
    assert [each.level for each in findings(look(write_deployment(limited)), "budget")] == [Level.WARNING, Level.OK]
    kept = write_deployment(limited + '[cache]\nfolder = "cache"\n')
    assert the_finding(look(kept), "budget").level is Level.OK


def test_what_was_spent_today_is_told_and_a_budget_that_is_used_up_is_a_warning(
    write_deployment: WriteDeployment, tmp_path: Path
) -> None:
    file = write_deployment('[budget]\ntokens_per_day = 1000\n[cache]\nfolder = "cache"\n')
    assert the_finding(look(file), "budget").found == "1,000 tokens a day"
    ledger = FileLedger(tmp_path / "cache")
    ledger.add(date.today(), Expense(400, 0.25))
    assert the_finding(look(file), "budget").found.endswith("today so far 400 tokens, 0.25 by the prices given")
    ledger.add(date.today(), Expense(600, 0.25))
    ledger.close()
    assert the_finding(look(file), "budget").level is Level.WARNING


def test_a_server_that_gives_up_before_the_answer_is_a_warning(write_deployment: WriteDeployment) -> None:
    file = write_deployment(
        'profile = "on_premises"\nallowed_hosts = ["llm.hospital.example"]\n'
        + IN_THE_HOSPITAL
        + "[generation]\ndeadline_seconds = 40\n"
        + '[server]\nanswer_seconds = 20\n[server.identity]\nissuer = "i"\naudience = "a"\njwks_file = "k.json"\n'
    )
    assert any(each.level is Level.WARNING for each in findings(look(file), "generation"))


def test_an_encrypted_cache_wants_a_usable_key(
    write_deployment: WriteDeployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write_deployment('[cache]\nfolder = "cache"\nencrypted = true\nkey_variable = "CACHE_KEY"\n')
    monkeypatch.delenv("CACHE_KEY", raising=False)
    assert the_finding(look(file), "cache key").level is Level.FAILED
    monkeypatch.setenv("CACHE_KEY", base64.b64encode(b"only 20 bytes of key").decode())
    finding = the_finding(look(file), "cache key")
    assert (finding.level, finding.found) == (Level.FAILED, "it is no 32 bytes in base64")
    monkeypatch.setenv("CACHE_KEY", base64.b64encode(b"k" * 32).decode())
    examination = look(file)
    assert the_finding(examination, "cache key").level is Level.OK
    assert not (file.parent / "cache").exists()


def test_a_cache_in_clear_text_is_a_warning(write_deployment: WriteDeployment) -> None:
    assert the_finding(look(write_deployment('[cache]\nfolder = "cache"\n')), "cache").level is Level.WARNING


def test_a_cache_folder_that_is_a_file_fails(write_deployment: WriteDeployment, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("")
    assert the_finding(look(write_deployment('[cache]\nfolder = "cache"\n')), "cache").level is Level.FAILED


def test_content_in_spans_is_a_warning(write_deployment: WriteDeployment) -> None:
    file = write_deployment("[telemetry]\nspans = true\ncontent = true\n")
    assert the_finding(look(file), "telemetry").level is Level.WARNING


def test_an_embedding_model_behind_a_server_is_told_where_questions_go_and_has_to_be_permitted(
    write_deployment: WriteDeployment, tmp_path: Path
) -> None:
    settings = Settings(embedding_model="openai:e5", embedding_base_url="https://embed.hospital.example/v1")
    with Store.open(tmp_path / "kb") as store:
        store.record("settings", settings.model_dump_json())
    finding = the_finding(examine(tmp_path / "kb", offline=True), "embedding")
    assert finding.level is Level.FAILED and "embed.hospital.example" in finding.found
    permitted = write_deployment('profile = "on_premises"\nallowed_hosts = ["embed.hospital.example"]\n')
    examination = examine(tmp_path / "kb", permitted, offline=True)
    assert the_finding(examination, "embedding").level is Level.OK
    told = [each.found for each in findings(examination, "profile")]
    assert "e5 at https://embed.hospital.example (every question and every text is embedded there)" in told[0]
