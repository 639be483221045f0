"""A verified token of the hospital's sign-on becomes a user; everything else is refused."""

from __future__ import annotations

import base64
import hmac
import json
from pathlib import Path
from time import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from pydantic import ValidationError

from ragkit.deployment.deployment import Deployment, Profile
from ragkit.deployment.server import IdentitySettings
from ragkit.egress.policy import LOCAL_ONLY, EgressPolicy
from ragkit.errors import AuthenticationError, EgressError
from ragkit.serving.identity import Refusal, TokenRefusedError, TokenVerifier
from ragkit.serving.signing_keys import KeysMissingError, KeysState, SigningKeys, read_keys
from tests.serving.issuer import AUDIENCE, ISSUER, ec_key, ed_key, key_server, key_set, rsa_key, write_key_set

_ALL = ("RS256", "PS256", "ES256", "EdDSA")


def settings(path: Path, **changes: Any) -> IdentitySettings:
    return IdentitySettings(**{"issuer": ISSUER, "audience": AUDIENCE, "jwks_file": path, **changes})


@pytest.fixture
def keys_file(tmp_path: Path) -> Path:
    return write_key_set(tmp_path / "keys.json", rsa_key(), ec_key(), ed_key())


@pytest.fixture
def verifier(keys_file: Path) -> TokenVerifier:
    return TokenVerifier.of(settings(keys_file), LOCAL_ONLY)


def part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def unsigned() -> str:
    _, payload, _ = rsa_key().token().split(".")
    return f"{part({'alg': 'none', 'kid': 'rsa-1'})}.{payload}."


def signed_with_the_public_key_as_a_secret() -> str:
    """The old confusion: HS256 with the RSA public key, which everybody knows, as the secret."""
    public = rsa_key().private.public_key()
    secret = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    signed = f"{part({'alg': 'HS256', 'kid': 'rsa-1'})}.{rsa_key().token().split('.')[1]}"
    signature = hmac.digest(secret, signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def tampered() -> str:
    header, payload, signature = rsa_key().token().split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    return f"{header}.{part({**claims, 'roles': ['pharmacist']})}.{signature}"


def with_header(**changes: Any) -> str:
    """A token whose header is changed after it was signed."""
    header, payload, signature = rsa_key().token().split(".")
    fields = json.loads(base64.urlsafe_b64decode(header + "=="))
    return f"{part({**fields, **changes})}.{payload}.{signature}"


BAD_TOKENS = {
    "none at all": (lambda: None, Refusal.MISSING),
    "no token": (lambda: "hello", Refusal.MALFORMED),
    "too long": (lambda: rsa_key().token(roles=["nurse" * 100] * 100), Refusal.MALFORMED),
    "expired": (lambda: rsa_key().token(exp=int(time()) - 60), Refusal.EXPIRED),
    "no expiry": (lambda: rsa_key().token(without=("exp",)), Refusal.CLAIMS),
    "an expiry that is no number": (lambda: rsa_key().token(exp="tomorrow"), Refusal.MALFORMED),
    "not valid yet": (lambda: rsa_key().token(nbf=int(time()) + 120), Refusal.NOT_YET_VALID),
    "issued in the future": (lambda: rsa_key().token(iat=int(time()) + 120), Refusal.NOT_YET_VALID),
    "no day of issue": (lambda: rsa_key().token(without=("iat",)), Refusal.CLAIMS),
    "another service's": (lambda: rsa_key().token(aud="payroll"), Refusal.AUDIENCE),
    "for no service": (lambda: rsa_key().token(without=("aud",)), Refusal.CLAIMS),
    "another issuer's": (lambda: rsa_key().token(iss="https://sign-on.example/realms/other"), Refusal.ISSUER),
    "an issuer that begins alike": (lambda: rsa_key().token(iss=ISSUER + ".example.org"), Refusal.ISSUER),
    "nobody's": (lambda: rsa_key().token(without=("sub",)), Refusal.CLAIMS),
    "a blank name's": (lambda: rsa_key().token(sub=" "), Refusal.CLAIMS),
    "a name with a line break": (lambda: rsa_key().token(sub="u1\nroot"), Refusal.CLAIMS),
    "unsigned (alg none)": (unsigned, Refusal.ALGORITHM),
    "HS256 with the public key": (signed_with_the_public_key_as_a_secret, Refusal.ALGORITHM),
    "an unknown key's": (lambda: rsa_key("rsa-9").token(), Refusal.UNKNOWN_KEY),
    "another key's under a known name": (lambda: rsa_key("rsa-9").token(headers={"kid": "rsa-1"}), Refusal.SIGNATURE),
    "another algorithm than the key's": (lambda: with_header(alg="PS256"), Refusal.UNKNOWN_KEY),
    "tampered with": (tampered, Refusal.SIGNATURE),
    "a critical extension": (lambda: with_header(crit=["b64"], b64=False), Refusal.MALFORMED),
    "no roles": (lambda: rsa_key().token(without=("roles",)), Refusal.NO_ROLES),
    "empty roles": (lambda: rsa_key().token(roles=[]), Refusal.NO_ROLES),
    "roles that are no names": (lambda: rsa_key().token(roles=[1, None, " "]), Refusal.NO_ROLES),
}


@pytest.mark.parametrize("kind", BAD_TOKENS)
def test_a_bad_token_is_refused(verifier: TokenVerifier, kind: str) -> None:
    token, refusal = BAD_TOKENS[kind]
    with pytest.raises(TokenRefusedError) as caught:
        verifier.user(token())
    assert caught.value.refusal == refusal
    assert "sign-on" not in str(caught.value) and "u1" not in str(caught.value)


@pytest.mark.parametrize("key", [rsa_key, ec_key, ed_key])
def test_a_good_token_gives_the_user_and_their_roles(verifier: TokenVerifier, key: Any) -> None:
    user = verifier.user(key().token(sub="u17", roles=["nurse", "charge nurse"]))
    assert (user.user_id, user.roles) == ("u17", {"nurse", "charge nurse"})


def test_clocks_may_differ_a_little(verifier: TokenVerifier) -> None:
    assert verifier.user(rsa_key().token(exp=int(time()) - 10, iat=int(time()) + 10)).user_id == "u1"


@pytest.mark.parametrize("algorithm", ["none", "HS256", "HS512", ""])
def test_signatures_with_a_shared_secret_cannot_even_be_configured(keys_file: Path, algorithm: str) -> None:
    with pytest.raises(ValidationError):
        settings(keys_file, algorithms=(algorithm,))


def test_keys_stand_in_a_file_or_at_an_address_not_in_both_and_not_nowhere(keys_file: Path) -> None:
    with pytest.raises(ValidationError, match="either"):
        settings(keys_file, jwks_url="https://sign-on.example/keys")
    with pytest.raises(ValidationError, match="either"):
        IdentitySettings(issuer=ISSUER, audience=AUDIENCE)


@pytest.mark.parametrize(
    ("claim", "claims", "expected"),
    [
        ("roles", {"roles": "charge nurse"}, {"charge nurse"}),
        ("realm_access.roles", {"realm_access": {"roles": ["nurse"]}}, {"nurse"}),
        ("https://house.example/roles", {"https://house.example/roles": ["nurse"]}, {"nurse"}),
        (("resource_access", "rag.kit", "roles"), {"resource_access": {"rag.kit": {"roles": ["nurse"]}}}, {"nurse"}),
        ("realm_access.roles", {"realm_access": ["nurse"]}, set()),
        ("groups", {"groups": {"nurse": True}}, set()),
    ],
)
def test_roles_may_stand_anywhere_in_the_token(
    keys_file: Path, claim: Any, claims: dict[str, Any], expected: set[str]
) -> None:
    verifier = TokenVerifier.of(settings(keys_file, roles_claim=claim, roles_required=False), LOCAL_ONLY)
    assert (
        verifier.user(rsa_key().token(without=("roles",) if "roles" not in claims else (), **claims)).roles == expected
    )


def test_groups_give_the_roles_that_they_are_said_to_give_and_no_others(keys_file: Path) -> None:
    names = {"GRP-PHARM": ("pharmacist", "medication safety")}
    verifier = TokenVerifier.of(settings(keys_file, roles_claim="groups", role_names=names), LOCAL_ONLY)
    assert verifier.user(rsa_key().token(groups=["GRP-PHARM", "executive"])).roles == {
        "pharmacist",
        "medication safety",
    }
    with pytest.raises(TokenRefusedError) as caught:
        verifier.user(rsa_key().token(groups=["executive"]))
    assert caught.value.refusal == Refusal.NO_ROLES


def test_a_type_of_token_can_be_asked_for(keys_file: Path) -> None:
    verifier = TokenVerifier.of(settings(keys_file, token_type="at+jwt"), LOCAL_ONLY)
    assert verifier.user(rsa_key().token(headers={"typ": "application/at+JWT"})).user_id == "u1"
    with pytest.raises(TokenRefusedError) as caught:
        verifier.user(rsa_key().token())
    assert caught.value.refusal == Refusal.TYPE


def test_a_token_without_a_key_name_is_checked_with_the_only_key_there_is(tmp_path: Path) -> None:
    nameless = {name: value for name, value in rsa_key().public.items() if name != "kid"}
    (tmp_path / "keys.json").write_text(json.dumps({"keys": [nameless]}))
    verifier = TokenVerifier.of(settings(tmp_path / "keys.json"), LOCAL_ONLY)
    assert verifier.user(rsa_key().token(headers={"kid": None})).user_id == "u1"


def test_private_keys_secrets_and_keys_for_encryption_are_no_keys() -> None:
    from jwt.algorithms import RSAAlgorithm

    private = {**RSAAlgorithm.to_jwk(rsa_key().private, as_dict=True), "kid": "rsa-1", "key_ops": ["verify"]}
    secret = {"kty": "oct", "kid": "rsa-1", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQ"}
    encryption = {**rsa_key().public, "use": "enc"}
    with pytest.raises(AuthenticationError, match="no public key"):
        read_keys(json.dumps({"keys": [private, secret, encryption, "nonsense"]}).encode(), _ALL)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"keys": 1}', b"<html>", b'{"keys": []}'])
def test_what_is_no_key_set_is_said_to_be_none(content: bytes) -> None:
    with pytest.raises(AuthenticationError, match="key"):
        read_keys(content, _ALL)


def test_a_short_rsa_key_proves_nothing(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric import rsa

    from tests.serving.issuer import SigningKey

    short = SigningKey("short", "RS256", rsa.generate_private_key(public_exponent=65537, key_size=1024))
    verifier = TokenVerifier.of(settings(write_key_set(tmp_path / "keys.json", short)), LOCAL_ONLY)
    with pytest.warns(jwt.InsecureKeyLengthWarning):
        token = short.token()
    with pytest.raises(TokenRefusedError):
        verifier.user(token)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Source:
    """A key set that can be away."""

    def __init__(self, *keys: Any) -> None:
        self.keys = keys
        self.away = False
        self.asked = 0

    def __call__(self) -> bytes:
        self.asked += 1
        if self.away:
            raise OSError("away")
        return json.dumps(key_set(*self.keys)).encode()


def test_keys_turn_over_without_a_restart() -> None:
    source, clock = Source(rsa_key()), Clock()
    keys = SigningKeys(source, _ALL, clock=clock)
    assert keys.key("rsa-1", "RS256") is not None
    source.keys = (rsa_key(), ec_key())
    clock.now += 61
    assert keys.key("ec-1", "ES256") is not None
    source.keys = (ec_key(),)
    clock.now += 3601
    assert keys.key("rsa-1", "RS256") is None


def test_made_up_key_names_do_not_become_a_load_on_the_issuer() -> None:
    source, clock = Source(rsa_key()), Clock()
    keys = SigningKeys(source, _ALL, clock=clock)
    for number in range(100):
        assert keys.key(f"made-up-{number}", "RS256") is None
    assert source.asked == 1
    clock.now += 61
    for number in range(100):
        assert keys.key(f"made-up-{number}", "RS256") is None
    assert source.asked == 2


def test_keys_are_believed_while_their_source_is_away_but_not_for_ever() -> None:
    source, clock = Source(rsa_key()), Clock()
    keys = SigningKeys(source, _ALL, kept_seconds=10_000, clock=clock)
    keys.renew()
    assert keys.state is KeysState.FRESH
    source.away = True
    clock.now += 3601
    assert keys.key("rsa-1", "RS256") is not None
    assert keys.state is KeysState.STALE
    clock.now += 10_000
    assert keys.state is KeysState.MISSING
    with pytest.raises(KeysMissingError):
        keys.key("rsa-1", "RS256")
    source.away = False
    clock.now += 61
    assert keys.key("rsa-1", "RS256") is not None
    assert keys.state is KeysState.FRESH


def test_a_broken_key_set_does_not_drive_out_the_good_one() -> None:
    with key_server(rsa_key()) as server:
        verifier = TokenVerifier.of(
            IdentitySettings(issuer=ISSUER, audience=AUDIENCE, jwks_url=server.url, keys_pause_seconds=0.001),
            LOCAL_ONLY,
        )
        assert verifier.user(rsa_key().token()).user_id == "u1"
        server.body = b"<html>maintenance</html>"
        for status in (200, 503):
            server.status = status
            with pytest.raises(TokenRefusedError):
                verifier.user(ec_key().token())
            assert verifier.state is KeysState.STALE
            assert verifier.user(rsa_key().token()).user_id == "u1"
        server.status = 200
        server.now_has(ec_key())
        assert verifier.user(ec_key().token()).user_id == "u1"
        assert verifier.state is KeysState.FRESH


def test_without_keys_nobody_is_refused_for_a_bad_token_since_nothing_can_be_checked(tmp_path: Path) -> None:
    verifier = TokenVerifier.of(settings(tmp_path / "missing.json"), LOCAL_ONLY)
    assert verifier.state is KeysState.MISSING
    with pytest.raises(KeysMissingError):
        verifier.user(rsa_key().token())


def test_keys_come_only_from_where_the_deployment_lets_connections_go() -> None:
    elsewhere = IdentitySettings(issuer=ISSUER, audience=AUDIENCE, jwks_url="https://sign-on.example/keys")
    with pytest.raises(EgressError):
        TokenVerifier.of(elsewhere, LOCAL_ONLY)
    permitted = Deployment(profile=Profile.ON_PREMISES, allowed_hosts=("sign-on.example",))
    TokenVerifier.of(elsewhere, EgressPolicy.of(permitted))
