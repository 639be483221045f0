"""Who asks: a verified token of the hospital's own sign-on (OpenID Connect) becomes a user with roles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, Self

from ragkit.access.user import User
from ragkit.deployment.server import IdentitySettings
from ragkit.errors import AuthenticationError, EgressError, SettingsError
from ragkit.serving.signing_keys import KeysState, SigningKeys

if TYPE_CHECKING:
    from ragkit.egress.policy import EgressPolicy

_LONGEST_TOKEN = 16_384
_LONGEST_NAME = 255
_LARGEST_KEY_SET = 1_000_000
_FETCH_SECONDS = 5.0


class Refusal(StrEnum):
    """Why a token was refused; for logs and metrics, not for whoever sent it."""

    MISSING = "missing"
    MALFORMED = "malformed"
    ALGORITHM = "algorithm"
    UNKNOWN_KEY = "unknown_key"
    SIGNATURE = "signature"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    ISSUER = "issuer"
    AUDIENCE = "audience"
    TYPE = "type"
    CLAIMS = "claims"
    NO_ROLES = "no_roles"


class TokenRefusedError(AuthenticationError):
    """A token does not prove who sent it, or gives them nothing to do here.

    Attributes:
        refusal: why.
    """

    def __init__(self, refusal: Refusal) -> None:
        super().__init__("The access token is missing, has expired, or is not valid for this service. Sign in again.")
        self.refusal = refusal


class Identity(Protocol):
    """Where users come from."""

    @property
    def state(self) -> KeysState:
        """Whether tokens can be checked now."""
        ...

    def user(self, token: str | None) -> User:
        """Who sent this bearer token.

        Raises:
            TokenRefusedError: the token does not prove who sent it.
            KeysMissingError: no token can be checked now.
        """
        ...


class TokenVerifier:
    """Turns a JSON Web Token of the hospital's sign-on into a user. Safe to use from many threads.

    Args:
        settings: whose tokens are believed.
        keys: the issuer's public keys.
    """

    def __init__(self, settings: IdentitySettings, keys: SigningKeys) -> None:
        self._settings = settings
        self.keys = keys

    @classmethod
    def of(cls, settings: IdentitySettings, policy: EgressPolicy) -> Self:
        """A verifier whose keys are read from the file, or fetched from the address, that the settings name.

        Args:
            settings: whose tokens are believed.
            policy: where connections may go.

        Raises:
            EgressError: the policy does not let the keys be fetched from there.
            SettingsError: PyJWT is not installed.
        """
        try:
            import jwt  # noqa: F401
        except ImportError:
            raise SettingsError("Checking tokens needs PyJWT: pip install ragkit[serve]") from None
        keys = SigningKeys(
            _source(settings, policy),
            settings.algorithms,
            refresh_seconds=settings.keys_refresh_seconds,
            pause_seconds=settings.keys_pause_seconds,
            kept_seconds=settings.keys_kept_hours * 3600,
        )
        return cls(settings, keys)

    @property
    def state(self) -> KeysState:
        """Whether tokens can be checked now. Fetches the keys where they are missing or old."""
        self.keys.renew()
        return self.keys.state

    def user(self, token: str | None) -> User:
        """Who sent this token.

        Raises:
            TokenRefusedError: it is missing, malformed, of another issuer, for another service, no longer or not yet
                valid, not signed by one of the issuer's keys, or gives no role.
            KeysMissingError: no token can be checked now.
        """
        if not token:
            raise TokenRefusedError(Refusal.MISSING)
        claims = self._claims(token)
        name = claims["sub"]
        if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
            raise TokenRefusedError(Refusal.CLAIMS)
        roles = read_roles(claims, self._settings)
        if not roles and self._settings.roles_required:
            raise TokenRefusedError(Refusal.NO_ROLES)
        return User(name, roles=roles)

    def _claims(self, token: str) -> Mapping[str, Any]:
        """The claims of a token, all checks done."""
        import jwt

        algorithm, key_id = self._header(token)
        key = self.keys.key(key_id, algorithm)
        if key is None:
            raise TokenRefusedError(Refusal.UNKNOWN_KEY)
        try:
            return jwt.decode(
                token,
                key=key,
                algorithms=[algorithm],
                issuer=self._settings.issuer,
                audience=self._settings.audiences,
                leeway=self._settings.leeway_seconds,
                options={"require": ["exp", "iat", "iss", "aud", "sub"], "enforce_minimum_key_length": True},
            )
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError) as error:
            # Neither the token nor the library's words go on: they may repeat claims.
            raise TokenRefusedError(_refusal(error)) from None

    def _header(self, token: str) -> tuple[str, str | None]:
        """The signature's algorithm and the key's name, as the token claims them."""
        import jwt

        if len(token) > _LONGEST_TOKEN:
            raise TokenRefusedError(Refusal.MALFORMED)
        try:
            header = jwt.get_unverified_header(token)
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
            raise TokenRefusedError(Refusal.MALFORMED) from None
        algorithm, key_id, wanted = header.get("alg"), header.get("kid"), self._settings.token_type
        if not isinstance(algorithm, str) or algorithm not in self._settings.algorithms:
            raise TokenRefusedError(Refusal.ALGORITHM)
        if wanted is not None and _plain_type(header.get("typ")) != _plain_type(wanted):
            raise TokenRefusedError(Refusal.TYPE)
        return algorithm, key_id


class DevelopmentUser:
    """One user for whoever can reach the server; for development on one's own machine only.

    Args:
        user: who everybody is taken for.
    """

    def __init__(self, user: User) -> None:
        self._user = user

    @property
    def state(self) -> KeysState:
        """No keys are needed."""
        return KeysState.FRESH

    def user(self, token: str | None) -> User:
        """The one user, whatever the token."""
        return self._user


def read_roles(claims: Mapping[str, Any], settings: IdentitySettings) -> frozenset[str]:
    """The roles that a token gives.

    Args:
        claims: of a verified token.
        settings: where they stand, and what the values of groups mean.

    Returns:
        The roles; none where the claim is missing or of a form that is not understood.
    """
    values = _values(claims, settings.roles_claim)
    if settings.role_names is None:
        return frozenset(values)
    return frozenset(role for value in values for role in settings.role_names.get(value, ()))


def _values(claims: Mapping[str, Any], claim: str | Iterable[str]) -> list[str]:
    if isinstance(claim, str):
        path: Iterable[str] = (claim,) if claim in claims else claim.split(".")
    else:
        path = claim
    found: Any = claims
    for part in path:
        found = found.get(part) if isinstance(found, Mapping) else None
    values = [found] if isinstance(found, str) else found
    if not isinstance(values, list):
        return []
    return [value.strip() for value in values if isinstance(value, str) and value.strip()]


def _source(settings: IdentitySettings, policy: EgressPolicy) -> Callable[[], bytes]:
    """What reads the key set."""
    if settings.jwks_file is not None:
        return settings.jwks_file.read_bytes
    url = settings.jwks_url or ""
    own = policy.only(url)  # a redirect leads to no other machine
    return lambda: _fetched(url, settings, own)


def _fetched(url: str, settings: IdentitySettings, policy: EgressPolicy) -> bytes:
    import httpx2

    from ragkit.egress.client import build_http_client

    try:
        with build_http_client(
            policy, timeout=_FETCH_SECONDS, ca_file=settings.ca_file, max_reply_bytes=_LARGEST_KEY_SET
        ) as client:
            reply = client.get(url, headers={"accept": "application/json"})
            if reply.status_code != httpx2.codes.OK:
                raise AuthenticationError(f"its server replied with status {reply.status_code}")
            return reply.content
    except EgressError:
        raise
    except httpx2.HTTPError as error:
        raise AuthenticationError(f"its server could not be reached ({type(error).__name__})") from None


def _refusal(error: Exception) -> Refusal:
    """Why PyJWT refused a token."""
    from jwt import exceptions

    reasons: tuple[tuple[type[Exception], Refusal], ...] = (
        (exceptions.ExpiredSignatureError, Refusal.EXPIRED),
        (exceptions.ImmatureSignatureError, Refusal.NOT_YET_VALID),
        (exceptions.InvalidIssuerError, Refusal.ISSUER),
        (exceptions.InvalidAudienceError, Refusal.AUDIENCE),
        (exceptions.MissingRequiredClaimError, Refusal.CLAIMS),
        (exceptions.InvalidSubjectError, Refusal.CLAIMS),
        (exceptions.InvalidSignatureError, Refusal.SIGNATURE),
        (exceptions.InvalidAlgorithmError, Refusal.ALGORITHM),
    )
    return next((refusal for kind, refusal in reasons if isinstance(error, kind)), Refusal.MALFORMED)


def _plain_type(name: object) -> str:
    """A ``typ`` header for comparison (RFC 7515, section 4.1.9: "application/" may be left out)."""
    return str(name).lower().removeprefix("application/")
