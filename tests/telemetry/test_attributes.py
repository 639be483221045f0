"""The names on spans are those of the conventions, each in one table."""

from __future__ import annotations

import inspect
import re
import warnings
from pathlib import Path

import openinference.semconv.trace as openinference
import pytest

from ragkit.telemetry.attributes import ATTRIBUTES, Operation, StageKind, named

_DOCS = Path(__file__).parents[2] / "docs" / "integrations.md"
_NEWER_THAN_THE_PACKAGE = {"gen_ai.retrieval.top_k"}


def _genai_names() -> set[str]:
    with warnings.catch_warnings():  # the package calls its whole GenAI part deprecated: it moved to another repository
        warnings.simplefilter("ignore", DeprecationWarning)
        from opentelemetry.semconv._incubating.attributes import error_attributes, gen_ai_attributes
    names = (*vars(gen_ai_attributes).values(), *vars(error_attributes).values())
    return {name for name in names if isinstance(name, str)} | _NEWER_THAN_THE_PACKAGE


def _openinference_names() -> set[str]:
    classes = [value for value in vars(openinference).values() if inspect.isclass(value)]
    return {name for each in classes for name in vars(each).values() if isinstance(name, str)}


def test_every_name_is_a_convention_s_or_ragkits_own() -> None:
    genai, inference = _genai_names(), _openinference_names()
    for attribute in ATTRIBUTES.values():
        for name in attribute.names:
            assert name in genai or name in inference or name.startswith("ragkit."), name


def test_kinds_and_operations_are_the_conventions() -> None:
    assert {kind.value for kind in StageKind} <= {kind.value for kind in openinference.OpenInferenceSpanKindValues}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        from opentelemetry.semconv._incubating.attributes.gen_ai_attributes import GenAiOperationNameValues

        assert {each.value for each in Operation} <= {each.value for each in GenAiOperationNameValues}


def test_no_name_stands_for_two_things() -> None:
    names = [name for attribute in ATTRIBUTES.values() for name in attribute.names]
    assert len(names) == len(set(names))


def test_what_has_content_is_left_out_unless_it_is_wanted() -> None:
    known = {"question": "How much?", "passages": 3, "status": None}
    assert dict(named(known, content=False)) == {"ragkit.retrieval.passages": 3}
    assert dict(named(known, content=True)) == {"input.value": "How much?", "ragkit.retrieval.passages": 3}
    with pytest.raises(KeyError):
        list(named({"patient": "x"}, content=True))


def test_the_documentation_lists_every_attribute_and_no_other() -> None:
    documented = set(re.findall(r"^\| `([a-z_]+\.[a-z_.]+)`", _DOCS.read_text(), re.MULTILINE))
    assert documented == {name for attribute in ATTRIBUTES.values() for name in attribute.names}
