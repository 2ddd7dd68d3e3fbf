# make demo, make quick, make test, make bench, make clean. What is set up once is not set up again.

VENV := .venv
BIN := $(VENV)/bin
CHROMIUM := $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
POSTGRES := $(shell ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null || command -v initdb)
PARALLEL := -n auto --dist loadfile
EDITOR := _static/otree_ego/builder
LACKING := $(if $(CHROMIUM),,chromium) $(if $(POSTGRES),,postgresql)

.DEFAULT_GOAL := help
.PHONY: help demo quick test test-all bench system weights vendor clean

help:
	@echo "make demo      chat with a model on this machine, in oTree, without a key"
	@echo "make quick     run the tests that need no server, browser, database or model: two minutes"
	@echo "make test      run the tests; installs what they need: twelve minutes"
	@echo "make test-all  run all tests, on each database, with each game on the embedded model, on each Python"
	@echo "make bench     run the benchmarks and print their ratios"
	@echo "make vendor    bundle the builder's editor again (needs Node)"
	@echo "make clean     remove the virtual environment, the demo and what tests left"

demo: $(VENV)/.local
	@$(BIN)/ego demo $(ARGS)

# ruff and mypy are among the tests (tests/docs/test_repository.py).
quick: $(VENV)/.test
	$(BIN)/python -m pytest $(PARALLEL) --quick $(ARGS)

test: system $(VENV)/.test weights
	$(BIN)/python -m pytest $(PARALLEL) $(ARGS)

test-all: system $(VENV)/.test weights
	$(BIN)/python -m pytest $(PARALLEL) --full $(ARGS)

bench: system $(VENV)/.test weights
	$(BIN)/python -m benchmarks $(ARGS)

weights: $(VENV)/.local
	@$(BIN)/ego weights

# What the builder's page has of CodeMirror: entry.js says what, package-lock.json which versions, byte for byte.
vendor:
	@command -v npm >/dev/null || { echo "make vendor needs Node and npm: https://nodejs.org" >&2; exit 1; }
	folder=$$(mktemp -d) && cp $(EDITOR)/vendor/entry.js $(EDITOR)/vendor/package*.json "$$folder" && \
	npm ci --ignore-scripts --no-audit --no-fund --prefix "$$folder" && \
	"$$folder/node_modules/.bin/esbuild" "$$folder/entry.js" --bundle --minify --format=esm --legal-comments=none \
		--outfile=$(EDITOR)/codemirror.js && rm -rf "$$folder"
	@sha256sum $(EDITOR)/codemirror.js; echo "That digest belongs into $(EDITOR)/README.md."

system:
ifneq ($(strip $(LACKING)),)
	@echo "Installing what this machine lacks for the tests: $(LACKING)"
	@if ! command -v apt-get >/dev/null; then \
		echo "There is no apt-get here: install $(LACKING) yourself, then run this again." >&2; exit 1; fi; \
	if [ "$$(id -u)" = 0 ]; then root=""; \
	elif sudo -n true 2>/dev/null || [ -t 0 ] && command -v sudo >/dev/null; then root="sudo"; \
	else echo "Run this first: sudo apt-get update && sudo apt-get install $(LACKING)" >&2; exit 1; fi; \
	$$root apt-get update -q && \
	$$root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $(LACKING)
endif

$(BIN)/python:
	@for python in $(PYTHON) python3 python3.13 python3.12 python3.11 python3.10; do \
		if "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' >/dev/null 2>&1; then \
			echo "Making a virtual environment in $(VENV) with $$("$$python" --version)"; \
			exec "$$python" -m venv --clear $(VENV); \
		fi; \
	done; \
	echo "No Python of version 3.10 or later with venv was found. On Debian and Ubuntu: sudo apt-get install python3-venv" >&2; \
	echo "Elsewhere install Python, or name it: make demo PYTHON=/path/to/python3" >&2; \
	exit 1

$(VENV)/.local: setup.cfg pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --disable-pip-version-check -e ".[local]"
	@touch $@

$(VENV)/.test: setup.cfg pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --disable-pip-version-check -e ".[local,test]"
	@touch $(VENV)/.local $@

clean:
	rm -rf $(VENV) ego_demo build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis tests/.artifacts
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
