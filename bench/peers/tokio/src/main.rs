//! main.rs: the command line and the one line of JSON; see ../../README.md.
//! SPDX-License-Identifier: MIT
mod calls;
mod masses;
mod messages;
mod restarts;
mod supervisor;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::future::Future;
use std::time::Instant;
use tokio::runtime::Builder;

type Workload = fn(&mut Peer);

const WORKLOADS: &[(&str, Workload)] = &[
    ("spawn_exit", messages::spawn_exit),
    ("pingpong", messages::pingpong),
    ("ring", messages::ring),
    ("fan_in", messages::fan_in),
    ("call1", calls::call1),
    ("calln", calls::calln),
    ("tables", calls::tables),
    ("restart", restarts::restart),
    ("restart_group", restarts::restart_group),
    ("kill_storm", restarts::kill_storm),
    ("memory", masses::memory),
    ("sup_start", masses::sup_start),
];

/// Reads the parameters of a workload, runs it and collects what it tells.
pub struct Peer {
    given: BTreeMap<String, String>,
    params: Vec<String>,
    results: Vec<String>,
}

fn refuse(why: impl Display) -> ! {
    eprintln!("peer: {why}");
    std::process::exit(2)
}

impl Peer {
    fn take(&mut self, key: &str, fallback: &str) -> String {
        self.given.remove(key).unwrap_or_else(|| fallback.to_string())
    }

    /// Takes a parameter that is a number of at least `least`.
    pub fn number(&mut self, key: &str, fallback: usize, least: usize) -> usize {
        let value = match self.take(key, &fallback.to_string()).parse() {
            Ok(value) if value >= least => value,
            _ => refuse(format!("{key} is no number, or too small")),
        };
        self.params.push(format!("\"{key}\": {value}"));
        value
    }

    /// Takes a parameter that is one of `words`; the first one when it was not given.
    pub fn choice(&mut self, key: &str, words: &[&str]) -> String {
        let value = self.take(key, words[0]);
        if !words.contains(&value.as_str()) {
            refuse(format!("{key}={value} is not known"));
        }
        self.params.push(format!("\"{key}\": \"{value}\""));
        value
    }

    /// Runs the workload on a worker, not beside them, and returns what it returns. One thread is
    /// the runtime that tokio has for one thread.
    pub fn run<T: Send + 'static>(&mut self, work: impl Future<Output = T> + Send + 'static) -> T {
        let threads = self.number("threads", 2, 1);
        if let Some(key) = self.given.keys().next() {
            refuse(format!("unknown parameter {key}"));
        }
        let runtime = match threads {
            1 => Builder::new_current_thread().enable_time().build(),
            _ => Builder::new_multi_thread().worker_threads(threads).enable_time().build(),
        };
        let runtime = runtime.expect("a runtime");
        let result = runtime.block_on(async { tokio::spawn(work).await.expect("the workload") });
        std::mem::forget(runtime); // a million tasks need not be dropped one by one
        result
    }

    pub fn tell(&mut self, name: &str, value: impl Display) {
        self.results.push(format!("\"{name}\": {value}"));
    }

    pub fn tell_ops(&mut self, ops: usize, took_ns: u64) {
        self.tell("ops", ops);
        self.tell("seconds", format!("{:.9}", took_ns as f64 / 1e9));
        self.tell("ns_per_op", format!("{:.2}", took_ns as f64 / ops as f64));
    }

    pub fn tell_percentiles(&mut self, prefix: &str, mut samples: Vec<u64>) {
        samples.sort_unstable();
        let ranks = [("p50", 500), ("p90", 900), ("p99", 990), ("p999", 999), ("max", 1000)];
        for (name, permille) in ranks {
            let at = (samples.len() * permille / 1000).min(samples.len() - 1);
            self.tell(&format!("{prefix}{name}"), samples[at]);
        }
    }
}

/// Nanoseconds between two instants.
pub fn nanos(from: Instant, to: Instant) -> u64 {
    (to - from).as_nanos() as u64
}

/// Marsaglia's xorshift; `below` is Lemire's.
pub struct Random(u64);

impl Random {
    pub fn new(seed: usize) -> Random {
        Random((seed as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 32) * bound as u64 >> 32) as usize
    }
}

fn field(path: &str, at: usize) -> u64 {
    let text = std::fs::read_to_string(path).expect(path);
    let fields = text.rsplit(')').next().expect(path);
    fields.split_whitespace().nth(at).expect(path).parse().expect(path)
}

pub fn resident() -> u64 {
    field("/proc/self/statm", 1) * 4096
}

pub fn faults() -> u64 {
    field("/proc/self/stat", 7) + field("/proc/self/stat", 9)
}

fn main() {
    let mut words = std::env::args().skip(1);
    let name = words.next().unwrap_or_else(|| refuse("usage: peer WORKLOAD key=value…"));
    let workload = match WORKLOADS.iter().find(|(known, _)| *known == name) {
        Some((_, workload)) => workload,
        None => refuse(format!("no such workload: {name}")),
    };
    let mut peer = Peer { given: BTreeMap::new(), params: vec![], results: vec![] };
    for word in words {
        match word.split_once('=') {
            Some((key, value)) => peer.given.insert(key.to_string(), value.to_string()),
            None => refuse(format!("{word} is not key=value")),
        };
    }
    workload(&mut peer);
    println!(
        "{{\"peer\": \"tokio\", \"workload\": \"{name}\", \"params\": {{{}}}, {}}}",
        peer.params.join(", "),
        peer.results.join(", ")
    );
}
