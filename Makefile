# Gongping. `make` lists what can be done; each step runs again only when what it is made of has changed.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# the first Python that runs and is new enough (a version manager may leave names that do not run)
PYTHON ?= $(shell for name in python3 python3.11 python3.12 python3.13 python3.14 python; do \
  if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$name; break; fi; done)
# of the tests; one more than there are processors
WORKERS ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2) + 1)))
VENV := .venv
BIN := $(CURDIR)/$(VENV)/bin
PORTAL := $(BIN)/python -m portal
DIST := portal/web/static/dist/manifest.json
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard translations/*/LC_MESSAGES/*.po))
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes

# a Chromium that a package brought; the folder exists only where the machine had none that starts
export PATH := $(CURDIR)/build/bin:$(PATH)

.PHONY: help run accounts setup test suite check look types styles translations messages browser bench clean

help: ## what can be done here
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

run: export PORTAL_MODE = demo
# a whole case on one day: an office keeps the days apart
run: export PORTAL_MARK_AFTER_DAYS ?= 0
run: export PORTAL_CORRECT_AFTER_DAYS ?= 0
run: setup ## set everything up and serve the demonstration on http://127.0.0.1:8000 (PORTAL_PORT, PORTAL_VAR)
	@echo "Staff accounts of the demonstration, with their passwords and one-time codes: make accounts"
	@exec $(PORTAL) serve --setup

accounts: export PORTAL_MODE = demo
accounts: ## print the demonstration's staff accounts and their current one-time codes
	@$(PORTAL) demo accounts

setup: $(VENV)/.installed $(DIST) $(CATALOGUES) ## environment, styles and translations

test: export PYTHONDONTWRITEBYTECODE =  # a thousand processes start, and each would compile the house again
test: $(VENV)/.installed-dev setup browser look ## everything that must hold before a change lands
	@$(MAKE) --no-print-directory --jobs=2 types suite

suite: $(VENV)/.installed-dev  # what journeys leave of the processors while they wait, one more worker takes
	$(BIN)/python -m pytest -n $(WORKERS)

check: look types ## the quick checks: style, types, import directions, templates

look: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/djlint portal --lint --quiet

types: $(VENV)/.installed-dev
	$(BIN)/mypy

styles: $(DIST) ## build the style sheet and the script

translations: $(CATALOGUES) ## compile the message catalogues

messages: $(VENV)/.installed ## gather the words of the interface into the catalogues
	mkdir -p build translations
	$(BIN)/pybabel -q extract -F translations/babel.cfg -k N_ -k _l -k message -k Message -k lazy_gettext \
	  --no-location --sort-output --project=Gongping --version=1 -o build/messages.pot .
	@for locale in zh_Hans; do \
	  if [ -e translations/$$locale/LC_MESSAGES/messages.po ]; then step="update --no-fuzzy-matching --ignore-obsolete"; \
	  else step=init; fi; \
	  $(BIN)/pybabel -q $$step -i build/messages.pot -d translations -l $$locale; done

browser: ## find a Chromium for the browser journeys, or install one
	@deploy/browser

bench: $(VENV)/.installed-dev setup ## measure what the house promises about speed
	$(BIN)/python -m benchmarks

clean: ## remove everything that was built (the data under var/ stays)
	rm -rf build node_modules portal/web/static/dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	rm -f $(CATALOGUES)
	if [ ! -L $(VENV) ]; then rm -rf $(VENV); fi

$(VENV)/bin/python:
	@if [ -z "$(PYTHON)" ]; then \
	  echo "Python 3.11 or newer is needed: install it, or name it with make PYTHON=/path/to/python." >&2; exit 1; fi
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "Python cannot make a virtual environment: on Debian and Ubuntu, apt-get install python3-venv." >&2; exit 1; }

$(VENV)/.installed: requirements.txt | $(VENV)/bin/python
	@echo "Installing what the portal needs …"
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt | $(VENV)/bin/python
	@echo "Installing what the tests need …"
	@$(PIP) -r requirements-dev.txt
	@touch $@

node_modules/.installed: package-lock.json | $(VENV)/.installed
	@deploy/npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(DIST): node_modules/.installed $(wildcard portal/web/styles/*) $(wildcard portal/web/static/*.svg)
	@deploy/npm run --silent build

%.mo: %.po | $(VENV)/.installed
	@$(BIN)/pybabel -q compile -i $< -o $@
