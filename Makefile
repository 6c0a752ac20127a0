# Everything happens in .venv; nothing is installed outside of it, except that `make test`
# installs a Chromium, and `make bench` what it runs beside, where they may (root on Debian);
# alerta comes into build/. A second run finds all in place.

PYTHON ?= python3
WORKERS ?= 4  # tests wait half of their time: more of them than cores
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 $(ARGS)

.PHONY: help demo setup lint test slow faults guards check bench storm lock clean
.DEFAULT_GOAL := help

help:
	@echo "make demo    run the whole bot with a local Slack and sample alarms (PORT=8080)"
	@echo "make test    run the tests, but for the slow ones (ARGS= are handed to pytest)"
	@echo "make slow    run the slow ones, and what is tried with any text five times as often"
	@echo "make faults  run the tests of the fault model, F1 to F50, slow ones too"
	@echo "make guards  show that each of those fails without its guard   (ARGS='F19 F36')"
	@echo "make lint    lint, types, import contracts"
	@echo "make check   the same, and all tests"
	@echo "make bench   the benchmark, beside yardsticks    (ARGS='history --rows 1000000': parts of it)"
	@echo "make storm   a storm of 5,000 alarms under Slack's limits   (ARGS='--count 10000 --seconds 60')"
	@echo "make setup   only prepare $(VENV) for development"
	@echo "make lock    pin the dependencies anew           (ARGS=--upgrade: the newest)"

demo: $(VENV)/.runtime
	@$(BIN)/tocsin demo

setup: $(VENV)/.development

test: $(VENV)/.development
	@sh tests/setup/chromium.sh
	@$(BIN)/pytest -n $(WORKERS) -m "not slow" $(ARGS)

slow: $(VENV)/.development
	@$(BIN)/pytest -n $(WORKERS) --dist worksteal -m slow $(ARGS)
	@$(BIN)/pytest -n $(WORKERS) -m "hypothesis and not slow" --hypothesis-profile=all $(ARGS)

faults: $(VENV)/.development
	@$(BIN)/pytest -n $(WORKERS) --dist worksteal -m fault $(ARGS)

guards: $(VENV)/.development
	@$(BIN)/python -m tests.faults.guards $(ARGS)

lint: $(VENV)/.development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports

check: lint test slow

bench: $(VENV)/.development
	@sh tests/setup/bench.sh
	@$(BIN)/python -m tests.bench $(ARGS)

storm: $(VENV)/.development
	@$(BIN)/python -m tests.bench.storm $(ARGS)

lock: $(VENV)/.development
	$(COMPILE) pyproject.toml -o requirements.txt
	$(COMPILE) pyproject.toml --extra charts --group dev -c requirements.txt -o requirements-dev.txt
	$(COMPILE) --group build -c requirements-dev.txt -o requirements-build.txt

clean:
	rm -rf $(VENV) build dist

$(VENV)/.made:
	@command -v $(PYTHON) >/dev/null || { \
		echo "No $(PYTHON) here. Install Python 3.11 or newer, or say which: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$(PYTHON) is `$(PYTHON) --version`, Tocsin needs 3.11 or newer. Say which: make PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || { \
		echo "$(PYTHON) cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.runtime: $(VENV)/.made requirements.txt requirements-build.txt pyproject.toml
	@echo "Installing what Tocsin needs into $(VENV) (a minute the first time) ..."
	@$(PIP) install --require-hashes -r requirements.txt -r requirements-build.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.development: $(VENV)/.runtime requirements-dev.txt
	@echo "Installing the tools for development and tests ..."
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@
