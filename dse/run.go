package dse

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"tcmdse/hwmodel"
	"tcmdse/hwmodel/estimate"
	"tcmdse/internal/yamlsrc"
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
	ToolVersion string           // stored beside the results
	Estimator   string           // external estimator that the sweep's base uses, for the stored configuration; "": none
	Map         MapFunc          // nil: MapLayer
	Progress    func(Progress)   // nil: none; called from one goroutine at a time
	Now         func() time.Time // nil: time.Now
}

// Summary is what a run did.
type Summary struct {
	SweepID  int64
	Resumed  bool // went on with a sweep that was in the file
	Progress      // as it stood at the end
}

// Progress tells how far a run is.
type Progress struct {
	Total      int64 // candidates of the sweep
	Done       int64 // of them stored, by this run or an earlier one
	Reused     int64 // stored by an earlier run
	Infeasible int64 // candidates of this run with a workload that has no valid mapping
	OverBudget int64
	Failed     int64
	Layers     int64 // layers mapped or recalled by this run
	AllLayers  int64 // that this run has to do
	BestEDPJs  float64
	Elapsed    time.Duration
	ETA        time.Duration // by layers, 0 while unknown
}

// runner is a run under way.
type runner struct {
	Config
	objective mapper.Objective
	networks  []*workload.Network
	id        int64
	memo      *memo
	out       chan results.Candidate
	start     time.Time
	progress  Progress
}

// Run runs a sweep to its end, or goes on with it. When ctx ends, what is finished is stored and ctx's error returned
// beside the summary.
func Run(ctx context.Context, c Config) (Summary, error) {
	r := &runner{Config: c, memo: &memo{mapLayer: c.Map, done: map[string]memoEntry{}}, out: make(chan results.Candidate)}
	if r.Map == nil {
		r.memo.mapLayer = MapLayer
	}
	if r.Now == nil {
		r.Now = time.Now
	}
	var ok bool
	if r.objective, ok = mapper.ParseObjective(c.Sweep.Objective); !ok || r.objective == mapper.Front {
		return Summary{}, fmt.Errorf("dse: unknown objective %q", c.Sweep.Objective)
	}
	var err error
	if r.networks, err = Networks(c.Sweep); err != nil {
		return Summary{}, err
	}
	if err := r.count(ctx); err != nil {
		return Summary{}, err
	}
	r.start = r.Now()
	id, resumed, err := c.Store.Begin(ctx, r.row())
	if err != nil {
		return Summary{}, err
	}
	r.id = id
	if resumed {
		if err := c.Store.Retry(ctx, id); err != nil {
			return Summary{}, err
		}
	}
	done, err := c.Store.Done(ctx, id)
	if err != nil {
		return Summary{}, err
	}
	err = r.work(ctx, done)
	r.report()
	s := Summary{SweepID: id, Resumed: resumed, Progress: r.progress}
	if err == nil {
		err = c.Store.Finish(ctx, id, r.Now())
	}
	return s, err
}

// Networks opens the workloads of a sweep.
func Networks(s *sweeps.Sweep) ([]*workload.Network, error) {
	var out []*workload.Network
	for _, name := range s.Workloads {
		n, err := workload.Open(name, s.Dir)
		if err != nil {
			return nil, err
		}
		for _, other := range out {
			if other.Name == n.Name {
				return nil, &yamlsrc.Error{File: s.File, Key: "workloads", Msg: "two workloads of one name; results are kept by name", Given: n.Name}
			}
		}
		out = append(out, n)
	}
	return out, CheckTensors(s.Base(), out)
}

// CheckTensors refuses tensor names in an architecture that no layer of the workloads has.
func CheckTensors(spec *hwmodel.Spec, networks []*workload.Network) error {
	return spec.CheckTensors(func(name string) bool {
		return slices.ContainsFunc(networks, func(n *workload.Network) bool { return n.HasTensor(name) })
	})
}

// count walks the candidates once, so that mistakes show before anything is written, and progress has a total.
func (r *runner) count(ctx context.Context) error {
	for _, err := range r.Sweep.Candidates() {
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		r.progress.Total++
	}
	return nil
}

// row is the sweep as stored; its configuration holds everything that decides the results.
func (r *runner) row() results.Sweep {
	var b strings.Builder
	b.WriteString(r.Sweep.Config())
	var names []string
	for _, n := range r.networks {
		names = append(names, n.Name)
		data, _ := json.Marshal(n) // plain data
		fmt.Fprintf(&b, "---\n# workload %s as read\n%s\n", n.Name, data)
	}
	b.WriteString("---\n")
	hashes := estimate.TableHashes()
	for _, table := range slices.Sorted(maps.Keys(hashes)) {
		fmt.Fprintf(&b, "# cost table %s.csv, sha256 %s\n", table, hashes[table])
	}
	if r.Estimator != "" {
		fmt.Fprintf(&b, "# external estimator: %s\n", r.Estimator)
	}
	return results.Sweep{
		Name: r.Sweep.Name, Arch: r.Sweep.Base().Name, Workloads: names, Objective: r.objective.String(), Config: b.String(),
		ToolVersion: r.ToolVersion, ModelVersion: ModelVersion, StartedAt: r.start, CandidatesTotal: r.progress.Total,
	}
}

// work maps all candidates that are not done and hands them to the writer.
func (r *runner) work(ctx context.Context, done results.Keys) error {
	var layers int64
	for _, n := range r.networks {
		layers += int64(len(n.Layers))
	}
	r.progress.AllLayers = r.progress.Total * layers
	written := make(chan error, 1)
	// The writer goes on to the end when ctx does: what was handed to it is finished work.
	go func() { written <- r.write(context.WithoutCancel(ctx)) }()
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(max(1, r.Jobs))
	stop := make(chan struct{})
	var writeErr error
	go func() { writeErr = <-written; close(stop) }()
	for c, err := range r.Sweep.Candidates() {
		if err != nil {
			g.Go(func() error { return err })
			break
		}
		if done.Has(c.Key) {
			select {
			case r.out <- results.Candidate{Index: c.Index}:
			case <-stop:
			}
			continue
		}
		g.Go(func() error { return r.candidate(gctx, c, stop) })
		if gctx.Err() != nil {
			break
		}
	}
	err := g.Wait()
	close(r.out)
	<-stop
	return errors.Join(writeErr, err)
}

// candidate maps all workloads on one candidate.
func (r *runner) candidate(ctx context.Context, c sweeps.Candidate, stop <-chan struct{}) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	out := results.Candidate{Key: c.Key, Index: c.Index, Arch: c.Arch.Name, ArchYAML: string(c.Spec.YAML()), AreaMM2: c.Arch.AreaM2() * 1e6}
	out.Costs, out.Warnings, out.Overhead = costs(c.Arch), c.Arch.Warnings, c.Arch.Overhead
	for _, s := range c.Settings {
		out.Params = append(out.Params, results.Param{Path: s.Path, Value: s.Value, Text: s.Text})
	}
	key, err := archKey(c.Arch)
	if err != nil {
		return err
	}
	for _, n := range r.networks {
		w := results.WorkloadResult{Workload: n.Name, Status: results.OK}
		if b := r.Sweep.BudgetM2; b > 0 && c.Arch.AreaM2() > b {
			w.Status = results.OverBudget
			w.Reason = fmt.Sprintf("area %.4g mm2 is above the budget of %.4g mm2", c.Arch.AreaM2()*1e6, b*1e6)
		} else if err := r.network(ctx, c, key, n, &w); err != nil {
			return err
		}
		out.Results = append(out.Results, w)
	}
	select {
	case r.out <- out:
		return nil
	case <-stop:
		return errors.New("dse: nothing can be stored any more")
	}
}

// network maps one workload. Only the end of ctx is an error; a layer that cannot be mapped is a status.
func (r *runner) network(ctx context.Context, c sweeps.Candidate, key string, n *workload.Network, w *results.WorkloadResult) error {
	for i := range n.Layers {
		l := &n.Layers[i]
		row, err := r.memo.layer(ctx, c.Arch, key, l, r.objective)
		var none *mapper.InfeasibleError
		switch {
		case err == nil:
			w.Layers = append(w.Layers, row)
			w.EnergyJ += row.EnergyJ * float64(row.Count)
			w.LatencyS += row.LatencyS * float64(row.Count)
		case ctx.Err() != nil:
			return ctx.Err()
		default:
			w.Status = results.Failed
			if errors.As(err, &none) {
				w.Status = results.Infeasible
			}
			*w = results.WorkloadResult{Workload: n.Name, Status: w.Status, Reason: fmt.Sprintf("layer %s: %v", l.Name, err)}
			return nil
		}
	}
	w.EDPJs = w.EnergyJ * w.LatencyS
	return nil
}
