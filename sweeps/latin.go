package sweeps

import "math/rand/v2"

// latin takes the points of Latin hypercubes (McKay, Beckman, Conover, Technometrics 21, 1979): each axis is cut into as
// many strata as there are points, and each stratum has one. Where `where` rejects some, hypercubes of as many points as
// are missing follow.
func (r *sampleRun) latin(taken *drawn) error {
	rng := rand.New(rand.NewPCG(r.s.sample.seed, 0x1a71))
	for {
		cube := r.s.newHypercube(int(r.s.sample.count-r.found), rng)
		cube.part(taken)
		for i := range cube.points {
			if err := r.draw(); err != nil || taken.full() {
				return err
			}
			at := r.s.indexOf(cube.rows(i, r.p.rows))
			if taken.has(at) {
				continue
			}
			ok, err := r.try()
			if err != nil {
				return err
			}
			taken.add(at, ok)
		}
	}
}

// hypercube is a Latin hypercube on a grid: the row of every point on every axis.
type hypercube struct {
	s      *Sweep
	points int
	axes   [][]int32
	rng    *rand.Rand
}

// newHypercube puts each axis's strata in an order of its own. A stratum that spans two rows falls on either by chance;
// where the number of points is a multiple of the axis's length, every row has equally many.
func (s *Sweep) newHypercube(points int, rng *rand.Rand) *hypercube {
	h := &hypercube{s: s, points: points, rng: rng, axes: make([][]int32, len(s.axes))}
	for a := range s.axes {
		n := len(s.axes[a].rows)
		rows := make([]int32, points)
		for i := range rows {
			// (i + u) n / points in whole numbers, u = v / 2^20 below 1: below 2^20 x 2^20 x 2^15
			v := int64(rng.Uint64() >> 44)
			rows[i] = int32((int64(i)<<20 + v) * int64(n) / (int64(points) << 20))
		}
		for i := points - 1; i > 0; i-- {
			j := int(rng.Uint64() % uint64(i+1)) // the bias is below 2^-44
			rows[i], rows[j] = rows[j], rows[i]
		}
		h.axes[a] = rows
	}
	return h
}

func (h *hypercube) rows(i int, out []int) []int {
	for a := range h.axes {
		out[a] = int(h.axes[a][i])
	}
	return out
}

// exchanges is how often part tries to move one point; grids that are nearly full may need more than they get, and the
// point is then drawn anew.
const exchanges = 200

// part moves points that fall on others, or on taken ones, by exchanging rows of one axis with another point's, which
// leaves every axis as even as it was.
func (h *hypercube) part(taken *drawn) {
	count := map[index]int{}
	buf := make([]int, len(h.axes))
	at := func(i int) index { return h.s.indexOf(h.rows(i, buf)) }
	for i := range h.points {
		count[at(i)]++
	}
	clash := func(i index) bool { return taken.has(i) || count[i] > 1 }
	for i := range h.points {
		for t := 0; t < exchanges && clash(at(i)) && len(h.axes) > 0; t++ {
			j, a := int(h.rng.Uint64()%uint64(h.points)), int(h.rng.Uint64()%uint64(len(h.axes)))
			h.exchange(a, i, j, at, count, clash)
		}
	}
}

// exchange swaps the rows of two points on an axis unless that would move one of them onto another.
func (h *hypercube) exchange(a, i, j int, at func(int) index, count map[index]int, clash func(index) bool) {
	rows := h.axes[a]
	if rows[i] == rows[j] {
		return
	}
	swap := func() {
		was := [2]index{at(i), at(j)}
		rows[i], rows[j] = rows[j], rows[i]
		for _, x := range was {
			if count[x]--; count[x] == 0 {
				delete(count, x)
			}
		}
		count[at(i)]++
		count[at(j)]++
	}
	poor := clash(at(j))
	swap()
	if clash(at(i)) || clash(at(j)) && !poor {
		swap()
	}
}
