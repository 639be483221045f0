# make demo: install everything and answer five questions from corpora/.   make test: install what tests need and run them all.
# make eval: ask every question of eval/northmoor and decide whether this change may ship; reports in eval-report/.
# make eval-real: the same measures on real policies, where a folder of them is there (REAL=../shared/data).
PYTHON ?= python3
VENV := .venv
REAL ?= ../shared/data
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev

.PHONY: demo test eval eval-real lint types layers clean
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
eval: $(STAMP)
	$(BIN)/ragkit eval gate eval/gate.toml
eval-real: $(STAMP)
	@if [ -d "$(REAL)/questions" ]; then RAGKIT_REAL="$(abspath $(REAL))" $(BIN)/ragkit eval run eval/real.toml; \
	else echo "There is no folder $(REAL)/questions: nothing to measure. Name one of that form: make eval-real REAL=FOLDER"; fi
lint: $(DEV_STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
types: $(DEV_STAMP)
	$(BIN)/mypy
layers: $(DEV_STAMP)
	$(BIN)/lint-imports
clean:
	rm -rf $(VENV) demo.kb
