package reports

import (
	"context"
	"fmt"

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
	rows, each := 0, max(1, most.candidates/max(1, len(d.Sweep.Workloads)))
	for k, name := range d.Sweep.Workloads {
		w := Workload{Name: name, all: tally{layers: layers[name], unproved: unproved[name]}}
		if err := w.readCandidates(ctx, s, d.Sweep.ID, each, func(c *results.CandidateRow) {
			if len(d.Sweep.Workloads) > 1 {
				m.add(k, c)
			}
		}); err != nil {
			return nil, err
		}
		rows += layers[name]
		d.brief = d.brief || w.all.n > most.designs || w.thinned()
		d.Workloads = append(d.Workloads, w)
	}
	d.brief = d.brief || rows > most.layers
	for i := range d.Workloads {
		if err := d.Workloads[i].readRows(ctx, s, d.brief); err != nil {
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

// readCandidates counts all candidates and keeps at most limit of them, or the front if that is more. Each sees all.
func (w *Workload) readCandidates(ctx context.Context, s *results.Store, sweepID int64, limit int, each func(*results.CandidateRow)) error {
	var ps []point
	err := s.EachCandidate(ctx, sweepID, w.Name, func(c results.CandidateRow) error {
		w.all.add(&c)
		each(&c)
		ps = append(ps, point{c.ID, c.AreaMM2, c.EDPJs, drawable(&c), c.OnFront})
		if len(ps) <= limit {
			w.Candidates = append(w.Candidates, c)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(ps) > limit {
		kept := choose(ps, limit)
		ps, w.Candidates = nil, nil
		err := s.EachCandidate(ctx, sweepID, w.Name, func(c results.CandidateRow) error {
			if c.OnFront || kept[c.ID] {
				w.Candidates = append(w.Candidates, c)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if err := s.AddParams(ctx, w.Candidates); err != nil {
		return err
	}
	w.findFront()
	front := make([]*results.CandidateRow, len(w.Front))
	for k, at := range w.Front {
		front[k] = &w.Candidates[at]
	}
	return s.AddArch(ctx, front)
}

// readRows reads the long tables, of the front only where they are brief. Equal names share their memory: there are a few
// dozen of them in many rows.
func (w *Workload) readRows(ctx context.Context, s *results.Store, brief bool) error {
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
