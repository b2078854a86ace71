# Every target is explained by its '##' comment: make help.
SHELL := /bin/bash
.DEFAULT_GOAL := help

CONFIGURATION ?= debug
SEEDS ?=
# Of the single faults, one in so many is tried with a change; which of them depends on the commit.
SHARE ?= 96
IMAGE ?= opencrane:dev
BIN := .build/$(CONFIGURATION)
SWIFT_BUILD := swift build --configuration $(CONFIGURATION)
SWIFT_FORMAT := swift format
SOURCES := Package.swift Sources Tests Benchmarks Examples

# Only a KUBECONFIG given on the command line counts: a cluster named by the shell's environment is never touched by accident.
ifeq ($(origin KUBECONFIG),command line)
E2E_KUBECONFIG := $(abspath $(KUBECONFIG))
endif

.PHONY: help
help: ## Show this list
	@awk 'BEGIN { FS = ":.*## " } /^##@/ { printf "\n%s\n", substr($$0, 5) } /^[a-z0-9-]+:.*## / { printf "  %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

##@ Everyday

.PHONY: run
run: setup build ## Build and start OpenCrane on this machine (options: make run ARGS="--help")
	@exec $(BIN)/opencrane dev $(ARGS)

.PHONY: test
test: setup-tests build-tests ## Install what is missing, build, run all tests, check the generated files and the Dockerfile
	scripts/test all
	@$(MAKE) --no-print-directory check-generated
	@$(MAKE) --no-print-directory check-image

.PHONY: test-unit
test-unit: setup build-tests ## Run all tests but the end-to-end suite
	scripts/test unit

.PHONY: test-e2e
test-e2e: setup-tests build-tests ## Run the end-to-end suite; against another API server: make test-e2e KUBECONFIG=file
	OPENCRANE_E2E_KUBECONFIG=$(E2E_KUBECONFIG) scripts/test e2e

.PHONY: build
build: setup ## Build opencrane and oc
	@$(SWIFT_BUILD)

.PHONY: build-tests
build-tests: setup
	@$(SWIFT_BUILD) --build-tests

.PHONY: release
release: ## Build optimised binaries in .build/release
	@$(MAKE) --no-print-directory build CONFIGURATION=release

.PHONY: simulate
simulate: setup ## Run the operator under faults from seeds: make simulate SEEDS=10000 (options: ARGS="--help"; docs/robustness.md)
	@OPENCRANE_ONLY=simulate swift build --configuration release --product simulate
	SWIFT_DETERMINISTIC_HASHING=1 .build/release/simulate $(if $(SEEDS),--seeds $(SEEDS)) $(ARGS)

.PHONY: test-simulation
test-simulation: build ## What CI tries of the simulation: 200 seeds, and a share of all single faults (all of them: SHARE=1)
	SWIFT_DETERMINISTIC_HASHING=1 $(BIN)/simulate --seeds $(or $(SEEDS),200) --all-faults --stride $(SHARE) \
		--offset $$((0x0$$(git rev-parse --short=7 HEAD 2>/dev/null) % $(SHARE)))

.PHONY: bench
bench: setup release ## Measure the engine, the product and a day; a part: make bench ARGS="engine" (Benchmarks/README.md)
	Benchmarks/run $(ARGS)

.PHONY: image
image: ## Build the container image: make image IMAGE=registry.example.net/opencrane:TAG (docs/image.md)
	docker build --pull --tag $(IMAGE) .

.PHONY: test-image
test-image: ## Carry out the Dockerfile without a container engine, and run the image as the manifests say (as root; docs/image.md)
	scripts/image lint
	scripts/image build $(if $(BINARIES),--binaries $(BINARIES))
	scripts/image test

.PHONY: check-image
check-image: ## Compare the Dockerfile with the program, the manifests, CI and the list of licences
	@scripts/check-image $(BIN)/opencrane

.PHONY: clean
clean: ## Remove build products and the local development data
	rm -rf .build .build-image .build-python .opencrane

##@ Code

.PHONY: format
format: ## Format the Swift sources in place
	$(SWIFT_FORMAT) format --in-place --parallel --recursive $(SOURCES)

.PHONY: lint
lint: ## Check format, layers, file lengths, forbidden constructs and the documentation
	scripts/lint

.PHONY: generate
generate: build ## Write crds/, docs/openapi.json, docs/access.md, docs/reference/ and the chart's page anew from what declares them
	$(BIN)/opencrane generate
	$(BIN)/oc reference > docs/reference/oc.md
	scripts/chart-readme

.PHONY: check-chart
check-chart: setup-tests ## Render chart and manifests, and check them as Kubernetes would
	scripts/check-chart

.PHONY: check-generated
check-generated: ## Fail when crds/ or docs/openapi.json differ from what the code declares
	scripts/check-generated $(BIN)/opencrane

##@ Cluster (uses the current kubectl context)

.PHONY: install-crds
install-crds: ## Install the custom resource definitions
	kubectl apply --server-side -f crds/

.PHONY: uninstall-crds
uninstall-crds: ## Remove the custom resource definitions, and with them every Tenant, AccessPolicy and ClusterTenant
	kubectl delete --ignore-not-found -f crds/

##@ Machine

.PHONY: setup
setup: ## Install the Debian packages that are missing, or say which
	@scripts/setup

.PHONY: setup-tests
setup-tests: ## As setup, and prepare the Python clients of the end-to-end tests
	@scripts/setup --tests
