# Helpleaf. `make` alone lists the commands. They need Python 3.11 or newer, make and a package index.
.DEFAULT_GOAL := help
.PHONY: help serve test check bench sweep

PYTHON ?= python3
VENV_PYTHON := .venv/bin/python
# One more than there are processors: tests wait for disks, servers and browsers, too.
WORKERS = $$(($$(getconf _NPROCESSORS_ONLN) + 1))

ifdef HOST
export HELPLEAF_HOST := $(HOST)
endif
ifdef PORT
export HELPLEAF_PORT := $(PORT)
endif
ifdef DATA
export HELPLEAF_DATA := $(DATA)
endif

help: ## List the commands
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' Makefile

serve: ## Serve the help site, the API and the desk (PORT=, HOST=, DATA=)
	@$(PYTHON) ticket_api/install.py requirements.lock
	@exec $(VENV_PYTHON) -m ticket_api serve

test: ## Run all tests, in a real browser too
	@$(PYTHON) ticket_api/install.py requirements-dev.lock
	@$(VENV_PYTHON) -m tests.browser.chromium
	@$(VENV_PYTHON) -m pytest -n $(WORKERS) --maxprocesses 4 --dist loadfile

check: ## Lint, types and the house's walls
	@$(PYTHON) ticket_api/install.py requirements-dev.lock
	@$(VENV_PYTHON) -m ruff check .
	@$(VENV_PYTHON) -m ruff format --check .
	@$(VENV_PYTHON) -m mypy
	@.venv/bin/lint-imports

bench: ## Measure against named peers (NAME=matching; without it, all)
	@$(PYTHON) ticket_api/install.py requirements-bench.lock
	@$(VENV_PYTHON) -m benchmarks $(NAME)

sweep: ## The long lists: thousands of hostile requests
	@$(PYTHON) ticket_api/install.py requirements-dev.lock
	@$(VENV_PYTHON) -m tests.browser.chromium
	@$(VENV_PYTHON) -m pytest -q -s tests/sweep --override-ini python_files="sweep_*.py" --override-ini faulthandler_timeout=3600
