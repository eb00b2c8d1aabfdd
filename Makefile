# The front door. `make help` lists what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help
SYSTEM_PATH := $(PATH)
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
KIT := test/kind

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "%-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: install ## a cluster, the operator, one instance, one user, the first imports; prints URL and password
	@$(KIT)/up.sh && $(KIT)/images.sh && node $(KIT)/demo.ts

test: install ## everything: check, unit, contract, API against MariaDB, API server, end to end; ends with a sum
	@node test/run.ts

check: install ## format, lint, types, generated files
	@npm run --silent check

unit: install ## no network, no clock: seconds
	@vitest run --project unit --project contract

apiserver-test: install ## the operator against an API server of its own, the edge in containers: FINIA_RELOADS=20 FINIA_REQUESTS=10000
	@$(KIT)/docker.sh && $(KIT)/binaries.sh && $(KIT)/base-images.sh && vitest run --project apiserver

e2e: install ## a cluster with three workers; FINIA_KEEP_CLUSTER=1 leaves it for a look; FINIA_RELOADS=20 FINIA_REQUESTS=10000
	@vitest run --project e2e

test-long: install ## property tests for as long as told: SEED=n MINUTES=n
	@SEED="$(SEED)" MINUTES="$(MINUTES)" node test/long.ts

bench-api: install ## the API beside bare Fastify and bare queries, on a database of its own: BENCH=list,search ROWS=n SECONDS=n CONNECTIONS=1,16,64 PEER_URL=…
	@node bench/api/main.ts

bench-edge: install ## the managed edge beside the same nginx written by hand: ROUNDS=n TURN_SECONDS=n CONNECTIONS=n RATE=n
	@$(KIT)/docker.sh && $(KIT)/base-images.sh && . $(KIT)/env.sh && { command -v h2load >/dev/null || need nghttp2-client; }
	@node bench/edge/main.ts

generate: install ## custom resource definitions, chart, install.yaml, reference
	@npm run --silent generate

images: install ## the images finia-operator and finia
	@$(KIT)/images.sh

cluster-up: install ## only the cluster: CLUSTER_NAME, WORKERS, HTTP_PORT, HTTPS_PORT, FINIA_REGISTRY, FINIA_CLUSTER_CACHE
	@$(KIT)/up.sh

cluster-down: ## removes it
	@$(KIT)/down.sh

clean: cluster-down ## removes the demo's cluster and what was built here
	rm -rf dist reports

# npm is asked only when the lockfile changed since it was asked last. It runs on the machine's own Node, for it replaces ours. Not `npm ci`:
# it refuses a lockfile that lacks another platform's optional packages, which a registry need not carry.
install: node_modules/.installed
node_modules/.installed: export PATH := $(SYSTEM_PATH)
node_modules/.installed: package-lock.json
	@{ command -v node && command -v npm; } >/dev/null || { echo 'error: Node.js or npm is missing: install Node.js 20 or newer with npm (https://nodejs.org)' >&2; exit 1; }
	@node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)' || \
	  { echo "error: Node.js $$(node --version) is too old to install the packages with: install 20 or newer (https://nodejs.org)" >&2; exit 1; }
	npm install --no-save --no-progress --loglevel error
	@touch $@

.PHONY: help demo test check unit apiserver-test e2e test-long bench-api bench-edge generate images cluster-up cluster-down clean install
