# spotify-elt: `make help` lists the targets. Needs Python 3.11 or newer and make, nothing else.

PYTHON ?= python3
RUN_ARGS ?=
PYTEST_ARGS ?=
LOCK_ARGS ?=

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install run test lint format lock docs psql clean

BIN := .venv/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
LOCK := UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv --quiet pip compile \
  --universal --python-version 3.11 --generate-hashes --no-strip-extras \
  --no-emit-index-url --no-emit-find-links

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

install: .venv/.project ## Create .venv with the pipeline and the embedded PostgreSQL

run: .venv/.project ## Load, build, test and answer: your playlists, or the sample without a .env
	@if [ -e .env ] || [ -n "$$SPOTIPY_CLIENT_ID$$ENV_FILE" ]; then $(BIN)/spotify-elt run $(RUN_ARGS); \
	else $(BIN)/spotify-elt run --sample $(RUN_ARGS); fi

test: .venv/.dev ## Run the tests (PYTEST_ARGS="-k word" for some of them)
	$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: .venv/.dev ## Check Python, SQL, the dbt project's conventions and the Dockerfile
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint dbt_spotify
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	export PGHOST=unused PGUSER=unused PGDATABASE=unused && \
	$(BIN)/dbt --quiet parse --no-partial-parse --project-dir dbt_spotify \
	  --profiles-dir dbt_spotify --target-path "$$folder/target" --log-path "$$folder" && \
	DBT_PROJECT_DIR="$$folder" $(BIN)/dbt-bouncer run --config-file dbt-bouncer.yml
	$(BIN)/hadolint Dockerfile

format: .venv/.dev ## Let the formatters rewrite Python and SQL
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/sqlfluff fix dbt_spotify

lock: .venv/.dev ## Rewrite the lock files (LOCK_ARGS=--upgrade takes newer versions)
	$(LOCK) pyproject.toml --extra local --group build --group dev $(LOCK_ARGS) \
	  --output-file requirements-dev.lock
	@# uv keeps the versions it finds in its output file, so all four agree.
	cp requirements-dev.lock requirements-local.lock
	$(LOCK) pyproject.toml --extra local --group build --output-file requirements-local.lock
	cp requirements-dev.lock requirements.lock
	$(LOCK) pyproject.toml --output-file requirements.lock
	cp requirements-dev.lock requirements-build.lock
	$(LOCK) --group build --output-file requirements-build.lock

docs: .venv/.project ## Write dbt's documentation as one HTML page
	$(BIN)/spotify-elt dbt -- docs generate --static
	@echo "Open $${DBT_TARGET_PATH:-.local/dbt/target}/static_index.html in a browser."

psql: .venv/.project ## Open psql on the pipeline's database
	@$(BIN)/python -m loader.psql

clean: ## Stop the embedded PostgreSQL; delete .local with ALL ITS DATA, .venv, caches and builds
	@pid=$$(head -n 1 .local/postgres/postmaster.pid 2>/dev/null || true); \
	case "$$(ps -o comm= -p "$${pid:-0}" 2>/dev/null || true)" in *postgres*) \
	  kill -INT "$$pid"; for i in 1 2 3 4 5 6 7 8 9 10; do \
	    kill -0 "$$pid" 2>/dev/null || break; sleep 1; done;; esac
	rm -rf .venv .local build dist *.egg-info
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis logs dbt_spotify/target dbt_spotify/logs
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Every file below .venv that starts with a dot is a stamp: what it stands for is installed.

.venv/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "spotify-elt needs Python 3.11 or newer, and $(PYTHON) is not:" \
	    "$$($(PYTHON) --version 2>&1 || true). Name another one: make PYTHON=python3.13" >&2; \
	  exit 1; }
	@echo "Installing into .venv (once; a minute or two) ..."
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/.local: requirements-local.lock .venv/.created
	@$(PIP_INSTALL) --require-hashes -r requirements-local.lock
	@touch $@

.venv/.project: pyproject.toml .venv/.local
	@$(PIP_INSTALL) --no-deps --no-build-isolation -e .
	@$(BIN)/python -m loader.transform
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.project
	@echo "Installing what the tests need ..."
	@$(PIP_INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@
