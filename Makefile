# Every verb a person or CI needs. `make setup` is implied by the others.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: setup demo test test-all prove prove-kills lint types bench docs lock clean

setup: $(STAMP)

$(STAMP): requirements/dev.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Treadle needs Python 3.11 or newer: install it, or run make PYTHON=/path/to/python3"; exit 1; }
	@test -x $(BIN)/python || "$(PYTHON)" -m venv $(VENV)
	@echo "Installing the pinned packages into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

demo: setup
	@$(BIN)/python -m examples.checkout.demo

test: setup
	$(BIN)/python -m pytest -q -n 2 -m "not slow"

test-all: setup
	$(BIN)/python -m pytest -q -n 2 -m "slow"

# Worlds drawn from seeds, all kinds of node, judged by what the services saw: about half an hour on two cores.
prove: setup
	$(BIN)/python -m treadle.testing.proving $(or $(SEEDS),100000)

# A server killed at drawn instants under mixed load; nothing that it answered may be gone.
prove-kills: setup
	$(BIN)/python -m tests.e2e.mixed_kills $(or $(KILLS),100)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: setup
	$(BIN)/mypy

bench: setup
	$(BIN)/python -m bench

# uv is asked for the pins; it is needed here only.
PINNED := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

lock:
	$(PINNED) --group dev --extra testing --extra otel pyproject.toml -o requirements/dev.txt
	$(PINNED) -c requirements/dev.txt --extra otel pyproject.toml -o requirements/runtime.txt
	$(PINNED) -c requirements/dev.txt --group build -o requirements/build.txt
	$(PINNED) -c requirements/dev.txt --group docs -o requirements/docs.txt

docs: setup
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/docs.txt
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
