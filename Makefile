# spotify-elt: `make help` lists the targets. Needs Python 3.11 or newer and make, nothing else.

PYTHON ?= python3
RUN_ARGS ?=
PYTEST_ARGS ?=
LOCK_ARGS ?=

# On AWS. An image's tag is the commit that it was built from; an older one rolls back.
NAME ?= spotify-elt
IMAGE_TAG ?= $(shell git describe --always --dirty --abbrev=12 --exclude='*')
PLATFORM ?= linux/amd64
ENGINE ?= docker
TF_APPLY_ARGS ?=

# uv leaves compiling to the first import, which must then be allowed to keep what it compiled.
export PYTHONDONTWRITEBYTECODE :=
# And it trusts whom the machine trusts, as pip does.
export UV_SYSTEM_CERTS ?= 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install run test test-all bench lint format lock docs psql screenshot vendor clean
.PHONY: image push deploy bootstrap run-now logs

BIN := .venv/bin
# A lock names all dependencies, but for the one that [tool.uv] in pyproject.toml leaves out.
INSTALL := $(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps
LOCK := UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv --quiet pip compile \
  --universal --python-version 3.11 --generate-hashes --no-strip-extras \
  --no-emit-index-url --no-emit-find-links

PYTEST := $(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder
TERRAFORM := terraform -chdir=infra
# In an environment of its own, because it wants an old boto3.
CHECKOV := $(BIN)/uv tool run --quiet checkov@3.3.30 --skip-download --quiet --compact \
  --framework terraform --skip-path infra/tests --directory

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

install: .venv/.project ## Create .venv with the pipeline and the embedded PostgreSQL

run: .venv/.project ## Load, build, test and answer: your playlists, or the sample without a .env
	@if [ -e .env ] || [ -n "$$SPOTIPY_CLIENT_ID$$ENV_FILE" ]; then $(BIN)/spotify-elt run $(RUN_ARGS); \
	else $(BIN)/spotify-elt run --sample $(RUN_ARGS); fi

# Four files at a time also on two processors: much of a test is waiting for another process. In
# order, so that the short tests come last and all four end together.
test: .venv/.dev ## Run the fast tests (PYTEST_ARGS="-k word" for some of them)
	$(PYTEST) -m "not thorough" $(PYTEST_ARGS)

test-all: .venv/.dev ## Run all tests: every kill and fault, the browser, the image, AWS
	$(PYTEST) $(PYTEST_ARGS)

bench: .venv/.dev ## Measure what it costs, into bench/RESULTS.md; QUICK=1 prints three ratios
	$(BIN)/python -m bench $(if $(QUICK),--quick)

lint: .venv/.dev ## Check Python, SQL, dbt's conventions, the Dockerfile, workflows and infra/
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/sqlfluff lint dbt_spotify
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	export PGHOST=unused PGUSER=unused PGDATABASE=unused && \
	$(BIN)/dbt --quiet parse --no-partial-parse --project-dir dbt_spotify \
	  --profiles-dir dbt_spotify --target-path "$$folder/target" --log-path "$$folder" && \
	DBT_PROJECT_DIR="$$folder" $(BIN)/dbt-bouncer run --config-file dbt-bouncer.yml
	$(BIN)/hadolint Dockerfile
	$(BIN)/zizmor --quiet --offline --pedantic .github
	@if ! command -v terraform >/dev/null; then echo "Skipped infra/: no terraform here."; \
	elif ! $(TERRAFORM) init -backend=false -input=false -lockfile=readonly >/dev/null; then \
	  echo "Skipped infra/: no provider here, neither from Terraform's registry nor a mirror."; \
	else $(TERRAFORM) fmt -check -diff -recursive && $(TERRAFORM) validate && $(CHECKOV) infra; fi

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

screenshot: .venv/.dev ## Renew the README's picture of the report (needs Chromium)
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && root=$$PWD && cd "$$folder" && \
	"$$root/$(BIN)/spotify-elt" run --sample >/dev/null && \
	"$$root/$(BIN)/python" "$$root/docs/screenshot.py" report/index.html "$$root/docs/report.png"

vendor: ## Renew the report's chart library from npm (needs Node.js)
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	vendor=$$PWD/spotify_elt/report/vendor && cp "$$vendor"/package*.json "$$folder" && cd "$$folder" && \
	npm ci --ignore-scripts --no-audit --no-fund --loglevel error && cd node_modules && \
	for library in d3/dist/d3.min.js @observablehq/plot/dist/plot.umd.min.js; do \
	  name=$${library%/dist/*} && \
	  { echo '/*'; cat "$$name/LICENSE"; echo '*/'; cat "$$library"; } > "$$vendor/$${name##*/}.js"; \
	done

psql: .venv/.project ## Open psql on the pipeline's database
	@$(BIN)/python -m spotify_elt.operations.psql

# Attestations would go to ECR as images of their own, and push older ones out of the twenty.
image: ## Build the image (PLATFORM=linux/arm64 for Graviton, ENGINE=podman)
	BUILDX_NO_DEFAULT_ATTESTATIONS=1 $(ENGINE) build --platform $(PLATFORM) --tag $(NAME):$(IMAGE_TAG) .

push: image ## Push it to ECR; a tag is pushed once
	@if aws ecr describe-images --repository-name $(NAME) --image-ids imageTag=$(IMAGE_TAG) \
	  >/dev/null 2>&1; then echo "$(IMAGE_TAG) is in ECR already."; exit; fi; \
	repository=$$(aws ecr describe-repositories --repository-names $(NAME) \
	  --query 'repositories[0].repositoryUri' --output text) && \
	aws ecr get-login-password | \
	  $(ENGINE) login --username AWS --password-stdin "$${repository%%/*}" && \
	$(ENGINE) tag $(NAME):$(IMAGE_TAG) "$$repository:$(IMAGE_TAG)" && \
	$(ENGINE) push "$$repository:$(IMAGE_TAG)"

# Readonly: on a Mac Terraform would add a line to the lock file, and the next tag end with -dirty.
deploy: ## Apply infra/ to AWS for this commit's image (IMAGE_TAG=... for another one's)
	$(TERRAFORM) init -input=false -lockfile=readonly
	$(TERRAFORM) apply -var name=$(NAME) -var image_tag=$(IMAGE_TAG) \
	  -var cpu_architecture=$(if $(findstring arm64,$(PLATFORM)),ARM64,X86_64) $(TF_APPLY_ARGS)

bootstrap: .venv/.project ## Create the pipeline's role in the database on AWS, once
	@$(BIN)/python infra/run_now.py --name $(NAME) --bootstrap

run-now: .venv/.project ## Run on AWS now, as the schedule would, and follow it (RUN_ARGS=--force)
	@$(BIN)/python infra/run_now.py --name $(NAME) $(if $(RUN_ARGS),run $(RUN_ARGS))

logs: ## Follow the log on AWS, from yesterday on
	@aws logs tail /ecs/$(NAME) --since 1d --follow --format short

clean: ## Stop the embedded PostgreSQL; delete .local with ALL ITS DATA, .venv, caches and builds
	@pid=$$(head -n 1 .local/postgres/postmaster.pid 2>/dev/null || true); \
	case "$$(ps -o comm= -p "$${pid:-0}" 2>/dev/null || true)" in *postgres*) \
	  kill -INT "$$pid"; for i in 1 2 3 4 5 6 7 8 9 10; do \
	    kill -0 "$$pid" 2>/dev/null || break; sleep 1; done;; esac
	rm -rf .venv .local build dist *.egg-info
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis logs report dbt_spotify/target dbt_spotify/logs
	rm -rf infra/.terraform
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Every file below .venv that starts with a dot is a stamp: what it stands for is installed.

.venv/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "spotify-elt needs Python 3.11 or newer, and $(PYTHON) is not:" \
	    "$$($(PYTHON) --version 2>&1 || true). Name another one: make PYTHON=python3.13" >&2; \
	  exit 1; }
	@echo "Installing into .venv (once; half a minute) ..."
	@$(PYTHON) -m venv .venv
	@touch $@

# pip installs uv, and uv, which is many times faster, whatever else there is.
.venv/.uv: requirements-build.lock .venv/.created
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

.venv/.local: requirements-local.lock .venv/.uv
	@$(INSTALL) --require-hashes -r $<
	@touch $@

.venv/.project: pyproject.toml .venv/.local
	@$(INSTALL) --no-build-isolation -e .
	@touch $@

# The tests run in many folders, each of which would parse the dbt project for itself.
.venv/.dev: requirements-dev.lock .venv/.project
	@echo "Installing what the tests need ..."
	@$(INSTALL) --require-hashes -r $<
	@$(BIN)/python -m spotify_elt.run.transform
	@touch $@
