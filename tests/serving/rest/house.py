"""A small house: policies for staff, for pharmacists and for everybody, and a real server for them on loopback."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

import httpx2

from ragkit import KnowledgeBase
from ragkit.deployment.deployment import Deployment
from ragkit.deployment.server import IdentitySettings, ServerSettings
from ragkit.egress.policy import LOCAL_ONLY
from ragkit.serving.identity import Identity, TokenVerifier
from ragkit.serving.rest.app import create_app
from ragkit.serving.rest.running import RestServer
from tests.retrieval.library import WordVectors
from tests.serving.issuer import AUDIENCE, ISSUER, ec_key, rsa_key, write_key_set

POLICIES = {
    "flushing.md": """---
reference_number: IV-101
title: Flushing of Peripheral Catheters
effective_date: 2024-03-01
roles: [staff]
---
# Flushing of Peripheral Catheters

Flush a peripheral catheter with 5 mL of 0.9% sodium chloride every 8 hours when it is not in use.
""",
    "diversion.md": """---
reference_number: RX-77
title: Quokka Inquiry Procedure
effective_date: 2024-03-01
roles: [pharmacist]
---
# Quokka Inquiry Procedure

A suspected diversion of fentanyl is reported to the quokka inquiry office within 4 hours.
""",
    "visiting.md": """---
reference_number: PR-5
title: Visiting Hours
effective_date: 2024-03-01
roles: [public]
---
# Visiting Hours

Visitors are welcome on the wards from 10:00 to 20:00 every day.
""",
}
FLUSHING = "How often is a peripheral catheter flushed?"
SECRET = "Within how many hours is a suspected diversion of fentanyl reported?"
SECRET_WORDS = ("quokka", "rx-77", "diversion.md", "fentanyl is reported")
"""Words that stand only in the document for pharmacists; none of them is in a question."""


def write_policies(folder: Path, **more: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {**POLICIES, **more}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def make_house(folder: Path) -> Path:
    """The knowledge base's folder."""
    with KnowledgeBase.open(folder / "house.kb", embedding=WordVectors()) as kb:
        kb.ingest(write_policies(folder / "policies"))
    write_key_set(folder / "keys.json", rsa_key(), ec_key())
    return folder / "house.kb"


def identity_settings(house: Path, **changes: Any) -> IdentitySettings:
    return IdentitySettings(
        **{"issuer": ISSUER, "audience": AUDIENCE, "jwks_file": house.parent / "keys.json", **changes}
    )


@dataclass
class Client:
    """Asks a running server as one person.

    Attributes:
        address: the server's.
        token: theirs; None for nobody's.
        log: what the server's program logged since it started.
    """

    address: str
    token: str | None = None
    log: list[str] = field(default_factory=list)

    def of(self, *roles: str, user: str = "u1", **claims: Any) -> Client:
        """The same server, asked by a person with these roles."""
        return Client(self.address, rsa_key().token(sub=user, roles=list(roles), **claims), self.log)

    def call(self, method: str, path: str, *, headers: dict[str, str] | None = None, **content: Any) -> httpx2.Response:
        own = {"authorization": f"Bearer {self.token}"} if self.token else {}
        with httpx2.Client(base_url=self.address, timeout=30, trust_env=False) as client:
            return client.request(method, path, headers={**own, **(headers or {})}, **content)

    def get(self, path: str, **content: Any) -> httpx2.Response:
        return self.call("GET", path, **content)

    def post(self, path: str, body: Any = None, **content: Any) -> httpx2.Response:
        return self.call("POST", path, json=body, **content) if body is not None else self.call("POST", path, **content)

    def ask(self, question: str, **more: Any) -> dict[str, Any]:
        reply = self.post("/v1/ask", {"question": question, **more})
        assert reply.status_code == 200, reply.text
        answer: dict[str, Any] = reply.json()
        return answer

    def events(self, question: str, **more: Any) -> list[tuple[str, dict[str, Any]]]:
        """The server-sent events of a streamed answer, as (name, data)."""
        reply = self.post("/v1/ask/stream", {"question": question, **more})
        assert reply.status_code == 200, reply.text
        return read_events(reply.text)


def read_events(text: str) -> list[tuple[str, dict[str, Any]]]:
    events = []
    for block in filter(None, text.split("\n\n")):
        lines = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
        if lines:
            events.append((lines["event"], json.loads(lines["data"])))
    return events


class _Noting(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self.lines = lines
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@contextmanager
def serving(
    house: Path,
    *,
    settings: ServerSettings | None = None,
    deployment: Deployment | None = None,
    identity: Identity | None = None,
    knowledge_base: KnowledgeBase | None = None,
) -> Iterator[Client]:
    """A real server on loopback, in a thread of its own."""
    settings = settings or ServerSettings()
    whole = (deployment or Deployment()).model_copy(update={"server": settings})
    identity = identity or TokenVerifier.of(identity_settings(house), LOCAL_ONLY)

    def opened() -> KnowledgeBase:
        return knowledge_base or KnowledgeBase.open(house, embedding=WordVectors(), read_only=True, deployment=whole)

    lines: list[str] = []
    handler, listening = _Noting(lines), Queue[str]()
    logger = logging.getLogger("ragkit")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    server = RestServer(
        create_app(opened, identity, whole),
        settings,
        host="127.0.0.1",
        port=0,
        on_listening=listening.put,
        sets_up_logs=False,
    )
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield Client(listening.get(timeout=60), log=lines)
    finally:
        server.should_exit = True
        thread.join(30)
        logger.removeHandler(handler)
        logger.setLevel(level)
        assert not thread.is_alive()
