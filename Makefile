# Tsunagu on one machine. It needs GNU make and Python 3.11 or newer, nothing else; see `make help`.

.SHELLFLAGS := -euc
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check --no-input

LOCK := --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

# pytest's worker processes.
TEST_WORKERS ?= 2
# More arguments for pytest, such as PYTEST_ARGS="-k pipeline -x".
PYTEST_ARGS ?=

# What is measured beside the pipeline; the second on both databases.
BENCHES := members menus card
BENCHES_TWICE := points counter reservations catalogue orders reorder

# Releases whose pinned wheels exist come first; a newer Python would have to compile some of them.
CANDIDATES := $(if $(PYTHON),"$(PYTHON)",python3.14 python3.13 python3.12 python3.11 python3 python)
USABLE := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))

.PHONY: demo test lint bench lock clean help

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.run ## Start the demo shop, the sandbox and its phone; Ctrl-C stops everything
	@exec $(BIN)/python -m app.cli.demo

test: lint ## Run everything that CI runs; PYTEST_ARGS="-k name" picks tests
	@$(BIN)/python -m pytest -n $(TEST_WORKERS) $(PYTEST_ARGS)

lint: $(VENV)/.dev ## Run the checks that need no test run: ruff, mypy, import-linter
	@echo "ruff" && $(BIN)/ruff check --quiet . && $(BIN)/ruff format --check --quiet .
	@echo "mypy" && $(BIN)/mypy --no-error-summary
	@echo "import-linter" && $(BIN)/lint-imports > $(VENV)/lint-imports.log \
		|| { cat $(VENV)/lint-imports.log; exit 1; }

bench: $(VENV)/.dev ## Print the benchmark figures, which takes about half an hour
	@$(BIN)/python -m bench
	@for part in $(BENCHES); do echo; echo "$$part"; $(BIN)/python -m bench.$$part; done
	@for part in $(BENCHES_TWICE); do for database in sqlite postgres; do echo; \
		echo "$$part, $$database"; $(BIN)/python -m bench.$$part --database $$database; done; done

lock: $(VENV)/bin/python ## Pin the newest releases that requirements*.in allow
	@$(BIN)/python -m uv --version > /dev/null 2>&1 || $(PIP) install uv
	@$(BIN)/python -m uv pip compile $(LOCK) requirements.in -o requirements.txt
	@$(BIN)/python -m uv pip compile $(LOCK) -c requirements.txt requirements-dev.in -o requirements-dev.txt

clean: ## Remove the virtual environment, caches and build results; the demo's data stays
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@for python in $(CANDIDATES); do \
		if "$$python" -c '$(USABLE)' > /dev/null 2>&1; then found="$$python"; break; fi; \
	done; \
	if [ -z "$${found:-}" ]; then \
		echo "Tsunagu needs Python 3.11 or newer with its venv module (on Debian: python3-venv); name one with make PYTHON=/path/to/python3" >&2; \
		exit 1; \
	fi; \
	echo "Making $(VENV) with $$("$$found" --version)"; \
	"$$found" -m venv --clear $(VENV)

$(VENV)/.run: requirements.txt $(VENV)/bin/python
	@echo "Installing what Tsunagu needs; this takes a minute, once"
	@$(PIP) install --require-hashes -r requirements.txt
	@touch $@

# The tools' file has the same pins for what the server needs, so it serves both.
$(VENV)/.dev: requirements-dev.txt $(VENV)/bin/python
	@echo "Installing what Tsunagu and its tests need; this takes a minute, once"
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $(VENV)/.run $@
