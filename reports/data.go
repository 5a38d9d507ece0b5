// Package reports turns a stored sweep into a workbook, a page, CSV files and a table for the terminal. It reads
// package results alone: no mapping is done, and a report of an old file shows what was computed then.
package reports

import (
	"context"
	"fmt"
	"math"

	"tcmdse/results"
)

// Data is what a report shows, read once and drawn in any form.
type Data struct {
	Sweep     results.Sweep
	Workloads []Workload
}

// Workload is one network's part of a sweep.
type Workload struct {
	Name       string
	Candidates []results.CandidateRow // in the sweep's order
	Front      []int                  // indexes into Candidates, by area
	Layers     []results.LayerRow
	Components []results.ComponentRow
}

// Read reads a sweep. ID 0 stands for the last one in the file.
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
	err = s.EachLayer(ctx, d.Sweep.ID, func(l results.LayerRow) error {
		if i, ok := at[l.Workload]; ok {
			d.Workloads[i].Layers = append(d.Workloads[i].Layers, l)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return d, s.EachComponent(ctx, d.Sweep.ID, func(k results.ComponentRow) error {
		if i, ok := at[k.Workload]; ok {
			d.Workloads[i].Components = append(d.Workloads[i].Components, k)
		}
		return nil
	})
}

// findFront lists the candidates that the store says are on the front, by area.
func (w *Workload) findFront() {
	for i := range w.Candidates {
		if !w.Candidates[i].OnFront {
			continue
		}
		j := len(w.Front)
		w.Front = append(w.Front, i)
		for ; j > 0 && w.Candidates[w.Front[j-1]].AreaMM2 > w.Candidates[i].AreaMM2; j-- {
			w.Front[j] = w.Front[j-1]
		}
		w.Front[j] = i
	}
}

// paths lists the parameters' names, from the first candidate that has any.
func (w *Workload) paths() []string {
	var out []string
	if len(w.Candidates) > 0 {
		for _, p := range w.Candidates[0].Params {
			out = append(out, p.Path)
		}
	}
	return out
}

// statuses counts candidates by status, in a fixed order.
func (w *Workload) statuses() []count {
	out := []count{{results.OK, 0}, {results.Infeasible, 0}, {results.OverBudget, 0}, {results.Failed, 0}}
	for i := range w.Candidates {
		for j := range out {
			if out[j].name == w.Candidates[i].Status {
				out[j].n++
			}
		}
	}
	return out
}

type count struct {
	name string
	n    int
}

// knee returns the front's design farthest, in the plane of log area and log EDP scaled to the front's extent, from
// the line between its ends: where more area stops paying. -1 on fronts of fewer than three.
func (w *Workload) knee() int {
	n := len(w.Front)
	if n < 3 {
		return -1
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
