// restarts.go: restart, restart_group, kill_storm.
// SPDX-License-Identifier: MIT
package main

import "time"

// A child tells the driver when it has been initialised.
type news struct {
	process *process
	init    int64
}

type family struct {
	news chan news
	pids []*process
}

func (f *family) serve(p *process) {
	f.news <- news{p, now()}
	f.answerCalls(p)
}

// serveEnds: of a group only the first and the last child tell.
func (f *family) serveEnds(p *process) {
	if p.index == 0 || p.index == len(f.pids)-1 {
		f.news <- news{p, now()}
	}
	f.answerCalls(p)
}

func (f *family) answerCalls(p *process) {
	p.ready()
	for m := range p.mailbox {
		if m.kind == kill {
			return
		}
		m.answer <- answer{number: m.number + 1}
	}
}

func (f *family) await() news {
	told := <-f.news
	f.pids[told.process.index] = told.process
	return told
}

func start(strategy strategy, n int, behaviour func(*family, *process)) *family {
	f := &family{make(chan news, n), make([]*process, n)}
	sup := startSupervisor(strategy, true)
	for i := 0; i < n; i++ {
		f.pids[i] = sup.startChild(func(p *process) { behaviour(f, p) })
	}
	for len(f.news) > 0 {
		f.await()
	}
	return f
}

// A supervisor here has children by number; how they came makes no difference.
func oneStrategy(p *peer) strategy {
	p.choice("strategy", "one_for_one", "simple_one_for_one")
	return oneForOne
}

func restart(p *peer) {
	n, kills := p.number("n", 10000, 1), p.number("kills", 20000, 1)
	pause := time.Duration(p.number("pause_us", 0, 0)) * time.Microsecond
	strategy := oneStrategy(p)
	p.done()
	f := start(strategy, n, (*family).serve)
	inits, notified, answered := make([]int64, kills), make([]int64, kills), make([]int64, kills)
	random, answers := seed(0), make(chan answer, 1)
	begun := now()
	for i := range inits {
		if pause > 0 {
			time.Sleep(pause)
		}
		victim := f.pids[random.below(n)]
		killed := now()
		victim.mailbox <- message{kind: kill}
		told := f.await()
		notified[i] = now() - killed
		inits[i] = told.init - killed
		told.process.mailbox <- message{kind: call, answer: answers}
		<-answers
		answered[i] = now() - killed
	}
	p.tellOps(kills, now()-begun)
	p.tellPercentiles("", inits)
	p.tellPercentiles("notified_", notified)
	p.tellPercentiles("answered_", answered)
}

func restartGroup(p *peer) {
	n, kills := p.number("n", 1000, 1), p.number("kills", 100, 1)
	strategy := oneForAll
	if p.choice("strategy", "one_for_all", "rest_for_one") == "rest_for_one" {
		strategy = restForOne
	}
	p.done()
	f := start(strategy, n, (*family).serveEnds)
	inits, notified := make([]int64, kills), make([]int64, kills)
	begun := now()
	for i := range inits {
		killed := now()
		f.pids[0].mailbox <- message{kind: kill}
		told := f.await()
		for told.process.index < n-1 {
			told = f.await()
		}
		notified[i] = now() - killed
		inits[i] = told.init - killed
	}
	p.tellOps(kills, now()-begun)
	p.tellPercentiles("", inits)
	p.tellPercentiles("notified_", notified)
}

func killStorm(p *peer) {
	n, kills := p.number("n", 10000, 1), p.number("kills", 50000, 1)
	window := min(min(n, kills), p.number("window", 100, 1))
	strategy := oneStrategy(p)
	p.done()
	f := start(strategy, n, (*family).serve)
	random, struck := seed(0), make([]bool, n)
	strike := func() {
		victim := random.below(n)
		for struck[victim] {
			victim = random.below(n)
		}
		struck[victim] = true
		f.pids[victim].mailbox <- message{kind: kill}
	}
	begun := now()
	for i := 0; i < window; i++ {
		strike()
	}
	for i := 0; i < kills; i++ {
		struck[f.await().process.index] = false
		if i < kills-window {
			strike()
		}
	}
	p.tellOps(kills, now()-begun)
}
