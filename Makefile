# Weir's commands for people. `make run` and `make test` do all the set-up themselves.

RELEASE := .build-release
BUILD_RELEASE := swift build -c release --static-swift-stdlib --scratch-path $(RELEASE) --product weir
WEIR := $(RELEASE)/release/weir
PREFIX ?= $(HOME)/.local

.PHONY: run release test quick clients explorer lint format bench bench-api parity nexmark record install clean help

run: release            ## open the workbench on the sample pipeline, replayed live
	@$(WEIR) open

release:                ## build the release binary
	@Scripts/setup
	@$(BUILD_RELEASE)

test:                   ## run all tests
	@Scripts/setup tmux curl openssl
	@swift build --build-tests --explicit-target-dependency-import-check error
	@swift test --skip-build

quick:                  ## run the tests that take seconds
	@swift test --skip CommandLineTests

clients:                ## public clients (gql, mcp, schemathesis) against the served API
	@Scripts/setup python3-venv
	@swift build --product weir
	@Tests/Clients/run

explorer:               ## the page at / in headless Chromium
	@Scripts/setup python3-venv chromium
	@swift build --product weir
	@Tests/Explorer/run

lint:                   ## check the formatting
	@swift format lint --strict --parallel --recursive Sources Tests Package.swift

format:                 ## format everything in place
	@swift format --in-place --parallel --recursive Sources Tests Package.swift

record:                 ## rewrite the golden files of the tests
	@WEIR_RECORD=1 swift test

bench: release          ## measure against sqlite3 and DuckDB
	@Scripts/setup sqlite3 python3-venv time
	@Benchmarks/run $(WEIR)

parity:                 ## record the answers of a real Flink anew (needs Python and a JDK 17)
	@python3 Benchmarks/parity/generate.py
	@python3 Benchmarks/parity/record.py

nexmark: release        ## run the Nexmark queries here and in Flink, side by side
	@$(WEIR) bench nexmark --flink Benchmarks/flink/run

bench-api: release      ## the API beside a constant route, one query in SQL, ingesting alone
	@Benchmarks/api/run $(WEIR)

install: release        ## install to PREFIX (default ~/.local)
	@install -d $(PREFIX)/bin $(PREFIX)/share/weir
	@install -s $(WEIR) $(PREFIX)/bin/weir
	@cp -r themes sample-data $(PREFIX)/share/weir/
	@echo "weir: installed to $(PREFIX)/bin/weir"

clean:                  ## remove what was built
	@rm -rf .build $(RELEASE)

help:                   ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | sort
