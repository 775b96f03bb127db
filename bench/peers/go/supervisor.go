// supervisor.go: what a supervisor is in Go: a goroutine that starts others, hears of their ends
// and starts them again. A process is a goroutine with a mailbox; since nothing can kill a goroutine, a
// kill is a message. A panic ends a process like a kill, and with a reason.
// SPDX-License-Identifier: MIT
package main

type kind uint8

const (
	kill kind = iota
	call
	addScore
	currentScores
)

type message struct {
	kind   kind
	name   string
	number int
	answer chan answer
}

type answer struct {
	number int
	scores []score
}

// A process is one life of a child. Its behaviour says ready() once it is initialised.
type process struct {
	mailbox   chan message
	behaviour func(*process)
	sup       *supervisor
	index     int
	isReady   bool
}

func (p *process) ready() {
	p.isReady = true
	p.sup.ready <- nil
}

func (p *process) run() {
	defer func() {
		reason := recover()
		if !p.isReady {
			p.sup.ready <- reason
		}
		p.sup.events <- event{ended: p, reason: reason}
	}()
	p.behaviour(p)
}

type strategy int

const (
	oneForOne strategy = iota
	oneForAll
	restForOne
)

// An event is a process's end, or somebody's wish: a child to start, or with none, to stop.
type event struct {
	ended  *process
	reason any
	start  func(*process)
	answer chan *process
}

// More restarts than intensity within a second end the supervisor.
const intensity = 1000000000

type supervisor struct {
	strategy  strategy
	permanent bool
	children  []*process // in start order
	events    chan event
	later     []event // came while the supervisor waited for something else
	ready     chan any
	second    int64
	restarts  int
}

func startSupervisor(strategy strategy, permanent bool) *supervisor {
	s := &supervisor{strategy: strategy, permanent: permanent,
		events: make(chan event, 128), ready: make(chan any, 1)}
	go s.run()
	return s
}

// startChild returns once the child is initialised.
func (s *supervisor) startChild(behaviour func(*process)) *process {
	answer := make(chan *process, 1)
	s.events <- event{start: behaviour, answer: answer}
	return <-answer
}

// stop returns once all children have ended, the last one first.
func (s *supervisor) stop() {
	answer := make(chan *process)
	s.events <- event{answer: answer}
	<-answer
}

func (s *supervisor) next() event {
	if len(s.later) == 0 {
		return <-s.events
	}
	e := s.later[0]
	s.later = s.later[1:]
	return e
}

func (s *supervisor) run() {
	for {
		e := s.next()
		switch {
		case e.ended != nil:
			s.handleEnd(e.ended)
		case e.start != nil:
			s.children = append(s.children, nil)
			e.answer <- s.spawn(len(s.children)-1, e.start)
		default:
			s.terminateFrom(0)
			e.answer <- nil
			return
		}
	}
}

func (s *supervisor) spawn(index int, behaviour func(*process)) *process {
	p := &process{mailbox: make(chan message, 1), behaviour: behaviour, sup: s, index: index}
	s.children[index] = p
	go p.run()
	if reason := <-s.ready; reason != nil {
		panic(reason)
	}
	return p
}

func (s *supervisor) handleEnd(p *process) {
	if s.children[p.index] != p {
		return
	}
	s.children[p.index] = nil
	if !s.permanent {
		return
	}
	if second := now() / 1e9; second != s.second {
		s.second, s.restarts = second, 0
	}
	if s.restarts++; s.restarts > intensity {
		panic("shutdown")
	}
	from, to := p.index, p.index+1
	if s.strategy == oneForAll {
		from = 0
	}
	if s.strategy != oneForOne {
		s.terminateFrom(from)
		to = len(s.children)
	}
	for i := from; i < to; i++ {
		s.spawn(i, p.behaviour)
	}
}

// terminateFrom kills children, the last one first, each after the end of the one before.
func (s *supervisor) terminateFrom(first int) {
	for i := len(s.children) - 1; i >= first; i-- {
		if p := s.children[i]; p != nil {
			s.terminate(p)
			s.children[i] = nil
		}
	}
}

// terminate: the process may have ended by itself already, and then takes no message any more.
func (s *supervisor) terminate(p *process) {
	mailbox := p.mailbox
	for {
		select {
		case mailbox <- message{kind: kill}:
			mailbox = nil
		case e := <-s.events:
			if e.ended == p {
				return
			}
			s.later = append(s.later, e)
		}
	}
}
