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
}

// axisPoint is what the candidates with one value of an axis reach.
type axisPoint struct {
	text     string
	value    float64 // in the column's unit; NaN for text
	n        int     // mapped candidates
	leastEDP float64 // Js
	least    int     // which, index into Candidates
	median   float64 // of their EDP, Js
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
		e.values, levels[k] = w.axisPoints(&axes[k].column, mapped)
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

// axisPoints lists an axis' values, each with what its candidates reach, and which of them every candidate has.
func (w *Workload) axisPoints(p *paramColumn, mapped []int) ([]axisPoint, []int) {
	of := map[string]float64{}
	has := make([]string, len(mapped))
	for j, i := range mapped {
		if has[j] = p.note(of, w.Candidates[i].Params); has[j] == "" { // an included point without this parameter
			of[""] = math.NaN()
		}
	}
	texts, at := byValue(of), map[string]int{}
	points, edps := make([]axisPoint, len(texts)), make([][]float64, len(texts))
	for k, t := range texts {
		at[t] = k
		points[k] = axisPoint{text: t, value: of[t]}
	}
	levels := make([]int, len(mapped))
	for j, i := range mapped {
		c := &w.Candidates[i]
		k := at[has[j]]
		levels[j] = k
		v := &points[k]
		if v.n == 0 || c.EDPJs < v.leastEDP {
			v.least, v.leastEDP = i, c.EDPJs
		}
		v.n++
		edps[k] = append(edps[k], c.EDPJs)
	}
	for k := range points {
		points[k].median = spreadOf(edps[k]).median
	}
	return points, levels
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
			if levels[k][js[n]] != levels[k][js[n-1]]+1 {
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

// neighbour is the design that one step along an axis leads to from another, all other axes equal.
type neighbour struct {
	axis axis
	up   bool
	to   int // index into Candidates
}

// neighbours lists the mapped candidates one step along each axis from a candidate.
func (w *Workload) neighbours(from int, effects []effect) []neighbour {
	var out []neighbour
	ps := w.Candidates[from].Params
	for i := range effects {
		p := &effects[i].axis.column
		k := slices.IndexFunc(effects[i].values, func(v axisPoint) bool { return v.text == p.text(ps) })
		for _, to := range []int{k - 1, k + 1} {
			if k < 0 || to < 0 || to >= len(effects[i].values) {
				continue
			}
			want := effects[i].values[to].text
			at := slices.IndexFunc(w.Candidates, func(c results.CandidateRow) bool {
				return c.Status == results.OK && p.text(c.Params) == want && !slices.ContainsFunc(effects, func(o effect) bool {
					q := &o.axis.column
					return q.path != p.path && q.text(c.Params) != q.text(ps)
				})
			})
			if at >= 0 {
				out = append(out, neighbour{effects[i].axis, to > k, at})
			}
		}
	}
	return out
}
