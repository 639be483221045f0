# make demo: install everything and answer five questions from corpora/.   make test: install what tests need and run them all.
# make eval: ask every question of eval/northmoor and decide whether this change may ship; reports in eval-report/.
# make test-llm: run a small real language model behind a real server and prove that nothing it says is shown unverified.
# make eval-real: the same measures on real policies, where a folder of them is there (REAL=../shared/data).
PYTHON ?= python3
VENV := .venv
REAL ?= ../shared/data
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev
LLM_VENV := .venv-llm
LLM_STAMP := $(LLM_VENV)/.installed
LLM_REQUIREMENTS := tests_real_model/requirements.txt
QUESTIONS ?= --questions 60

.PHONY: demo test test-llm eval eval-real lint types layers clean
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
$(LLM_STAMP): $(LLM_REQUIREMENTS)
	@echo "Building the language model's server from source, once: about ten minutes; it needs a C++ compiler."
	$(PYTHON) -m venv $(LLM_VENV)
	$(LLM_VENV)/bin/pip install --quiet --disable-pip-version-check -r $(LLM_REQUIREMENTS)
	touch $@
test-llm: $(DEV_STAMP) $(LLM_STAMP)
	$(BIN)/python -m pytest tests_real_model $(QUESTIONS)
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
	rm -rf $(VENV) $(LLM_VENV) demo.kb
