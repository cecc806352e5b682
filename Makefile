# Thin names over bin/ and cargo. Two commands matter: `make run` and `make test`.
SHELL := /bin/bash
# The build cache lives outside the tree, so that clones share what they compile.
export CARGO_TARGET_DIR ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/sanfang/target
LISTEN ?= 127.0.0.1:8080
DATA ?= ./data

.PHONY: run build test bench crash visual lint fmt setup

run: ## build and start Sanfang with demo data
	@bin/setup run
	@cargo build --profile quick --locked --package sanfang
	@$(CARGO_TARGET_DIR)/quick/sanfang demo --listen $(LISTEN) --data $(DATA)

build: ## the program for a school of your own, optimised in full: slower to build, twice as fast at documents
	@bin/setup run
	@cargo build --release --locked --package sanfang
	@echo "$(CARGO_TARGET_DIR)/release/sanfang"

test: ## everything that the CI checks
	@bin/ci

bench: ## measure, and write docs/benchmarks.md
	@bin/setup test
	@bin/bench

crash: ## kill -9 under load, N times on each engine; nothing acknowledged is lost or doubled
	@bin/setup test
	@bin/crash $(N)

visual: ## pictures of the pages, for the README and for a look
	@bin/setup test
	@bin/visual

lint:
	@bin/setup run
	cargo fmt --all --check
	cargo clippy --workspace --locked --quiet

fmt:
	cargo fmt --all

setup:
	@bin/setup test
