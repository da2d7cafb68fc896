# The two commands that matter: `make demo` and `make test`. `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The environment is made anew when a lock file or the project file changes.
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint format lock contract bench fuzz kills chaos soak audit clean

help: ## say what each target does
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

setup: $(READY) ## make the locked environment in .venv

$(READY): requirements.lock requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "report-streams needs Python 3.11 or newer, this is " + sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-build.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-build-isolation -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY) ## run the main job on the embedded Kafka: seeds in, events out
	$(BIN)/report-streams demo seeds

test: lint ## lint, then every test
	$(BIN)/python -m pytest

lint: $(READY) ## ruff and mypy (strict) on the packages and the tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY) ## let ruff format and sort
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate pyproject.toml
lock: ## write the lock files anew (asks the package index)
	$(LOCK) --output-file requirements.lock
	$(LOCK) --extra dev --extra bench --constraint requirements.lock --output-file requirements-dev.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-header --no-annotate --constraint requirements-dev.lock \
		--output-file requirements-build.lock requirements-build.in

contract: $(READY) ## generate schemas/contract/ anew from the records
	$(BIN)/python -m schemas.contract

bench: $(READY) ## measure page reading, analysis, archive, replay, boards and the worker, beside what one would use instead (about an hour)
	$(BIN)/python -m benchmarks.reflow
	$(BIN)/python -m benchmarks.analysis
	$(BIN)/python -m benchmarks.archive
	$(BIN)/python -m benchmarks.boards
	$(BIN)/python -m benchmarks.engines

fuzz: $(READY) ## 20,000 malformed files through the readers, 100,000 malformed records through the worker
	FUZZ_INPUTS=20000 $(BIN)/python -m pytest --timeout 3600 tests/unit/test_reports_fuzz.py
	FUZZ_RECORDS=100000 $(BIN)/python -m pytest --timeout 3600 tests/broker/test_worker_fuzz.py

kills: $(READY) ## 30 kills of archive --follow and of replay: nothing missing, nothing twice; a round trip of 200,000 odd records
	ARCHIVE_KILLS=30 REPLAY_KILLS=30 REPLAY_RECORDS=200000 $(BIN)/python -m pytest --timeout 3600 tests/broker/test_archive.py \
		tests/broker/test_replay.py -k 'kills or killed or again_is_the_same'

SEEDS ?= 10
FAULTS ?= 20
RECORDS ?= 50000
chaos: $(READY) ## faults on real workers, brokers and connections: SEEDS=10 FAULTS=20 RECORDS=50000, or one SEED=7 (about an hour)
	$(BIN)/python -m tests.chaos $(if $(SEED),--seed $(SEED),--seeds $(SEEDS)) --faults $(FAULTS) --records $(RECORDS) $(if $(KINDS),--kinds $(KINDS))

SOAK_RECORDS ?= 1000000
soak: $(READY) ## SOAK_RECORDS=1000000 records through one worker: memory, files and threads stay flat (about 15 minutes)
	$(BIN)/python -m benchmarks.soak --records $(SOAK_RECORDS)

audit: $(READY) ## known vulnerabilities of the locked packages, where their database can be reached
	@$(BIN)/python .ci/audit.py requirements.lock

clean: ## remove the environment and what tools left behind
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
