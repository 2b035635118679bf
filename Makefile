# `make` alone lists the targets. The environment is made once, from the lock, in .venv.
.DEFAULT_GOAL := help
.PHONY: help demo test check bench docs lock clean

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready

help:
	@grep -hE '^[a-z]+:.*## ' Makefile | sed 's/:.*## /  /' | awk '{name=$$1; $$1=""; printf "  make %-6s%s\n", name, $$0}'

demo: $(READY) ## Make a workspace with a generated year, print the last month's bill, render its report
	@$(BIN)/imcost demo

test: $(READY) ## Run the test suite, but for the slow tests that CI adds
	@$(BIN)/pytest -q -n auto -m "not slow"

check: $(READY) ## Lint, check the layout and the types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy

bench: $(READY) ## Measure, beside plain queries and other tools
	@$(BIN)/pip install --quiet --require-hashes -r requirements-bench.txt
	@$(BIN)/python -m benchmarks

docs: $(READY) ## Render what the documents show: the table of charges and the pictures
	@$(BIN)/python -m tools.render_docs

lock: $(READY) ## Resolve the dependencies anew and write the lock files
	@tools/lock

clean: ## Remove the environment, the demo's workspace and all caches
	@rm -rf .venv imcost-demo dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.txt pyproject.toml tools/setup
	@PYTHON="$(PYTHON)" tools/setup
	@touch $@
