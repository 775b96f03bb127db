# The door. CMake builds (see CMakePresets.json); this only saves a newcomer the typing.
# SPDX-License-Identifier: MIT

.PHONY: run test install fuzz bench peers stages growth processes search counts calibrate clean
.DEFAULT_GOAL := run

RELEASE := build/release/respawn
prefix ?= /usr/local

run: ## install what is missing, build, run the high-score scenario
	@.ci/install packages.txt
	@.ci/build release respawn
	@$(RELEASE) run scenarios/high_scores.yaml

test: ## the whole suite; ends with `N passed, N failed`
	@.ci/install packages.txt packages-test.txt
	@.ci/test

install: ## the program, its manual and its completion below prefix (/usr/local); DESTDIR is heeded
	@.ci/install packages.txt packages-install.txt
	@.ci/build release respawn documents
	@cmake --install build/release --prefix $(prefix)

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

stages: ## restart latency by stage, ours beside OTP's; KILLS, EVERY_MS: see bench/peers/stages/run
	@.ci/install packages.txt packages-stages.txt
	@.ci/build release respawn
	@bench/peers/stages/run

growth: ## what an operation costs among 1,000 and 1,000,000 processes; see bench/growth/run
	@.ci/install packages.txt packages-growth.txt
	@.ci/build release peer
	@bench/growth/run

search: ## how fast lives are lived in virtual time; see bench/search/run
	@.ci/install packages.txt
	@.ci/build release respawn
	@bench/search/run

calibrate: ## how often `respawn ab` is wrong; MINUTES, SERIES: see bench/calibrate/run
	@.ci/install packages.txt
	@.ci/build release respawn
	@bench/calibrate/run

processes: ## whole processes, from start to end, beside other runtimes; see bench/processes/run
	@.ci/install packages.txt packages-processes.txt
	@.ci/build release respawn
	@bench/processes/run

counts: ## instructions instead of times, under valgrind; see bench/counts/run
	@.ci/install packages.txt packages-counts.txt
	@.ci/build release respawn bench
	@bench/counts/run scenarios
	@bench/counts/run bench

clean:
	@rm -rf build
