//! masses.rs: memory, sup_start.
//! SPDX-License-Identifier: MIT
use crate::calls::serve_table;
use crate::supervisor::{Strategy, Supervisor};
use crate::{faults, nanos, resident, Peer};
use std::time::Instant;
use tokio::sync::mpsc;

pub fn memory(peer: &mut Peer) {
    let n = peer.number("n", 1_000_000, 1);
    let kind = peer.choice("kind", &["table", "server", "process"]);
    let (took, bytes) = peer.run(async move {
        let sup = Supervisor::start(Strategy::OneForOne, false, serve_table);
        let (waiting, mut is_waiting) = mpsc::unbounded_channel();
        let mut servers = Vec::with_capacity(n);
        let (before, start) = (resident(), Instant::now());
        for _ in 0..n {
            match kind.as_str() {
                "table" => drop(sup.start_child().await),
                "server" => {
                    let (pid, mut requests) = mpsc::unbounded_channel::<u64>();
                    servers.push(pid);
                    tokio::spawn(async move { while requests.recv().await.is_some() {} });
                }
                _ => {
                    let waiting = waiting.clone();
                    tokio::spawn(async move {
                        let _ = waiting.send(());
                        std::future::pending::<()>().await;
                    });
                    is_waiting.recv().await;
                }
            }
        }
        let took = nanos(start, Instant::now());
        std::mem::forget(servers);
        (took, (resident() - before) as f64 / n as f64)
    });
    peer.tell_ops(n, took);
    peer.tell("bytes_per_process", bytes);
}

async fn start_all(n: usize) -> (Supervisor, u64, u64) {
    let sup = Supervisor::start(Strategy::OneForOne, false, serve_table);
    let (before, start) = (faults(), Instant::now());
    for _ in 0..n {
        sup.start_child().await;
    }
    (sup, nanos(start, Instant::now()), faults() - before)
}

pub fn sup_start(peer: &mut Peer) {
    let n = peer.number("n", 1_000_000, 1);
    let (bytes, first, second) = peer.run(async move {
        let before = resident();
        let first = start_all(n).await;
        let bytes = (resident() - before) as f64 / n as f64;
        first.0.stop().await;
        let second = start_all(n).await;
        std::mem::forget(second.0);
        (bytes, (first.1, first.2), (second.1, second.2))
    });
    peer.tell_ops(n, first.0);
    peer.tell("first_ns", first.0 as f64 / n as f64);
    peer.tell("second_ns", second.0 as f64 / n as f64);
    peer.tell("first_faults", first.1);
    peer.tell("second_faults", second.1);
    peer.tell("bytes_per_process", bytes);
}
