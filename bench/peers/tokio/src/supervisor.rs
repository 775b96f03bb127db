//! supervisor.rs: what a supervisor is in tokio: a task that spawns others, hears of their ends and
//! spawns them again. A process is a task with a mailbox. A task can be aborted by who holds its
//! handle, which its own init does not; so a kill is a message. A panic ends a process as well.
//! SPDX-License-Identifier: MIT
use crate::calls::Score;
use std::collections::VecDeque;
use std::future::Future;
use std::time::Instant;
use tokio::sync::{mpsc, oneshot};

pub enum Message {
    Kill,
    Call(u64, oneshot::Sender<u64>),
    AddScore(&'static str, u32, oneshot::Sender<usize>),
    CurrentScores(oneshot::Sender<Vec<Score>>),
}

pub type Pid = mpsc::UnboundedSender<Message>;

/// What a child's body is given: its mailbox, and whom to tell that it is initialised.
pub struct Child {
    pub index: usize,
    pub pid: Pid,
    pub mailbox: mpsc::UnboundedReceiver<Message>,
    ready: Option<oneshot::Sender<()>>,
    _end: End,
}

impl Child {
    pub fn ready(&mut self) {
        if let Some(ready) = self.ready.take() {
            let _ = ready.send(());
        }
    }
}

/// Dropped with the child, however that ends.
struct End {
    events: mpsc::UnboundedSender<Event>,
    index: usize,
    life: u64,
}

impl Drop for End {
    fn drop(&mut self) {
        let _ = self.events.send(Event::Ended(self.index, self.life));
    }
}

enum Event {
    Ended(usize, u64),
    Start(oneshot::Sender<Pid>),
    Stop(oneshot::Sender<()>),
}

#[derive(Clone, Copy, PartialEq)]
pub enum Strategy {
    OneForOne,
    OneForAll,
    RestForOne,
}

/// More restarts than this within a second end the supervisor.
const INTENSITY: u64 = 1_000_000_000;

pub struct Supervisor {
    events: mpsc::UnboundedSender<Event>,
}

impl Supervisor {
    /// Every child runs `body`.
    pub fn start<F, B>(strategy: Strategy, permanent: bool, body: F) -> Supervisor
    where
        F: Fn(Child) -> B + Send + 'static,
        B: Future<Output = ()> + Send + 'static,
    {
        let (events, inbox) = mpsc::unbounded_channel();
        let state = State {
            strategy,
            permanent,
            body,
            children: vec![],
            events: events.clone(),
            inbox,
            later: VecDeque::new(),
            lives: 0,
            second: 0,
            restarts: 0,
            begun: Instant::now(),
        };
        tokio::spawn(state.run());
        Supervisor { events }
    }

    /// Returns once the child is initialised.
    pub async fn start_child(&self) -> Pid {
        let (answer, pid) = oneshot::channel();
        let _ = self.events.send(Event::Start(answer));
        pid.await.expect("a supervisor")
    }

    /// Returns once all children have ended, the last one first.
    pub async fn stop(self) {
        let (answer, stopped) = oneshot::channel();
        let _ = self.events.send(Event::Stop(answer));
        stopped.await.expect("a supervisor");
    }
}

struct State<F> {
    strategy: Strategy,
    permanent: bool,
    body: F,
    children: Vec<Option<(Pid, u64)>>, // in start order
    events: mpsc::UnboundedSender<Event>,
    inbox: mpsc::UnboundedReceiver<Event>,
    later: VecDeque<Event>, // came while the supervisor waited for something else
    lives: u64,
    second: u64,
    restarts: u64,
    begun: Instant,
}

impl<F, B> State<F>
where
    F: Fn(Child) -> B + Send + 'static,
    B: Future<Output = ()> + Send + 'static,
{
    async fn run(mut self) {
        loop {
            let event = match self.later.pop_front() {
                Some(event) => event,
                None => self.inbox.recv().await.expect("its own sender"),
            };
            match event {
                Event::Ended(index, life) => self.handle_end(index, life).await,
                Event::Start(answer) => {
                    self.children.push(None);
                    let _ = answer.send(self.spawn(self.children.len() - 1).await);
                }
                Event::Stop(answer) => {
                    self.terminate_from(0).await;
                    let _ = answer.send(());
                    return;
                }
            }
        }
    }

    async fn spawn(&mut self, index: usize) -> Pid {
        let (pid, mailbox) = mpsc::unbounded_channel();
        let (ready, is_ready) = oneshot::channel();
        self.lives += 1;
        let end = End { events: self.events.clone(), index, life: self.lives };
        let child = Child { index, pid: pid.clone(), mailbox, ready: Some(ready), _end: end };
        tokio::spawn((self.body)(child));
        self.children[index] = Some((pid.clone(), self.lives));
        is_ready.await.expect("an init that succeeds");
        pid
    }

    async fn handle_end(&mut self, index: usize, life: u64) {
        if !matches!(self.children[index], Some((_, current)) if current == life) {
            return;
        }
        self.children[index] = None;
        if !self.permanent {
            return;
        }
        let second = self.begun.elapsed().as_secs();
        if second != self.second {
            (self.second, self.restarts) = (second, 0);
        }
        self.restarts += 1;
        assert!(self.restarts <= INTENSITY, "shutdown");
        let first = if self.strategy == Strategy::OneForAll { 0 } else { index };
        let mut end = index + 1;
        if self.strategy != Strategy::OneForOne {
            self.terminate_from(first).await;
            end = self.children.len();
        }
        for each in first..end {
            self.spawn(each).await;
        }
    }

    /// Kills children, the last one first, each after the end of the one before.
    async fn terminate_from(&mut self, first: usize) {
        for index in (first..self.children.len()).rev() {
            let (pid, life) = match self.children[index].take() {
                Some(child) => child,
                None => continue,
            };
            let _ = pid.send(Message::Kill);
            loop {
                match self.inbox.recv().await.expect("its own sender") {
                    Event::Ended(_, ended) if ended == life => break,
                    other => self.later.push_back(other),
                }
            }
        }
    }
}
