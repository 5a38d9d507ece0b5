package dse

import (
	"sync"
	"time"

	"tcmdse/mapper/workload"
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
	Recalled   int64 // layers that an equal candidate had, of this run or of any in the database
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
	work     map[string][]layerWork
	seen     map[string]*bitset // by status: candidates with a workload of that status
	open     map[string]int64   // by workload: candidates that this run has to decide by mapping or proof
	// uncertain says that nobody knows how many of them have to be mapped, so no time left is told.
	uncertain bool
}

// layerWork is what one layer took in all candidates of this run that are done with it. Recalled, infeasible and
// skipped candidates count with the little that they took, so that the mean is what the next one can be expected to take.
type layerWork struct {
	n       int64
	seconds float64
}

func newMeter(start time.Time, networks []*workload.Network, c *Counted) *meter {
	m := &meter{start: start, p: Progress{Total: c.Total}, work: map[string][]layerWork{}, open: map[string]int64{}, seen: map[string]*bitset{}}
	for _, status := range []string{results.OK, results.Infeasible, results.OverBudget, results.Failed, results.Skipped} {
		m.seen[status] = &bitset{}
	}
	for _, n := range networks {
		m.work[n.Name] = make([]layerWork, len(n.Layers))
		m.open[n.Name] = c.Total - c.OverBudget
	}
	return m
}

// layer notes that a candidate is done with a layer.
func (m *meter) layer(network string, i int, mapped bool, took time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	w := &m.work[network][i]
	w.n++
	w.seconds += took.Seconds()
	if mapped {
		m.p.Mapped++
	} else {
		m.p.Recalled++
	}
}

// rest notes that a candidate needs none of the layers from i on.
func (m *meter) rest(network string, i int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for ; i < len(m.work[network]); i++ {
		m.work[network][i].n++
	}
}

// finish counts what is decided of a candidate.
func (m *meter) finish(c *finished) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p := &m.p
	m.outcomes += int64(len(c.Results))
	p.Done = m.outcomes / int64(len(m.work))
	for i := range c.Results {
		w := &c.Results[i]
		if c.stored {
			if w.Status != results.OverBudget {
				m.open[w.Workload]--
			}
			continue
		}
		if w.Status == results.OK && (p.BestEDPJs == 0 || w.EDPJs < p.BestEDPJs) {
			p.BestEDPJs = w.EDPJs
		}
		if m.seen[w.Status].add(c.Index) {
			p.count(w.Status)
		}
	}
	if c.stored {
		m.reused += int64(len(c.Results))
		p.Reused = m.reused / int64(len(m.work))
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

// now returns the progress with times: the time left is the work left over the rate at which work was done.
func (m *meter) now(at time.Time) Progress {
	m.mu.Lock()
	defer m.mu.Unlock()
	p := m.p
	p.Elapsed = at.Sub(m.start)
	var done, known, left float64
	var unknown int64
	for name, layers := range m.work {
		for i := range layers {
			w := &layers[i]
			if w.n == 0 {
				unknown += m.open[name]
				continue
			}
			done += w.seconds
			known += float64(w.n)
			left += w.seconds / float64(w.n) * float64(max(m.open[name]-w.n, 0))
		}
	}
	if known > 0 {
		left += done / known * float64(unknown)
	}
	if done > 0 && !m.uncertain {
		p.ETA = time.Duration(float64(p.Elapsed) * left / done)
	}
	return p
}
