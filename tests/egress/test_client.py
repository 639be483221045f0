"""The HTTP client under a policy: over real sockets, against servers that stand for hosts elsewhere."""

from __future__ import annotations

import gzip
import threading
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

from ragkit.deployment.deployment import Deployment, Profile, ProviderSettings
from ragkit.egress.client import UnusableResponseError, build_http_client
from ragkit.egress.policy import LOCAL_ONLY, EgressPolicy
from ragkit.errors import EgressError, SettingsError
from tests.egress.servers import Authority, Handler, Network, Server, running

MODELS, CLOUD = "models.hospital.test", "cloud.test"
ON_PREMISES = EgressPolicy.of(Deployment(profile=Profile.ON_PREMISES, allowed_hosts=(MODELS,)))


class Seconds:
    """A deadline."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    @property
    def remaining(self) -> float:
        return max(0.0, self._end - time.monotonic())


def answer(handler: Handler, body: bytes) -> None:
    """What the servers do, by path."""
    path = handler.path
    if path == "/to-evil":
        handler.send(307, Location="https://evil.test/steal")
    elif path == "/to-metadata":
        handler.send(302, Location="http://169.254.169.254/latest")
    elif path == "/large":
        handler.send(200, b"x" * 10_000_000)
    elif path == "/endless":
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        while True:
            handler.wfile.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
    elif path == "/bomb":
        handler.send(200, gzip.compress(b"x" * 1_000_000), Content_Encoding="gzip")
    elif path == "/drip":
        handler.send_response(200)
        handler.send_header("Content-Length", "10000")
        handler.end_headers()
        drip(handler, b"x")
    elif path == "/drip-headers":
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        drip(handler, b"x-more: 1\r\n")
    elif path == "/silence":
        drip(handler, b"")
    else:
        handler.send(200, b"hello")


def drip(handler: Handler, piece: bytes) -> None:
    for _ in range(400):
        handler.wfile.write(piece)
        handler.wfile.flush()
        time.sleep(0.05)


@pytest.fixture
def plain() -> Iterator[Server]:
    with running(Server(answer)) as server:
        yield server


@pytest.fixture
def models(network: Network, authority: Authority) -> Iterator[Server]:
    """Stands for the host on premises, over TLS."""
    with running(Server(answer, authority.context(MODELS))) as server:
        network.stand_in(MODELS, "10.20.30.40", server)
        yield server


def test_a_loopback_server_is_reached_and_no_name_is_looked_up(network: Network, plain: Server) -> None:
    network.names["localhost"] = "203.0.113.9"  # a hosts file or a resolver that lies
    with build_http_client(LOCAL_ONLY) as client:
        assert client.get(f"http://127.0.0.1:{plain.server_port}/").text == "hello"
        assert client.get(f"http://localhost:{plain.server_port}/").text == "hello"
        assert client.get(f"http://models.localhost:{plain.server_port}/").text == "hello"
    assert network.looked_up == []
    assert set(network.connected) == {("127.0.0.1", plain.server_port)}


def test_another_host_is_refused_before_its_name_is_looked_up(network: Network) -> None:
    network.names["intranet.test"] = "127.0.0.1"  # a name for this machine that only a look-up would show
    with build_http_client(LOCAL_ONLY) as client:
        for url in (f"https://{MODELS}/v1", "http://intranet.test/", "http://10.0.0.7/", "http://localhost@evil.test/"):
            with pytest.raises(EgressError):
                client.get(url)
    assert (network.looked_up, network.connected) == ([], [])


def test_a_listed_host_is_reached_over_tls_with_the_hospitals_authority(
    network: Network, models: Server, authority: Authority
) -> None:
    with build_http_client(ON_PREMISES, ca_file=authority.ca_file) as client:
        assert client.get(f"https://{MODELS}/").text == "hello"
    assert network.outside == ["10.20.30.40"]


def test_the_deployments_authority_is_trusted_too(models: Server, authority: Authority) -> None:
    deployment = Deployment(profile=Profile.ON_PREMISES, allowed_hosts=(MODELS,), ca_file=authority.ca_file)
    with build_http_client(EgressPolicy.of(deployment)) as client:
        assert client.get(f"https://{MODELS}/").text == "hello"


def test_a_certificate_of_an_unknown_authority_is_refused(models: Server) -> None:
    with build_http_client(ON_PREMISES) as client, pytest.raises(httpx2.ConnectError, match="certificate"):
        client.get(f"https://{MODELS}/")
    assert models.received == []


def test_a_certificate_for_another_name_is_refused(network: Network, authority: Authority) -> None:
    with running(Server(answer, authority.context("other.hospital.test"))) as impostor:
        network.stand_in(MODELS, "10.20.30.40", impostor)
        with (
            build_http_client(ON_PREMISES, ca_file=authority.ca_file) as client,
            pytest.raises(httpx2.ConnectError, match="certificate"),
        ):
            client.get(f"https://{MODELS}/")
    assert impostor.received == []


def test_certificates_go_unchecked_on_loopback_only(network: Network, models: Server, authority: Authority) -> None:
    with (
        running(Server(answer, authority.context("127.0.0.1"))) as local,
        build_http_client(ON_PREMISES, verify_tls=False) as client,
    ):
        assert client.get(f"https://127.0.0.1:{local.server_port}/").text == "hello"
        with pytest.raises(EgressError, match="has to be checked"):
            client.get(f"https://{MODELS}/")
    assert network.outside == []


def test_a_file_that_holds_no_certificates_is_reported(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate", encoding="utf-8")
    for file in (tmp_path / "ca.pem", tmp_path / "missing.pem"):
        with pytest.raises(SettingsError, match="cannot be read"):
            build_http_client(LOCAL_ONLY, ca_file=file)


@pytest.mark.parametrize("path", ["/to-evil", "/to-metadata"])
def test_every_hop_of_a_redirect_is_checked(network: Network, plain: Server, path: str) -> None:
    with build_http_client(LOCAL_ONLY) as client:
        assert client.get(f"http://127.0.0.1:{plain.server_port}{path}").is_redirect
        with pytest.raises(EgressError):
            client.get(f"http://127.0.0.1:{plain.server_port}{path}", follow_redirects=True)
    assert (network.looked_up, network.outside) == ([], [])


def test_proxies_certificates_and_passwords_of_the_environment_are_not_used(
    network: Network, plain: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with running(Server(answer)) as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.server_port}")
        monkeypatch.setenv("NO_PROXY", "")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
        (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password hunter2\n", encoding="utf-8")
        monkeypatch.setenv("HOME", str(tmp_path))
        with build_http_client(LOCAL_ONLY) as client:
            assert client.get(f"http://127.0.0.1:{plain.server_port}/").text == "hello"
            with pytest.raises(EgressError):
                client.get("http://evil.test/")
        assert proxy.received == []
    assert b"authorization" not in plain.received[0].lower()


def test_a_proxy_of_the_deployment_carries_cloud_requests_and_no_others(
    network: Network, plain: Server, models: Server, authority: Authority
) -> None:
    with running(Server(lambda handler, body: handler.send(502))) as proxy:
        network.stand_in("proxy.hospital.test", "10.20.30.50", proxy)
        deployment = Deployment(
            profile=Profile.HYBRID,
            allowed_hosts=(MODELS, "http://proxy.hospital.test:3128"),
            providers=(ProviderSettings(name="cloud", model="m", base_url=f"https://{CLOUD}/v1"),),
            proxy="http://proxy.hospital.test:3128",
        )
        with build_http_client(EgressPolicy.of(deployment), ca_file=authority.ca_file) as client:
            assert client.get(f"https://{MODELS}/").text == "hello"
            assert client.get(f"http://127.0.0.1:{plain.server_port}/").text == "hello"
            assert proxy.received == []
            with pytest.raises(httpx2.ProxyError):
                client.get(f"https://{CLOUD}/v1")
        assert proxy.received[0].startswith(f"CONNECT {CLOUD}:443".encode())
    assert CLOUD not in network.looked_up


def test_what_goes_through_a_proxy_is_encrypted_up_to_the_service(network: Network, authority: Authority) -> None:
    with (
        running(Server(answer, authority.context(CLOUD))) as cloud,
        running(Server(lambda handler, body: handler.tunnel(cloud.server_port))) as proxy,
    ):
        deployment = Deployment(
            profile=Profile.CLOUD,
            providers=(ProviderSettings(name="cloud", model="m", base_url=f"https://{CLOUD}/v1"),),
            proxy=f"http://127.0.0.1:{proxy.server_port}",
            ca_file=authority.ca_file,
        )
        with build_http_client(EgressPolicy.of(deployment)) as client:
            assert client.get(f"https://{CLOUD}/v1", headers={"Authorization": "Bearer secret"}).text == "hello"
        assert b"Bearer secret" in cloud.received[0]
        assert len(proxy.received) > 1
        assert b"secret" not in b"".join(proxy.received)
    assert network.looked_up == []


def test_a_listed_host_is_reached_also_where_its_name_ends_in_a_dot(models: Server, authority: Authority) -> None:
    with build_http_client(ON_PREMISES, ca_file=authority.ca_file) as client:
        assert client.get(f"https://{MODELS.upper()}./").text == "hello"


@pytest.mark.parametrize("path", ["/large", "/endless"])
def test_a_reply_that_is_too_long_is_cut_off(plain: Server, path: str) -> None:
    with build_http_client(LOCAL_ONLY, max_reply_bytes=1_000_000) as client:
        with pytest.raises(UnusableResponseError, match="longer than 1,000,000 bytes"):
            client.get(f"http://127.0.0.1:{plain.server_port}{path}")
        assert client.get(f"http://127.0.0.1:{plain.server_port}/").text == "hello"


def test_a_compressed_reply_which_nobody_asked_for_is_not_unpacked(plain: Server) -> None:
    with build_http_client(LOCAL_ONLY) as client, pytest.raises(UnusableResponseError, match="compressed"):
        client.get(f"http://127.0.0.1:{plain.server_port}/bomb")
    assert b"accept-encoding: identity" in plain.received[0].lower()


@pytest.mark.parametrize("path", ["/drip", "/drip-headers", "/silence"])
def test_a_server_that_drips_does_not_outlast_the_timeout(plain: Server, path: str) -> None:
    started = time.monotonic()
    with build_http_client(LOCAL_ONLY, timeout=0.4) as client, pytest.raises(httpx2.ReadTimeout):
        client.get(f"http://127.0.0.1:{plain.server_port}{path}")
    assert time.monotonic() - started < 5  # the reply as a whole would take 20 s


@pytest.mark.parametrize("path", ["/drip", "/silence"])
def test_a_deadline_bounds_all_requests_of_a_client(plain: Server, path: str) -> None:
    started = time.monotonic()
    with build_http_client(LOCAL_ONLY, deadline=Seconds(0.4)) as client:
        with pytest.raises(httpx2.ReadTimeout):
            client.get(f"http://127.0.0.1:{plain.server_port}{path}")
        assert time.monotonic() - started < 5
        with pytest.raises(httpx2.TimeoutException, match="is over"):
            client.get(f"http://127.0.0.1:{plain.server_port}/")
    assert len(plain.received) == 1


def test_requests_of_many_threads_have_each_their_own_time(plain: Server) -> None:
    with build_http_client(LOCAL_ONLY) as client, ThreadPoolExecutor(16) as pool:

        def ask(number: int) -> str:
            slow = number % 2 == 0
            try:
                path, timeout = ("drip", 0.3) if slow else ("", 20.0)
                return client.get(f"http://127.0.0.1:{plain.server_port}/{path}", timeout=timeout).text
            except httpx2.ReadTimeout:
                return "late"

        assert list(pool.map(ask, range(32))) == ["late", "hello"] * 16


def test_a_streamed_reply_is_bounded_too(plain: Server) -> None:
    started = time.monotonic()
    arrived: list[bytes] = []
    with (
        build_http_client(LOCAL_ONLY, timeout=0.4) as client,
        pytest.raises(httpx2.ReadTimeout),
        client.stream("GET", f"http://127.0.0.1:{plain.server_port}/drip") as reply,
    ):
        arrived.extend(reply.iter_raw())
    assert arrived
    assert time.monotonic() - started < 5


def test_a_name_that_is_looked_up_for_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    found = threading.Event()

    def slow(*args: object, **options: object) -> list[object]:
        found.wait(20)
        return []

    monkeypatch.setattr("socket.getaddrinfo", slow)
    started = time.monotonic()
    with build_http_client(ON_PREMISES, timeout=0.3) as client, pytest.raises(httpx2.ConnectTimeout):
        client.get(f"https://{MODELS}/")
    assert time.monotonic() - started < 5
    found.set()


def test_an_address_that_refuses_is_followed_by_the_next_one(
    network: Network, models: Server, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    def two(host: str, port: int, *args: object, **options: object) -> list[tuple[object, ...]]:
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in (("10.20.30.41", "10.20.30.40") if host == MODELS else (host,))
        ]

    monkeypatch.setattr(socket, "getaddrinfo", two)
    with build_http_client(ON_PREMISES, ca_file=authority.ca_file) as client:
        assert client.get(f"https://{MODELS}/").text == "hello"
    assert network.outside == ["10.20.30.41", "10.20.30.40"]


def test_a_host_that_cannot_be_found_is_reported_by_its_name(network: Network) -> None:
    with build_http_client(ON_PREMISES) as client, pytest.raises(httpx2.ConnectError, match=MODELS):
        client.get(f"https://{MODELS}/")


@pytest.mark.parametrize("path", ["/silence", "/drip"])
def test_an_error_holds_no_frame_of_the_socket_layer_where_headers_are_in_clear(plain: Server, path: str) -> None:
    with build_http_client(LOCAL_ONLY, timeout=0.2) as client, pytest.raises(httpx2.ReadTimeout) as failure:
        client.get(f"http://127.0.0.1:{plain.server_port}{path}")
    error: BaseException | None = failure.value
    while error is not None:
        modules = {frame.f_globals["__name__"].split(".")[0] for frame, _ in traceback.walk_tb(error.__traceback__)}
        assert "httpcore2" not in modules
        error = error.__cause__ or error.__context__


def test_nothing_in_a_request_can_lead_it_elsewhere(network: Network, models: Server, authority: Authority) -> None:
    with build_http_client(ON_PREMISES, ca_file=authority.ca_file) as client:
        request = client.build_request(
            "GET", f"https://{MODELS}/path", extensions={"target": b"http://evil.test/", "sni_hostname": "evil.test"}
        )
        assert client.send(request).text == "hello"
    assert models.received[0].startswith(b"GET /path HTTP/1.1")
