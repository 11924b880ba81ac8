# talkpath: `make help` lists what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup build run demo test race lint fmt e2e bench bench-setup bench-audio capacity fuzz docs tidy clean

GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
TOOLS   := bin/tools
FUZZ    ?= 10s
HAS_OPUS = pkg-config --exists opus 2>/dev/null
SDKS    := e2e/sdk/node_modules/.package-lock.json

help: ## what there is to make
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

setup: ## install the system packages that are missing (instant when none is)
	@scripts/setup

# Opus is libopus, and needs it and cgo. Where it isn't installed, the program
# is built without. The tag leaves out what reads files, and libopusfile.
build: ## build bin/talkpath
	@mkdir -p bin
	@$(HAS_OPUS) || echo "build: without Opus, since libopus isn't installed (make setup does that)" >&2
	CGO_ENABLED=$$($(HAS_OPUS) && echo 1 || echo 0) $(GO) build -tags nolibopusfile -trimpath -ldflags "-X main.version=$(VERSION)" -o bin/talkpath ./cmd/talkpath

run: setup build ## serve the demo agent on 127.0.0.1:8080
	bin/talkpath serve

demo: setup build ## two simulated calls, told as they happen
	@bin/talkpath call --carrier exotel --say "i would like to book an appointment" --say "yes please" --out heard-exotel.wav
	@bin/talkpath call --carrier twilio --say "i want to speak to an agent" --out heard-twilio.wav

test: setup $(TOOLS)/gotestsum ## every test, with the race detector
	$(TOOLS)/gotestsum --format pkgname-and-test-fails --jsonfile bin/test.json -- -race ./...
	@scripts/canary bin/test.json

race: test ## the same as test

lint: $(TOOLS)/golangci-lint ## linter, module files and formatting
	$(TOOLS)/golangci-lint run ./...
	$(GO) mod tidy -diff
	$(GO) vet ./...

fmt: $(TOOLS)/golangci-lint ## format everything
	$(TOOLS)/golangci-lint fmt ./...

# The tools have a module file of their own, so that what they need is not
# what the program needs.
$(TOOLS)/%: tools/go.mod tools/go.sum
	@mkdir -p $(TOOLS)
	$(GO) -C tools build -o ../$(TOOLS)/ $(TOOL_$*)
	@touch $@

TOOL_golangci-lint := github.com/golangci/golangci-lint/v2/cmd/golangci-lint
TOOL_gotestsum     := gotest.tools/gotestsum

e2e: setup build $(SDKS) $(TOOLS)/gotestsum ## whole calls through real engines, and the binary as a user runs it
	$(TOOLS)/gotestsum --format testname --jsonfile bin/e2e.json -- -count=1 -timeout 10m -parallel 3 -tags e2e ./e2e/...
	@scripts/canary bin/e2e.json

# The carriers' own SDKs, which e2e holds ours against. npm writes the stamp.
$(SDKS): e2e/sdk/package.json e2e/sdk/package-lock.json | setup
	cd e2e/sdk && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

bench: ## benchmarks of every stage
	$(GO) test -run '^$$' -bench . -benchmem ./...

bench-setup: setup ## install what bench-audio measures against, and make its test sets
	@scripts/bench-setup

bench-audio: bench-setup ## the audio path and its references on the same input; writes docs/audio.md (ONLY=vad,jitter for a part)
	@$(GO) build -o bin/bench-audio ./bench/audio
	@bin/bench-audio $(if $(ONLY),-only $(ONLY)) $(BENCH_FLAGS)

capacity: build ## 200 calls here against the same load on a bare echo; the last line is the ratio
	@$(GO) build -o bin/echo ./bench/echo
	@$(GO) run ./bench/capacity

fuzz: ## each fuzz target for FUZZ=10s
	@scripts/fuzz $(FUZZ)

docs: ## write the generated pages of docs/
	@mkdir -p docs
	$(GO) run ./cmd/talkpath docs carriers >docs/.carriers.md
	@mv docs/.carriers.md docs/carriers.md
	$(GO) run ./cmd/talkpath docs metrics >docs/.metrics.md
	@mv docs/.metrics.md docs/metrics.md

tidy: ## tidy the module file
	$(GO) mod tidy

clean: ## remove what was built
	rm -rf bin heard-*.wav e2e/sdk/node_modules bench/audio/neteq/node_modules
