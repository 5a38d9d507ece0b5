package dse

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"tcmdse/mapper"
	"tcmdse/mapper/workload"
	"tcmdse/results"
	"tcmdse/sweeps"
)

// Config is one run of a sweep.
type Config struct {
	Sweep       *sweeps.Sweep
	Store       *results.Store
	Jobs        int              // candidates at once; 0: 1
	Counted     *Counted         // of Survey; nil: Run counts
	FrontOnly   bool             // candidates that are proved not to be on the front are not mapped
	ToolVersion string           // stored beside the results
	Command     string           // as the user gave it, stored beside the results; "": not known
	Estimator   string           // external estimator that the sweep's base uses, for the stored configuration; "": none
	Map         MapFunc          // nil: the optimal mapping; rows of another function are recalled where they say that they are optimal
	Progress    func(Progress)   // nil: none; called from one goroutine at a time
	Now         func() time.Time // nil: time.Now
}

// Summary is what a run did.
type Summary struct {
	SweepID  int64
	Resumed  bool // went on with a sweep that was in the file
	Progress      // as it stood at the end
}

// runner is a run under way.
type runner struct {
	Config
	objective mapper.Objective
	networks  []*workload.Network
	id        int64
	mapper    *mapper.Mapper
	memo      *memo
	out       chan finished
	broken    chan struct{} // closed when nothing can be stored any more
	start     time.Time
	meter     *meter
	counted   Counted
}

// Run runs a sweep to its end, or goes on with it. When ctx ends, what is finished is stored and ctx's error returned
// beside the summary.
func Run(ctx context.Context, c Config) (Summary, error) {
	r, err := newRunner(ctx, c)
	if err != nil {
		return Summary{}, err
	}
	r.start = r.Now()
	r.meter = newMeter(r.start, len(r.networks), &r.counted)
	r.meter.uncertain = r.FrontOnly
	row, err := r.row(ctx)
	if err != nil {
		return Summary{}, err
	}
	id, resumed, err := c.Store.Begin(ctx, row)
	if err != nil {
		return Summary{}, err
	}
	r.id = id
	part := results.Shard{SweepID: id, Index: c.Sweep.Part().Index, Of: c.Sweep.Part().Of, Candidates: r.counted.Total}
	if part.Of > 0 {
		if err := c.Store.BeginShard(ctx, part); err != nil {
			return Summary{}, err
		}
	}
	if resumed {
		if err := c.Store.Retry(ctx, id); err != nil {
			return Summary{}, err
		}
	}
	done, err := c.Store.Done(ctx, id)
	if err != nil {
		return Summary{}, err
	}
	before, err := c.Store.Outcomes(ctx, id)
	if err != nil {
		return Summary{}, err
	}
	run, err := c.Store.BeginRun(ctx, id, results.Run{Config: row.Config,
		StartedAt: r.start, ToolVersion: c.ToolVersion, Jobs: max(1, c.Jobs), Command: c.Command, HostOS: runtime.GOOS + "/" + runtime.GOARCH})
	if err != nil {
		return Summary{}, err
	}
	err = r.work(ctx, done)
	r.report()
	s := Summary{SweepID: id, Resumed: resumed, Progress: r.meter.now(r.Now())}
	switch {
	case err != nil:
	case part.Of > 0:
		err = c.Store.FinishShard(ctx, part, r.Now())
	default:
		err = c.Store.Finish(ctx, id, r.Now())
	}
	ctx = context.WithoutCancel(ctx)                             // how the run ended is told even where the context has
	if n, readErr := c.Store.Outcomes(ctx, id); readErr == nil { // what was finished may have found no room
		s.Done = n/int64(len(r.networks)) - r.elsewhere(before)
	}
	end := results.Run{EndedAt: r.Now(), Stored: s.Done + r.elsewhere(before) - before/int64(len(r.networks)), Finished: s.Done, Outcome: outcome(err)}
	return s, errors.Join(err, c.Store.EndRun(ctx, run, end))
}

// elsewhere is how many of the candidates that were stored before are not of this run's shard.
func (r *runner) elsewhere(before int64) int64 {
	if r.Sweep.Part().Of == 0 {
		return 0
	}
	return before/int64(len(r.networks)) - r.meter.now(r.Now()).Reused
}

// outcome names how a run ended, as it is stored.
func outcome(err error) string {
	switch {
	case err == nil:
		return results.RunFinished
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return results.RunInterrupted
	}
	return "failed: " + err.Error()
}

func newRunner(ctx context.Context, c Config) (*runner, error) {
	r := &runner{Config: c, mapper: new(mapper.Mapper), out: make(chan finished), broken: make(chan struct{})}
	r.memo = &memo{mapLayer: c.Map, store: c.Store, done: map[workKey]memoEntry{}}
	if c.Map == nil {
		r.memo.mapLayer = mapBy(r.mapper)
	}
	if c.Now == nil {
		r.Now = time.Now
	}
	var ok bool
	if r.objective, ok = mapper.ParseObjective(c.Sweep.Objective); !ok || r.objective == mapper.Front {
		return nil, fmt.Errorf("dse: unknown objective %q", c.Sweep.Objective)
	}
	var err error
	if r.networks, err = Networks(c.Sweep); err != nil {
		return nil, err
	}
	if c.Counted == nil {
		if c.Counted, err = Survey(ctx, c.Sweep); err != nil {
			return nil, err
		}
	}
	r.counted = *c.Counted
	return r, nil
}

// Counted is how many candidates a sweep has, and how many of them are above its area budget.
type Counted struct {
	Total, OverBudget int64

	pilots pilots
	keys   []byte // hash of all candidates' keys and what their parameters are called, in order; nil: not known
}

// Survey builds all candidates once, so that mistakes show before anything is written, and progress has a total.
func Survey(ctx context.Context, s *sweeps.Sweep) (*Counted, error) {
	var n Counted
	keys := sha256.New()
	for c, err := range s.Candidates() {
		if err != nil {
			return nil, err
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		n.Total++
		n.pilots.add(&c)
		fmt.Fprintln(keys, c.Key)
		for i := range c.Settings {
			fmt.Fprintln(keys, c.Settings[i].Path)
		}
		if s.OverBudget(c.Arch) {
			n.OverBudget++
		}
	}
	n.keys = keys.Sum(nil)
	return &n, nil
}

// work decides all candidates that are not done and hands them to the writer.
func (r *runner) work(ctx context.Context, done results.Keys) error {
	written := make(chan error, 1)
	// The writer goes on to the end when ctx does: what was handed to it is finished work.
	go func() {
		err := r.write(context.WithoutCancel(ctx))
		written <- err
		if err != nil {
			close(r.broken)
		}
	}()
	var err error
	if r.FrontOnly {
		err = r.frontOnly(ctx, &done)
	} else {
		err = r.all(ctx, &done)
	}
	close(r.out)
	if writeErr := <-written; writeErr != nil {
		return writeErr // and err says no more than that nothing could be stored
	}
	return err
}

// all maps all candidates.
func (r *runner) all(ctx context.Context, done *results.Keys) error {
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(max(1, r.Jobs))
	one := func(c sweeps.Candidate) {
		if done.Has(c.Key) {
			g.Go(func() error { return r.send(finished{Candidate: r.decided(&c), nth: c.Nth, stored: true}) })
			return
		}
		g.Go(func() error { return r.candidate(gctx, c) })
	}
	for _, p := range r.counted.pilots.order() {
		c, err := r.Sweep.At(p.place)
		if err != nil {
			g.Go(func() error { return err })
		}
		if err != nil || gctx.Err() != nil {
			break
		}
		c.Index, c.Nth = p.index, p.nth
		one(c)
	}
	for c, err := range r.Sweep.Candidates() {
		if err != nil {
			g.Go(func() error { return err })
			break
		}
		if gctx.Err() != nil {
			break
		}
		if !r.counted.pilots.has(c.Nth) {
			one(c)
		}
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

// decided returns a candidate that an earlier run stored, as progress counts it.
func (r *runner) decided(c *sweeps.Candidate) results.Candidate {
	out := results.Candidate{Key: c.Key, Index: c.Index}
	for _, n := range r.networks {
		w := results.WorkloadResult{Workload: n.Name}
		if r.Sweep.OverBudget(c.Arch) {
			w.Status = results.OverBudget
		}
		out.Results = append(out.Results, w)
	}
	return out
}

// send hands a candidate to the writer.
func (r *runner) send(c finished) error {
	select {
	case r.out <- c:
		return nil
	case <-r.broken:
		return errors.New("dse: nothing can be stored any more")
	}
}
