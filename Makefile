.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
UV := .venv/bin/uv
# Use the machine's certificates instead of the ones bundled with uv.
export UV_SYSTEM_CERTS := true
# Without bytecode files, every start of Meltano would compile all of its modules again.
export UV_COMPILE_BYTECODE := 1
export UV_COMPILE_BYTECODE_TIMEOUT := 900
# With LC_ALL=C, Python does not start in a folder whose path has non-ASCII letters.
ifneq ($(filter C POSIX,$(LC_ALL)),)
export LC_ALL := C.UTF-8
endif
# If the home directory is not writable (an arbitrary user in a container, a service without a
# home), uv, pip, npm and Meltano use this folder instead. Permission bits do not show it: write a file.
HOME_CAN_BE_WRITTEN := $(shell { [ -n "$$HOME" ] && for kept in .cache .local; do \
  mkdir -p "$$HOME/$$kept" && tried=$$(mktemp -d "$$HOME/$$kept/.try.XXXXXX") && rmdir "$$tried" || exit; \
  done && echo yes; } 2>/dev/null)
ifneq ($(HOME_CAN_BE_WRITTEN),yes)
export XDG_CACHE_HOME ?= $(CURDIR)/.home/cache
export XDG_STATE_HOME ?= $(CURDIR)/.home/state
export NPM_CONFIG_CACHE ?= $(CURDIR)/.home/npm
$(info The home "$(HOME)" cannot be written: caches and logs go to .home here.)
endif

.PHONY: help setup bench dashboards preview report reports demo demo-stop test soak pythons demo-psql rates check brand run build upgrade lint format lock clean

help: ## list the available targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: .ready/plugins ## install the workspace and Meltano's plugins

demo: .ready/plugins ## run the pipeline over three fictional brands, in a few minutes
	@.venv/bin/python -m demo

demo-psql: .ready/venv ## open the demo's database in psql
	@.venv/bin/python -m demo psql

demo-stop: .ready/venv ## stop the demo's database
	@.venv/bin/python -m demo stop

test: .ready/plugins .ready/preview .ready/browser ## run every test (one: .venv/bin/python -m pytest tests/test_pipeline.py -k again)
	@.venv/bin/python -m pytest --numprocesses=2 --dist=loadgroup

soak: .ready/plugins ## run the long versions of the randomized and the kill tests: an hour
	@.venv/bin/python -m pytest -m soak

pythons: .ready/venv ## run the tap's tests on every supported Python that this machine has
	@.venv/bin/python -m tests.on_every_python

bench: .ready/plugins ## run the benchmarks: an hour (one: .venv/bin/python -m bench.extraction few)
	@for one in pace extraction memory daily load merge reread shards reporting judgement flows dashboards; do .venv/bin/python -m bench.$$one; done

dashboards: .ready/venv ## regenerate the dashboards' JSON from grafana/authoring and grafana/queries
	@.venv/bin/python -m grafana.authoring

preview: .ready/preview ## render the dashboards over the demo's database in your browser (another port: PREVIEW_PORT=3002)
	@.venv/bin/python -m grafana.preview

report: .ready/venv .ready/browser ## write a client's report to files: make report CLIENT=acme PERIOD=2026-10
	@.venv/bin/python -m report --client="$(CLIENT)" --period="$(PERIOD)"

reports: .ready/venv .ready/browser ## make the clients' reports that are due, and send those that have recipients
	@.venv/bin/python -m report --due

rates: .ready/venv ## renew the exchange rates from the European Central Bank (a file or another address: SOURCE=…)
	@.venv/bin/python -m fx $(SOURCE)

check: .env .ready/venv ## test the keys and the database of .env, without writing anything
	@.venv/bin/python -m check

brand: .env .ready/venv ## add a client: try its key, estimate its first run, write it into .env
	@.venv/bin/python -m brand

run: .env .ready/plugins ## run the daily job with the keys and the database of .env (a part of the accounts: SHARD=3/16)
	@.venv/bin/python -m daily $(if $(SHARD),--shard=$(SHARD))

build: .env .ready/plugins ## build the tables after all shards of a run (docs/operations.md)
	@.venv/bin/python -m daily --build

upgrade: .env .ready/plugins ## after an update: load, then rebuild the tables whose models have changed
	@.venv/bin/python -m upgrade

lint: .ready/plugins ## run ruff, mypy, sqlfluff, the dashboard checks and schemas
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check
	@.venv/bin/mypy
	@.venv/bin/mypy demo bench brand check daily forget fx report retention state upgrade
	@.venv/bin/mypy --python-executable .meltano/loaders/target-postgres/venv/bin/python loader/klaviyo_loader
	@.venv/bin/sqlfluff lint transform
	@.venv/bin/sqlfluff lint --templater placeholder grafana/queries
	@.venv/bin/python -m grafana.checks
	@.venv/bin/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml deploy/github/*.yml
	@.venv/bin/check-jsonschema --quiet --builtin-schema vendor.compose-spec deploy/container/compose.yaml grafana/compose.yaml

format: .ready/venv ## format Python and SQL
	@.venv/bin/ruff check --fix
	@.venv/bin/ruff format
	@.venv/bin/sqlfluff fix --quiet transform
	@.venv/bin/sqlfluff fix --quiet --templater placeholder grafana/queries

COMPILE := $(UV) pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.10
lock: .ready/venv ## update locks/ from pyproject.toml (then `make test`)
	@$(COMPILE) pyproject.toml tap-klaviyo/pyproject.toml --group workspace --upgrade -o locks/workspace.txt
	@$(COMPILE) loader/pyproject.toml --upgrade -o locks/target-postgres.txt
	@$(COMPILE) pyproject.toml --group dbt --upgrade -o locks/dbt.txt
	@for one in dagster kubernetes airflow; do $(COMPILE) pyproject.toml --group $$one --upgrade -o locks/$$one.txt; done
	@$(COMPILE) pyproject.toml --group node --upgrade -o locks/node.txt
	@$(COMPILE) tap-klaviyo/pyproject.toml --upgrade -o locks/tap-klaviyo.txt

clean: ## delete everything installed or generated, and the demo; .env and the state (.meltano/meltano.db) stay
	@if [ -x .venv/bin/python ] && [ -d .demo ]; then .venv/bin/python -m demo stop; fi
	@rm -rf .demo .home .preview .pythons .ready .venv .meltano/{extractors,loaders,utilities,run} transform/{target,logs}
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.env:
	@echo "There is no .env yet. Say: cp .env.example .env; then fill in your Klaviyo keys and your" >&2
	@echo "Postgres. To look around first, without keys or a database: make demo" >&2
	@exit 1

# One marker file per installed environment: reinstalled only when a lock changes.
.ready/venv: locks/workspace.txt tap-klaviyo/pyproject.toml
	@echo "Installing the workspace into .venv (Meltano, sandbox, tests) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "Python 3.10 or newer is needed; name one: make PYTHON=python3.12 ...")'
	@$(PYTHON) -m venv --clear .venv
	@.venv/bin/pip install --quiet --disable-pip-version-check "$$(grep -oE '^uv==[0-9.]+' locks/workspace.txt)"
	@$(UV) pip install --quiet --python .venv/bin/python -r locks/workspace.txt -e ./tap-klaviyo
	@mkdir -p .ready && touch $@

# Meltano's plugins, each in its own environment under .meltano/.
.ready/plugins: .ready/venv meltano.yml locks/tap-klaviyo.txt locks/target-postgres.txt locks/dbt.txt loader/pyproject.toml
	@echo "Installing Meltano's plugins into .meltano (tap-klaviyo, target-postgres, dbt) ..."
	@.venv/bin/meltano --log-level=warning install --clean
	@touch $@

# The page is bundled once, from Grafana's own libraries; build-time packages are deleted afterwards.
.ready/preview: grafana/preview/package-lock.json grafana/preview/build.mjs $(wildcard grafana/preview/src/*) | .ready/venv
	@echo "Building the dashboards' preview into .preview (about a minute) ..."
	@.venv/bin/python -m grafana.preview build
	@touch $@

.ready/browser: grafana/preview/browser_package/package-lock.json grafana/preview/browser_package/unpack.mjs | .ready/venv
	@echo "Unpacking a browser and fonts into .preview ..."
	@.venv/bin/python -m grafana.preview browser
	@touch $@
