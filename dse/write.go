package dse

import (
	"context"
	"time"

	"tcmdse/results"
)

// The writer stores a batch when it is this large or this old, so that a crash loses a second of work at most.
const (
	batchSize = 200
	batchAge  = time.Second
)

// write collects finished candidates and stores them until the channel closes. An empty key stands for a candidate
// that an earlier run stored.
func (r *runner) write(ctx context.Context) error {
	var batch []results.Candidate
	tick := time.NewTicker(batchAge / 2)
	defer tick.Stop()
	since := time.Now()
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		err := r.Store.Append(ctx, r.id, batch)
		batch, since = nil, time.Now()
		return err
	}
	for {
		select {
		case c, ok := <-r.out:
			if !ok {
				return flush()
			}
			r.note(&c)
			if c.Key != "" {
				batch = append(batch, c)
			}
			if len(batch) >= batchSize {
				if err := flush(); err != nil {
					return err
				}
			}
		case <-tick.C:
			r.report()
			if time.Since(since) >= batchAge {
				if err := flush(); err != nil {
					return err
				}
			}
		}
	}
}

// note counts a candidate.
func (r *runner) note(c *results.Candidate) {
	p := &r.progress
	p.Done++
	if c.Key == "" {
		p.Reused++
		if p.Total > 0 {
			p.AllLayers -= r.layersEach()
		}
		return
	}
	p.Layers += r.layersEach()
	seen := map[string]bool{}
	for _, w := range c.Results {
		if w.Status == results.OK && (p.BestEDPJs == 0 || w.EDPJs < p.BestEDPJs) {
			p.BestEDPJs = w.EDPJs
		}
		if !seen[w.Status] {
			seen[w.Status] = true
			switch w.Status {
			case results.Infeasible:
				p.Infeasible++
			case results.OverBudget:
				p.OverBudget++
			case results.Failed:
				p.Failed++
			}
		}
	}
}

func (r *runner) layersEach() int64 {
	var n int64
	for _, w := range r.networks {
		n += int64(len(w.Layers))
	}
	return n
}

// report calls the progress function with times filled in.
func (r *runner) report() {
	p := &r.progress
	p.Elapsed = r.Now().Sub(r.start)
	p.ETA = 0
	if p.Layers > 0 && p.AllLayers > p.Layers {
		p.ETA = time.Duration(float64(p.Elapsed) / float64(p.Layers) * float64(p.AllLayers-p.Layers))
	}
	if r.Progress != nil {
		r.Progress(*p)
	}
}
