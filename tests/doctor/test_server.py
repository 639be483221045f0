from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ragkit.doctor import Level, examine
from tests.doctor.conftest import WriteDeployment, findings, the_finding
from tests.language_models.scripted_server import refused_address

KEYS = {"keys": [{"kty": "EC", "kid": "1", "crv": "P-256", "x": "x", "y": "y"}]}


class SignOn:
    """A sign-on service's address of keys that says what a test tells it to."""

    def __init__(self) -> None:
        self.status, self.body, self.date = 200, json.dumps(KEYS).encode(), datetime.now(UTC)
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response_only(service.status)
                self.send_header("Date", format_datetime(service.date, usegmt=True))
                self.send_header("Content-Length", str(len(service.body)))
                self.end_headers()
                self.wfile.write(service.body)

            def log_message(self, format: str, *args: object) -> None:
                """Silent."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/keys"


@pytest.fixture
def sign_on() -> Iterator[SignOn]:
    service = SignOn()
    thread = threading.Thread(target=service.http.serve_forever, args=(0.02,))
    thread.start()
    yield service
    service.http.shutdown()
    thread.join()
    service.http.server_close()


def identity(more: str) -> str:
    return f'[server.identity]\nissuer = "https://login.example/"\naudience = "ragkit"\n{more}\n'


def test_without_identity_nobody_is_served_and_that_is_said() -> None:
    assert "serves nobody" in the_finding(examine(offline=True), "identity").found


def test_keys_behind_an_address_are_fetched(write_deployment: WriteDeployment, sign_on: SignOn) -> None:
    examination = examine(None, write_deployment(identity(f'jwks_url = "{sign_on.url}"')))
    finding = the_finding(examination, "signing keys")
    assert (finding.level, finding.found) == (Level.OK, "1 public key(s) from 127.0.0.1")
    assert finding.milliseconds is not None
    assert the_finding(examination, "clock").level is Level.OK


def test_offline_nobody_is_asked(write_deployment: WriteDeployment, sign_on: SignOn) -> None:
    sign_on.status = 500
    examination = examine(None, write_deployment(identity(f'jwks_url = "{sign_on.url}"')), offline=True)
    assert not findings(examination, "signing keys")


def test_an_address_that_fails_is_a_failure(write_deployment: WriteDeployment, sign_on: SignOn) -> None:
    sign_on.status = 404
    finding = the_finding(examine(None, write_deployment(identity(f'jwks_url = "{sign_on.url}"'))), "signing keys")
    assert (finding.level, finding.found) == (Level.FAILED, "127.0.0.1 replied with status 404")


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"keys": []}', b'{"keys": [{"kty": "oct", "k": "secret"}]}'])
def test_what_is_no_set_of_public_keys_is_a_failure(
    write_deployment: WriteDeployment, sign_on: SignOn, body: bytes
) -> None:
    sign_on.body = body
    finding = the_finding(examine(None, write_deployment(identity(f'jwks_url = "{sign_on.url}"'))), "signing keys")
    assert finding.level is Level.FAILED
    assert "secret" not in finding.model_dump_json()


def test_an_address_where_nobody_listens_is_a_failure(write_deployment: WriteDeployment) -> None:
    with refused_address() as address:
        file = write_deployment(identity(f'jwks_url = "{address}"'))
        finding = the_finding(examine(None, file), "signing keys")
    assert finding.level is Level.FAILED
    assert "Nobody can sign in" in finding.advice


@pytest.mark.parametrize(("seconds", "level"), [(12, Level.WARNING), (-12, Level.WARNING), (300, Level.FAILED)])
def test_clocks_that_differ_are_told(
    write_deployment: WriteDeployment, sign_on: SignOn, seconds: int, level: Level
) -> None:
    sign_on.date += timedelta(seconds=seconds)
    examination = examine(None, write_deployment(identity(f'jwks_url = "{sign_on.url}"')))
    assert the_finding(examination, "clock").level is level


def test_keys_in_a_file_are_read(write_deployment: WriteDeployment, tmp_path: Path) -> None:
    file = write_deployment(identity('jwks_file = "keys.json"'))
    assert the_finding(examine(None, file, offline=True), "signing keys").level is Level.FAILED
    (tmp_path / "keys.json").write_text(json.dumps(KEYS))
    assert the_finding(examine(None, file, offline=True), "signing keys").level is Level.OK


def test_a_metrics_key_that_is_not_set_fails(
    write_deployment: WriteDeployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("METRICS_KEY", raising=False)
    file = write_deployment('[server.metrics]\naccess = "bearer"\nkey_variable = "METRICS_KEY"\n')
    assert the_finding(examine(None, file, offline=True), "metrics key").level is Level.FAILED


@pytest.mark.parametrize(("days", "level"), [(-1, Level.FAILED), (10, Level.WARNING), (400, Level.OK)])
def test_certificates_are_good_end_soon_or_have_ended(
    write_deployment: WriteDeployment, tmp_path: Path, days: int, level: Level
) -> None:
    (tmp_path / "ca.pem").write_bytes(authority(datetime.now(UTC) + timedelta(days=days)))
    (tmp_path / "keys.json").write_text(json.dumps(KEYS))
    file = write_deployment(identity('jwks_file = "keys.json"\nca_file = "ca.pem"'))
    assert the_finding(examine(None, file, offline=True), "certificates").level is level


def authority(until: datetime) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Hospital authority")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(until - timedelta(days=1000))
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM)
