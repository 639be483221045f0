"""Where connections may go under each profile, and the tricks that do not get around it."""

from __future__ import annotations

import pytest

from ragkit.deployment.deployment import Deployment, Profile, ProviderSettings, Zone
from ragkit.egress.policy import LOCAL_ONLY, EgressPolicy, egress_error
from ragkit.errors import EgressError

INSIDE = ProviderSettings(name="inside", model="m", base_url="https://models.hospital.test/v1", zone=Zone.ON_PREMISES)
OUTSIDE = ProviderSettings(name="outside", model="m", base_url="https://cloud.test/v1")


def policy(profile: Profile, *hosts: str, providers: tuple[ProviderSettings, ...] = ()) -> EgressPolicy:
    return EgressPolicy.of(Deployment(profile=profile, allowed_hosts=hosts, providers=providers))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8080/v1",
        "https://127.8.9.10/",
        "http://localhost:11434/v1",
        "http://LOCALHOST/",
        "http://localhost./",
        "http://models.localhost:8000/",
        "http://[::1]:8080/",
        "http://[::ffff:127.0.0.1]/",
    ],
)
@pytest.mark.parametrize("profile", Profile)
def test_this_machine_may_always_be_reached(url: str, profile: Profile) -> None:
    assert policy(profile).check(url).is_loopback


@pytest.mark.parametrize(
    "url",
    ["https://models.hospital.test/", "https://cloud.test/v1", "http://10.0.0.7/", "http://0.0.0.0/", "http://[::]/"],
)
def test_the_local_profile_reaches_no_other_machine_whatever_is_listed(url: str) -> None:
    with pytest.raises(EgressError, match="'local' lets no connection leave this machine"):
        policy(Profile.LOCAL, "models.hospital.test", "http://10.0.0.7", providers=(OUTSIDE,)).check(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1@evil.test/",
        "http://localhost:80@evil.test/",
        "http://user:password@127.0.0.1/",
        "https://models.hospital.test@evil.test/",
        "https://models.hospital.test:443@evil.test/v1",
        "https://models.hospital.test\\@evil.test/",
        "https://evil.test\\.models.hospital.test/",
        "https://models.hospital.test.evil.test/",
        "https://evil.test/models.hospital.test",
        "https://evil.test#@models.hospital.test",
        "https://evil.test?@models.hospital.test",
        "https://models.hospital.test%2eevil.test/",
        "https://models.hospital.test%00.evil.test/",
        "https://models.hospital.test../",
        "https://models。hospital。evil。test/",
        "https://models.hospital.test:444/",
        "https://models.hospital.test:0/",
        "https://models.hospital.test:65536/",
        "http://models.hospital.test/",
        "ftp://models.hospital.test/",
        "file:///etc/passwd",
        "http+unix://%2Fvar%2Frun%2Fdocker.sock/",
        "unix:///var/run/docker.sock",
        "//models.hospital.test/",
        "models.hospital.test",
        "",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://127.0.0.1.evil.test/",
        "http://localhost.evil.test/",
        "http://notlocalhost/",
        "http://[::1%25eth0]/",
        "http://[fe80::1]/",
        "http://[::ffff:10.0.0.7]/",
        "http://169.254.169.254/",
        "https://моdels.hospital.test/",  # the first two letters are Cyrillic
    ],
)
def test_an_address_that_only_looks_like_a_permitted_one_is_refused(url: str) -> None:
    permitted = policy(Profile.ON_PREMISES, "models.hospital.test")
    assert not permitted.permits(url)
    with pytest.raises(EgressError) as refusal:
        permitted.check(url)
    assert "password" not in str(refusal.value).replace("user name or password", "")


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        ("models.hospital.test", "https://models.hospital.test/v1/chat"),
        ("models.hospital.test", "https://MODELS.Hospital.TEST:443/"),
        ("models.hospital.test.", "https://models.hospital.test/"),
        ("Models.Hospital.Test", "https://models.hospital.test./"),
        ("https://models.hospital.test:8443/", "https://models.hospital.test:8443/v1"),
        ("models.hospital.test:8443", "https://models.hospital.test:8443/v1"),
        ("http://models.hospital.test:8000", "http://models.hospital.test:8000/v1"),
        ("10.0.0.7:8443", "https://10.0.0.7:8443/"),
        ("[fd00::7]:8443", "https://[fd00:0:0:0:0:0:0:7]:8443/"),
        ("fd00::7", "https://[fd00::7]/"),
        ("bücher.hospital.test", "https://xn--bcher-kva.hospital.test/"),
        ("gpu_1.hospital.test", "https://gpu_1.hospital.test/"),
    ],
)
def test_a_listed_host_is_reached_however_it_is_written(entry: str, url: str) -> None:
    assert policy(Profile.ON_PREMISES, entry).permits(url)


@pytest.mark.parametrize("entry", ["*", "*.hospital.test", "", "host/path", "a b", "ftp://host", "u:p@host", "0x7f.1"])
def test_an_entry_that_is_no_host_is_refused(entry: str) -> None:
    with pytest.raises(EgressError):
        policy(Profile.ON_PREMISES, entry)


def test_plain_http_wants_an_entry_that_says_so() -> None:
    with pytest.raises(EgressError, match=r"https only.*'http://models.hospital.test'"):
        policy(Profile.ON_PREMISES, "models.hospital.test").check("http://models.hospital.test/")


def test_another_port_wants_an_entry_that_names_it() -> None:
    with pytest.raises(EgressError, match=r"another port only; add 'models.hospital.test:8443'"):
        policy(Profile.ON_PREMISES, "models.hospital.test").check("https://models.hospital.test:8443/")


def test_on_premises_a_language_model_has_to_be_listed() -> None:
    assert not policy(Profile.ON_PREMISES, providers=(INSIDE,)).permits("https://models.hospital.test/v1")


@pytest.mark.parametrize("profile", [Profile.CLOUD, Profile.HYBRID])
def test_cloud_and_hybrid_reach_the_language_models_that_are_configured_and_nothing_else(profile: Profile) -> None:
    found = policy(profile, "idp.hospital.test", providers=(INSIDE, OUTSIDE))
    for url in ("https://models.hospital.test/v1", "https://cloud.test/v1", "https://idp.hospital.test/keys"):
        assert found.permits(url)
    for url in ("https://evil.test/", "http://cloud.test/v1", "https://cloud.test:8443/", "https://api.openai.com/v1"):
        assert not found.permits(url)


def test_a_model_without_an_address_is_at_the_public_service() -> None:
    found = policy(Profile.CLOUD, providers=(ProviderSettings(name="gpt", model="m"),))
    assert found.permits("https://api.openai.com/v1/chat/completions")


def test_confined_reaches_what_is_on_premises_only() -> None:
    confined = policy(Profile.HYBRID, "idp.hospital.test", providers=(INSIDE, OUTSIDE)).confined()
    assert confined.permits("https://models.hospital.test/v1")
    assert confined.permits("https://idp.hospital.test/")
    with pytest.raises(EgressError, match="stays on premises"):
        confined.check("https://cloud.test/v1")


def test_a_host_that_is_said_to_be_in_both_zones_is_outside() -> None:
    both = INSIDE.model_copy(update={"name": "both", "base_url": "https://cloud.test/other"})
    confined = policy(Profile.HYBRID, "cloud.test", "cloud.test:8443", providers=(OUTSIDE, both)).confined()
    assert not confined.permits("https://cloud.test/v1")
    assert not confined.permits("https://cloud.test:8443/v1")


@pytest.mark.parametrize("url", ["https://api.openai.com/v1", "https://ward.openai.azure.com"])
def test_a_public_service_is_on_nobodys_premises(url: str) -> None:
    claimed = ProviderSettings(name="claimed", model="m", base_url=url, zone=Zone.ON_PREMISES)
    found = policy(Profile.HYBRID, url.split("/")[2], providers=(claimed,))
    assert found.permits(url)
    assert not found.confined().permits(url)


def test_only_holds_a_client_to_one_server() -> None:
    one = policy(Profile.HYBRID, providers=(INSIDE, OUTSIDE)).only("https://models.hospital.test/v1")
    assert one.permits("https://models.hospital.test/other")
    assert not one.permits("https://cloud.test/v1")
    with pytest.raises(EgressError):
        LOCAL_ONLY.only("https://cloud.test/v1")


def test_documents_are_embedded_on_premises_in_a_hybrid_deployment() -> None:
    providers = (INSIDE, OUTSIDE)
    assert not policy(Profile.HYBRID, providers=providers).for_documents().permits("https://cloud.test/v1")
    assert policy(Profile.CLOUD, providers=providers).for_documents().permits("https://cloud.test/v1")


def test_a_proxy_has_to_be_listed_and_carries_cloud_requests_only() -> None:
    deployment = Deployment(
        profile=Profile.HYBRID, providers=(INSIDE, OUTSIDE), proxy="http://proxy.hospital.test:3128"
    )
    with pytest.raises(EgressError, match=r"proxy http://proxy\.hospital\.test:3128 is not listed"):
        EgressPolicy.of(deployment)
    found = EgressPolicy.of(deployment.model_copy(update={"allowed_hosts": ("http://proxy.hospital.test:3128",)}))
    assert found.needs_proxy(found.check("https://cloud.test/v1"))
    assert not found.needs_proxy(found.check("https://models.hospital.test/v1"))
    assert not found.needs_proxy(found.check("http://127.0.0.1:8080/"))
    assert found.confined().proxy is None


def test_the_refusal_behind_a_librarys_error_is_found() -> None:
    try:
        try:
            LOCAL_ONLY.check("https://cloud.test/")
        except EgressError as refusal:
            raise RuntimeError("Connection error.") from refusal
    except RuntimeError as error:
        found = egress_error(error)
    assert isinstance(found, EgressError)
    assert egress_error(ValueError()) is None
