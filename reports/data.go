package reports

import (
	"cmp"
	"math"
	"slices"

	"tcmdse/internal/compensated"
	"tcmdse/results"
)

// Data is what a report shows, read once and drawn in any form.
type Data struct {
	Sweep     results.Sweep
	Workloads []Workload
	Mean      *Workload // over several workloads; nil where there is one
	Costs     Costs

	brief          bool          // Layers and Components are of the front only
	columns, short []paramColumn // what params and shown return, once read
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
	Candidates []results.CandidateRow // in the sweep's order; of very many, the front and a part of the others
	Front      []int                  // indexes into Candidates, by area; only these have their architecture
	Layers     []results.LayerRow     // of all candidates or, in large sweeps, of the front; only that has its mappings
	Components []results.ComponentRow // of the same candidates; the front's with the traffic of single tensors

	all tally // of every stored candidate
}

// thinned tells whether there are candidates whose rows were not read.
func (w *Workload) thinned() bool { return len(w.Candidates) < w.all.n }

// findFront lists the candidates that the store says are on the front, by area.
func (w *Workload) findFront() {
	for i := range w.Candidates {
		if w.Candidates[i].OnFront {
			w.Front = append(w.Front, i)
		}
	}
	slices.SortStableFunc(w.Front, func(a, b int) int {
		return cmp.Compare(w.Candidates[a].AreaMM2, w.Candidates[b].AreaMM2)
	})
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
	time := map[int64]compensated.ByName{}
	for i := range w.Layers {
		l := &w.Layers[i]
		if time[l.CandidateID] == nil {
			time[l.CandidateID] = compensated.ByName{}
		}
		time[l.CandidateID].Add(l.Bottleneck, l.LatencyS*float64(l.Count))
	}
	out := map[int64]string{}
	for id, by := range time {
		for name, sum := range by {
			s := sum.Value()
			if was, ok := out[id]; !ok || s > by.Value(was) || s == by.Value(was) && name < was {
				out[id] = name
			}
		}
	}
	return out
}
