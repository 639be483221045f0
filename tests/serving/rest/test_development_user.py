"""A development user is for one's own machine: nothing but a program on it gets in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ragkit.access.user import User
from ragkit.deployment.server import ServerSettings
from ragkit.egress.policy import LOCAL_ONLY
from ragkit.errors import SettingsError
from ragkit.serving.identity import DevelopmentUser, TokenVerifier
from ragkit.serving.rest.running import choose_identity
from tests.serving.rest.house import FLUSHING, Client, identity_settings, serving


@pytest.fixture(scope="module")
def own(house: Path) -> Iterator[Client]:
    with serving(house, identity=DevelopmentUser(User("dev", {"nurse"}))) as client:
        yield client


def test_everybody_on_the_machine_is_the_development_user(own: Client) -> None:
    assert own.ask(FLUSHING)["status"] == "answered"
    assert own.of("pharmacist").get("/v1/documents").json()["total"] == 2


@pytest.mark.parametrize("name", ["forwarded", "x-forwarded-for", "x-real-ip"])
def test_what_a_proxy_passes_on_is_refused(own: Client, name: str) -> None:
    assert own.get("/v1/documents", headers={name: "10.0.0.7"}).status_code == 403


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", ""])
def test_a_web_page_whose_name_is_made_to_point_here_is_refused(own: Client, host: str) -> None:
    assert [own.get(path, headers={"host": host}).status_code for path in ("/v1/documents", "/metrics")] == [421, 421]


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "[::1]:8000"])
def test_the_machine_s_own_names_are_good(own: Client, host: str) -> None:
    assert own.get("/v1/documents", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.1.2.3", "ragkit.example"])
def test_it_is_refused_at_an_address_that_others_reach(host: str) -> None:
    with pytest.raises(SettingsError, match=r"127\.0\.0\.1 only"):
        choose_identity(ServerSettings(), LOCAL_ONLY, host=host, dev_user="dev")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "[::1]", "127.8.8.8"])
def test_it_is_good_at_an_address_of_this_machine(host: str) -> None:
    identity = choose_identity(ServerSettings(), LOCAL_ONLY, host=host, dev_user="dev", dev_roles=("nurse",))
    assert identity.user(None) == User("dev", {"nurse"})


def test_without_a_source_of_identity_there_is_no_server() -> None:
    with pytest.raises(SettingsError, match="no source of identity"):
        choose_identity(ServerSettings(), LOCAL_ONLY, host="127.0.0.1", dev_user=None)
    with pytest.raises(SettingsError, match="none is named"):
        choose_identity(ServerSettings(), LOCAL_ONLY, host="127.0.0.1", dev_user=None, dev_roles=("nurse",))


def test_it_does_not_get_around_a_sign_on_that_is_configured(house: Path) -> None:
    settings = ServerSettings(identity=identity_settings(house))
    with pytest.raises(SettingsError, match="get around"):
        choose_identity(settings, LOCAL_ONLY, host="127.0.0.1", dev_user="dev")
    assert isinstance(choose_identity(settings, LOCAL_ONLY, host="0.0.0.0", dev_user=None), TokenVerifier)
