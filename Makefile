# make demo: install everything and answer five questions from corpora/.   make test: install what tests need and run them all.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev

.PHONY: demo test lint types layers clean
$(BIN)/python:
	$(PYTHON) -m venv $(VENV)
$(STAMP): $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@
$(DEV_STAMP): $(STAMP)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

demo: $(STAMP)
	$(BIN)/python -m ragkit.cli.demo
test: $(DEV_STAMP)
	$(BIN)/python -m pytest
lint: $(DEV_STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
types: $(DEV_STAMP)
	$(BIN)/mypy
layers: $(DEV_STAMP)
	$(BIN)/lint-imports
clean:
	rm -rf $(VENV) demo.kb
