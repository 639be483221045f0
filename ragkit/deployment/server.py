"""What ``ragkit serve`` is told in the deployment's ``[server]`` table: who may ask, and how much."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signatures that are checked with a public key. "none" and shared secrets (HS256 ...) cannot be named at all."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class IdentitySettings(_Part):
    """Whose tokens are believed, and how a token's claims become a user.

    Attributes:
        issuer: the token's ``iss``, exactly.
        audience: what this service is called in the token's ``aud``; one of several.
        jwks_url, jwks_file: where the issuer's public keys (a JSON Web Key Set) stand; exactly one of the two.
        ca_file: certificates of the hospital's own authority for ``jwks_url``, PEM.
        algorithms: the signatures that are accepted.
        token_type: the token's ``typ`` header ("at+jwt"), where the issuer sets one; None accepts any.
        leeway_seconds: how far the clocks may differ.
        roles_claim: where the roles stand: a claim's name, a path with dots ("realm_access.roles"), or the path's
            parts as a list, where a part has dots itself. A dot in a claim's own name is tried first.
        role_names: for a value of the roles claim (a group), the roles that it gives. Where it is given, values that
            are not named give none. None: the values are the roles.
        roles_required: whether a token that gives no role is refused. Where not, it reads what all staff may read.
        keys_refresh_seconds: how old the keys may get before they are fetched again.
        keys_pause_seconds: the shortest time between two fetches, whatever happens.
        keys_kept_hours: how long keys are believed while their source cannot be reached.
    """

    issuer: str = Field(min_length=1)
    audience: tuple[str, ...] | str
    jwks_url: str | None = None
    jwks_file: Path | None = None
    ca_file: Path | None = None
    algorithms: tuple[Algorithm, ...] = Field(default=("RS256", "PS256", "ES256", "EdDSA"), min_length=1)
    token_type: str | None = None
    leeway_seconds: float = Field(default=30.0, ge=0, le=300)
    roles_claim: str | tuple[str, ...] = "roles"
    role_names: dict[str, tuple[str, ...]] | None = None
    roles_required: bool = True
    keys_refresh_seconds: float = Field(default=3600.0, gt=0)
    keys_pause_seconds: float = Field(default=60.0, gt=0)
    keys_kept_hours: float = Field(default=24.0, gt=0)

    @property
    def audiences(self) -> tuple[str, ...]:
        """What this service may be called in a token."""
        return (self.audience,) if isinstance(self.audience, str) else self.audience

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.jwks_url is None) == (self.jwks_file is None):
            raise ValueError("name either jwks_url or jwks_file: where the issuer's public keys stand")
        if not self.audiences or not all(self.audiences):
            raise ValueError("audience is empty; name what this service is called in the issuer's tokens")
        return self


class RateSettings(_Part):
    """How many requests are answered.

    Attributes:
        user_per_minute: requests of one user.
        answers_per_minute: of these, questions that are answered (``/v1/ask``, ``/v1/ask/stream``).
        address_per_minute: requests from one network address, before it is known who asks. Behind a reverse proxy it
            counts the address that a trusted proxy names.
    """

    user_per_minute: int = Field(default=120, ge=1)
    answers_per_minute: int = Field(default=30, ge=1)
    address_per_minute: int = Field(default=600, ge=1)


class MetricsAccess(StrEnum):
    """Who may read ``/metrics``."""

    OFF = "off"
    LOOPBACK = "loopback"
    """Programs on this machine, unless a proxy speaks for another one."""
    BEARER = "bearer"
    """Whoever knows the key in ``key_variable`` or ``key_file``."""
    ROLE = "role"
    """Users who have ``role``."""


class MetricsSettings(_Part):
    """Who may read ``/metrics``.

    Attributes:
        access: programs on this machine, holders of a key, users with a role, or nobody.
        key_variable, key_file: where the key stands, for "bearer".
        role: for "role".
    """

    access: MetricsAccess = MetricsAccess.LOOPBACK
    key_variable: str | None = None
    key_file: Path | None = None
    role: str | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.access is MetricsAccess.BEARER and not (self.key_variable or self.key_file):
            raise ValueError("metrics.access is 'bearer'; name key_variable or key_file as well")
        if self.access is MetricsAccess.ROLE and not (self.role or "").strip():
            raise ValueError("metrics.access is 'role'; name the role as well")
        return self


class ServerSettings(_Part):
    """What the REST server is told.

    Attributes:
        identity: whose tokens are believed; None serves nobody but a development user.
        rates: how many requests are answered.
        metrics: who may read ``/metrics``.
        body_bytes: the largest request.
        body_seconds: how long a request may take to arrive.
        concurrent: questions that are worked on at the same time; no fewer than the language models take together.
        waiting: questions that may wait for one of these places; the next ones are turned away.
        wait_seconds: how long one waits at most.
        answer_seconds: how long an answer may take, after the wait; None for generation.deadline_seconds and ten more.
        report_minutes: how long an answer can be reported as wrong after it was given.
        reportable_answers: how many answers are kept for that; in memory only.
        allowed_origins: web pages that may call the server from a browser ("https://portal.example"); none by default.
        host_names: names under which the server may be called; () for any.
        trusted_proxies: addresses or networks of reverse proxies whose X-Forwarded-For is believed.
        docs: whether /docs and /openapi.json are served.
        shutdown_seconds: how long running requests may go on when the server is told to stop.
    """

    identity: IdentitySettings | None = None
    rates: RateSettings = RateSettings()
    metrics: MetricsSettings = MetricsSettings()
    body_bytes: int = Field(default=131_072, ge=1024)
    body_seconds: float = Field(default=10.0, gt=0)
    concurrent: int = Field(default=16, ge=1)
    waiting: int = Field(default=64, ge=0)
    wait_seconds: float = Field(default=5.0, gt=0)
    answer_seconds: float | None = Field(default=None, gt=0)
    report_minutes: float = Field(default=60.0, gt=0)
    reportable_answers: int = Field(default=500, ge=1)
    allowed_origins: tuple[str, ...] = ()
    host_names: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    docs: bool = True
    shutdown_seconds: int = Field(default=30, ge=0)

    @model_validator(mode="after")
    def _is_safe(self) -> Self:
        if "*" in self.allowed_origins:
            raise ValueError("allowed_origins names web pages one by one; '*' would let any page ask")
        if "*" in self.trusted_proxies:
            raise ValueError("trusted_proxies names proxies one by one; with '*' anybody could claim any address")
        return self
