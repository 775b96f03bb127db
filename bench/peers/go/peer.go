// peer.go: the command line and the one line of JSON; see ../README.md.
// SPDX-License-Identifier: MIT
package main

import (
	"fmt"
	"os"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"
)

var workloads = map[string]func(*peer){
	"spawn_exit": spawnExit, "pingpong": pingpong, "ring": ring, "fan_in": fanIn,
	"call1": call1, "calln": calln, "tables": tables,
	"restart": restart, "restart_group": restartGroup, "kill_storm": killStorm,
	"memory": memory, "sup_start": supStart,
}

// A peer reads the parameters of its workload and collects what it tells.
type peer struct {
	given           map[string]string
	params, results []string
}

func main() {
	if len(os.Args) < 2 || workloads[os.Args[1]] == nil {
		refuse("usage: peer WORKLOAD key=value…")
	}
	p := &peer{given: map[string]string{}}
	for _, word := range os.Args[2:] {
		key, value, ok := strings.Cut(word, "=")
		if !ok {
			refuse(word + " is not key=value")
		}
		p.given[key] = value
	}
	workloads[os.Args[1]](p)
	fmt.Printf("{\"peer\": \"go\", \"workload\": \"%s\", \"params\": {%s}, %s}\n", os.Args[1],
		strings.Join(p.params, ", "), strings.Join(p.results, ", "))
}

func refuse(why string) {
	fmt.Fprintln(os.Stderr, "peer: "+why)
	os.Exit(2)
}

func (p *peer) take(key, fallback string) string {
	value, ok := p.given[key]
	if !ok {
		return fallback
	}
	delete(p.given, key)
	return value
}

// number takes a parameter that is a number of at least `least`.
func (p *peer) number(key string, fallback, least int) int {
	value, err := strconv.Atoi(p.take(key, strconv.Itoa(fallback)))
	if err != nil || value < least {
		refuse(key + " is no number, or too small")
	}
	p.params = append(p.params, fmt.Sprintf("\"%s\": %d", key, value))
	return value
}

// choice takes a parameter that is one of words; the first one when it was not given.
func (p *peer) choice(key string, words ...string) string {
	value := p.take(key, words[0])
	known := false
	for _, word := range words {
		known = known || word == value
	}
	if !known {
		refuse(key + "=" + value + " is not known")
	}
	p.params = append(p.params, fmt.Sprintf("\"%s\": \"%s\"", key, value))
	return value
}

// done takes `threads` and refuses parameters that nobody took.
func (p *peer) done() {
	runtime.GOMAXPROCS(p.number("threads", 2, 1))
	for key := range p.given {
		refuse("unknown parameter " + key)
	}
}

func (p *peer) tell(name string, value any) {
	p.results = append(p.results, fmt.Sprintf("\"%s\": %v", name, value))
}

func (p *peer) tellOps(ops int, took int64) {
	p.tell("ops", ops)
	p.tell("seconds", fmt.Sprintf("%.9f", float64(took)/1e9))
	p.tell("ns_per_op", fmt.Sprintf("%.2f", float64(took)/float64(ops)))
}

func (p *peer) tellPercentiles(prefix string, samples []int64) {
	sort.Slice(samples, func(i, j int) bool { return samples[i] < samples[j] })
	for _, rank := range []struct {
		name     string
		permille int
	}{{"p50", 500}, {"p90", 900}, {"p99", 990}, {"p999", 999}, {"max", 1000}} {
		at := len(samples) * rank.permille / 1000
		if at == len(samples) {
			at--
		}
		p.tell(prefix+rank.name, samples[at])
	}
}

func min(a, b int) int {
	if a < b {
		return a
	}
	return b
}

var base = time.Now()

// now is the monotonic clock in nanoseconds.
func now() int64 { return int64(time.Since(base)) }

// A random is Marsaglia's xorshift; below is Lemire's.
type random uint64

func seed(number int) random { return random(number+1) * 0x9e3779b97f4a7c15 }

func (r *random) below(bound int) int {
	*r ^= *r << 13
	*r ^= *r >> 7
	*r ^= *r << 17
	return int(uint64(*r) >> 32 * uint64(bound) >> 32)
}

func resident() int64 {
	text, _ := os.ReadFile("/proc/self/statm")
	pages, _ := strconv.ParseInt(strings.Fields(string(text))[1], 10, 64)
	return pages * int64(os.Getpagesize())
}

func faults() int64 {
	var use syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &use)
	return use.Minflt + use.Majflt
}
