"""Servers on loopback that stand for servers elsewhere, over TLS, and a record of every name and address that is used.

``Network`` replaces what Python asks the operating system: names are looked up in its table, connections to their
addresses arrive at the loopback server that stands for them. All that ragkit does above that is real.
"""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingTCPServer
from typing import Any

import pytest

_LOOPBACK = ("127.", "::1")


class Handler(BaseHTTPRequestHandler):
    """Hands each request to the server's ``reply``, and keeps all bytes that arrived."""

    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (ConnectionError, ssl.SSLError):
            self.close_connection = True

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.received.append(f"{self.requestline}\n{self.headers}\n".encode() + body)
        self.server.reply(self, body)

    do_GET = do_CONNECT = do_POST  # noqa: N815

    def tunnel(self, port: int) -> None:
        """Answers CONNECT, and hands all further bytes on to a loopback port and back, as a proxy does."""
        self.send_response(200)
        self.end_headers()
        with socket.create_connection(("127.0.0.1", port)) as onward:
            back = threading.Thread(target=_hand_on, args=(onward, self.connection), daemon=True)
            back.start()
            _hand_on(self.connection, onward, self.server.received)
            back.join(10)
        self.close_connection = True

    def send(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)


def _hand_on(source: socket.socket, target: socket.socket, seen: list[bytes] | None = None) -> None:
    try:
        while piece := source.recv(65536):
            if seen is not None:
                seen.append(piece)
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # one of the two hung up


class Server(ThreadingTCPServer):  # an HTTPServer would look up its own name
    """A web server on a free loopback port.

    Attributes:
        received: each request as it arrived: request line, headers and body.
        reply: what it answers.
    """

    daemon_threads = True
    request_queue_size = 64
    block_on_close = False

    def __init__(self, reply: Callable[[Handler, bytes], None], tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.reply = reply
        self.received: list[bytes] = []
        self._tls = tls

    @property
    def server_port(self) -> int:
        return int(self.server_address[1])

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        if self._tls is not None:
            # The handshake happens at the first read, in the thread of the connection.
            connection = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # clients that hang up are what is tested


@contextmanager
def running(server: Server) -> Iterator[Server]:
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Network:
    """What this process asks of the network.

    Attributes:
        names: the names that can be looked up, with the address of each.
        servers: for an address, the loopback port that stands for it.
        looked_up: every name that was looked up.
        connected: every address that was connected to, as (address, port).
    """

    names: dict[str, str] = field(default_factory=dict)
    servers: dict[str, int] = field(default_factory=dict)
    looked_up: list[str] = field(default_factory=list)
    connected: list[tuple[str, int]] = field(default_factory=list)

    def stand_in(self, name: str, address: str, server: Server) -> None:
        """Lets ``server`` stand for the host ``name``."""
        self.names[name] = address
        self.servers[address] = server.server_port

    @property
    def outside(self) -> list[str]:
        """The addresses other than this machine's that were connected to, each once."""
        return list(dict.fromkeys(address for address, _ in self.connected if not address.startswith(_LOOPBACK)))

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Puts itself between Python and the operating system."""
        real_getaddrinfo, real_connect = socket.getaddrinfo, socket.socket.connect

        def getaddrinfo(host: Any, port: Any, *args: Any, **options: Any) -> Any:
            name = host.decode() if isinstance(host, bytes) else host
            if not _is_address(name):
                self.looked_up.append(name)
                if name not in self.names:
                    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
                name = self.names[name]
            return real_getaddrinfo(name, port, *args, **options)

        def connect(connection: socket.socket, address: Any) -> None:
            if connection.family in (socket.AF_INET, socket.AF_INET6):
                self.connected.append(address[:2])
                if address[0] in self.servers:
                    address = ("127.0.0.1", self.servers[address[0]])
                elif not address[0].startswith(_LOOPBACK):
                    raise ConnectionRefusedError("nothing stands for this address")
            else:
                self.connected.append((str(address), 0))
            real_connect(connection, address)

        def forbidden(*args: Any, **options: Any) -> Any:
            raise AssertionError("another way to look up a name or to connect was used")

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        monkeypatch.setattr(socket.socket, "connect", connect)
        for other in ("gethostbyname", "gethostbyname_ex", "gethostbyaddr"):
            monkeypatch.setattr(socket, other, forbidden)
        for other in ("connect_ex", "sendto"):
            monkeypatch.setattr(socket.socket, other, forbidden)


def _is_address(name: str | None) -> bool:
    try:
        ipaddress.ip_address(name or "127.0.0.1")
    except ValueError:
        return False
    return True


@dataclass(frozen=True)
class Authority:
    """A certificate authority of the test.

    Attributes:
        ca_file: its certificate, PEM.
        folder: where certificates are written.
    """

    ca_file: Path
    folder: Path
    _key: Any
    _name: Any

    @classmethod
    def made_in(cls, folder: Path) -> Authority:
        from cryptography.hazmat.primitives.asymmetric import ec

        key = ec.generate_private_key(ec.SECP256R1())
        name = _named("Test authority")
        certificate = _certificate(name, name, key.public_key(), key, names=(), authority=True)
        path = folder / "authority.pem"
        path.write_bytes(_pem(certificate))
        return cls(path, folder, key, name)

    def context(self, *names: str) -> ssl.SSLContext:
        """What a server with these names needs to speak TLS."""
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ec

        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _certificate(_named(names[0]), self._name, key.public_key(), self._key, names, authority=False)
        path = self.folder / f"{names[0]}.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path.write_bytes(private + _pem(certificate))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


def _named(name: str) -> Any:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _pem(certificate: Any) -> bytes:
    from cryptography.hazmat.primitives import serialization

    encoded: bytes = certificate.public_bytes(serialization.Encoding.PEM)
    return encoded


def _certificate(subject: Any, issuer: Any, key: Any, signer: Any, names: tuple[str, ...], authority: bool) -> Any:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    now = datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if authority:
        usage = x509.KeyUsage(
            digital_signature=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=True,
            crl_sign=True,
            encipher_only=False,
            decipher_only=False,
        )
        builder = builder.add_extension(usage, critical=True)
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
    return builder.sign(signer, hashes.SHA256())


def _general(name: str) -> Any:
    from cryptography import x509

    return x509.IPAddress(ipaddress.ip_address(name)) if _is_address(name) else x509.DNSName(name)
