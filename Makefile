.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
UV := .venv/bin/uv
# uv trusts what the machine trusts; without this it brings certificates of its own.
export UV_SYSTEM_CERTS := true
# Where Python may keep no bytecode of its own, every start of Meltano would compile it all again.
export UV_COMPILE_BYTECODE := 1
export UV_COMPILE_BYTECODE_TIMEOUT := 900
# With LC_ALL=C, Python does not start in a folder whose path has letters beyond ASCII.
ifneq ($(filter C POSIX,$(LC_ALL)),)
export LC_ALL := C.UTF-8
endif
# Where a home cannot be written (a container's made-up user, a service without a home), what uv,
# pip, npm and Meltano keep there goes into this folder. Only trying tells: root may do all.
HOME_CAN_BE_WRITTEN := $(shell { [ -n "$$HOME" ] && for kept in .cache .local; do \
  mkdir -p "$$HOME/$$kept" && tried=$$(mktemp -d "$$HOME/$$kept/.try.XXXXXX") && rmdir "$$tried" || exit; \
  done && echo yes; } 2>/dev/null)
ifneq ($(HOME_CAN_BE_WRITTEN),yes)
export XDG_CACHE_HOME ?= $(CURDIR)/.home/cache
export XDG_STATE_HOME ?= $(CURDIR)/.home/state
export NPM_CONFIG_CACHE ?= $(CURDIR)/.home/npm
$(info The home "$(HOME)" cannot be written: caches and logs go to .home here.)
endif

.PHONY: help setup bench dashboards preview demo demo-stop test soak pythons demo-psql check run lint format lock clean

help: ## what can be said to make
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: .ready/plugins ## install everything: the workspace, Meltano's plugins

demo: .ready/plugins ## three invented brands, from an API to tables, in a few minutes
	@.venv/bin/python -m demo

demo-psql: .ready/venv ## open the demo's database
	@.venv/bin/python -m demo psql

demo-stop: .ready/venv ## stop the demo's database
	@.venv/bin/python -m demo stop

test: .ready/plugins .ready/preview .ready/browser ## every test (one: .venv/bin/python -m pytest tests/test_pipeline.py -k again)
	@.venv/bin/python -m pytest --numprocesses=2 --dist=loadgroup

soak: .ready/plugins ## the long versions of the randomized and the kill tests: an hour
	@.venv/bin/python -m pytest -m soak

pythons: .ready/venv ## the tap's tests on every promised Python that this machine has
	@.venv/bin/python -m tests.on_every_python

bench: .ready/plugins ## the measurements, as tables: an hour (one: .venv/bin/python -m bench.extraction few)
	@for one in pace extraction memory daily load merge reporting judgement dashboards; do .venv/bin/python -m bench.$$one; done

dashboards: .ready/venv ## write the dashboards' JSON from grafana/authoring and grafana/queries
	@.venv/bin/python -m grafana.authoring

preview: .ready/preview ## the dashboards in your browser, over the demo's database (another port: PREVIEW_PORT=3002)
	@.venv/bin/python -m grafana.preview

check: .env .ready/venv ## try the keys and the database of .env; writes nothing
	@.venv/bin/python -m check

run: .env .ready/plugins ## the daily job, with the keys and the database of .env
	@.venv/bin/python -m daily

lint: .ready/plugins ## ruff, mypy, sqlfluff, dashboards
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check
	@.venv/bin/mypy
	@.venv/bin/mypy demo bench check daily
	@.venv/bin/mypy --python-executable .meltano/loaders/target-postgres/venv/bin/python loader/klaviyo_loader
	@.venv/bin/sqlfluff lint transform
	@.venv/bin/sqlfluff lint --templater placeholder grafana/queries
	@.venv/bin/python -m grafana.checks

format: .ready/venv ## put Python and SQL into the one style
	@.venv/bin/ruff check --fix
	@.venv/bin/ruff format
	@.venv/bin/sqlfluff fix --quiet transform
	@.venv/bin/sqlfluff fix --quiet --templater placeholder grafana/queries

COMPILE := $(UV) pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.10
lock: .ready/venv ## write locks/ anew from pyproject.toml (then `make test`)
	@$(COMPILE) pyproject.toml tap-klaviyo/pyproject.toml --group workspace --upgrade -o locks/workspace.txt
	@$(COMPILE) loader/pyproject.toml --upgrade -o locks/target-postgres.txt
	@$(COMPILE) pyproject.toml --group dbt --upgrade -o locks/dbt.txt
	@$(COMPILE) pyproject.toml --group node --upgrade -o locks/node.txt
	@$(COMPILE) tap-klaviyo/pyproject.toml --upgrade -o locks/tap-klaviyo.txt

clean: ## forget everything installed or made here, the demo's database too; .env stays, and so does state (.meltano/meltano.db)
	@if [ -x .venv/bin/python ] && [ -d .demo ]; then .venv/bin/python -m demo stop; fi
	@rm -rf .demo .home .preview .pythons .ready .venv .meltano/{extractors,loaders,utilities,run} transform/{target,logs}
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.env:
	@echo "There is no .env yet. Say: cp .env.example .env; then fill in your Klaviyo keys and your" >&2
	@echo "Postgres. To look around first, without keys or a database: make demo" >&2
	@exit 1

# One marker file per installed environment: nothing is reinstalled until a lock changes.
.ready/venv: locks/workspace.txt tap-klaviyo/pyproject.toml
	@echo "Installing the workspace into .venv (Meltano, sandbox, tests) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "Python 3.10 or newer is needed; name one: make PYTHON=python3.12 ...")'
	@$(PYTHON) -m venv --clear .venv
	@.venv/bin/pip install --quiet --disable-pip-version-check "$$(grep -oE '^uv==[0-9.]+' locks/workspace.txt)"
	@$(UV) pip install --quiet --python .venv/bin/python -r locks/workspace.txt -e ./tap-klaviyo
	@mkdir -p .ready && touch $@

# The plugins, in environments of their own under .meltano/.
.ready/plugins: .ready/venv meltano.yml locks/tap-klaviyo.txt locks/target-postgres.txt locks/dbt.txt loader/pyproject.toml
	@echo "Installing Meltano's plugins into .meltano (tap-klaviyo, target-postgres, dbt) ..."
	@.venv/bin/meltano --log-level=warning install --clean
	@touch $@

# The page is bundled once, from Grafana's own libraries; what only bundling needs is not kept.
.ready/preview: grafana/preview/package-lock.json grafana/preview/build.mjs $(wildcard grafana/preview/src/*) | .ready/venv
	@echo "Building the dashboards' preview into .preview (about a minute) ..."
	@.venv/bin/python -m grafana.preview build
	@touch $@

.ready/browser: grafana/preview/browser_package/package-lock.json grafana/preview/browser_package/unpack.mjs | .ready/venv
	@echo "Unpacking a browser for the tests into .preview ..."
	@.venv/bin/python -m grafana.preview browser
	@touch $@
