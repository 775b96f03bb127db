//! calls.rs: call1, calln, tables.
//! SPDX-License-Identifier: MIT
use crate::supervisor::{Child, Message, Pid, Strategy, Supervisor};
use crate::{nanos, Peer, Random};
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{mpsc, oneshot};

async fn serve(mut requests: mpsc::UnboundedReceiver<(u64, oneshot::Sender<u64>)>) {
    while let Some((number, answer)) = requests.recv().await {
        let _ = answer.send(number + 1);
    }
}

async fn call_in_pairs(clients: usize, m: usize) -> u64 {
    let servers: Vec<_> = (0..clients)
        .map(|_| {
            let (pid, requests) = mpsc::unbounded_channel();
            tokio::spawn(serve(requests));
            pid
        })
        .collect();
    let start = Instant::now();
    let tasks: Vec<_> = servers
        .into_iter()
        .map(|server| {
            tokio::spawn(async move {
                let mut number = 0;
                while number < (m / clients) as u64 {
                    let (answer, reply) = oneshot::channel();
                    let _ = server.send((number, answer));
                    number = reply.await.expect("a reply");
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("a client");
    }
    nanos(start, Instant::now())
}

fn run_pairs(peer: &mut Peer, clients: usize, m: usize) {
    let m = m - m % clients;
    let took = peer.run(call_in_pairs(clients, m));
    peer.tell_ops(m, took);
}

pub fn call1(peer: &mut Peer) {
    let m = peer.number("m", 2_000_000, 1);
    run_pairs(peer, 1, m);
}

pub fn calln(peer: &mut Peer) {
    let m = peer.number("m", 5_000_000, 1);
    let clients = peer.number("clients", 1000, 1).min(m);
    run_pairs(peer, clients, m);
}

// ------------------------------------------------------------------ tables

const MAX_PLAYERS: usize = 10;
const ADD_PERCENT: usize = 90;
const SCORES: usize = 1_000_000;
const PLAYERS: usize = 10_000;

#[derive(Clone)]
pub struct Score {
    pub name: &'static str,
    pub score: u32,
    pub time: Instant,
}

/// Puts a score behind all that are at least as good; 0 is `unfortunate`.
fn add_score(scores: &mut Vec<Score>, name: &'static str, score: u32) -> usize {
    let place = scores.partition_point(|other| other.score >= score);
    if place == MAX_PLAYERS {
        return 0;
    }
    scores.truncate(MAX_PLAYERS - 1);
    scores.insert(place, Score { name, score, time: Instant::now() });
    place + 1
}

pub async fn serve_table(mut child: Child) {
    let mut scores: Vec<Score> = Vec::new();
    child.ready();
    while let Some(message) = child.mailbox.recv().await {
        match message {
            Message::Kill => return,
            Message::Call(number, answer) => drop(answer.send(number + 1)),
            Message::AddScore(name, score, answer) => {
                let _ = answer.send(add_score(&mut scores, name, score));
            }
            Message::CurrentScores(answer) => drop(answer.send(scores.clone())),
        }
    }
}

struct Player {
    tables: Arc<Vec<Pid>>,
    names: Arc<Vec<&'static str>>,
    random: Random,
    adds: usize,
    congrats: usize,
}

impl Player {
    async fn play_once(&mut self) {
        let table = &self.tables[self.random.below(self.tables.len())];
        if self.random.below(100) < ADD_PERCENT {
            let name = self.names[self.random.below(PLAYERS)];
            let (answer, reply) = oneshot::channel();
            let score = self.random.below(SCORES) as u32;
            let _ = table.send(Message::AddScore(name, score, answer));
            self.adds += 1;
            self.congrats += (reply.await.expect("a reply") > 0) as usize;
        } else {
            let (answer, reply) = oneshot::channel();
            let _ = table.send(Message::CurrentScores(answer));
            reply.await.expect("a reply");
        }
    }

    async fn play(mut self, calls: usize, timed: bool) -> (usize, usize, Vec<u64>) {
        let mut samples = Vec::with_capacity(if timed { calls } else { 0 });
        for _ in 0..calls {
            if timed {
                let start = Instant::now();
                self.play_once().await;
                samples.push(nanos(start, Instant::now()));
            } else {
                self.play_once().await;
            }
        }
        (self.adds, self.congrats, samples)
    }
}

async fn play_all(n: usize, clients: usize, calls: usize, timed: bool) -> (u64, f64, Vec<u64>) {
    let sup = Supervisor::start(Strategy::OneForOne, false, serve_table);
    let mut tables = Vec::with_capacity(n);
    for _ in 0..n {
        tables.push(sup.start_child().await);
    }
    let tables = Arc::new(tables);
    // Interned for good, as names that many scores share would be.
    let name = |i| &*Box::leak(format!("player-{i}").into_boxed_str());
    let names = Arc::new((0..PLAYERS).map(name).collect::<Vec<&'static str>>());
    let start = Instant::now();
    let tasks: Vec<_> = (0..clients)
        .map(|number| {
            let (tables, names) = (tables.clone(), names.clone());
            let player =
                Player { tables, names, random: Random::new(number), adds: 0, congrats: 0 };
            tokio::spawn(player.play(calls, timed))
        })
        .collect();
    let (mut adds, mut congrats, mut samples) = (0, 0, vec![]);
    for task in tasks {
        let (added, congratulated, latencies) = task.await.expect("a client");
        adds += added;
        congrats += congratulated;
        samples.push(latencies);
    }
    let took = nanos(start, Instant::now());
    (took, congrats as f64 / adds.max(1) as f64, samples.concat())
}

pub fn tables(peer: &mut Peer) {
    let m = peer.number("m", 5_000_000, 1);
    let n = peer.number("tables", 10_000, 1);
    let clients = peer.number("clients", 64, 1).min(m);
    let lat = peer.number("lat", 0, 0) != 0;
    let m = m - m % clients;
    let (took, share, samples) = peer.run(play_all(n, clients, m / clients, lat));
    peer.tell_ops(m, took);
    peer.tell("congrats_share", share);
    if lat {
        peer.tell_percentiles("", samples);
    }
}
