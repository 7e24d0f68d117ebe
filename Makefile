# One front door per task. Needs python3 (3.11 or newer), make and git; everything else is installed into .venv.
PYTHON ?= python3
ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif
RUN := $(BIN)/python
# Pins hold for build environments too.
export PIP_CONSTRAINT := $(CURDIR)/constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test test-postgres check bench soak spec format clean

.venv/demo: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "python3 must be 3.11 or newer; say make PYTHON=python3.12"; exit 1; }
	@test -x $(RUN) || $(PYTHON) -m venv .venv
	@$(RUN) -m pip install --quiet --upgrade pip
	@$(RUN) -m pip install --quiet --editable .
	@$(RUN) -m compileall -q -f src
	@touch $@

.venv/dev: .venv/demo
	@$(RUN) -m pip install --quiet --group dev
	@touch $@

demo: .venv/demo  ## a text through the real command line to a Dialpad on this machine
	@$(RUN) tools/demo.py

test: .venv/dev  ## the tests
	@$(RUN) -m pytest -n auto --dist loadfile

test-postgres: .venv/dev  ## the tests, with a PostgreSQL beside them that goes when they end
	@$(RUN) tools/postgres.py $(RUN) -m pytest

check: .venv/dev  ## format, lint, types, spec and generated files
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/pyright --pythonpath $(RUN)
	@$(RUN) tools/spec.py --check
	@$(RUN) tools/check_spec.py
	@$(RUN) tools/check_imports.py

bench: .venv/dev  ## the budgets of docs/architecture.md, as ratios
	@$(RUN) -m compileall -q -f src
	@$(RUN) bench/run.py

soak: .venv/dev  ## the long tests: killed senders and imports, over all seeds
	@DIALKIT_SOAK=1 $(RUN) -m pytest --timeout 0 tests/workflows/test_no_double.py tests/workflows/test_import_killed.py tests/client/test_client_sharing.py

spec: .venv/demo  ## rebuild the catalog from openapi/
	@$(RUN) tools/spec.py

format: .venv/dev  ## write the code as `make check` wants it
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

clean:  ## remove what the other targets made
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
