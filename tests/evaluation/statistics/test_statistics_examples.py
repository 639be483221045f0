"""The examples in the docstrings are run, so that they stay true."""

import doctest
import importlib
import pkgutil

import pytest

import ragkit.evaluation.gate as gate
import ragkit.evaluation.statistics as statistics


def modules(package):
    return [f"{package.__name__}.{module.name}" for module in pkgutil.iter_modules(package.__path__)]


@pytest.mark.parametrize("name", [*modules(statistics), *modules(gate)])
def test_every_example_in_a_docstring_is_true(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


@pytest.mark.parametrize("name", modules(statistics))
def test_every_file_of_formulas_has_a_toy_example(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).attempted > 0
