// peer.cpp: see peer.hpp.
// SPDX-License-Identifier: MIT
#include "peer.hpp"

#include <algorithm>
#include <cinttypes>
#include <fstream>
#include <iostream>
#include <sstream>

#include <sys/resource.h>

static const std::map<std::string, void (*)(Peer &)> workloads = {
    {"spawn_exit", spawn_exit}, {"pingpong", pingpong}, {"ring", ring},
    {"fan_in", fan_in},         {"call1", call1},       {"calln", calln},
    {"tables", tables},         {"restart", restart},   {"restart_group", restart_group},
    {"kill_storm", kill_storm}, {"memory", memory},     {"sup_start", sup_start}};

[[noreturn]] static void refuse(const std::string &why) {
    std::cerr << "peer: " << why << std::endl;
    std::exit(2);
}

static void add(std::string &object, const std::string &name, const std::string &value) {
    if (!object.empty()) object += ", ";
    object += "\"" + name + "\": " + value;
}

static std::string text(double value) {
    char out[64];
    snprintf(out, sizeof out, "%.12g", value);
    return out;
}

std::string Peer::take(const std::string &key, const std::string &fallback) {
    auto at = given.find(key);
    if (at == given.end()) return fallback;
    std::string value = at->second;
    given.erase(at);
    return value;
}

size_t Peer::number(const std::string &key, size_t fallback, size_t least) {
    std::string word = take(key, std::to_string(fallback));
    char *end = nullptr;
    size_t value = strtoull(word.c_str(), &end, 10);
    if (word.empty() || *end || word[0] == '-' || value < least)
        refuse(key + "=" + word + " is no number, or too small");
    add(params, key, std::to_string(value));
    return value;
}

std::string Peer::choice(const std::string &key, const std::vector<std::string> &words) {
    std::string value = take(key, words[0]);
    if (std::find(words.begin(), words.end(), value) == words.end())
        refuse(key + "=" + value + " is not known");
    add(params, key, "\"" + value + "\"");
    return value;
}

void Peer::run(const std::function<caf::actor(caf::actor_system &)> &start) {
    size_t threads = number("threads", 2, 1);
    if (!given.empty()) refuse("unknown parameter " + given.begin()->first);
    caf::actor_system_config config;
    config.set("scheduler.max-threads", threads);
    // Never destroyed: a million actors need not be ended one by one.
    auto *system = new caf::actor_system(config);
    caf::actor driver = start(*system);
    finished.get_future().wait();
}

void Peer::tell(const std::string &name, double value) {
    add(results, name, text(value));
}

void Peer::tell_ops(size_t ops, int64_t took_ns) {
    add(results, "ops", std::to_string(ops));
    tell("seconds", double(took_ns) / 1e9);
    tell("ns_per_op", double(took_ns) / double(ops));
}

void Peer::tell_percentiles(const std::string &prefix, std::vector<int64_t> &samples) {
    static const std::vector<std::pair<const char *, size_t>> ranks = {
        {"p50", 500}, {"p90", 900}, {"p99", 990}, {"p999", 999}, {"max", 1000}};
    std::sort(samples.begin(), samples.end());
    for (auto &[name, permille] : ranks) {
        size_t at = std::min(samples.size() * permille / 1000, samples.size() - 1);
        add(results, prefix + name, std::to_string(samples[at]));
    }
}

double resident() {
    double total = 0, pages = 0;
    std::ifstream("/proc/self/statm") >> total >> pages;
    return pages * 4096;
}

double faults() {
    rusage use;
    getrusage(RUSAGE_SELF, &use);
    return double(use.ru_minflt + use.ru_majflt);
}

int main(int argc, char **argv) {
    auto workload = argc > 1 ? workloads.find(argv[1]) : workloads.end();
    if (workload == workloads.end()) refuse("usage: peer WORKLOAD key=value…");
    auto *peer = new Peer;
    for (int i = 2; i < argc; i++) {
        std::string word = argv[i];
        size_t at = word.find('=');
        if (at == std::string::npos) refuse(word + " is not key=value");
        peer->given[word.substr(0, at)] = word.substr(at + 1);
    }
    workload->second(*peer);
    std::cout << "{\"peer\": \"caf\", \"workload\": \"" << argv[1] << "\", \"params\": {"
              << peer->params << "}, " << peer->results << "}" << std::endl;
    std::_Exit(0);
}
