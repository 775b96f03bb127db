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

peers: ## the same work on other runtimes
	@echo "make peers comes with bench/peers, which does not exist yet"

clean:
	@rm -rf build
