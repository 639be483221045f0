"""One house and one server for the tests that change nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ragkit.deployment.server import RateSettings, ServerSettings
from tests.serving.rest.house import Client, make_house, serving

UNLIMITED = RateSettings(user_per_minute=100_000, answers_per_minute=100_000, address_per_minute=100_000)


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_house(tmp_path_factory.mktemp("house"))


@pytest.fixture(scope="session")
def server(house: Path) -> Iterator[Client]:
    with serving(house, settings=ServerSettings(rates=UNLIMITED)) as client:
        yield client
