# 童安 Tong'an. `make run` shows it, `make test` proves it, `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= $(firstword $(shell command -v python3.11 python3.12 python3.13 python3 python))
VENV := .venv
BIN := $(VENV)/bin
# Tests run in a process more than there are cores, for those of the pages wait for the browser; three at least and nine
# at most; `make test WORKERS=0` runs them in one.
WORKERS ?= $(shell cores=$$(nproc 2>/dev/null || echo 2); echo $$((cores < 2 ? 3 : cores > 8 ? 9 : cores + 1)))
FRONTEND := web/frontend
DIST := web/static/dist
FRONTEND_SOURCES := $(shell find $(FRONTEND) -type f -not -path '*/node_modules/*' -not -path '*/.*/*' 2>/dev/null)

export PIP_DISABLE_PIP_VERSION_CHECK := 1

##@ Start here
.PHONY: run test help
run: install frontend ## Set up everything and start the demo: web, worker and beat. Ctrl-C stops all, the data stays
	@$(BIN)/tongan run $(if $(PORT),--port $(PORT)) $(if $(HOST),--host $(HOST))

test: install-dev frontend services ## Run every test, on SQLite, PostgreSQL, Redis and Chromium
	@$(BIN)/python -m pytest -n $(WORKERS) $(PYTEST)

help: ## List what can be made
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z][a-z-]*:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ While developing
.PHONY: sure fmt lint types contracts coverage hooks demo
sure: fmt lint types contracts coverage ## Format, lint, types, import contracts, tests, coverage

fmt: install-dev ## Format the Python code
	@$(BIN)/ruff format -q . && $(BIN)/ruff check -q --fix-only .

lint: install-dev ## Lint the Python code
	@$(BIN)/ruff check . && $(BIN)/ruff format --check -q .

types: install-dev ## Check the types
	@$(BIN)/mypy

contracts: install-dev ## Check who may import whom, and the other fences
	@$(BIN)/lint-imports && $(BIN)/python -m pytest -q tests/architecture

coverage: install-dev frontend services ## Run every test, show what none of them reaches; the engine needs 90 % of lines and branches
	@$(BIN)/python -m pytest -n $(WORKERS) --cov=engine --cov=cases --cov=tasks --cov=web --cov-report=term-missing:skip-covered $(PYTEST)
	@$(BIN)/python -m coverage report --include='src/engine/*' --fail-under=90 --format=total

hooks: install-dev ## Check format, lint and types before each commit (pre-commit)
	@$(BIN)/pre-commit install

demo: install ## Play the told stories of the demo county, step by step
	@$(BIN)/tongan demo

##@ Proofs
.PHONY: faults bench screens conformance traceability
faults: install-dev services ## The long form of the fault tests: kills, cuts, floods (under five minutes)
	@FAULTS=long $(BIN)/python -m pytest tests/faults -p no:xdist -s $(PYTEST)

bench: install-dev ## Measure the engine against the bare library
	@$(BIN)/python -m benchmarks

screens: install-dev frontend services ## Take the pictures of the twelve main pages anew (half a minute)
	@rm -f docs/screens/*.png
	@SCREENS=docs/screens $(BIN)/python -m pytest -q tests/browser/test_screens.py

traceability: install-dev ## Check what implements each sentence of the plan, and write docs/traceability.md
	@$(BIN)/python -m tests.traceability

conformance: install-dev ## Run a DMN/BPMN conformance kit: make conformance KIT=<folder>
	@test -n "$(KIT)" || { echo 'Say where the kit is: make conformance KIT=<folder>'; exit 2; }
	@$(BIN)/python -m benchmarks.conformance "$(KIT)"

##@ Set-up
.PHONY: install install-dev frontend services lock migrate clean distclean
install: $(VENV)/.run ## Create the environment that `make run` needs
install-dev: $(VENV)/.dev ## The same with the tools for tests and production
frontend: $(DIST)/.built ## Build the browser's part (node comes from the environment, not from the machine)

services: ## Check that PostgreSQL, Redis, Chromium and a Chinese font are here; as root, install them
	@bash .ci/services

lock: install-dev ## Write requirements/*.txt anew from pyproject.toml
	@bash requirements/lock

migrate: install ## Bring the database up to date
	@$(BIN)/tongan migrate

clean: ## Remove what was built
	rm -rf $(DIST) $(FRONTEND)/node_modules .pytest_cache .ruff_cache .mypy_cache .hypothesis .import_linter_cache .coverage htmlcov
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

distclean: clean ## Remove the environment and the demo's data too
	rm -rf $(VENV) var

$(BIN)/python:
	@bash .ci/venv "$(PYTHON)" $(VENV)

$(VENV)/.run: requirements/run.txt pyproject.toml | $(BIN)/python
	@echo 'Installing the packages (once; about a minute) …'
	@$(BIN)/python -m pip install -q --require-hashes -r requirements/run.txt
	@$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(BIN)/python
	@echo 'Installing the packages and tools (once; about a minute) …'
	@$(BIN)/python -m pip install -q --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.run

$(FRONTEND)/node_modules/.installed: $(wildcard $(FRONTEND)/package-lock.json) | $(VENV)/.run
	@echo 'Fetching the packages of the front end (once) …'
	@cd $(FRONTEND) && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --loglevel=error --no-progress
	@touch $@

$(DIST)/.built: $(FRONTEND_SOURCES) | $(FRONTEND)/node_modules/.installed
	@echo 'Building the front end …'
	@cd $(FRONTEND) && PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent build -- --logLevel error
	@mkdir -p $(DIST) && touch $@
