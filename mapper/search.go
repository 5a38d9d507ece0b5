package mapper

import (
	"context"
	"math"

	"tcmdse/mapper/model"
)

// search is one branch-and-bound over all mappings of one Einsum on one architecture. Package doc tells the plan.
//
// Levels are numbered like memories: 0 is the outermost memory, 1..inner-1 the others, inner the compute.
type search struct {
	ctx    context.Context
	p      *model.Problem
	space  *space
	goal   Objective
	inner  int
	levels []*spatialLevel // spatial options of the arrays just above each level, nil without array
	res    resources
	links  [][2]unitTraffic // by (child*inner+parent)*maxTensors+tensor: per fill, per first visit
	tables map[orderKey]*rowTable
	rows   int // in tables
	floors map[floorKey]float64

	// The keep choice being explored and what follows from it.
	masks []uint32
	coefs [][]coef
	used  []float64 // by level: instances in use
	fresh []float64 // by level: spatial product over variables not relevant to the output
	steps float64   // compute seconds
	rest  []float64 // rest[c]: least energy of all links whose child is an undecided level below c
	restB [][]float64

	// The path of the current dive.
	choice []int // spatial option by level
	cur    []int // by group: extent index reached, from the compute outwards
	decide []decision
	seen   map[labelKey][]float64 // labels explored, see labels.go
	labels int                    // numbers in seen

	dive  bool // first pass: follow only the best leaf of each memory
	tidy  bool // last pass: any mapping as good as the optimum ends it
	halt  bool
	until int64 // node count that ends the last pass
	best  incumbent
	stats Stats
	err   error
}

// decision is what was chosen for one memory.
type decision struct {
	order []int
	rows  []*row // by group
	fills [maxTensors]float64
	first float64
	cost  total
}

// total is the cost of all links decided so far.
type total struct {
	energy float64
	busy   []float64
}

// incumbent is the best complete mapping found.
type incumbent struct {
	value  float64
	masks  []uint32
	choice []int
	decide []decision
	cur    []int
}

// diveOptions is how many spatial options of an array a dive follows, those that use most instances.
const diveOptions = 4

// slack is the relative margin under which two values count as equal: sums of the same products in another order
// differ by some units in the last place, and a bound must not cut or keep mappings by that noise.
const slack = 1e-12

// value returns the objective of an energy and a time; for lower bounds of both it is a lower bound.
func (s *search) value(energy float64, busy []float64) float64 {
	t := s.steps
	for _, b := range busy {
		t = max(t, b)
	}
	e := energy + s.p.ComputeJ + s.p.LeakageW*t
	switch s.goal {
	case Energy:
		return e
	case Latency:
		return t
	}
	return e * t
}

// hopeless reports whether a lower bound cannot lead below the incumbent.
func (s *search) hopeless(bound float64) bool { return bound >= s.best.value*(1-slack) }

// explore searches all mappings of the keep choice in s.masks.
func (s *search) explore() {
	s.seen, s.labels = make(map[labelKey][]float64), 0
	clear(s.cur)
	s.prepareRest()
	s.enter(s.inner, -1)
}

// enter starts level i from the inside; next is the tensor of the storage node just inside, -1 for none.
func (s *search) enter(i, next int) {
	if i == 0 {
		s.complete()
		return
	}
	above := s.arrayAbove(i)
	if above == 0 || (i < s.inner && s.levels[i+1] == nil) {
		if i == s.inner {
			s.settle(i, s.inner+1)
		}
		if s.known(i, next) {
			return
		}
		s.level(i, next)
		return
	}
	if s.known(i, next) {
		return
	}
	tried := 0
	for o := range s.levels[above].options {
		if s.stop() {
			return
		}
		if !s.fits(above, o) {
			continue
		}
		s.choice[above] = o
		s.settle(i, above)
		c := &s.decide[i].cost
		if s.hopeless(s.boundOf(c.energy, c.busy, i+1)) {
			continue
		}
		if tried++; s.dive && tried > diveOptions {
			break
		}
		s.level(i, next)
	}
	s.choice[above] = -1
	if i < s.inner { // the levels inside go on under what they knew
		s.reprice(i + 1)
		s.prepareBusy()
	}
}

// arrayAbove returns the level of the nearest array above level i, 0 if there is none.
func (s *search) arrayAbove(i int) int {
	for ; i > 0; i-- {
		if s.levels[i] != nil {
			return i
		}
	}
	return 0
}

// fits reports whether option o of a level divides what is left of every variable.
func (s *search) fits(level, o int) bool {
	at := s.levels[level].options[o].at
	for g := range s.cur {
		if s.space.groups[g].mul(s.cur[g], at[g]) < 0 {
			return false
		}
	}
	return true
}

// settle reprices with the spatial levels from decided inwards known, and sums the links decided so far:
// those whose child lies inside level i.
func (s *search) settle(i, decided int) {
	s.reprice(decided)
	s.prepareBusy()
	c := &s.decide[i].cost
	c.energy = 0
	clear(c.busy)
	for child := i + 1; child < s.inner; child++ {
		d := &s.decide[child]
		for k, t := range d.order {
			c.energy += s.coefs[child][t].add(d.fills[k], s.firstOf(t, d.first), s.fresh[child], c.busy)
		}
	}
	for t := range s.p.Tensors {
		c.energy += s.coefs[s.inner][t].add(s.p.MACs, s.firstOf(t, s.space.firstAtCompute), s.fresh[s.inner], c.busy)
	}
}

// firstOf returns the first visits of a tensor: those given for the output, none for inputs.
func (s *search) firstOf(t int, first float64) float64 {
	if t == s.space.out {
		return first
	}
	return 0
}

// boundOf returns a lower bound of the objective, given the cost of all links whose child is at level i or further in.
func (s *search) boundOf(energy float64, busy []float64, i int) float64 {
	t := s.steps
	for r, b := range busy {
		t = max(t, b+s.restB[i][r])
	}
	e := energy + s.rest[i] + s.p.ComputeJ + s.p.LeakageW*t
	switch s.goal {
	case Energy:
		return e
	case Latency:
		return t
	}
	return e * t
}

// level chooses the storage nodes and temporal loops of level i.
func (s *search) level(i, next int) {
	d := &s.decide[i]
	if i == s.inner || s.masks[i] == 0 {
		d.order, d.rows = nil, nil
		s.copyCost(&s.decide[i-1].cost, &d.cost)
		s.leave(i, next)
		return
	}
	w := &stage{s: s, i: i, next: next}
	w.run()
}

func (s *search) copyCost(dst, src *total) {
	dst.energy = src.energy
	copy(dst.busy, src.busy)
}

// leave crosses the arrays above level i and enters the next level outwards.
func (s *search) leave(i, next int) {
	if s.levels[i] == nil {
		s.enter(i-1, next)
		return
	}
	at := s.levels[i].options[s.choice[i]].at
	was := make([]int, len(s.cur))
	copy(was, s.cur)
	ok := true
	for g := range s.cur {
		if s.cur[g] = s.space.groups[g].mul(s.cur[g], at[g]); s.cur[g] < 0 {
			ok = false
			break
		}
	}
	if ok {
		s.enter(i-1, next)
	}
	copy(s.cur, was)
}

// complete compares a whole mapping with the incumbent.
func (s *search) complete() {
	s.stats.Evaluated++
	c := &s.decide[0].cost
	v := s.value(c.energy, c.busy)
	if s.hopeless(v) && !math.IsInf(s.best.value, 1) {
		return
	}
	s.best.value, s.halt = v, s.tidy
	s.best.masks = append(s.best.masks[:0], s.masks...)
	s.best.choice = append(s.best.choice[:0], s.choice...)
	s.best.cur = append(s.best.cur[:0], s.cur...)
	s.best.decide = s.best.decide[:0]
	for _, d := range s.decide {
		s.best.decide = append(s.best.decide, decision{
			order: append([]int(nil), d.order...), rows: append([]*row(nil), d.rows...),
		})
	}
}

// stop reports whether the search has to end: by the context, looked at now and then, or by a table too large.
func (s *search) stop() bool {
	if s.err == nil && s.stats.Nodes&0xfff == 0 {
		s.err = s.ctx.Err()
	}
	if s.err == nil {
		s.err = s.space.err
	}
	return s.err != nil || s.halt || s.tidy && s.stats.Nodes > s.until
}
