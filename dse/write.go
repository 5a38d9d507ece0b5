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

// finished is a candidate on its way to the writer.
type finished struct {
	results.Candidate
	nth     int64   // among this run's candidates
	stored  bool    // by an earlier run: it only counts
	seconds float64 // that mapping it took
}

// write collects finished candidates and stores them until the channel closes.
func (r *runner) write(ctx context.Context) error {
	var batch []results.Candidate
	tick := time.NewTicker(batchAge / 4)
	defer tick.Stop()
	oldest := time.Now() // when the first of the batch came
	flush := func() error {
		if refused := r.memo.takeRefused(); len(refused) > 0 {
			if err := r.Store.PutRefusals(ctx, refused); err != nil {
				return err
			}
		}
		if len(batch) == 0 {
			return nil
		}
		err := r.Store.Append(ctx, r.id, batch)
		batch = batch[:0]
		return err
	}
	for {
		select {
		case c, ok := <-r.out:
			if !ok {
				return flush()
			}
			r.meter.finish(&c)
			if !c.stored {
				if len(batch) == 0 {
					oldest = time.Now()
				}
				batch = append(batch, c.Candidate)
			}
			if len(batch) >= batchSize || len(batch) > 0 && time.Since(oldest) >= batchAge {
				if err := flush(); err != nil {
					return err
				}
			}
		case <-tick.C:
			r.report()
			if time.Since(oldest) >= batchAge {
				if err := flush(); err != nil {
					return err
				}
			}
		}
	}
}

// report calls the progress function.
func (r *runner) report() {
	if r.Progress != nil {
		r.Progress(r.meter.now(r.Now()))
	}
}
