// calls.cpp: call1, calln, tables.
// SPDX-License-Identifier: MIT
#include "table.hpp"

#include <algorithm>

using namespace caf;

// ------------------------------------------------------------------ call1, calln

namespace {

/// Waits for the ends of clients, which it monitors, and tells how long they took.
class Driver : public event_based_actor {
  protected:
    Peer &peer;
    size_t ops, running = 0;
    int64_t start = 0;

  public:
    Driver(actor_config &config, Peer &peer, size_t ops)
        : event_based_actor(config), peer(peer), ops(ops) {
        set_down_handler([this](down_msg &) {
            if (--running) return;
            this->peer.tell_ops(this->ops, now_ns() - start);
            told();
            this->peer.finish();
        });
    }

    virtual void told() {}
};

class Client : public event_based_actor {
    actor server;
    size_t calls;

  public:
    Client(actor_config &config, actor server, size_t calls)
        : event_based_actor(config), server(server), calls(calls) {}

    behavior make_behavior() override {
        call(0);
        return {[](go_atom) {}};
    }

    /// Each answer is one more than the request.
    void call(size_t number) {
        request(server, infinite, call_atom::value, number).await([this](size_t answer) {
            if (answer < calls)
                call(answer);
            else
                quit();
        });
    }
};

class Pairs : public Driver {
    size_t clients;

  public:
    Pairs(actor_config &config, Peer &peer, size_t clients, size_t m)
        : Driver(config, peer, m), clients(clients) {}

    behavior make_behavior() override {
        std::vector<actor> servers;
        for (size_t i = 0; i < clients; i++)
            servers.push_back(
                spawn([]() -> behavior { return {[](call_atom, size_t n) { return n + 1; }}; }));
        start = now_ns();
        running = clients;
        for (auto &server : servers) monitor(spawn<Client>(server, ops / clients));
        return {[](go_atom) {}};
    }
};

void run_pairs(Peer &peer, size_t clients, size_t m) {
    peer.run([&](actor_system &system) {
        return system.spawn<Pairs>(std::ref(peer), clients, m - m % clients);
    });
}

} // namespace

void call1(Peer &peer) {
    run_pairs(peer, 1, peer.number("m", 2000000, 1));
}

void calln(Peer &peer) {
    size_t m = peer.number("m", 5000000, 1);
    run_pairs(peer, std::min(m, peer.number("clients", 1000, 1)), m);
}

// ------------------------------------------------------------------ tables

namespace {

constexpr size_t max_players = 10, add_percent = 90, score_bound = 1000000, players = 10000;

class Table : public event_based_actor {
    actor sup;
    Scores scores;

  public:
    Table(actor_config &config, actor sup) : event_based_actor(config), sup(std::move(sup)) {}

    behavior make_behavior() override {
        send(sup, ready_atom::value);
        return {
            [this](add_atom, std::string &name, int score) { return add(std::move(name), score); },
            [this](current_atom) { return scores; }};
    }

    /// Puts a score behind all that are at least as good.
    size_t add(std::string &&name, int score) {
        auto worse = [&](const Score &other) { return other.score < score; };
        auto place = std::find_if(scores.begin(), scores.end(), worse);
        size_t position = size_t(place - scores.begin());
        if (position == max_players) return 0;
        if (scores.size() == max_players) scores.pop_back();
        scores.insert(scores.begin() + position, Score{std::move(name), score, now_ns()});
        return position + 1;
    }
};

/// What all clients of a run share.
struct Arcade {
    std::vector<actor> tables;
    std::vector<std::string> names;
    std::vector<int64_t> samples; // empty: no latencies
    std::atomic<size_t> adds{0}, congrats{0};
};

class Player : public event_based_actor {
    Arcade &arcade;
    size_t number, calls, done = 0, adds = 0, congrats = 0;
    Random random;
    int64_t start = 0;

  public:
    Player(actor_config &config, Arcade &arcade, size_t number, size_t calls)
        : event_based_actor(config), arcade(arcade), number(number), calls(calls), random(number) {}

    behavior make_behavior() override {
        play_once();
        return {[](go_atom) {}};
    }

    void play_once() {
        auto &table = arcade.tables[random.below(arcade.tables.size())];
        if (!arcade.samples.empty()) start = now_ns();
        if (random.below(100) < add_percent) {
            auto &name = arcade.names[random.below(players)];
            int score = int(random.below(score_bound));
            adds++;
            request(table, infinite, add_atom::value, name, score).await([this](size_t position) {
                congrats += position > 0;
                played();
            });
        } else {
            request(table, infinite, current_atom::value).await([this](const Scores &) {
                played();
            });
        }
    }

    void played() {
        if (!arcade.samples.empty()) arcade.samples[number * calls + done] = now_ns() - start;
        if (++done < calls) {
            play_once();
            return;
        }
        arcade.adds += adds;
        arcade.congrats += congrats;
        quit();
    }
};

class Players : public Driver {
    Arcade &arcade;
    size_t tables, clients;
    actor sup;

  public:
    Players(actor_config &config, Peer &peer, Arcade &arcade, size_t tables, size_t clients,
            size_t m)
        : Driver(config, peer, m), arcade(arcade), tables(tables), clients(clients) {}

    behavior make_behavior() override {
        sup = spawn<Supervisor>(Strategy::one_for_one, false, start_table);
        start_next();
        return {[](go_atom) {}};
    }

    void start_next() {
        request(sup, infinite, start_atom::value).await([this](const actor &table) {
            arcade.tables.push_back(table);
            if (arcade.tables.size() < tables)
                start_next();
            else
                play();
        });
    }

    void play() {
        start = now_ns();
        running = clients;
        for (size_t i = 0; i < clients; i++)
            monitor(spawn<Player>(std::ref(arcade), i, ops / clients));
    }

    void told() override {
        double adds = double(arcade.adds);
        peer.tell("congrats_share", adds ? double(arcade.congrats) / adds : 0);
        if (!arcade.samples.empty()) peer.tell_percentiles("", arcade.samples);
    }
};

} // namespace

actor start_table(Supervisor *sup, size_t) {
    return sup->spawn<Table>(actor(sup));
}

void tables(Peer &peer) {
    size_t m = peer.number("m", 5000000, 1), n = peer.number("tables", 10000, 1);
    size_t clients = std::min(m, peer.number("clients", 64, 1));
    bool lat = peer.number("lat", 0, 0) != 0;
    m -= m % clients;
    auto *arcade = new Arcade;
    arcade->samples.resize(lat ? m : 0);
    for (size_t i = 0; i < players; i++) arcade->names.push_back("player-" + std::to_string(i));
    peer.run([&](actor_system &system) {
        return system.spawn<Players>(std::ref(peer), std::ref(*arcade), n, clients, m);
    });
}
