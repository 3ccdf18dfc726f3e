# Tintype. `make` alone lists what there is.
#   make run PORT=9000 DATA=~/photos    another place, another port (page at PORT+1, services at PORT+2)
PORT ?= 8000
# How many tests run at the same time; each needs a core and a gigabyte.
WORKERS ?= 2
DATA ?= .local
# AS is make's own name for the assembler: it counts where it is given on the command line.
WHO  := $(if $(filter command,$(firstword $(origin AS))),$(AS),demo)

# A deployment's words: the command checks them all.
DEPLOY = $(PY) -m infrastructure.deploy
WORDS  = --stage "$(STAGE)" --email "$(EMAIL)" --yes "$(YES)" --cdn "$(or $(CDN),yes)" \
	--domain "$(DOMAIN)" --certificate "$(CERTIFICATE)" \
	--originals "$(ORIGINALS)" --confirm "$(CONFIRM)"

VENV  := .venv
CLOUD := .venv-cloud
PY    := $(VENV)/bin/python
# The page's tools come with the environment: a machine without Node builds it too.
NODE  := PATH="$(CURDIR)/$(VENV)/bin:$$PATH"
SAY   := echo >&2
# Only what the locks hold a hash of, and only wheels: nothing that is installed runs code of its own by that.
INSTALL := -m pip install -qq --disable-pip-version-check --require-hashes --only-binary :all:
LOCK    := UV_CUSTOM_COMPILE_COMMAND="make lock" $(VENV)/bin/uv pip compile --quiet --no-python-downloads --universal \
	--python-version 3.12 --generate-hashes --no-emit-index-url $(if $(UPGRADE),--upgrade)
FIT   := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))
# The first of these that is 3.12 or newer; PYTHON=... chooses another.
PYTHON ?= $(shell for p in python3.12 python3.13 python3.14 python3 python; do \
	"$$p" -c '$(FIT)' 2>/dev/null && { echo "$$p"; break; }; done)

PAGE       := $(if $(wildcard web/package.json),web/dist/index.html)
PAGE_TOOLS := $(if $(wildcard web/package.json),web/node_modules/.made)
LIGHTHOUSE := tests/lighthouse/node_modules/.made
TOOLS      := $(VENV)/.made
ALL_TOOLS  := $(TOOLS) $(CLOUD)/.made

.DEFAULT_GOAL := help
.PHONY: help run services token demo test check fmt openapi screenshots proof bench deploy user owners rotate destroy lock audit clean

help:  ## What there is
	@echo "Tintype: make <what>"
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(ALL_TOOLS) $(PAGE)  ## The whole library on this machine (PORT=8000 DATA=.local)
	@exec $(PY) -m local run --port "$(PORT)" --data "$(DATA)"

services: $(ALL_TOOLS) $(PAGE)  ## All of it but the API, for a `chalice local` of your own
	@exec $(PY) -m local services --port "$(PORT)" --data "$(DATA)"

token: $(TOOLS)  ## An id token of the demo user, or AS=second
	@exec $(PY) -m local token --user "$(WHO)" --port "$(PORT)"

demo: $(TOOLS)  ## A few dozen drawn pictures, put in through the API of the running library
	@exec $(PY) -m local demo --port "$(PORT)"

test: check $(PAGE)  ## Everything: check, page, unit, contract, app, browser, deployment
	@$(PY) -m local chromium >/dev/null
	@$(if $(PAGE),$(NODE) npm --prefix web test --silent,true)
	@$(PY) -m pytest -q -n $(WORKERS) --dist loadfile -m "not proof"

check: $(ALL_TOOLS) $(PAGE_TOOLS)  ## Style, types, imports, template
	@$(VENV)/bin/ruff check --quiet && $(VENV)/bin/ruff format --check --quiet
	@$(VENV)/bin/mypy --no-error-summary
	@report=$$($(VENV)/bin/lint-imports 2>&1) || { echo "$$report"; exit 1; }
	@$(VENV)/bin/cfn-lint infrastructure/core.yaml infrastructure/cdn.yaml
	@$(if $(PAGE_TOOLS),$(NODE) npm --prefix web run --silent check,true)

fmt: $(TOOLS)  ## Put the code into shape
	@$(VENV)/bin/ruff check --fix --quiet && $(VENV)/bin/ruff format

openapi: $(TOOLS)  ## The API's description in docs/openapi.json, written anew
	@$(PY) -m local openapi > docs/openapi.json

screenshots: $(ALL_TOOLS) $(PAGE)  ## The README's pictures of the page, taken anew
	@$(PY) -m local screenshots

proof: $(ALL_TOOLS) $(PAGE) $(LIGHTHOUSE)  ## The long proofs: events doubled, calls failing, crashes, Lighthouse
	@$(PY) -m local chromium >/dev/null
	@$(PY) -m pytest -q -m proof

bench: $(ALL_TOOLS)  ## The measurements, each beside a plain reference
	@$(PY) -m benchmarks

deploy: $(TOOLS) $(PAGE_TOOLS)  ## Your library on AWS (STAGE=prod EMAIL=me@example.org)
	@$(DEPLOY) deploy $(WORDS)

user: $(TOOLS)  ## Let somebody in (STAGE=prod EMAIL=you@example.org)
	@$(DEPLOY) user $(WORDS)

owners: $(TOOLS)  ## List each account's owner id, as object keys hold it (STAGE=prod)
	@$(DEPLOY) owners $(WORDS)

rotate: $(TOOLS)  ## Sign image URLs with a new key (STAGE=prod)
	@$(DEPLOY) rotate $(WORDS)

destroy: $(TOOLS)  ## Take a library down; photos stay (STAGE=prod)
	@$(DEPLOY) destroy $(WORDS)

lock: $(TOOLS)  ## Write the lock files anew, after a change in pyproject.toml or web/package.json (UPGRADE=1: newest)
	@$(LOCK) pyproject.toml --output-file requirements.txt >/dev/null
	@$(LOCK) pyproject.toml --group dev --constraints requirements.txt --output-file requirements-dev.txt >/dev/null
	@$(LOCK) --group pyproject.toml:cloud --output-file local/requirements.txt >/dev/null
	@for page in web tests/lighthouse; do \
		$(NODE) npm --prefix $$page $(if $(UPGRADE),update,install) --package-lock-only --silent || exit 1; done

audit: $(TOOLS)  ## Whether a known vulnerability touches anything that is installed
	@$(PY) -m infrastructure.audit

clean:  ## Remove the environments and what was built; never DATA
	@rm -rf $(VENV) $(CLOUD) web/node_modules web/dist tests/lighthouse/node_modules .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(VENV)/.made: requirements-dev.txt
	@$(PY) -c '$(FIT)' 2>/dev/null || "$(PYTHON)" -c '$(FIT)' 2>/dev/null || { $(SAY) "Python 3.12 or newer, with venv, is needed$(if $(PYTHON), and $(PYTHON) is none): https://www.python.org/downloads/ (Debian: apt install python3 python3-venv; macOS: brew install python)"; exit 1; }
	@$(SAY) "Installing Python packages (once, about a minute)…"
	@$(PY) -c '$(FIT)' 2>/dev/null || "$(PYTHON)" -m venv --clear $(VENV)
	@$(PY) $(INSTALL) -r requirements-dev.txt
	@touch $@

$(CLOUD)/.made: local/requirements.txt | $(VENV)/.made
	@$(SAY) "Installing the local cloud (once, a few seconds)…"
	@$(CLOUD)/bin/python -c '' 2>/dev/null || $(PY) -m venv --clear $(CLOUD)
	@$(CLOUD)/bin/python $(INSTALL) -r local/requirements.txt
	@touch $@

web/node_modules/.made: web/package.json web/package-lock.json | $(VENV)/.made
	@$(SAY) "Installing the page's packages (once, a few seconds)…"
	@$(NODE) npm --prefix web ci --silent --no-audit --no-fund
	@touch $@

tests/lighthouse/node_modules/.made: tests/lighthouse/package.json tests/lighthouse/package-lock.json | $(VENV)/.made
	@$(SAY) "Installing Lighthouse (once, a quarter of a minute)…"
	@$(NODE) npm --prefix tests/lighthouse ci --silent --no-audit --no-fund
	@touch $@

web/dist/index.html: web/node_modules/.made $(shell find web -path web/node_modules -prune -o -path web/dist -prune -o -type f -print 2>/dev/null)
	@$(SAY) "Building the page…"
	@$(NODE) npm --prefix web run --silent build -- --logLevel warn
	@touch $@
