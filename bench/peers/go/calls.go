// calls.go: call1, calln, tables.
// SPDX-License-Identifier: MIT
package main

import (
	"strconv"
	"sync"
	"sync/atomic"
)

// A request carries the channel for its answer, which its client uses again for each call.
type request struct {
	number int
	answer chan int
}

func serve(requests <-chan request) {
	for r := range requests {
		r.answer <- r.number + 1
	}
}

func callServer(requests chan<- request, calls int) {
	number, answer := 0, make(chan int, 1)
	for number < calls {
		requests <- request{number, answer}
		number = <-answer
	}
}

func callInPairs(p *peer, clients, m int) {
	p.done()
	m -= m % clients
	servers := make([]chan request, clients)
	for i := range servers {
		servers[i] = make(chan request, 1)
		go serve(servers[i])
	}
	var ended sync.WaitGroup
	ended.Add(clients)
	start := now()
	for _, server := range servers {
		go func(server chan request) {
			callServer(server, m/clients)
			ended.Done()
		}(server)
	}
	ended.Wait()
	p.tellOps(m, now()-start)
}

func call1(p *peer) { callInPairs(p, 1, p.number("m", 2000000, 1)) }

func calln(p *peer) {
	m := p.number("m", 5000000, 1)
	callInPairs(p, min(m, p.number("clients", 1000, 1)), m)
}

// ------------------------------------------------------------------ tables

const (
	maxPlayers = 10
	addPercent = 90
	scoreBound = 1000000
	players    = 10000
)

type score struct {
	name  string
	score int
	time  int64
}

type table struct{ scores []score }

// addScore puts a score behind all that are at least as good; 0 is `unfortunate`.
func (t *table) addScore(name string, points int) int {
	place := len(t.scores)
	for place > 0 && t.scores[place-1].score < points {
		place--
	}
	if place == maxPlayers {
		return 0
	}
	if len(t.scores) < maxPlayers {
		t.scores = append(t.scores, score{})
	}
	copy(t.scores[place+1:], t.scores[place:])
	t.scores[place] = score{name, points, now()}
	return place + 1
}

func serveTable(p *process) {
	t := table{}
	p.ready()
	for m := range p.mailbox {
		switch m.kind {
		case kill:
			return
		case addScore:
			m.answer <- answer{number: t.addScore(m.name, m.number)}
		case currentScores:
			m.answer <- answer{scores: append([]score(nil), t.scores...)}
		}
	}
}

type player struct {
	tables   []*process
	names    []string
	samples  []int64 // nil: no latencies
	calls    int
	random   random
	answer   chan answer
	adds     int64
	congrats int64
}

func (c *player) playOnce() {
	to := c.tables[c.random.below(len(c.tables))].mailbox
	if c.random.below(100) >= addPercent {
		to <- message{kind: currentScores, answer: c.answer}
		<-c.answer
		return
	}
	name := c.names[c.random.below(players)]
	to <- message{addScore, name, c.random.below(scoreBound), c.answer}
	c.adds++
	if (<-c.answer).number > 0 {
		c.congrats++
	}
}

func (c *player) play() {
	for i := 0; i < c.calls; i++ {
		if c.samples == nil {
			c.playOnce()
		} else {
			start := now()
			c.playOnce()
			c.samples[i] = now() - start
		}
	}
}

func tables(p *peer) {
	m := p.number("m", 5000000, 1)
	n := p.number("tables", 10000, 1)
	clients := min(m, p.number("clients", 64, 1))
	lat := p.number("lat", 0, 0) != 0
	p.done()
	m -= m % clients
	sup := startSupervisor(oneForOne, false)
	all := make([]*process, n)
	for i := range all {
		all[i] = sup.startChild(serveTable)
	}
	names := make([]string, players)
	for i := range names {
		names[i] = "player-" + strconv.Itoa(i)
	}
	var samples []int64
	if lat {
		samples = make([]int64, m)
	}
	var ended sync.WaitGroup
	var adds, congrats int64
	ended.Add(clients)
	start := now()
	for i := 0; i < clients; i++ {
		c := &player{tables: all, names: names, calls: m / clients, random: seed(i),
			answer: make(chan answer, 1)}
		if lat {
			c.samples = samples[i*c.calls : (i+1)*c.calls]
		}
		go func() {
			c.play()
			atomic.AddInt64(&adds, c.adds)
			atomic.AddInt64(&congrats, c.congrats)
			ended.Done()
		}()
	}
	ended.Wait()
	p.tellOps(m, now()-start)
	share := 0.0
	if adds > 0 {
		share = float64(congrats) / float64(adds)
	}
	p.tell("congrats_share", share)
	if lat {
		p.tellPercentiles("", samples)
	}
}
