# The door. CMake builds (see CMakePresets.json); this only saves a newcomer the typing.
# SPDX-License-Identifier: MIT

.PHONY: run test fuzz bench peers clean
.DEFAULT_GOAL := run

RELEASE := build/release/respawn

run: ## install what is missing, build, run the high-score scenario
	@.ci/install packages.txt
	@.ci/build release respawn
	@$(RELEASE) run scenarios/high_scores.yaml

test: ## the whole suite; ends with `N passed, N failed`
	@.ci/install packages.txt packages-test.txt
	@.ci/test

fuzz: ## each fuzz target for FUZZ_SECONDS (60)
	@.ci/install packages.txt packages-test.txt
	@.ci/fuzz

bench: ## the micro-benchmarks
	@.ci/install packages.txt packages-bench.txt
	@.ci/build release bench
	@build/release/bench/bench

peers: ## the same work on other runtimes; ROUNDS, SCALE, WORKLOADS, PEERS: see bench/peers/run
	@.ci/install packages.txt packages-peers.txt
	@bench/peers/build $(PEERS) || echo "The table shows them as not built."
	@bench/peers/run

clean:
	@rm -rf build
