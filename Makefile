# Two commands do all the set-up: `make conformance` and `make test`. ARGS hands flags on to pytest:
#     make conformance ARGS="--tool uv@0.7.13 --tool uv -n 2"
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
READY := $(VENV)/ready

# Where a step is disturbed anyway its calls are stopped in any case.
UNDISTURBED = $(filter-out scenarios/sets/ scenarios/crash/ scenarios/errors/ scenarios/race/,$(wildcard scenarios/*/))

.PHONY: conformance test releases scripts watched lint actions types mutants trust reports set bench clean help

conformance: $(READY) ## play the scenarios against venv and uv and print the table
	$(BIN)/pytest scenarios/ $(ARGS)

test: $(READY) ## the project's own tests
	$(BIN)/pytest tests $(ARGS)

lint: $(READY) ## ruff and the import contract
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

actions: $(READY) ## actionlint and shellcheck for what GitHub runs; fetches both
	$(BIN)/python -m pip install --quiet --editable '.[actions]'
	$(BIN)/actionlint -shellcheck $(BIN)/shellcheck

types: $(READY) ## mypy, strict
	$(BIN)/mypy

mutants: $(READY) ## the checks and diff() changed one spot at a time: some test notices, or tests/mutants.md says why none can
	$(BIN)/python tests/mutants.py

releases: $(READY) ## what the tools' files say of versions, tried with the releases at both sides
	VENVPROOF_RELEASES=1 $(BIN)/pytest tests/releases $(ARGS)

scripts: $(READY) ## the script of every case run against the real tools: it fails exactly where the case breaks
	VENVPROOF_SCRIPTS=1 $(BIN)/pytest tests/scripts $(ARGS)

watched: $(READY) ## the corpus with every call of every command stopped and let go on: nothing may come out otherwise
	$(BIN)/pytest $(UNDISTURBED) --table none --keep none --results .watched/off.jsonl $(ARGS)
	$(BIN)/pytest $(UNDISTURBED) --table none --keep none --results .watched/on.jsonl --watched $(ARGS)
	test "$$($(BIN)/venvproof diff .watched/off.jsonl .watched/on.jsonl | tee /dev/stderr)" = "Nothing changed."
	rm -r .watched

trust: $(READY) ## what has been seen to break each check of the corpus, looked for and written to reports/trust.md
	$(BIN)/python tests/trust.py $(ARGS)

reports: $(READY) ## play every published build, going on where that was cut off, and write reports/; ARGS=--help says more
	$(BIN)/python reports/play.py $(ARGS)

set: $(READY) ## freeze the suite as it is, for those who pin it: make set NAME=2026.1
	$(BIN)/python tests/freeze.py "$(NAME)"

bench: $(READY) ## the comparisons of bench/, with the targets beside what was seen
	$(BIN)/python -m bench

clean: ## remove the environment and what tests leave
	rm -rf $(VENV) .mypy_cache .ruff_cache .hypothesis mutants reports/latest.jsonl

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST)

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "venvproof needs Python 3.11 or newer: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[test,lint]'
	@touch $@
