package reports

import (
	"math"
	"slices"
)

// chartPoints is how many candidates a workbook's chart shows; of more, a thinned part.
const chartPoints = 20_000

// thin chooses at most limit of the drawable candidates, in the sweep's order, and tells how many were stored. Designs
// on the front come first. The plane of log area and log EDP is then laid out in squares and one candidate of each
// drawn, the first in the sweep's order, with the finest squares for which that many fit: the cloud keeps its outline,
// and the choice depends on nothing but the data.
func thin(w *Workload, limit int) (points []int, all int) {
	var front, rest []int
	for i := range w.Candidates {
		switch c := &w.Candidates[i]; {
		case !drawable(c):
		case c.OnFront:
			front = append(front, i)
		default:
			rest = append(rest, i)
		}
	}
	if len(front)+len(rest) > limit {
		if len(front) > limit {
			front = everyNth(front, limit)
		}
		rest = oneASquare(rest, limit-len(front), func(i int) (area, edp float64) { return w.Candidates[i].AreaMM2, w.Candidates[i].EDPJs })
	}
	points = append(front, rest...)
	slices.Sort(points)
	return points, w.all.drawable
}

// point is what choose has to know of a candidate: of a million, 40 MB for the time of reading.
type point struct {
	id              int64
	area, edp       float64
	drawable, front bool
}

// choose picks the candidates, given in the sweep's order, whose rows a report has room for: the whole front, drawable
// ones as a chart of them would show, and others at even steps of the order. Each of those two kinds has half the room that
// the front leaves, and what the other does not need.
func choose(ps []point, limit int) map[int64]bool {
	var drawn, others []int
	kept := map[int64]bool{}
	for i := range ps {
		switch p := &ps[i]; {
		case p.front:
			kept[p.id] = true
		case p.drawable:
			drawn = append(drawn, i)
		default:
			others = append(others, i)
		}
	}
	room := max(0, limit-len(kept))
	n := min(len(others), max(room-len(drawn), room/2))
	if n < len(others) {
		others = everyNth(others, n)
	}
	if len(drawn) > room-n {
		drawn = oneASquare(drawn, room-n, func(i int) (area, edp float64) { return ps[i].area, ps[i].edp })
	}
	for _, i := range slices.Concat(drawn, others) {
		kept[ps[i].id] = true
	}
	return kept
}

// everyNth picks n of a list evenly, its first and last among them where n > 1.
func everyNth(list []int, n int) []int {
	var out []int
	for k := range n {
		out = append(out, list[k*(len(list)-1)/max(1, n-1)])
	}
	return out
}

// oneASquare picks at most limit candidates of a list, one of each square of the finest grid that allows it.
func oneASquare(list []int, limit int, of func(i int) (area, edp float64)) []int {
	if limit <= 0 || len(list) == 0 {
		return nil
	}
	x, y := newAxis(), newAxis()
	for _, i := range list {
		area, edp := of(i)
		x.add(area)
		y.add(edp)
	}
	pick := func(squares int) []int {
		x.place(0, float64(squares))
		y.place(0, float64(squares))
		seen := map[[2]int32]bool{}
		var out []int
		for _, i := range list {
			area, edp := of(i)
			at := [2]int32{int32(math.Floor(x.at(area))), int32(math.Floor(y.at(edp)))}
			if !seen[at] {
				seen[at] = true
				if out = append(out, i); len(out) > limit {
					break // too many, whatever comes
				}
			}
		}
		return out
	}
	best := list[:1:1]
	for low, high := 1, 1<<14; low <= high; { // the number picked grows with the squares, save for small steps back
		mid := (low + high) / 2
		if got := pick(mid); len(got) <= limit {
			best, low = got, mid+1
		} else {
			high = mid - 1
		}
	}
	return best
}
