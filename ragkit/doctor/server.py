"""The REST server's part of a deployment: who may ask, where the sign-on service's keys stand, whether clocks agree."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

from ragkit.deployment.deployment import Deployment
from ragkit.deployment.server import IdentitySettings, MetricsAccess
from ragkit.doctor.area import Area
from ragkit.doctor.clock import clock_skew
from ragkit.doctor.credentials import examine_certificates, examine_key
from ragkit.doctor.finding import Finding
from ragkit.egress.policy import EgressPolicy
from ragkit.errors import EgressError

_AREA = Area("server")
_SECONDS = 5.0
_LARGEST_KEY_SET = 1_000_000
_PUBLIC = ("RSA", "EC", "OKP")  # key types of RFC 7518 and RFC 8037 that have a public part


def examine_server(deployment: Deployment, *, offline: bool) -> Iterator[Finding]:
    """Looks at what ``ragkit serve`` would be told.

    Args:
        deployment: as loaded.
        offline: True opens no connection: keys behind a URL are not looked at.
    """
    server = deployment.server
    if server.metrics.access is MetricsAccess.BEARER:
        metrics = server.metrics
        yield from examine_key(
            _AREA, metrics.key_variable, metrics.key_file, subject="", what="metrics key", needed=True
        )
    identity = server.identity
    if identity is None:
        yield _AREA.ok(
            "identity", "none is set up: 'ragkit serve' serves nobody, unless a development user is asked for"
        )
        return
    audiences = ", ".join(identity.audiences)
    yield _AREA.ok("identity", f"tokens of {identity.issuer} for {audiences} are believed")
    if identity.ca_file is not None:
        yield from examine_certificates(_AREA, identity.ca_file, subject="")
    if identity.jwks_file is not None:
        file = identity.jwks_file
        yield from _AREA.run("signing keys", lambda: _keys_in_file(file))
    elif identity.jwks_url is not None and not offline:
        yield from _AREA.run("signing keys", lambda: _keys_at_url(identity, EgressPolicy.of(deployment)))


def _keys_in_file(file: Path) -> Iterator[Finding]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        yield _AREA.failed("signing keys", f"{file} cannot be read ({error.strerror})", "Put the issuer's JWKS there.")
        return
    except ValueError:
        content = None
    yield _keys(content, str(file))


def _keys_at_url(identity: IdentitySettings, policy: EgressPolicy) -> Iterator[Finding]:
    import httpx2

    from ragkit.egress.client import UnusableResponseError, build_http_client

    url = str(identity.jwks_url)
    host = policy.check(url).host
    started = perf_counter()
    try:
        with build_http_client(
            policy, timeout=_SECONDS, ca_file=identity.ca_file, max_reply_bytes=_LARGEST_KEY_SET
        ) as client:
            reply = client.get(url)
    except (httpx2.HTTPError, UnusableResponseError, EgressError) as error:
        advice = f"Can this machine reach {host}? Nobody can sign in until it can."
        yield _AREA.failed("signing keys", f"{host} gave no key set ({type(error).__name__})", advice)
        return
    milliseconds = (perf_counter() - started) * 1000
    if reply.status_code != 200:
        advice = "Compare jwks_url with the sign-on service's configuration (jwks_uri)."
        yield _AREA.failed("signing keys", f"{host} replied with status {reply.status_code}", advice)
        return
    try:
        content = reply.json()
    except ValueError:
        content = None
    yield _keys(content, host, milliseconds)
    yield from clock_skew(_AREA, reply.headers.get("date"), host, identity.leeway_seconds)


def _keys(content: Any, place: str, milliseconds: float | None = None) -> Finding:
    keys = content.get("keys") if isinstance(content, dict) else None
    public = [key for key in keys if isinstance(key, dict) and key.get("kty") in _PUBLIC] if keys else []
    if public:
        return _AREA.ok("signing keys", f"{len(public)} public key(s) from {place}", milliseconds=milliseconds)
    advice = 'A JSON Web Key Set is {"keys": [...]}; the sign-on service names its address as jwks_uri.'
    return _AREA.failed("signing keys", f"what {place} holds is no set of public keys", advice)
