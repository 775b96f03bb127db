// masses.go: memory, sup_start.
// SPDX-License-Identifier: MIT
package main

import "fmt"

func wait(waiting chan<- bool, never <-chan bool) {
	waiting <- true
	<-never
}

func memory(p *peer) {
	n := p.number("n", 1000000, 1)
	what := p.choice("kind", "table", "server", "process")
	p.done()
	before, begun := resident(), now()
	sup := startSupervisor(oneForOne, false)
	waiting, never := make(chan bool), make(chan bool)
	servers := make([]chan request, n)
	for i := 0; i < n; i++ {
		switch what {
		case "table":
			sup.startChild(serveTable)
		case "server":
			servers[i] = make(chan request, 1)
			go serve(servers[i])
		case "process":
			go wait(waiting, never)
			<-waiting
		}
	}
	p.tellOps(n, now()-begun)
	p.tell("bytes_per_process", float64(resident()-before)/float64(n))
}

func supStart(p *peer) {
	n := p.number("n", 1000000, 1)
	p.done()
	before := resident()
	sup, first, firstFaults := startAll(n)
	bytes := float64(resident()-before) / float64(n)
	sup.stop()
	_, second, secondFaults := startAll(n)
	p.tellOps(n, first)
	p.tell("first_ns", fmt.Sprintf("%.2f", float64(first)/float64(n)))
	p.tell("second_ns", fmt.Sprintf("%.2f", float64(second)/float64(n)))
	p.tell("first_faults", firstFaults)
	p.tell("second_faults", secondFaults)
	p.tell("bytes_per_process", bytes)
}

func startAll(n int) (*supervisor, int64, int64) {
	sup := startSupervisor(oneForOne, false)
	before, begun := faults(), now()
	for i := 0; i < n; i++ {
		sup.startChild(serveTable)
	}
	return sup, now() - begun, faults() - before
}
