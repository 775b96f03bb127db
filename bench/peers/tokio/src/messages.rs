//! messages.rs: spawn_exit, pingpong, ring, fan_in.
//! SPDX-License-Identifier: MIT
use crate::{nanos, Peer};
use std::time::Instant;
use tokio::sync::{mpsc, oneshot};

pub fn spawn_exit(peer: &mut Peer) {
    let n = peer.number("n", 1_000_000, 1);
    let batch = peer.number("batch", 1000, 1).min(n);
    let n = n - n % batch;
    let took = peer.run(async move {
        let mut tasks = Vec::with_capacity(batch);
        let start = Instant::now();
        for _ in 0..n / batch {
            tasks.extend((0..batch).map(|_| tokio::spawn(async {})));
            for task in tasks.drain(..) {
                task.await.expect("a task that ends");
            }
        }
        nanos(start, Instant::now())
    });
    peer.tell_ops(n, took);
}

/// The ball holds how many hops are left; who gets the last one tells the driver.
async fn pass_on(
    mut from: mpsc::UnboundedReceiver<usize>,
    to: mpsc::UnboundedSender<usize>,
    done: mpsc::UnboundedSender<()>,
) {
    while let Some(left) = from.recv().await {
        if left == 0 {
            let _ = done.send(());
        } else {
            let _ = to.send(left - 1);
        }
    }
}

async fn go_round(n: usize, hops: usize) -> u64 {
    let (done, mut is_done) = mpsc::unbounded_channel();
    let (senders, receivers): (Vec<_>, Vec<_>) = (0..n).map(|_| mpsc::unbounded_channel()).unzip();
    for (i, from) in receivers.into_iter().enumerate() {
        tokio::spawn(pass_on(from, senders[(i + 1) % n].clone(), done.clone()));
    }
    let start = Instant::now();
    let _ = senders[0].send(hops - 1);
    is_done.recv().await;
    nanos(start, Instant::now())
}

pub fn pingpong(peer: &mut Peer) {
    let m = peer.number("m", 2_000_000, 1);
    let took = peer.run(go_round(2, 2 * m));
    peer.tell_ops(m, took);
}

pub fn ring(peer: &mut Peer) {
    let (n, hops) = (peer.number("n", 1000, 1), peer.number("hops", 5_000_000, 1));
    let took = peer.run(go_round(n, hops));
    peer.tell_ops(hops, took);
}

/// A bounded channel holds so many messages before its senders must wait.
const BACKLOG: usize = 1024;

pub fn fan_in(peer: &mut Peer) {
    let m = peer.number("m", 5_000_000, 1);
    let senders = peer.number("senders", 8, 1).min(m);
    let m = m - m % senders;
    let took = match peer.choice("kind", &["unbounded", "bounded"]).as_str() {
        "bounded" => peer.run(fan_in_bounded(m, senders)),
        _ => peer.run(fan_in_unbounded(m, senders)),
    };
    peer.tell_ops(m, took);
}

/// Sending never waits, so a sender that never stopped would hold a worker until its end.
const SLICE: usize = 1024;

async fn fan_in_unbounded(m: usize, senders: usize) -> u64 {
    let (to, mut from) = mpsc::unbounded_channel();
    let (done, is_done) = oneshot::channel();
    tokio::spawn(async move {
        for _ in 0..m {
            from.recv().await.expect("a message");
        }
        let _ = done.send(());
    });
    let start = Instant::now();
    for _ in 0..senders {
        let to = to.clone();
        tokio::spawn(async move {
            for i in 0..m / senders {
                let _ = to.send(i);
                if i % SLICE == SLICE - 1 {
                    tokio::task::yield_now().await;
                }
            }
        });
    }
    is_done.await.expect("all messages");
    nanos(start, Instant::now())
}

async fn fan_in_bounded(m: usize, senders: usize) -> u64 {
    let (to, mut from) = mpsc::channel(BACKLOG);
    let (done, is_done) = oneshot::channel();
    tokio::spawn(async move {
        for _ in 0..m {
            from.recv().await.expect("a message");
        }
        let _ = done.send(());
    });
    let start = Instant::now();
    for _ in 0..senders {
        let to = to.clone();
        tokio::spawn(async move {
            for i in 0..m / senders {
                let _ = to.send(i).await;
            }
        });
    }
    is_done.await.expect("all messages");
    nanos(start, Instant::now())
}
