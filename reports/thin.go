package reports

import (
	"math"
	"slices"
)

// chartPoints is how many candidates a workbook's chart shows; of more, a thinned part (contract section 8).
const chartPoints = 20_000

// thin chooses at most limit of the drawable candidates, in the sweep's order, and tells how many there are. Designs
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
	all = len(front) + len(rest)
	if all > limit {
		if len(front) > limit {
			front = everyNth(front, limit)
		}
		rest = oneASquare(w, rest, limit-len(front))
	}
	points = append(front, rest...)
	slices.Sort(points)
	return points, all
}

// everyNth picks n of a list evenly, its first and last among them where n > 1.
func everyNth(list []int, n int) []int {
	var out []int
	for k := range n {
		out = append(out, list[k*(len(list)-1)/max(1, n-1)])
	}
	return out
}

// oneASquare picks at most limit candidates, one of each square of the finest grid that allows it.
func oneASquare(w *Workload, list []int, limit int) []int {
	if limit <= 0 || len(list) == 0 {
		return nil
	}
	x, y := newAxis(), newAxis()
	for _, i := range list {
		x.add(w.Candidates[i].AreaMM2)
		y.add(w.Candidates[i].EDPJs)
	}
	pick := func(squares int) []int {
		x.place(0, float64(squares))
		y.place(0, float64(squares))
		seen := map[[2]int]bool{}
		var out []int
		for _, i := range list {
			c := &w.Candidates[i]
			at := [2]int{int(math.Floor(x.at(c.AreaMM2))), int(math.Floor(y.at(c.EDPJs)))}
			if !seen[at] {
				seen[at] = true
				out = append(out, i)
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
