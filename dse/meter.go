package dse

import (
	"math"
	"sync"
	"time"

	"tcmdse/results"
)

// Progress tells how far a run is. A candidate of several workloads counts as done when all of them are decided.
type Progress struct {
	Total      int64 // candidates of the sweep
	Done       int64 // of them stored, by this run or an earlier one
	Reused     int64 // stored by an earlier run
	Infeasible int64 // of this run: candidates with a workload that has no valid mapping
	OverBudget int64
	Failed     int64
	Skipped    int64 // proved unable to be on the front, not mapped
	Mapped     int64 // layers mapped by this run
	Equal      int64 // layers equal to one that this run had mapped already
	Recalled   int64 // layers read back from the database
	BestEDPJs  float64
	Elapsed    time.Duration
	ETA        time.Duration // by the work left, 0 while unknown, and of front-only runs
}

// meter measures a run: what is decided, and how much work that took. Its methods may be called from any goroutine.
type meter struct {
	mu       sync.Mutex
	p        Progress
	start    time.Time
	outcomes int64 // candidates x workloads decided
	reused   int64 // of them stored by an earlier run
	networks int64
	seen     map[string]*bitset // by status: candidates with a workload of that status
	expect   expectation
	// uncertain says that nobody knows how many candidates have to be mapped, so no time left is told.
	uncertain bool
}

func newMeter(start time.Time, networks int, c *Counted) *meter {
	m := &meter{start: start, p: Progress{Total: c.Total}, networks: int64(networks), seen: map[string]*bitset{}, expect: newExpectation(&c.pilots, c.Total)}
	for _, status := range []string{results.OK, results.Infeasible, results.OverBudget, results.Failed, results.Skipped} {
		m.seen[status] = &bitset{}
	}
	return m
}

// layer notes how a candidate came by a layer.
func (m *meter) layer(how provenance) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch how {
	case byMapping:
		m.p.Mapped++
	case byEqual:
		m.p.Equal++
	case byRecall:
		m.p.Recalled++
	}
}

// finish counts what is decided of a candidate.
func (m *meter) finish(c *finished) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p := &m.p
	m.outcomes += int64(len(c.Results))
	p.Done = m.outcomes / m.networks
	m.expect.decided(c.nth, c.stored, c.seconds)
	for i := range c.Results {
		w := &c.Results[i]
		if c.stored {
			break
		}
		if w.Status == results.OK && (p.BestEDPJs == 0 || w.EDPJs < p.BestEDPJs) {
			p.BestEDPJs = w.EDPJs
		}
		if m.seen[w.Status].add(c.nth) {
			p.count(w.Status)
		}
	}
	if c.stored {
		m.reused += int64(len(c.Results))
		p.Reused = m.reused / m.networks
	}
}

// bitset holds numbers, a bit each. The candidates of a front-only run are decided once for each workload, far apart.
type bitset struct{ words []uint64 }

// add reports whether the number is new.
func (b *bitset) add(n int64) bool {
	for int64(len(b.words)) <= n/64 {
		b.words = append(b.words, 0)
	}
	was := b.words[n/64]
	b.words[n/64] |= 1 << (n % 64)
	return was != b.words[n/64]
}

func (p *Progress) count(status string) {
	switch status {
	case results.Infeasible:
		p.Infeasible++
	case results.OverBudget:
		p.OverBudget++
	case results.Failed:
		p.Failed++
	case results.Skipped:
		p.Skipped++
	}
}

// longestETA is 290 years less a bit, what a time.Duration holds: a grid of 2^62 candidates takes longer.
const longestETA = math.MaxInt64 - 1024

// now returns the progress with times: the time left is the work left over the rate at which work was done.
func (m *meter) now(at time.Time) Progress {
	m.mu.Lock()
	defer m.mu.Unlock()
	p := m.p
	p.Elapsed = at.Sub(m.start)
	if done, left, ok := m.expect.work(); ok && !m.uncertain {
		p.ETA = time.Duration(min(float64(p.Elapsed)*left/done, longestETA))
	}
	return p
}
