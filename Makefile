# `make` lists the verbs. Every verb sets up what it needs first; where all is there that takes no time.
SHELL := /bin/bash
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PORT ?= 8000
.DEFAULT_GOAL := help
.PHONY: help demo test check bench build up down lock fmt clean setup system-packages

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: setup ## set everything up and serve on http://localhost:8000 (PORT=...), with a shop to record
	exec python manage.py serve --demo

test: setup system-packages ## set everything up and run all tests
	scripts/test

check: setup ## formatting, lint, types, import layers, migrations, generated wire types, sizes
	scripts/check

bench: setup system-packages ## measure latency, sizes and what one agent takes
	scripts/bench

build: setup ## build the front end anew
	cd static && npm run --silent build

up: ## start the production twin with docker compose
	deploy/prepare
	docker compose up --build --detach --wait

down: ## stop it; what is stored stays
	docker compose down

lock: setup ## lock the newest packages that pyproject.toml and package.json allow
	scripts/lock

fmt: setup ## format the Python code
	ruff check --quiet --fix .
	ruff format .

clean: ## remove what was built; what was recorded stays
	rm -rf .venv static/node_modules static/dist var/bootstrap .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

setup:
	@scripts/setup

system-packages:
	@scripts/system-packages
