# Everything that is done with this repository, from a bare checkout with Go, Node with npm, git and
# make. `make` alone shows what there is.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

# Tools, each version once. A tool is built again when its version here changes.
GOLANGCI_LINT_VERSION      := v2.15.0
PROTOC_GEN_GO_VERSION      := v1.36.12
PROTOC_GEN_GO_GRPC_VERSION := v1.6.2
BENCHSTAT_VERSION          := v0.0.0-20260908200009-22c9c6c9d4da
# buf and protoc-gen-es are pinned in web/proto/package.json, and the browser drivers beside their tests.

BIN     := .bin
RESULTS := .out/tests
BUF     := web/proto/node_modules/.bin/buf
COUNT   := $(BIN)/testcount

# Where `make run` listens and keeps its data; the program's own defaults where they are empty.
ADDR     ?=
DATA_DIR ?=
# What `make fuzz`, `make test-faults`, `make bench`, `make bench-gateway` and `make test-go` may be told.
FUZZTIME ?= 30s
SOAK     ?= 60s
BENCH    ?= .
COUNTS   ?= 10
N        ?= 5000
LOAD     ?=
PKG      ?= ./... ./e2e/...
# The browser of the tests.
export CHROMIUM ?= /usr/bin/chromium

GENERATED := proto web/proto/gen docs/settings.md

## Run and build

.PHONY: help
help: ## Show this help
	@awk -F ':.*## ' '/^## / {printf "\n%s\n", substr($$0, 4)} /^[a-z0-9-]+:.*## / {printf "  %-16s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

.PHONY: run
run: web ## Build and run the all-in-one; ADDR=host:port and DATA_DIR=folder move it
	go build -o $(BIN)/switchboard ./cmd/switchboard
	exec $(BIN)/switchboard $(if $(ADDR),-addr '$(ADDR)') $(if $(DATA_DIR),-data-dir '$(DATA_DIR)')

.PHONY: build
build: web ## Build every program into .bin
	mkdir -p $(BIN)
	go build -trimpath -o $(BIN)/ ./cmd/... ./services/.../cmd/...

.PHONY: web
web: web/widget/dist/kw.js web/console/dist/index.html ## Build the widget and the console where their sources changed

# The folders stand for files that were removed.
sources = $(shell find $(1) -mindepth 1 \( -name node_modules -o -name dist \) -prune -o -print)

web/widget/dist/kw.js: web/widget/node_modules/.package-lock.json $(call sources,web/widget)
	cd web/widget && npm run build
	@touch $@

web/console/dist/index.html: web/console/node_modules/.package-lock.json $(call sources,web/console web/proto/gen)
	cd web/console && npm run build
	@touch $@

# npm writes this file last, so it stands for an installation that matches the lock. Not `npm ci`: it
# refuses a lock without the optional packages of platforms that a registry does not carry.
%/node_modules/.package-lock.json: %/package-lock.json
	cd $* && npm install --no-save --prefer-offline --no-audit --no-fund
	@touch $@

## Change

.PHONY: generate
generate: $(BUF) tools-generate web/proto/node_modules/.package-lock.json ## Generate code and documents from proto/ and the sources
	$(BUF) generate
	go generate ./...

.PHONY: generate-check
generate-check: generate ## Fail if what is generated is not what is committed
	@git diff --exit-code -- $(GENERATED)
	@new=$$(git ls-files --others --exclude-standard -- $(GENERATED)); \
	[ -z "$$new" ] || { printf 'generated, but not committed:\n%s\n' "$$new" >&2; exit 1; }

.PHONY: fmt
fmt: $(BIN)/golangci-lint $(BUF) ## Format Go and proto
	$(BIN)/golangci-lint fmt ./... ./e2e/...
	$(BUF) format -w

.PHONY: lint
lint: lint-go lint-proto lint-web ## Everything that is found without running it

.PHONY: lint-go
lint-go: $(BIN)/golangci-lint
	$(BIN)/golangci-lint run --allow-parallel-runners ./... ./e2e/...

# A contract may not break what the last commit of main promises.
.PHONY: lint-proto
lint-proto: $(BUF)
	$(BUF) lint
	$(BUF) format --diff --exit-code
	@base=$$(git rev-parse -q --verify origin/main || git rev-parse -q --verify main || true); \
	if [ -z "$$base" ] || ! git cat-file -e "$$base:buf.yaml" 2>/dev/null; then echo 'buf breaking: no main branch to compare with'; exit 0; fi; \
	old=$$(mktemp -d); trap 'rm -rf "$$old"' EXIT; \
	git archive "$$base" buf.yaml proto | tar -x -C "$$old"; \
	$(BUF) breaking --against "$$old" && echo "buf breaking: nothing broken since $${base:0:12}"

.PHONY: lint-web
lint-web: npm
	cd web/widget && npm run --silent check
	cd web/package && npm run --silent check
	cd web/console && npm run --silent check
	cd e2e && npm run --silent check

## Test

.PHONY: test
test: ## Run every test, install what they need, and count
	@rm -rf $(RESULTS)
	@failed=; for t in test-go test-web test-peers e2e; do $(MAKE) --no-print-directory $$t || failed+=" -failed $$t"; done; \
	$(COUNT) total $$failed $(RESULTS)/*.json

.PHONY: test-go
test-go: $(COUNT) web chromium npm ## Run the Go tests of the whole workspace with the race detector; PKG=./some/... for a part
	@mkdir -p $(RESULTS)
	go test -race -shuffle=on -timeout 20m -json $(PKG) | $(COUNT) go -save $(RESULTS)/go.json

# The same tests are part of test-go, with a shorter soak. FAULT_SEED repeats the faults of a run.
.PHONY: test-faults
test-faults: web ## Break processes, NATS, links and clocks under load; SOAK is how long a thousand clients are disconnected at random
	FAULT_SOAK=$(SOAK) go test -race -count=1 -timeout 20m -v ./e2e/fault/
	go test -race -count=1 ./internal/bus/ ./services/gateway/...

.PHONY: test-web
test-web: npm ## Run the unit tests of the widget, its package and the console
	cd web/widget && npm test -- --reporter=default --reporter=json --outputFile.json=$(CURDIR)/$(RESULTS)/widget.json
	cd web/package && npm run build && npm test -- --reporter=default --reporter=json --outputFile.json=$(CURDIR)/$(RESULTS)/package.json
	cd web/console && npm test -- --reporter=default --reporter=json --outputFile.json=$(CURDIR)/$(RESULTS)/console.json

.PHONY: test-peers
test-peers: web npm ## Run the official Socket.IO clients of versions 2, 3 and 4 against the gateway
	@mkdir -p $(RESULTS) $(BIN)
	go build -o $(BIN)/ ./cmd/switchboard ./services/gateway/cmd/conformance
	cd e2e/peers && REPORT=$(CURDIR)/$(RESULTS)/peers.json npm test

.PHONY: e2e
e2e: web chromium npm ## Run the browser tests against the built product
	$(if $(wildcard e2e/package.json),cd e2e && PLAYWRIGHT_JSON_OUTPUT_NAME=$(CURDIR)/$(RESULTS)/e2e.json npm test -- --reporter=list$(comma)json)

.PHONY: screenshots
screenshots: web chromium npm ## Take pictures of every state of the widget, into e2e/out/gallery
	cd e2e && npm test -- --project=all-in-one gallery.spec

.PHONY: fuzz
fuzz: ## Fuzz every target for FUZZTIME
	@grep -rn --include='*_test.go' --exclude-dir=node_modules -oE '^func Fuzz[A-Za-z0-9_]+' . | sed -E 's|/[^/]+:[0-9]+:func | |' | \
	while read -r dir name; do \
		echo "== $$dir $$name"; \
		go test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x "$$dir" </dev/null; \
	done

.PHONY: bench
bench: ## Run the benchmarks; `make -s bench >new.txt`, then `make benchstat OLD=old.txt NEW=new.txt`
	go test -run '^$$' -bench '$(BENCH)' -benchmem -count $(COUNTS) ./...

.PHONY: benchstat
benchstat: $(BIN)/benchstat ## Compare two runs of the benchmarks
	$(BIN)/benchstat '$(OLD)' '$(NEW)'

# Ours are built with a probe, by which the load tool looks into it. N is how many sockets are
# idle and how many reconnect at once; each is an open file (ulimit -n). LOAD has the tool's other flags.
.PHONY: bench-gateway
bench-gateway: e2e/peers/node-server/node_modules/.package-lock.json ## Load the all-in-one, node's socket.io and bare hops, and compare; N=19000 sockets, LOAD='-only idle'
	@mkdir -p $(BIN)/load
	@printf '{"Replace": {"%s": "%s", "%s": "%s"}}' $(foreach p,cmd/switchboard services/gateway/cmd/echo,$(CURDIR)/$(p)/probe.go $(CURDIR)/e2e/load/probe/link.go.txt) >$(BIN)/load/overlay.json
	go build -overlay $(BIN)/load/overlay.json -o $(BIN)/load/ ./cmd/switchboard ./services/gateway/cmd/echo ./e2e/load ./e2e/load/hops
	$(BIN)/load/load -bin $(BIN)/load -node e2e/peers/node-server -n $(N) $(LOAD)

.PHONY: bench-widget
bench-widget: web chromium npm ## Measure what the widget costs the page that it is on
	cd web/widget && npm run --silent build
	cd e2e && npx playwright test --config bench.config.ts

.PHONY: check
check: ## Run what CI runs
	.ci/run

## Set up

.PHONY: setup
setup: prepare ## Install the tools and packages, and check before every push
	git config core.hooksPath .githooks

.PHONY: prepare
prepare: tools npm chromium ## Install everything that the other targets need; `make -j2 prepare` is quicker
	go mod download

.PHONY: clean
clean: ## Remove what was built; tools, packages and data stay
	rm -rf .out $(COUNT) $(filter-out $(TOOLS),$(wildcard $(BIN)/*))
	find web/*/dist -mindepth 1 ! -name .gitkeep -delete

# Tools: the stamp names the version, the program does not.
TOOLS := $(addprefix $(BIN)/,golangci-lint protoc-gen-go protoc-gen-go-grpc benchstat)

.PHONY: tools tools-generate npm
tools: $(TOOLS)
tools-generate: $(BIN)/protoc-gen-go $(BIN)/protoc-gen-go-grpc
npm: $(patsubst %/package.json,%/node_modules/.package-lock.json,$(wildcard web/*/package.json e2e/package.json e2e/peers/package.json))

$(BIN)/golangci-lint:      $(BIN)/.golangci-lint-$(GOLANGCI_LINT_VERSION)
$(BIN)/protoc-gen-go:      $(BIN)/.protoc-gen-go-$(PROTOC_GEN_GO_VERSION)
$(BIN)/protoc-gen-go-grpc: $(BIN)/.protoc-gen-go-grpc-$(PROTOC_GEN_GO_GRPC_VERSION)
$(BIN)/benchstat:          $(BIN)/.benchstat-$(BENCHSTAT_VERSION)

# install builds $(1), a package with its version, and stamps it.
install = GOBIN=$(CURDIR)/$(BIN) GOWORK=off go install $(1) && touch $@

$(BIN)/.golangci-lint-%:
	$(call install,github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$*)
$(BIN)/.protoc-gen-go-v%:
	$(call install,google.golang.org/protobuf/cmd/protoc-gen-go@v$*)
$(BIN)/.protoc-gen-go-grpc-v%:
	$(call install,google.golang.org/grpc/cmd/protoc-gen-go-grpc@v$*)
$(BIN)/.benchstat-%:
	$(call install,golang.org/x/perf/cmd/benchstat@$*)

$(BUF): web/proto/node_modules/.package-lock.json

.PHONY: $(COUNT)
$(COUNT):
	@go build -o $@ ./internal/tools/testcount

.PHONY: chromium
chromium:
	@command -v '$(CHROMIUM)' >/dev/null && exit; \
	[ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null || { echo 'no browser at $(CHROMIUM): install Chromium, or set CHROMIUM to one' >&2; exit 1; }; \
	install() { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends chromium fonts-liberation fonts-noto-color-emoji; }; \
	install || install

comma := ,
