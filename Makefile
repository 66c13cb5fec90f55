# Everything a person does with this project. `make` alone lists it.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
BIN := .venv/bin
ARGS ?=

LOCK := scripts/uv pip compile --quiet --universal --python-version 3.12 --generate-hashes \
	--no-emit-index-url --custom-compile-command 'make lock'

.PHONY: help paper down test cards lint format types imports check bench lock clean env dev-env

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

paper: env ## start the whole paper stack here; Ctrl-C stops it
	@exec $(BIN)/odum up --config config/paper.json --demo $(ARGS)

down: env ## stop what a killed stack left running
	@$(BIN)/odum down $(ARGS)

test: dev-env ## run every test (ARGS="tests/unit -k risk" for some)
	@scripts/test $(ARGS)

cards: dev-env ## play every card on every venue, renew the table in docs/venues.md
	@ODUM_RENEW_CARDS=1 $(BIN)/python -m pytest tests/contracts/cards $(ARGS)
	@$(BIN)/python -m tests.contracts.cards.matrix

lint: dev-env ## check style
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: dev-env ## mend style
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: dev-env ## check types
	@$(BIN)/mypy

imports: dev-env ## check that imports go one way
	@$(BIN)/lint-imports

check: lint types imports test ## all of the above: what CI runs

bench: env ## measure the order road of the running stack
	@$(BIN)/odum bench orders $(ARGS)

# dev comes first and constrains the others, so that all locks agree on every version.
lock: ## renew the locks from pyproject.toml (ARGS=--upgrade for newer versions)
	@$(LOCK) $(ARGS) pyproject.toml --group build --group dev -o requirements/dev.txt
	@$(LOCK) $(ARGS) pyproject.toml --group build -c requirements/dev.txt -o requirements/runtime.txt
	@echo 'uv' | $(LOCK) $(ARGS) - -o requirements/uv.txt

clean: ## remove the environment and caches; state under .odum stays
	@rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

env:
	@scripts/bootstrap runtime

dev-env:
	@scripts/bootstrap dev
