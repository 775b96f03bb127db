//! restarts.rs: restart, restart_group, kill_storm.
//! SPDX-License-Identifier: MIT
use crate::supervisor::{Child, Message, Pid, Strategy, Supervisor};
use crate::{nanos, Peer, Random};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};

/// A child tells the driver when it has been initialised.
struct News {
    index: usize,
    pid: Pid,
    init: Instant,
}

async fn serve(mut child: Child, news: Option<mpsc::UnboundedSender<News>>) {
    if let Some(news) = news {
        let told = News { index: child.index, pid: child.pid.clone(), init: Instant::now() };
        let _ = news.send(told);
    }
    child.ready();
    while let Some(message) = child.mailbox.recv().await {
        match message {
            Message::Kill => return,
            Message::Call(number, answer) => drop(answer.send(number + 1)),
            _ => panic!("no table"),
        }
    }
}

/// The driver's side of a supervisor's children.
struct Family {
    pids: Vec<Pid>,
    news: mpsc::UnboundedReceiver<News>,
    _sup: Supervisor,
}

impl Family {
    /// All children tell, or of a group only the first and the last one.
    async fn start(strategy: Strategy, n: usize) -> Family {
        let (told, mut news) = mpsc::unbounded_channel();
        let sup = Supervisor::start(strategy, true, move |child| {
            let all = strategy == Strategy::OneForOne;
            let tells = all || child.index == 0 || child.index == n - 1;
            serve(child, tells.then(|| told.clone()))
        });
        let mut pids = Vec::with_capacity(n);
        for _ in 0..n {
            pids.push(sup.start_child().await);
        }
        while news.try_recv().is_ok() {}
        Family { pids, news, _sup: sup }
    }

    async fn next(&mut self) -> News {
        let news = self.news.recv().await.expect("a child");
        self.pids[news.index] = news.pid.clone();
        news
    }
}

/// A supervisor here has children by number; how they came makes no difference.
fn one_strategy(peer: &mut Peer) -> Strategy {
    peer.choice("strategy", &["one_for_one", "simple_one_for_one"]);
    Strategy::OneForOne
}

/// Timers count milliseconds; what is shorter is waited for awake, but letting others run.
async fn pause(time: Duration) {
    if time >= Duration::from_millis(1) {
        tokio::time::sleep(time).await;
        return;
    }
    let end = Instant::now() + time;
    while Instant::now() < end {
        tokio::task::yield_now().await;
    }
}

pub fn restart(peer: &mut Peer) {
    let (n, kills) = (peer.number("n", 10_000, 1), peer.number("kills", 20_000, 1));
    let rest = Duration::from_micros(peer.number("pause_us", 0, 0) as u64);
    let strategy = one_strategy(peer);
    let (took, samples) = peer.run(async move {
        let mut family = Family::start(strategy, n).await;
        let mut random = Random::new(0);
        let mut samples = [vec![], vec![], vec![]].map(|_: Vec<u64>| Vec::with_capacity(kills));
        let start = Instant::now();
        for _ in 0..kills {
            if !rest.is_zero() {
                pause(rest).await;
            }
            let victim = random.below(n);
            let killed = Instant::now();
            let _ = family.pids[victim].send(Message::Kill);
            let news = family.next().await;
            let notified = Instant::now();
            let (answer, reply) = oneshot::channel();
            let _ = news.pid.send(Message::Call(0, answer));
            reply.await.expect("a reply");
            samples[0].push(nanos(killed, news.init));
            samples[1].push(nanos(killed, notified));
            samples[2].push(nanos(killed, Instant::now()));
        }
        (nanos(start, Instant::now()), samples)
    });
    peer.tell_ops(kills, took);
    for (prefix, samples) in ["", "notified_", "answered_"].iter().zip(samples) {
        peer.tell_percentiles(prefix, samples);
    }
}

pub fn restart_group(peer: &mut Peer) {
    let (n, kills) = (peer.number("n", 1000, 1), peer.number("kills", 100, 1));
    let strategy = match peer.choice("strategy", &["one_for_all", "rest_for_one"]).as_str() {
        "one_for_all" => Strategy::OneForAll,
        _ => Strategy::RestForOne,
    };
    let (took, samples) = peer.run(async move {
        let mut family = Family::start(strategy, n).await;
        let mut samples = [Vec::with_capacity(kills), Vec::with_capacity(kills)];
        let start = Instant::now();
        for _ in 0..kills {
            let killed = Instant::now();
            let _ = family.pids[0].send(Message::Kill);
            let mut news = family.next().await;
            while news.index < n - 1 {
                news = family.next().await;
            }
            samples[0].push(nanos(killed, news.init));
            samples[1].push(nanos(killed, Instant::now()));
        }
        (nanos(start, Instant::now()), samples)
    });
    peer.tell_ops(kills, took);
    for (prefix, samples) in ["", "notified_"].iter().zip(samples) {
        peer.tell_percentiles(prefix, samples);
    }
}

fn strike(family: &Family, struck: &mut [bool], random: &mut Random) {
    let mut victim = random.below(struck.len());
    while struck[victim] {
        victim = random.below(struck.len());
    }
    struck[victim] = true;
    let _ = family.pids[victim].send(Message::Kill);
}

pub fn kill_storm(peer: &mut Peer) {
    let (n, kills) = (peer.number("n", 10_000, 1), peer.number("kills", 50_000, 1));
    let window = peer.number("window", 100, 1).min(n).min(kills);
    let strategy = one_strategy(peer);
    let took = peer.run(async move {
        let mut family = Family::start(strategy, n).await;
        let (mut random, mut struck) = (Random::new(0), vec![false; n]);
        let start = Instant::now();
        for _ in 0..window {
            strike(&family, &mut struck, &mut random);
        }
        for back in 0..kills {
            struck[family.next().await.index] = false;
            if back < kills - window {
                strike(&family, &mut struck, &mut random);
            }
        }
        nanos(start, Instant::now())
    });
    peer.tell_ops(kills, took);
}
