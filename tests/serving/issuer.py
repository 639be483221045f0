"""A sign-on service of our own: keys, the tokens it would sign, and a server for its key set."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from time import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

ISSUER = "https://sign-on.example/realms/house"
AUDIENCE = "ragkit"


class SigningKey:
    """A private key with its name and the signature it makes."""

    def __init__(self, name: str, algorithm: str, private: Any) -> None:
        self.name = name
        self.algorithm = algorithm
        self.private = private

    @property
    def public(self) -> dict[str, Any]:
        """As it stands in a key set."""
        kinds = {"RS": RSAAlgorithm, "PS": RSAAlgorithm, "ES": ECAlgorithm, "Ed": OKPAlgorithm}
        public = kinds[self.algorithm[:2]].to_jwk(self.private.public_key(), as_dict=True)
        return {**public, "kid": self.name, "alg": self.algorithm, "use": "sig"}

    def token(self, *, without: tuple[str, ...] = (), headers: dict[str, Any] | None = None, **claims: Any) -> str:
        """A token that is good, but for what is said otherwise."""
        now = int(time())
        good = {"iss": ISSUER, "aud": AUDIENCE, "sub": "u1", "iat": now, "exp": now + 600, "roles": ["nurse"]}
        payload = {name: value for name, value in {**good, **claims}.items() if name not in without}
        named = {"kid": self.name, **(headers or {})}
        shown = {name: value for name, value in named.items() if value is not None}
        return jwt.encode(payload, self.private, self.algorithm, headers=shown)


@cache
def rsa_key(name: str = "rsa-1", algorithm: str = "RS256") -> SigningKey:
    return SigningKey(name, algorithm, rsa.generate_private_key(public_exponent=65537, key_size=2048))


@cache
def ec_key(name: str = "ec-1") -> SigningKey:
    return SigningKey(name, "ES256", ec.generate_private_key(ec.SECP256R1()))


@cache
def ed_key(name: str = "ed-1") -> SigningKey:
    return SigningKey(name, "EdDSA", ed25519.Ed25519PrivateKey.generate())


def key_set(*keys: SigningKey) -> dict[str, Any]:
    return {"keys": [key.public for key in keys]}


def write_key_set(path: Path, *keys: SigningKey) -> Path:
    path.write_text(json.dumps(key_set(*keys)))
    return path


class KeyServer:
    """What the key server sends and how often it was asked.

    Attributes:
        status, body: of the next replies.
        asked: how many requests came.
    """

    def __init__(self, *keys: SigningKey) -> None:
        self.status = 200
        self.body = json.dumps(key_set(*keys)).encode()
        self.asked = 0
        self.url = ""

    def now_has(self, *keys: SigningKey) -> None:
        """The keys turn over."""
        self.body = json.dumps(key_set(*keys)).encode()


@contextmanager
def key_server(*keys: SigningKey) -> Iterator[KeyServer]:
    """A server for a key set, on this machine."""
    state = KeyServer(*keys)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked += 1
            self.send_response(state.status)
            self.send_header("content-length", str(len(state.body)))
            self.end_headers()
            self.wfile.write(state.body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        state.url = f"http://127.0.0.1:{server.server_address[1]}/keys"
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield state
        server.shutdown()
        thread.join()
