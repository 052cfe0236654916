.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
export UV_PYTHON_DOWNLOADS := never
# Compiled modules are kept, whatever the surroundings say: a start takes seconds, not half a minute.
unexport PYTHONDONTWRITEBYTECODE
export VIRTUAL_ENV := $(CURDIR)/.venv
export PYTHONWARNINGS ?= default
T ?= tests
# Most of what the tests do is waiting for real servers and browsers.
TEST_PROCESSES ?= 2

help: ## print this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.venv/bin/uv:
	@echo "[1/3] creating the virtual environment"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed (set PYTHON=...)"; exit 1; }
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check uv

.venv/run.stamp: requirements/base.txt pyproject.toml | .venv/bin/uv
	@echo "[2/3] installing what it runs on, from requirements/base.txt"
	@$(BIN)/uv pip install --require-hashes -r requirements/base.txt
	@echo "[3/3] installing paigong itself"
	@$(BIN)/uv pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev.stamp: requirements/dev.txt pyproject.toml | .venv/bin/uv
	@echo "[2/3] installing what development needs, from requirements/dev.txt"
	@$(BIN)/uv pip sync --require-hashes requirements/dev.txt
	@echo "[3/3] installing paigong itself"
	@$(BIN)/uv pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@ .venv/run.stamp

HANDHELD := handheld/dist/index.html
HANDHELD_SOURCES := $(shell find handheld/src handheld/public -type f) \
  handheld/index.html handheld/package.json handheld/vite.config.ts

.venv/npm.stamp: handheld/package-lock.json | .venv/bin/uv
	@echo "[handheld 1/2] installing what the app is built from, from handheld/package-lock.json"
	@handheld/with-node npm --prefix handheld ci --no-audit --no-fund --loglevel=error
	@touch $@

$(HANDHELD): .venv/npm.stamp $(HANDHELD_SOURCES)
	@echo "[handheld 2/2] building the app"
	@handheld/with-node npm --prefix handheld run --silent build -- --logLevel warn
	@touch $@

.venv/console.stamp: web_libraries/package-lock.json | .venv/bin/uv
	@echo "[console] installing what its pages load, from web_libraries/package-lock.json"
	@handheld/with-node npm --prefix web_libraries ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# What the browsers of both apps load.
PAGES := $(HANDHELD) .venv/console.stamp

setup: .venv/run.stamp $(PAGES) ## set up what running needs
dev: .venv/dev.stamp $(PAGES) ## set up what development needs

.venv/s3.stamp: requirements/s3.txt .venv/run.stamp
	@echo "[s3] installing what photos in S3 need, from requirements/s3.txt"
	@$(BIN)/uv pip install --require-hashes -r requirements/s3.txt
	@touch $@

s3: setup .venv/s3.stamp ## the same, with what photos in S3 need

demo: .venv/run.stamp $(PAGES) ## run the whole thing with a demo estate and simulated technicians
	@exec $(BIN)/paigong demo

run: .venv/run.stamp $(PAGES) ## run without demo data; the first page makes the first administrator
	@exec $(BIN)/paigong run

check: .venv/dev.stamp .venv/npm.stamp ## lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	handheld/with-node npm --prefix handheld run --silent check

test: .venv/dev.stamp $(PAGES) ## every check and every test
	@$(MAKE) --no-print-directory check
	@bash tests/system_packages.sh
	handheld/with-node npm --prefix handheld test
	$(BIN)/pytest -n $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder $(T)

bench: .venv/dev.stamp ## measure against bare baselines, print ratios
	$(BIN)/python -m benchmarks

lock: .venv/bin/uv ## resolve requirements/*.in into the lock files again
	$(BIN)/uv pip compile --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-header -q requirements/base.in -o requirements/base.txt
	$(BIN)/uv pip compile --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-header -q requirements/dev.in -o requirements/dev.txt
	$(BIN)/uv pip compile --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-header -q -c requirements/base.txt requirements/s3.in -o requirements/s3.txt
	$(BIN)/uv pip compile --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-header -q requirements/node.in -o requirements/node.txt

.PHONY: help setup s3 dev demo run check test bench lock
