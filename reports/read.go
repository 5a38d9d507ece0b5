package reports

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"tcmdse/results"
)

// room bounds what a report keeps in memory and puts on sheets; above them it shows a stated part. CSV files have all.
type room struct {
	candidates int // rows of Candidates, all workloads together
	designs    int // candidates of a sweep above which Layers and Components are of the front only
	layers     int // rows of Layers above which the same holds
}

// 100,000 candidates with their parameters take about 100 MB and a sheet of 15 MB. 20,000 is what a chart draws: who has
// more looks at fronts. Components has some five rows for each of Layers, and has to fit on a sheet.
const (
	maxCandidates = 100_000
	maxDesigns    = 20_000
	maxLayers     = 200_000
)

// Read reads a sweep. ID 0 stands for the last one in the file. Sweeps of any size fit in memory: of large ones, the rows
// of a part of the candidates and the layers of the front's designs are read, which all reports say; counts are of all.
func Read(ctx context.Context, s *results.Store, id int64) (*Data, error) {
	return ReadWeighted(ctx, s, id, nil)
}

// ReadWeighted is Read with the weights of workloads in their mean front (Data.Mean): those not named have none. Nil weighs
// all alike. An unknown workload, a negative weight or a sum of 0 is an error that says so.
func ReadWeighted(ctx context.Context, s *results.Store, id int64, weights map[string]float64) (*Data, error) {
	return read(ctx, s, id, room{maxCandidates, maxDesigns, maxLayers}, weights)
}

func read(ctx context.Context, s *results.Store, id int64, most room, given map[string]float64) (*Data, error) {
	sweeps, err := s.Sweeps(ctx)
	if err != nil {
		return nil, err
	}
	d := &Data{}
	for _, w := range sweeps {
		if w.ID == id || id == 0 {
			d.Sweep = w
		}
	}
	if d.Sweep.ID == 0 {
		if len(sweeps) == 0 {
			return nil, fmt.Errorf("reports: %s holds no sweep", s.Path())
		}
		return nil, fmt.Errorf("reports: %s has no sweep %d; there are %d to %d", s.Path(), id, sweeps[0].ID, sweeps[len(sweeps)-1].ID)
	}
	layers, unproved, err := s.Proofs(ctx, d.Sweep.ID)
	if err != nil {
		return nil, err
	}
	m := means{at: map[int64]int{}}
	if m.weights, err = weights(d.Sweep.Workloads, given); err != nil {
		return nil, err
	}
	for _, name := range d.Sweep.Workloads {
		d.Workloads = append(d.Workloads, Workload{Name: name, all: tally{layers: layers[name], unproved: unproved[name]}})
	}
	each := max(1, most.candidates/max(1, len(d.Sweep.Workloads)))
	if err := d.readCandidates(ctx, s, &m, each); err != nil {
		return nil, err
	}
	rows := 0
	for i := range d.Workloads {
		w := &d.Workloads[i]
		rows += layers[w.Name]
		d.brief = d.brief || w.all.n > most.designs || w.thinned()
	}
	d.brief = d.brief || rows > most.layers
	for i := range d.Workloads {
		if err := d.Workloads[i].readLong(ctx, s, d.brief); err != nil {
			return nil, err
		}
	}
	if len(d.Sweep.Workloads) > 1 {
		if err := d.readMean(ctx, s, &m, min(each, most.designs)); err != nil {
			return nil, err
		}
	}
	d.columns = d.params()
	d.short = d.shown()
	return d, d.readCosts(ctx, s)
}

// readCandidates reads every workload's candidates: all, or at most limit of each, or its front if that is more. All are
// counted. Their parameters, which take longer than all else about them, are read beside them.
func (d *Data) readCandidates(ctx context.Context, s *results.Store, m *means, limit int) error {
	order, err := s.Order(ctx, d.Sweep.ID)
	if err != nil {
		return err
	}
	g, inner := errgroup.WithContext(ctx)
	var params [][]results.Param
	if len(order) <= limit {
		g.Go(func() (err error) {
			params, err = s.ParamsOf(inner, order)
			return err
		})
	}
	g.Go(func() error {
		for k := range d.Workloads {
			w := &d.Workloads[k]
			each := func(c *results.CandidateRow) {
				w.all.add(c)
				if len(d.Workloads) > 1 {
					m.add(k, c)
				}
			}
			if err := w.readRows(inner, s, d.Sweep.ID, len(order), limit, each); err != nil {
				return err
			}
		}
		return nil
	})
	if err := g.Wait(); err != nil {
		return err
	}
	for k := range d.Workloads {
		w := &d.Workloads[k]
		if params == nil {
			if err := s.AddParams(ctx, w.Candidates); err != nil {
				return err
			}
		} else {
			w.attach(order, params)
		}
		w.findFront()
		front := make([]*results.CandidateRow, len(w.Front))
		for k, at := range w.Front {
			front[k] = &w.Candidates[at]
		}
		if err := s.AddArch(ctx, front); err != nil {
			return err
		}
	}
	return nil
}

// attach gives candidates their parameters; both are in the sweep's order. What was stored since the order was read, by a
// sweep that still runs, has none, and is left for the next report.
func (w *Workload) attach(order []results.Place, params [][]results.Param) {
	kept, at := w.Candidates[:0], 0
	for _, c := range w.Candidates {
		for at < len(order) && order[at].Index < c.Index {
			at++
		}
		if at < len(order) && order[at].ID == c.ID {
			c.Params = params[at]
			kept = append(kept, c)
		}
	}
	w.Candidates = kept
}

// readRows reads the candidates of a sweep of n, without their parameters. Each sees all.
func (w *Workload) readRows(ctx context.Context, s *results.Store, sweepID int64, n, limit int, each func(*results.CandidateRow)) error {
	if n <= limit {
		w.Candidates = make([]results.CandidateRow, 0, n) // to grow by doubling would double the memory
		return s.EachCandidate(ctx, sweepID, w.Name, func(c results.CandidateRow) error {
			each(&c)
			w.Candidates = append(w.Candidates, c)
			return nil
		})
	}
	var ps []point
	err := s.EachCandidate(ctx, sweepID, w.Name, func(c results.CandidateRow) error {
		each(&c)
		ps = append(ps, point{c.ID, c.AreaMM2, c.EDPJs, drawable(&c), c.OnFront})
		return nil
	})
	if err != nil {
		return err
	}
	kept := choose(ps, limit)
	return s.EachCandidate(ctx, sweepID, w.Name, func(c results.CandidateRow) error {
		if c.OnFront || kept[c.ID] {
			w.Candidates = append(w.Candidates, c)
		}
		return nil
	})
}

// readLong reads the long tables, of the front only where they are brief. Equal names share their memory: there are a few
// dozen of them in many rows.
func (w *Workload) readLong(ctx context.Context, s *results.Store, brief bool) error {
	names := map[string]string{}
	share := func(text *string) {
		if _, ok := names[*text]; !ok {
			names[*text] = *text
		}
		*text = names[*text]
	}
	front := map[int64]bool{}
	p := results.Part{Workload: w.Name, Whole: true}
	for i := range w.Candidates {
		c := &w.Candidates[i]
		front[c.ID] = c.OnFront
		if c.OnFront || !brief {
			p.Of = append(p.Of, results.Place{ID: c.ID, Index: c.Index})
		}
	}
	err := s.LayersOf(ctx, p, func(l results.LayerRow) error {
		share(&l.Workload)
		share(&l.Name)
		share(&l.Bottleneck)
		if !front[l.CandidateID] {
			l.MappingJSON, l.MappingText = "", ""
		}
		w.Layers = append(w.Layers, l)
		return nil
	})
	if err != nil {
		return err
	}
	p.Whole = false
	err = s.ComponentsOf(ctx, p, func(k results.ComponentRow) error {
		share(&k.Workload)
		share(&k.Layer)
		share(&k.Name)
		w.Components = append(w.Components, k)
		return nil
	})
	if err != nil {
		return err
	}
	return w.readTraffic(ctx, s)
}

// readCosts reads the costs of the design of least EDP; none where there is no front or the file is older than costs.
func (d *Data) readCosts(ctx context.Context, s *results.Store) error {
	for i := range d.Workloads {
		w := &d.Workloads[i]
		if len(w.Front) == 0 {
			continue
		}
		best := &w.Candidates[w.Front[len(w.Front)-1]]
		var err error
		d.Costs.Index = best.Index
		d.Costs.Components, d.Costs.Warnings, d.Costs.Overhead, err = s.Costs(ctx, best.ID)
		return err
	}
	return nil
}
