# The doors of this repository. Everything behind them is in devkit/ (see devkit/README.md).
# A machine needs Python 3.11+, Go 1.26+, Node.js 20.19+ and, for what is missing, apt-get with root
# or sudo.

PYTHON ?= python3
BIN := .venv/bin
DEVKIT := $(BIN)/python -m devkit
BOOTSTRAP := $(PYTHON) devkit/src/devkit/bootstrap.py
GO := $(shell command -v go || echo /usr/local/go/bin/go)
ENGINE := services/matching-engine
# The parts of our own in a Kubernetes node (tests/cluster/node)
NODE := tests/cluster/node/node
# npm's scripts are those of frontend/package.json
NPM := npm --prefix frontend --silent
# Which tests: make test TESTS=services/auth, or TESTS="services/auth -k refresh"
TESTS ?=
FAST := -m "not slow and not cluster"
# A process for each core; the tests of one file stay together, since some share a platform.
BESIDE := --numprocesses logical --dist loadfile

.DEFAULT_GOAL := help
.PHONY: help setup setup-tests setup-browser run ui-dev down status verify clean demo bench bench-stream bench-engine \
	load-k6 load-jmeter load-k6-cluster load-jmeter-cluster \
	images deploy kind-up kind-down dev \
	screenshots test test-python test-go test-ui test-browser test-slow test-journal test-faults cluster-test check format-check \
	lint types imports go-check node-check fmt readme-check contracts chart-goldens edges lock build-engine build-ui

help: ## List the doors
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-20s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- Run ------------------------------------------------------------------------------------------

setup: ## Install what is missing (packages, servers, the engine, the UI); nothing when nothing is
	@$(BOOTSTRAP)

setup-tests:
	@$(BOOTSTRAP) python servers engine compiler frontend helm kustomize

setup-browser: setup-tests
	@$(BOOTSTRAP) ui browser

run: setup ## Start the platform and a simulated market (SIMULATOR=off: none); Ctrl-C stops in order
	@exec $(DEVKIT) up

ui-dev: ## The UI from its sources, reloading, on the platform of `make run` (PLATFORM_URL=...)
	@$(BOOTSTRAP) frontend
	@exec $(NPM) run dev

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

bench-stream: setup ## 500 clients on one moving symbol: is every trade delivered, how fast, for how much
	@$(BIN)/python -m bench stream $(BENCH)

bench-engine: ## The matching engine alone: its book beside a textbook one, its journal, HTTP, recovery (10 minutes)
	@$(BOOTSTRAP) engine
	@cd $(ENGINE)/bench && $(GO) build -o $(CURDIR)/.local/bin/bench-engine .
	@mkdir -p .local/bench
	@exec .local/bin/bench-engine -engine .local/bin/matching-engine -out .local/bench -scratch .local/bench $(BENCH)

# PLAN=smoke|ramp|spike|soak ADDRESS=http://... RATE=journeys/s DURATION=90s|10m|1h USERS=24; see loadtest/README.md
LOAD = --plan $(or $(PLAN),smoke) $(if $(ADDRESS),--address $(ADDRESS)) $(if $(RATE),--rate $(RATE)) \
	$(if $(DURATION),--duration $(DURATION)) $(if $(USERS),--users $(USERS)) $(if $(ANYWHERE),--anywhere)

load-k6: setup ## A load plan by k6: PLAN=smoke, ramp, spike or soak; report and figures in .local/load
	@$(BOOTSTRAP) k6
	@$(BIN)/python -m load k6 $(LOAD)

load-jmeter: setup ## A load plan by JMeter, with its own report
	@$(BOOTSTRAP) jmeter
	@$(BIN)/python -m load jmeter $(LOAD)

screenshots: setup-browser ## Take the README's pictures of the UI, from a seeded run
	@$(NPM) run screenshots

# --- Kubernetes -----------------------------------------------------------------------------------

images: ## Build the images of what changed, with Docker or buildah (IMAGES="--only auth")
	@$(BOOTSTRAP) python builder
	@$(DEVKIT) images $(IMAGES)

kind-up: ## A Kubernetes cluster in Docker, with an ingress on http://127.0.0.1:9080
	@$(BOOTSTRAP) python
	@$(DEVKIT) kind up

deploy: ## Build the images and install the platform: on kind, a cluster of KUBECONFIG, or our own node
	@$(BOOTSTRAP) python helm builder
	@$(DEVKIT) deploy $(DEPLOY)

dev: ## Deploy on kind by skaffold, and copy changed sources into the running pods
	@$(BOOTSTRAP) python helm
	@$(DEVKIT) kind dev

load-k6-cluster: ## make load-k6 as a job in the cluster of `make deploy`, which it deploys where none is
	@$(BOOTSTRAP) python helm builder
	@$(DEVKIT) load-in-cluster k6 $(LOAD)

load-jmeter-cluster: ## make load-jmeter in the same way
	@$(BOOTSTRAP) python helm builder
	@$(DEVKIT) load-in-cluster jmeter $(LOAD)

kind-down: ## Remove the cluster of kind-up, and all that is in it
	@$(BOOTSTRAP) python
	@$(DEVKIT) kind down

# --- Test -----------------------------------------------------------------------------------------

test: setup-tests ## Run the tests of every language against real servers
	@$(DEVKIT) with-servers -- $(MAKE) --no-print-directory --keep-going test-python test-go test-ui

test-python: ## The Python tests alone (TESTS=... for some of them)
	@$(BIN)/python -m pytest $(FAST) $(BESIDE) $(TESTS)

test-go: ## The Go tests alone, with the race detector
	@cd $(ENGINE) && $(GO) test -race ./...
	@cd $(ENGINE)/bench && $(GO) test ./...

test-ui: ## The UI's tests without a browser
	@$(NPM) run test

test-browser: setup-browser ## The UI's journeys in a browser, on a platform of their own
	@$(NPM) run size
	@$(NPM) run e2e

# TESTS=... leaves the journal's faults out. Each Python test has an hour (pyproject.toml).
test-slow: setup-tests ## What takes minutes: the journal under every fault, a million commands decided twice, the whole capture (an hour)
	@$(BOOTSTRAP) k6 jmeter
	@$(if $(TESTS),true,$(MAKE) --no-print-directory test-journal)
	@echo 'The tests marked slow: orders under kills, the whole capture, a million commands against tests/oracle'
	@$(DEVKIT) with-servers -- $(BIN)/python -m pytest -v --durations=0 --durations-min=1 -m "slow and not cluster" $(TESTS)

# Two or three minutes where nothing else runs. What it counted is for docs/performance/engine.md.
FAULT_SEEDS ?= 250
test-journal:
	@echo "The journal, simulated with a fault at every operation of $(FAULT_SEEDS) runs (FAULT_SEEDS=...)"
	@mkdir -p .local/bench && rm -f .local/bench/crash-points.json
	@cd $(ENGINE) && JOURNAL_FAULT_SEEDS=$(FAULT_SEEDS) BENCH_DIR=$(CURDIR)/.local/bench \
		$(GO) test -count=1 -timeout 30m -v -run AnyFault ./internal/journal
	@test -s .local/bench/crash-points.json || { echo 'no fault was simulated'; exit 1; }

# Half an hour on two cores. Another run: FAULTS="--seed 2", a short one: FAULTS="--orders 2000 --each 1 --others 1".
test-faults: setup-tests test-journal ## Nothing acknowledged is lost: 20,000 orders of every kind under 225 faults (.local/bench/faults.json)
	@PYTHONPATH=tests/faults $(BIN)/python -m faultrun --out .local/bench/faults.json $(FAULTS)

cluster-test: setup-browser ## The platform on a real cluster: install, kill, upgrade, roll back, restore
	@$(BOOTSTRAP) builder
	@$(MAKE) --no-print-directory node-check
	@$(BIN)/python -m pytest -m cluster $(or $(TESTS),tests/cluster)

check: setup-browser format-check lint types imports go-check test test-browser ## All that must hold but for a cluster: CI runs this, then cluster-test

format-check: ## Are all files formatted?
	@$(BIN)/ruff format --check --quiet --output-format concise . || { echo 'make fmt formats them'; exit 1; }
	@test -z "$$($(dir $(GO))gofmt -l $(ENGINE) $(NODE))" || { echo "gofmt is needed in:"; $(dir $(GO))gofmt -l $(ENGINE) $(NODE); exit 1; }
	@$(NPM) run format:check || { echo 'make fmt formats them'; exit 1; }

lint: ## ruff, eslint, hadolint, shellcheck; does each package declare what it imports, has each UI criterion its test?
	@$(BIN)/ruff check --quiet --output-format concise .
	@$(BIN)/hadolint $$(git ls-files --cached --others --exclude-standard -- 'Dockerfile' '*/Dockerfile')
	@$(BIN)/shellcheck --external-sources --source-path=SCRIPTDIR $$(git grep --untracked -lE '^#!.*sh$$' -- ':!*.py' ':!*.md')
	@$(DEVKIT) dependencies
	@$(NPM) run lint
	@$(NPM) run criteria

types: ## mypy over every package and tsc over the UI, both strict; the UI's types of the API
	@$(BIN)/mypy
	@$(NPM) run api:check
	@$(NPM) run types

imports: ## The rules of who may import whom
	@$(BIN)/lint-imports --no-logo

go-check: ## go vet and staticcheck; does the engine build for arm64, too?
	@cd $(ENGINE) && $(GO) vet ./... && $(GO) tool staticcheck ./...
	@cd $(ENGINE)/bench && $(GO) vet ./... && "$$(cd .. && $(GO) tool -n staticcheck)" ./...
	@cd $(ENGINE) && CGO_ENABLED=0 GOARCH=arm64 $(GO) build -o /dev/null ./cmd/matching-engine

# Run by cluster-test, and no part of `check`: it compiles Kubernetes' client, a minute or more where nothing is cached.
# Built as node/build does it, so that the two share what they compile.
node-check: ## go vet, staticcheck and the tests of the cluster's own node
	@cd $(NODE) && export GOFLAGS="-trimpath $$($(GO) env GOFLAGS)" && $(GO) vet ./network && $(GO) test ./network \
		&& "$$(cd $(CURDIR)/$(ENGINE) && $(GO) tool -n staticcheck)" ./network

fmt: ## Format everything
	@$(BIN)/ruff check --quiet --fix --select I .
	@$(BIN)/ruff format --quiet .
	@$(dir $(GO))gofmt -w $(ENGINE) $(NODE)
	@$(NPM) run format

readme-check: setup ## Run the commands of the README and of docs/first-steps.md as written there
	@$(DEVKIT) readme-check

contracts: ## Write the services' OpenAPI documents (contracts/openapi)
	@$(BOOTSTRAP) python
	@$(BIN)/python -m tests.contract.openapi

# --- Build ----------------------------------------------------------------------------------------

build-engine: ## Build the matching engine into .local/bin
	@$(BOOTSTRAP) engine

build-ui: ## Build the UI into frontend/dist
	@$(BOOTSTRAP) ui

chart-goldens: ## Write what the chart renders to (charts/tests/goldens), to be read before it is committed
	@$(BOOTSTRAP) python helm
	@$(BIN)/python charts/tests/chart_goldens.py

edges: ## Write the README's table of who may call whom, from the chart's values
	@$(BOOTSTRAP) python
	@$(DEVKIT) edges

lock: ## Choose new versions of all Python dependencies (LOCK=--keep: only where declarations changed)
	@$(BOOTSTRAP) python
	@$(DEVKIT) lock $(LOCK)
