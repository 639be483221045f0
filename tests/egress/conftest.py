"""A recorded network and a certificate authority for every test that connects."""

from __future__ import annotations

import pytest

from tests.egress.servers import Authority, Network


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    """Records what this process asks of the network; no packet leaves this machine."""
    found = Network()
    found.install(monkeypatch)
    return found


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A certificate authority that no system knows."""
    return Authority.made_in(tmp_path_factory.mktemp("certificates"))
