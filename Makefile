# `make demo` starts the console with made-up data, `make test` tests it; each sets itself up first.
# Needed beforehand: make, python3 (3.11 or newer, with venv) and git; Chromium for the browser tests.

PY ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTHON := $(BIN)/python
UV_VERSION := 0.13.9
CHROMIUM ?= chromium
ALONE := flock .test.lock
PACKAGES := m3console accounts plans billing

export UV_PYTHON_DOWNLOADS := never

.PHONY: help runtime development demo test test-long check format bench lock chromium clean

help:
	@echo "make demo       start the console with made-up data (PORT=8000)"
	@echo "make test       the tests, in under five minutes"
	@echo "make test-long  crashes, crawls and volume, in under 25 minutes"
	@echo "make check      style, types, templates, imports, migrations, deployment settings"
	@echo "make format     put code and templates into the form that check wants"
	@echo "make bench      speed of lists, ingestion and billing beside Django admin and bare SQL"
	@echo "make lock       choose versions anew and write both requirement files"
	@echo "make clean      remove what make has made, the demo's data excepted"

$(BIN)/uv:
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; this is $$($(PY) --version). Try: make PY=python3.12"; exit 1; }
	@$(PY) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "Python's venv is missing. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Making a Python environment in $(VENV) …"
	@$(PY) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

# Compiled at once, since each of the many processes of tests would do it anew where Python may not write.
# Beside the packages lies a copy of the requirement file they were installed from. Should uv fail, where only
# pip has been told of an index for instance, pip does the same in a little more time.
install = cmp -s $(1) $(VENV)/.$(1) || { echo "Installing $(1) …"; \
	  { $(BIN)/uv pip install --quiet --compile-bytecode --python $(PYTHON) --require-hashes -r $(1) \
	    || $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $(1); } \
	  && cp $(1) $(VENV)/.$(1); }

runtime: | $(BIN)/uv
	@$(call install,requirements.txt)

development: | $(BIN)/uv
	@$(call install,requirements-dev.txt)

demo: export DEMO_ENDS_WITH_PARENT := 1
demo: runtime
	@$(PYTHON) manage.py demo

# On another server: make test DATABASE_URL=postgres://user:password@host/name
test: development chromium
	$(ALONE) $(PYTHON) -m pytest -q -n auto --dist worksteal -m "not long"

test-long: development chromium
	$(ALONE) $(PYTHON) -m pytest -q -n auto --dist loadgroup -m long

# As in production: no demo, a key from the environment.
check: export DEMO := 0
check: export SECRET_KEY := $(shell head -c 48 /dev/urandom | od -An -tx1 | tr -d ' \n')
check: development
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy $(PACKAGES)
	$(BIN)/djlint --check --lint templates
	$(BIN)/lint-imports
	$(PYTHON) manage.py makemigrations --check --dry-run
	$(PYTHON) manage.py check --deploy --fail-level WARNING

format: development
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(BIN)/djlint --quiet --reformat templates || true  # it answers 1 when it has changed something

bench: development
	$(ALONE) $(PYTHON) -m tests.bench

# Names, versions and hashes only, so that any index that has the packages will do.
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header
lock: | $(BIN)/uv
	$(COMPILE) --upgrade pyproject.toml -o requirements.txt
	$(COMPILE) --upgrade pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt

chromium:
	@command -v $(CHROMIUM) >/dev/null || { \
	  [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
	    || { echo "The browser tests need Chromium. On Debian and Ubuntu: sudo apt-get install chromium"; exit 1; }; \
	  apt-get update -q && apt-get install -yq --no-install-recommends chromium; }

clean:
	rm -rf $(VENV) staticfiles .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "The demo's data stays in .pgdata; to begin anew: rm -rf .pgdata .demo.key"
