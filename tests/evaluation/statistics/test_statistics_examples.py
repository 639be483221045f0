"""The examples in the docstrings are run, so that they stay true."""

import doctest
import importlib
import pkgutil

import pytest

import ragkit.evaluation.statistics as package

MODULES = [module.name for module in pkgutil.iter_modules(package.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_every_example_in_a_docstring_is_true(name: str) -> None:
    found = doctest.testmod(importlib.import_module(f"{package.__name__}.{name}"))
    assert found.attempted > 0
    assert found.failed == 0
