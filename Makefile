# The commands of this project. `make demo` and `make test` each work as the first command.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PY := .venv/bin/python
RUN := .venv/bin/regiebeeld
DEMO := var/voorbeeld
PORT ?= 8000
WORKERS ?= 2

.PHONY: help setup demo test check check-fast fix bench docs requirements clean

help:  ## show the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

setup:  ## make .venv with everything for development, and the style sheet
	@sh .ci/prepare dev

demo:  ## build the invented region Voorbeeld and show it on http://127.0.0.1:8000
	@sh .ci/prepare run
	@$(RUN) --var $(DEMO) example
	@$(RUN) --var $(DEMO) run voorbeeld
	@$(RUN) --var $(DEMO) serve --port $(PORT)

test:  ## run every test, the browser ones included
	@sh .ci/prepare test
	@$(PY) -m pytest -n $(WORKERS) --dist loadscope

check:  ## format, lint, types, imports, tests, docs; changes nothing
	@sh .ci/prepare test
	@.venv/bin/ruff format --check src tests bench docs
	@.venv/bin/ruff check src tests bench docs
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@$(PY) docs/generate.py --check
	@$(RUN) check
	@$(PY) -m pytest -n $(WORKERS) --dist loadscope

check-fast:  ## the quick part of check: no browser, no slow tests
	@sh .ci/prepare dev
	@.venv/bin/ruff check src tests bench docs
	@.venv/bin/mypy
	@$(RUN) check
	@$(PY) -m pytest -n $(WORKERS) --dist loadscope -m "not slow and not browser" -q

fix:  ## format and mend what can be mended
	@sh .ci/prepare dev
	@.venv/bin/ruff check --fix src tests bench docs
	@.venv/bin/ruff format src tests bench docs

bench:  ## print every figure of bench/README.md
	@sh .ci/prepare test
	@$(PY) -m bench

docs:  ## make the reference pages again
	@sh .ci/prepare dev
	@$(PY) docs/generate.py

requirements:  ## pin the newest fitting versions, with hashes and without addresses
	@sh .ci/prepare dev
	@sh .ci/pin

clean:  ## remove what was built; var/ stays
	rm -rf .venv frontend/node_modules src/regiebeeld/dashboard/web/static/built
