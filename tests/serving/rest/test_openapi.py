"""The server keeps what its OpenAPI document promises, whatever it is sent. The examples are the same each time."""

from __future__ import annotations

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.specs.openapi.checks import positive_data_acceptance

from ragkit import KnowledgeBase
from ragkit.access.user import User
from ragkit.serving.identity import DevelopmentUser
from ragkit.serving.rest.app import create_app
from tests.serving.rest.house import Client


def _never_opened() -> KnowledgeBase:
    raise AssertionError("only the description is asked for")


_EXAMPLES = 25
_generation = GenerationConfig(deterministic=True, max_examples=_EXAMPLES, database="none")
_config = SchemathesisConfig(projects=ProjectsConfig(default=ProjectConfig(generation=_generation)))
_described = create_app(_never_opened, DevelopmentUser(User("u1"))).openapi()
schema = schemathesis.openapi.from_dict(_described, config=_config)


@schema.parametrize()
@settings(
    max_examples=_EXAMPLES, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
def test_the_server_keeps_what_it_promises(case: schemathesis.Case, server: Client) -> None:
    headers = {"Authorization": f"Bearer {server.of('nurse').token}"}
    excluded = [positive_data_acceptance] if _has_a_wordless_question(case.body) else []
    case.call_and_validate(base_url=server.address, headers=headers, excluded_checks=excluded)


def _has_a_wordless_question(body: object) -> bool:
    """Whether the question is a text without words ("«"): refused, which no pattern of JSON Schema says portably."""
    questions = [body.get("question", "")] if isinstance(body, dict) else []
    return any(isinstance(question, str) and not any(map(str.isalnum, question)) for question in questions)
