# The doors of this repository. Everything behind them is in devkit/ (see devkit/README.md).
# A machine needs Python 3.11+, Go 1.26+ and, for what is missing, apt-get with root or sudo.

PYTHON ?= python3
BIN := .venv/bin
DEVKIT := $(BIN)/python -m devkit
BOOTSTRAP := $(PYTHON) devkit/src/devkit/bootstrap.py
GO := $(shell command -v go || echo /usr/local/go/bin/go)
ENGINE := services/matching-engine
# Which tests: make test TESTS=services/auth, or TESTS="services/auth -k refresh"
TESTS ?=
FAST := -m "not slow and not cluster"

.DEFAULT_GOAL := help
.PHONY: help setup setup-tests run down status verify clean demo bench test test-python test-go test-slow \
	check format-check lint types imports go-check fmt readme-check contracts lock build-engine

help: ## List the doors
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- Run ------------------------------------------------------------------------------------------

setup: ## Install what is missing (Python packages, servers, the engine); nothing when nothing is
	@$(BOOTSTRAP)

setup-tests:
	@$(BOOTSTRAP) python servers engine compiler

run: setup ## Start the whole platform; Ctrl-C stops it in order, running it again continues
	@exec $(DEVKIT) up

down: ## Stop a platform that was started elsewhere
	@$(DEVKIT) down

status: ## The running processes and their ids
	@$(DEVKIT) status

verify: ## Check every invariant of the running platform
	@$(DEVKIT) verify

clean: ## Remove the platform's data, keys and logs (it must not run)
	@$(BOOTSTRAP) python
	@$(DEVKIT) clean

demo: setup ## Replay recorded real order flow through the public API, and check it (starts one too)
	@$(BIN)/python -m replay $(DEMO)

bench: setup ## Load the platform (started for it when none runs) and print what an order costs
	@$(BIN)/python -m bench orders $(BENCH)

# --- Test -----------------------------------------------------------------------------------------

test: setup-tests ## Run the tests of every language against real servers
	@$(DEVKIT) with-servers -- $(MAKE) --no-print-directory --keep-going test-python test-go

test-python: ## The Python tests alone (TESTS=... for some of them)
	@$(BIN)/python -m pytest $(FAST) $(TESTS)

test-go: ## The Go tests alone, with the race detector
	@cd $(ENGINE) && $(GO) test -race ./...

test-slow: setup-tests ## The tests that take minutes: the whole capture, every fault
	@$(DEVKIT) with-servers -- $(BIN)/python -m pytest -m "slow and not cluster" $(TESTS)

check: setup-tests format-check lint types imports go-check test ## Everything that CI runs

format-check: ## Are all files formatted?
	@$(BIN)/ruff format --check --quiet --output-format concise . || { echo 'make fmt formats them'; exit 1; }
	@test -z "$$($(dir $(GO))gofmt -l $(ENGINE))" || { echo "gofmt is needed in:"; $(dir $(GO))gofmt -l $(ENGINE); exit 1; }

lint: ## ruff, and whether each package declares just what it imports
	@$(BIN)/ruff check --quiet --output-format concise .
	@$(DEVKIT) dependencies

types: ## mypy, strict, over every package
	@$(BIN)/mypy

imports: ## The rules of who may import whom
	@$(BIN)/lint-imports --no-logo

go-check: ## go vet and staticcheck
	@cd $(ENGINE) && $(GO) vet ./... && $(GO) tool staticcheck ./...

fmt: ## Format everything
	@$(BIN)/ruff check --quiet --fix --select I .
	@$(BIN)/ruff format --quiet .
	@$(dir $(GO))gofmt -w $(ENGINE)

readme-check: setup ## Run the commands of the README and of docs/first-steps.md as written there
	@$(DEVKIT) readme-check

contracts: ## Write the services' OpenAPI documents (contracts/openapi)
	@$(BOOTSTRAP) python
	@$(BIN)/python -m tests.contract.openapi

# --- Build ----------------------------------------------------------------------------------------

build-engine: ## Build the matching engine into .local/bin
	@$(BOOTSTRAP) engine

lock: ## Choose new versions of all Python dependencies (LOCK=--keep: only where declarations changed)
	@$(BOOTSTRAP) python
	@$(DEVKIT) lock $(LOCK)
