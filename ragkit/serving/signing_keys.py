"""The issuer's public keys: read or fetched, kept while their source is away, renewed when they turn over."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from time import monotonic
from typing import TYPE_CHECKING, Any

from ragkit.errors import AuthenticationError, RagkitError

if TYPE_CHECKING:
    from jwt import PyJWK

_log = logging.getLogger(__name__)

_ALGORITHMS_OF = {
    ("RSA", None): ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    ("EC", "P-256"): ("ES256",),
    ("EC", "P-384"): ("ES384",),
    ("EC", "P-521"): ("ES512",),
    ("OKP", "Ed25519"): ("EdDSA",),
}
"""What a key of each type and curve can check (RFC 7518, RFC 8037). Shared secrets ("oct") are no such key."""


class KeysState(StrEnum):
    """How far the keys can be relied on."""

    FRESH = "fresh"
    STALE = "stale"
    """Their source cannot be reached; those from before are still believed."""
    MISSING = "missing"
    """There are none, or they are too old to be believed. No token can be checked."""


class KeysMissingError(AuthenticationError):
    """No token can be checked now, whoever's it is: the issuer's keys are not there."""


@dataclass(frozen=True, slots=True)
class _Held:
    keys: Mapping[tuple[str | None, str], PyJWK]
    fetched_at: float


class SigningKeys:
    """The issuer's public keys. Safe to use from many threads.

    They are fetched when they are first needed, when they have grown old, and when a token names one that is not
    known (keys turn over), but never twice within the pause: made-up key names must not become a load on the issuer.

    Args:
        fetch: reads the JSON Web Key Set.
        algorithms: the signatures that are accepted.
        refresh_seconds: how old keys may get before they are fetched again.
        pause_seconds: the shortest time between two fetches.
        kept_seconds: how long keys are believed while they cannot be fetched.
        clock: seconds that only go up.
    """

    def __init__(
        self,
        fetch: Callable[[], bytes],
        algorithms: Collection[str],
        *,
        refresh_seconds: float = 3600.0,
        pause_seconds: float = 60.0,
        kept_seconds: float = 86_400.0,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._fetch = fetch
        self._algorithms = frozenset(algorithms)
        self._refresh_seconds = refresh_seconds
        self._pause_seconds = pause_seconds
        self._kept_seconds = kept_seconds
        self._clock = clock
        self._fetching = threading.Lock()
        self._held: _Held | None = None
        self._tried_at: float | None = None
        self._failed = False

    def key(self, key_id: str | None, algorithm: str) -> PyJWK | None:
        """The key of this name for this signature; None where the issuer has none.

        A token that names no key is checked with the issuer's only one for its signature.

        Raises:
            KeysMissingError: there are no keys that could be believed.
        """
        self.renew()
        found = self._find(key_id, algorithm)
        if found is None:
            self._renew(wait=True)
            found = self._find(key_id, algorithm)
        if found is None and self.state is KeysState.MISSING:
            raise KeysMissingError("The keys of the sign-on service are not available, so no token can be checked.")
        return found

    def renew(self) -> None:
        """Fetches the keys where they are missing or old, unless another thread is at it or did so just now."""
        age = self.age_seconds
        if age is None or age > self._refresh_seconds:
            self._renew(wait=age is None)

    @property
    def age_seconds(self) -> float | None:
        """Seconds since the keys were fetched; None where they never were."""
        return None if self._held is None else self._clock() - self._held.fetched_at

    @property
    def state(self) -> KeysState:
        """How far the keys can be relied on."""
        age = self.age_seconds
        if age is None or age > self._kept_seconds:
            return KeysState.MISSING
        return KeysState.STALE if self._failed else KeysState.FRESH

    def _find(self, key_id: str | None, algorithm: str) -> PyJWK | None:
        held = self._held
        if held is None or self.state is KeysState.MISSING:
            return None
        if key_id is not None:
            return held.keys.get((key_id, algorithm))
        fitting = [key for (_, name), key in held.keys.items() if name == algorithm]
        return fitting[0] if len(fitting) == 1 else None

    def _renew(self, *, wait: bool) -> None:
        if not self._fetching.acquire(blocking=wait):
            return
        try:
            now = self._clock()
            if self._tried_at is not None and now - self._tried_at < self._pause_seconds:
                return
            self._tried_at = now
            self._held = _Held(read_keys(self._fetch(), self._algorithms), now)
            self._failed = False
        except (RagkitError, OSError) as error:
            self._failed = True
            _log.warning("The keys of the sign-on service could not be read: %s", error)
        finally:
            self._fetching.release()


def read_keys(key_set: bytes, algorithms: Collection[str]) -> dict[tuple[str | None, str], PyJWK]:
    """The public keys of a JSON Web Key Set (RFC 7517), by name and signature.

    Keys for encryption, shared secrets, private keys and keys of unknown kinds are left out.

    Args:
        key_set: the JSON.
        algorithms: the signatures that are accepted.

    Raises:
        AuthenticationError: it is no key set, or holds no key for these signatures.
    """
    try:
        listed = json.loads(key_set)["keys"]
        entries = [entry for entry in listed if isinstance(entry, dict)]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise AuthenticationError("what was read is no JSON Web Key Set (an object with a list of keys)") from None
    keys: dict[tuple[str | None, str], PyJWK] = {}
    for entry in entries:
        for algorithm in _usable(entry):
            key = _key(entry, algorithm) if algorithm in algorithms else None
            if key is not None:
                keys.setdefault((key.key_id, algorithm), key)
    if not keys:
        raise AuthenticationError(f"the key set holds no public key for {', '.join(sorted(algorithms))}")
    return keys


def _usable(entry: dict[str, Any]) -> tuple[str, ...]:
    """The signatures that a key may be used to check."""
    operations = entry.get("key_ops")
    for_signatures = entry.get("use", "sig") == "sig" and (operations is None or "verify" in operations)
    if not for_signatures or "d" in entry:
        return ()
    kind = entry.get("kty")
    possible = _ALGORITHMS_OF.get((str(kind), None if kind == "RSA" else str(entry.get("crv"))), ())
    named = entry.get("alg")
    return possible if named is None else tuple(algorithm for algorithm in possible if algorithm == named)


def _key(entry: dict[str, Any], algorithm: str) -> PyJWK | None:
    from jwt import PyJWK
    from jwt.exceptions import PyJWTError

    if not isinstance(entry.get("kid"), str | None):
        return None
    try:
        return PyJWK(entry, algorithm)
    except (PyJWTError, ValueError, TypeError):
        _log.warning("A key of the sign-on service cannot be read and is left out.")
        return None
