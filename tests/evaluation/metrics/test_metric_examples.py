"""The examples in the metrics' docstrings are true, and no public function of a metric file goes without one."""

import doctest
import importlib
import inspect
import pkgutil
from types import ModuleType

import pytest

from ragkit.evaluation import claims, matching, metrics

NO_METRICS = {"base", "catalogue", "convention", "judging", "matrices", "toy"}
MODULES = [
    importlib.import_module(f"{metrics.__name__}.{each.name}") for each in pkgutil.iter_modules(metrics.__path__)
]
METRIC_FILES = [module for module in MODULES if module.__name__.rpartition(".")[2] not in NO_METRICS]


@pytest.mark.parametrize("module", [*MODULES, claims, matching], ids=lambda module: module.__name__)
def test_every_example_gives_what_it_says(module: ModuleType) -> None:
    failures, _ = doctest.testmod(module, raise_on_error=False)
    assert failures == 0


@pytest.mark.parametrize("module", METRIC_FILES, ids=lambda module: module.__name__)
def test_every_public_function_of_a_metric_file_has_an_example(module: ModuleType) -> None:
    functions = [
        each for name, each in inspect.getmembers(module, inspect.isfunction)
        if each.__module__ == module.__name__ and not name.startswith("_")
    ]  # fmt: skip
    assert functions
    assert [each.__name__ for each in functions if ">>>" not in (each.__doc__ or "")] == []
