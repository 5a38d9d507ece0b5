// Package reports turns a stored sweep into a workbook, a page, CSV files and a table for the terminal. It reads
// package results alone: no mapping is done, and a report of an old file shows what was computed then.
package reports

import (
	"context"
	"fmt"
	"math"
	"slices"

	"tcmdse/results"
)

// Data is what a report shows, read once and drawn in any form.
type Data struct {
	Sweep     results.Sweep
	Workloads []Workload
	Costs     Costs
}

// Costs is what one instance of each component costs in one design: the one of least EDP on the first workload's front.
type Costs struct {
	Index      int64 // of the candidate
	Components []results.ComponentCosts
	Warnings   []string
	Overhead   string
}

// Workload is one network's part of a sweep.
type Workload struct {
	Name       string
	Candidates []results.CandidateRow // in the sweep's order
	Front      []int                  // indexes into Candidates, by area
	Layers     []results.LayerRow     // of all candidates; mappings are kept for those on the front only
	Components []results.ComponentRow // without the traffic of single tensors
}

// Read reads a sweep. ID 0 stands for the last one in the file. What no report shows (mappings off the front, traffic
// by tensor) is left behind, so that a sweep of 20,000 candidates fits in memory.
func Read(ctx context.Context, s *results.Store, id int64) (*Data, error) {
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
	at := map[string]int{}
	for _, name := range d.Sweep.Workloads {
		w := Workload{Name: name}
		if w.Candidates, err = s.Candidates(ctx, d.Sweep.ID, name); err != nil {
			return nil, err
		}
		w.findFront()
		at[name] = len(d.Workloads)
		d.Workloads = append(d.Workloads, w)
	}
	if err := d.readCosts(ctx, s); err != nil {
		return nil, err
	}
	return d, d.readRows(ctx, s, at)
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

// readRows reads the long tables. Equal names share their memory: there are a few dozen of them in millions of rows.
func (d *Data) readRows(ctx context.Context, s *results.Store, at map[string]int) error {
	names := map[string]string{}
	share := func(text *string) {
		if _, ok := names[*text]; !ok {
			names[*text] = *text
		}
		*text = names[*text]
	}
	front := make([]map[int64]bool, len(d.Workloads))
	for i := range d.Workloads {
		front[i] = map[int64]bool{}
		for _, k := range d.Workloads[i].Front {
			front[i][d.Workloads[i].Candidates[k].ID] = true
		}
	}
	err := s.EachLayer(ctx, d.Sweep.ID, func(l results.LayerRow) error {
		i, ok := at[l.Workload]
		if !ok {
			return nil
		}
		share(&l.Workload)
		share(&l.Name)
		share(&l.Bottleneck)
		if !front[i][l.CandidateID] {
			l.MappingJSON, l.MappingText = "", ""
		}
		d.Workloads[i].Layers = append(d.Workloads[i].Layers, l)
		return nil
	})
	if err != nil {
		return err
	}
	return s.EachComponent(ctx, d.Sweep.ID, func(k results.ComponentRow) error {
		i, ok := at[k.Workload]
		if !ok {
			return nil
		}
		share(&k.Workload)
		share(&k.Layer)
		share(&k.Name)
		k.Tensors = nil
		d.Workloads[i].Components = append(d.Workloads[i].Components, k)
		return nil
	})
}

// findFront lists the candidates that the store says are on the front, by area.
func (w *Workload) findFront() {
	for i := range w.Candidates {
		if w.Candidates[i].OnFront {
			w.Front = append(w.Front, i)
		}
	}
	slices.SortStableFunc(w.Front, func(a, b int) int {
		return compare(w.Candidates[a].AreaMM2, w.Candidates[b].AreaMM2)
	})
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// drawable tells whether a candidate has a place on logarithmic axes: mapped, with an area and an EDP above zero.
// Architectures that give no areas have none.
func drawable(c *results.CandidateRow) bool {
	return c.Status == results.OK && positive(c.AreaMM2) && positive(c.EDPJs)
}

func positive(v float64) bool { return v > 0 && !math.IsInf(v, 0) }

// staircase lists the corners of the front from left to right. A straight line between two designs would claim
// designs that nobody found; a step says what is the best for every area in between.
func (w *Workload) staircase() (areas, edps []float64) {
	for _, at := range w.Front {
		c := &w.Candidates[at]
		if !drawable(c) {
			continue
		}
		if n := len(edps); n > 0 {
			areas, edps = append(areas, c.AreaMM2), append(edps, edps[n-1])
		}
		areas, edps = append(areas, c.AreaMM2), append(edps, c.EDPJs)
	}
	return areas, edps
}

// knee returns the front's design farthest, in the plane of log area and log EDP scaled to the front's extent, from
// the line between its ends: where more area stops paying. -1 on fronts of fewer than three, and on those without
// such a design.
func (w *Workload) knee() int {
	n := len(w.Front)
	if n < 3 {
		return -1
	}
	for _, at := range w.Front {
		if !drawable(&w.Candidates[at]) {
			return -1
		}
	}
	pt := func(i int) (x, y float64) {
		c := &w.Candidates[w.Front[i]]
		return math.Log(c.AreaMM2), math.Log(c.EDPJs)
	}
	x0, y0 := pt(0)
	x1, y1 := pt(n - 1)
	best, at := 0.0, -1
	for i := 1; i < n-1; i++ {
		x, y := pt(i)
		if d := 1 - (x-x0)/(x1-x0) - (y-y1)/(y0-y1); d > best {
			best, at = d, i
		}
	}
	return at
}

// bottlenecks tells for each candidate which component takes longest over the whole network.
func (w *Workload) bottlenecks() map[int64]string {
	time := map[int64]map[string]float64{}
	for i := range w.Layers {
		l := &w.Layers[i]
		if time[l.CandidateID] == nil {
			time[l.CandidateID] = map[string]float64{}
		}
		time[l.CandidateID][l.Bottleneck] += l.LatencyS * float64(l.Count)
	}
	out := map[int64]string{}
	for id, by := range time {
		for name, s := range by {
			if was, ok := out[id]; !ok || s > by[was] || s == by[was] && name < was {
				out[id] = name
			}
		}
	}
	return out
}
