package reports

import (
	"encoding/binary"
	"math"
	"slices"

	"tcmdse/results"
)

// effect is what one axis does to a workload's EDP, among the candidates that are mapped.
type effect struct {
	axis   axis
	values []axisPoint // by value
	// One step up the axis, all other axes equal: EDP and area after it over before it, by candidates that differ in this
	// axis alone and have neighbouring values. Samples of a grid may have few such pairs, or none.
	pairs          int
	edpStep        spread
	areaStep       spread
	whole          int    // groups of otherwise equal candidates that have both ends of the axis
	edpEnds        spread // EDP at the last value over that at the first, in these groups
	numeric, logOK bool   // values have a place on an axis; on a logarithmic one

	level map[string]int // of each text, its place in values: texts of one value in several units have the same
}

// axisPoint is what the candidates with one value of an axis reach.
type axisPoint struct {
	text     string
	value    float64 // in the column's unit; NaN for text
	n        int     // mapped candidates
	leastEDP float64 // Js
	least    int     // which, index into Candidates
	median   float64 // of their EDP, Js
	extra    bool    // only included points have it: no step of the grid
}

// spread tells of many ratios.
type spread struct{ low, median, high float64 } // the 10th, 50th and 90th per cent

func spreadOf(vs []float64) spread {
	if len(vs) == 0 {
		return spread{math.NaN(), math.NaN(), math.NaN()}
	}
	slices.Sort(vs)
	return spread{quantile(vs, 0.1), quantile(vs, 0.5), quantile(vs, 0.9)}
}

// quantile of sorted values, between two of them by proportion.
func quantile(vs []float64, q float64) float64 {
	x := q * float64(len(vs)-1)
	i := int(x)
	if i+1 >= len(vs) {
		return vs[len(vs)-1]
	}
	return vs[i] + (x-float64(i))*(vs[i+1]-vs[i])
}

// effects measures every axis that has more than one value among the workload's mapped candidates.
func (w *Workload) effects(axes []axis) []effect {
	var mapped []int
	for i := range w.Candidates {
		if c := &w.Candidates[i]; c.Status == results.OK && positive(c.EDPJs) {
			mapped = append(mapped, i)
		}
	}
	levels := make([][]int, len(axes)) // of each axis, the place among its values of each mapped candidate
	var out []effect
	at := make([]int, 0, len(axes)) // of each effect, its axis
	for k := range axes {
		e := effect{axis: axes[k]}
		e.values, levels[k], e.level = w.axisPoints(&axes[k], mapped)
		e.numeric, e.logOK = true, true
		for _, v := range e.values {
			e.numeric = e.numeric && !math.IsNaN(v.value)
			e.logOK = e.logOK && positive(v.value)
		}
		if len(e.values) > 1 {
			out, at = append(out, e), append(at, k)
		}
	}
	for i := range out {
		w.steps(&out[i], mapped, levels, at[i])
	}
	return out
}

// axisPoints lists an axis' values, each with what its candidates reach; which of them every candidate has; and which of
// them each text is.
func (w *Workload) axisPoints(x *axis, mapped []int) ([]axisPoint, []int, map[string]int) {
	of := map[string]float64{}
	has := make([]string, len(mapped))
	for j, i := range mapped {
		if has[j] = x.column.note(of, w.Candidates[i].Params); has[j] == "" { // an included point without this parameter
			of[""] = math.NaN()
		}
	}
	points, at := distinct(of)
	edps := make([][]float64, len(points))
	levels := make([]int, len(mapped))
	for j, i := range mapped {
		c := &w.Candidates[i]
		k := at[has[j]]
		levels[j] = k
		v := &points[k]
		if v.n == 0 {
			v.text = has[j]
		}
		if v.n == 0 || c.EDPJs < v.leastEDP {
			v.least, v.leastEDP = i, c.EDPJs
		}
		v.extra = v.extra && c.Index >= x.extra
		v.n++
		edps[k] = append(edps[k], c.EDPJs)
	}
	for k := range points {
		points[k].median = spreadOf(edps[k]).median
	}
	return points, levels, at
}

// distinct makes a point of each value, ascending, and tells which of them a text is: 4096B and 4KiB are one.
func distinct(of map[string]float64) ([]axisPoint, map[string]int) {
	var points []axisPoint
	at := map[string]int{}
	for _, t := range byValue(of) {
		if n := len(points); n == 0 || points[n-1].value != of[t] { // NaN, of words, is unlike any
			points = append(points, axisPoint{text: t, value: of[t], extra: true})
		}
		at[t] = len(points) - 1
	}
	return points, at
}

// steps compares candidates that differ in axis k alone.
func (w *Workload) steps(e *effect, mapped []int, levels [][]int, k int) {
	groups := map[string][]int{} // otherwise equal candidates, as places in mapped
	var order []string
	var key []byte
	for j := range mapped {
		key = key[:0]
		for a := range levels {
			if a != k {
				key = binary.AppendUvarint(key, uint64(levels[a][j]))
			}
		}
		if _, ok := groups[string(key)]; !ok {
			order = append(order, string(key))
		}
		groups[string(key)] = append(groups[string(key)], j)
	}
	var edp, area, ends []float64
	last := len(e.values) - 1
	for _, g := range order {
		js := groups[g]
		slices.SortStableFunc(js, func(a, b int) int { return levels[k][a] - levels[k][b] })
		for n := 1; n < len(js); n++ {
			from, to := &w.Candidates[mapped[js[n-1]]], &w.Candidates[mapped[js[n]]]
			if !e.step(levels[k][js[n-1]], levels[k][js[n]]) {
				continue
			}
			edp = append(edp, to.EDPJs/from.EDPJs)
			if drawable(from) && drawable(to) {
				area = append(area, to.AreaMM2/from.AreaMM2)
			}
		}
		if a, b := js[0], js[len(js)-1]; levels[k][a] == 0 && levels[k][b] == last {
			ends = append(ends, w.Candidates[mapped[b]].EDPJs/w.Candidates[mapped[a]].EDPJs)
		}
	}
	e.pairs, e.whole = len(edp), len(ends)
	e.edpStep, e.areaStep, e.edpEnds = spreadOf(edp), spreadOf(area), spreadOf(ends)
}

// step tells whether one value follows another, but for values that only included points have: one 14 among 8, 16 and 32
// would else leave no step from 8 to 16.
func (e *effect) step(from, to int) bool {
	for k := from + 1; k < to; k++ {
		if !e.values[k].extra {
			return false
		}
	}
	return to > from
}

// neighbour is the design that one step along an axis leads to from another, all other axes equal.
type neighbour struct {
	axis axis
	up   bool
	to   int // index into Candidates
}

// neighbours lists the mapped candidates one step along each axis from a candidate: of several the nearest.
func (w *Workload) neighbours(from int, effects []effect) []neighbour {
	var out []neighbour
	for i := range effects {
		e := &effects[i]
		at, ok := e.levelOf(&w.Candidates[from])
		if !ok {
			continue
		}
		down, up := neighbour{e.axis, false, -1}, neighbour{e.axis, true, -1}
		below, above := -1, len(e.values) // the nearest values so far
		for k := range w.Candidates {
			c := &w.Candidates[k]
			level, ok := e.levelOf(c)
			if !ok || c.Status != results.OK || level <= below || level >= above || level == at {
				continue
			}
			switch {
			case level < at && e.step(level, at) && w.alike(from, k, effects, i):
				down.to, below = k, level
			case level > at && e.step(at, level) && w.alike(from, k, effects, i):
				up.to, above = k, level
			}
		}
		for _, n := range []neighbour{down, up} {
			if n.to >= 0 {
				out = append(out, n)
			}
		}
	}
	return out
}

// levelOf is the place of a candidate's value among those of the axis.
func (e *effect) levelOf(c *results.CandidateRow) (int, bool) {
	k, ok := e.level[e.axis.column.text(c.Params)]
	return k, ok
}

// alike tells whether two candidates have the same value on all axes but one.
func (w *Workload) alike(a, b int, effects []effect, but int) bool {
	for i := range effects {
		if i == but {
			continue
		}
		ka, oka := effects[i].levelOf(&w.Candidates[a])
		kb, okb := effects[i].levelOf(&w.Candidates[b])
		if !oka || !okb || ka != kb {
			return false
		}
	}
	return true
}
