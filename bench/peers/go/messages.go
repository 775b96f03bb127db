// messages.go: spawn_exit, pingpong, ring, fan_in.
// SPDX-License-Identifier: MIT
package main

import "sync"

func spawnExit(p *peer) {
	n := p.number("n", 1000000, 1)
	batch := min(n, p.number("batch", 1000, 1))
	p.done()
	n -= n % batch
	var ended sync.WaitGroup
	start := now()
	for done := 0; done < n; done += batch {
		ended.Add(batch)
		for i := 0; i < batch; i++ {
			go ended.Done()
		}
		ended.Wait()
	}
	p.tellOps(n, now()-start)
}

// passOn: the ball holds how many hops are left; who gets the last one tells the driver.
func passOn(from <-chan int, to chan<- int, done chan<- bool) {
	for left := range from {
		if left == 0 {
			done <- true
		} else {
			to <- left - 1
		}
	}
}

func goRound(n, hops int) int64 {
	done := make(chan bool)
	members := make([]chan int, n)
	for i := range members {
		members[i] = make(chan int, 1)
	}
	for i := range members {
		go passOn(members[i], members[(i+1)%n], done)
	}
	start := now()
	members[0] <- hops - 1
	<-done
	return now() - start
}

func pingpong(p *peer) {
	m := p.number("m", 2000000, 1)
	p.done()
	p.tellOps(m, goRound(2, 2*m))
}

func ring(p *peer) {
	n, hops := p.number("n", 1000, 1), p.number("hops", 5000000, 1)
	p.done()
	p.tellOps(hops, goRound(n, hops))
}

// A channel holds so many messages before its senders must wait.
const backlog = 1024

func fanIn(p *peer) {
	m := p.number("m", 5000000, 1)
	senders := min(m, p.number("senders", 8, 1))
	room := backlog
	if p.choice("kind", "bounded", "unbuffered") == "unbuffered" {
		room = 0
	}
	p.done()
	m -= m % senders
	messages, done := make(chan int, room), make(chan bool)
	go func() {
		for i := 0; i < m; i++ {
			<-messages
		}
		done <- true
	}()
	start := now()
	for i := 0; i < senders; i++ {
		go func() {
			for i := 0; i < m/senders; i++ {
				messages <- i
			}
		}()
	}
	<-done
	p.tellOps(m, now()-start)
}
