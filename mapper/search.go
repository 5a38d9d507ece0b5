package mapper

import (
	"context"
	"math"
	"slices"

	"tcmdse/mapper/model"
)

// search is one branch-and-bound over all mappings of one Einsum on one architecture. Package doc tells the plan.
//
// Levels are numbered like memories: 0 is the outermost memory, 1..inner-1 the others, inner the compute.
type search struct {
	*prepared
	ctx    context.Context
	p      *model.Problem
	goal   Objective
	aim    Objective // goal, or what a dive for a front follows
	inner  int
	levels []*spatialLevel // spatial options of the arrays just above each level, nil without array
	res    resources
	// network is the energy per bit of the arrays' networks, by parent*(inner+1)+child.
	network []float64
	links   [][2]unitTraffic // by (child*inner+parent)*maxTensors+tensor: per fill, per first visit
	stages  []stage          // by level: the stage being searched there
	floors  map[floorKey]*levelFloor

	// For the keep choice being explored: costs while all arrays are open, and what follows for each level.
	ideal      [][]coef
	idealFresh []float64
	floorOf    []*levelFloor // nil where a level keeps nothing

	// The keep choice being explored and what follows from it.
	masks []uint32
	coefs [][]coef
	used  []float64   // by level: instances in use
	apart [][]float64 // by level and tensor: the same as the time of its traffic sees it, see spatialOption.apart
	fresh []float64   // by level: spatial product over variables not relevant to the output
	steps float64     // compute seconds
	rest  []float64   // rest[c]: least energy of all links whose child is an undecided level below c
	restB [][]float64

	// The path of the current dive.
	choice  []int       // spatial option by level
	cur     []int       // by group: extent index reached, from the compute outwards
	below   [][]int     // by level of an array: the extents under its loops
	cuts    []model.Cut // scratch of count
	extents []int64
	decide  []decision
	farther *farther               // the arrays further out than the one chosen last
	bounds  []farther              // by level of an array
	seen    map[labelKey][]float64 // labels explored, see labels.go
	labels  int                    // numbers in seen

	dive   bool  // first pass: follow only the best leaf of each memory
	tidy   bool  // last pass: any mapping as good as the optimum ends it
	found  bool  // the last pass found one
	budget int64 // Options.MaxNodes
	halt   bool  // the budget is used up

	bounded bool      // bounds of all keep choices are known; the budget may end the search from here on
	partial bool      // it did, before the proof was closed
	until   int64     // node count that ends the last pass
	best    incumbent // without masks as long as only the seed is known
	seed    *Result   // optimum without remainders, where those are searched; nil: none
	front   staircase

	rootValue float64 // least bound of the objective over all keep choices
	unproved  float64 // least bound of what the node budget left open
	cut       float64 // least bound of what the node budget left open within a keep choice
	stats     Stats
	err       error
}

// farther lists the arrays further out than one being decided, nearest first, each with the most instances that can
// be in use given the extents reached when that one was entered.
type farther struct {
	open   []*spatialLevel
	scales []reach
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

// incumbent is a complete mapping found, the best by value.
type incumbent struct {
	value  float64
	cost   pair
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

// hopeless reports whether no mapping at or above a pair of lower bounds can be better than what was found: for a
// front, when a point found is no worse in both.
func (s *search) hopeless(bound pair) bool {
	if s.goal == Front && !s.dive {
		return s.front.covers(bound)
	}
	return s.aim.of(bound) >= s.best.value*(1-slack)
}

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
			s.mostSteps(0)
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
	s.spread(i, next, above)
	s.choice[above] = -1
	if i < s.inner { // the levels inside go on under what they knew
		s.reprice(i + 1)
		s.prepareBusy()
	}
}

// spread tries every option of the array above level i that fits the extents reached.
//
// Rule "idle instances": compute time falls with the instances in use only, and options come with most instances
// first. So once the time of an option, with the least energy and busy times that any option allows, is beaten, all
// that follow are. Not in [2].
func (s *search) spread(i, next, above int) {
	defer func(was *farther) { s.farther = was }(s.farther)
	if i == s.inner {
		s.settle(i, s.inner+1)
	}
	var ideal total
	ideal.busy = make([]float64, s.res.n)
	s.copyCost(&ideal, &s.decide[i].cost)
	s.choice[above] = -1
	least := s.mostSteps(above)
	options := s.levels[above].options
	tried := 0
	for o := range options {
		if s.stop() {
			s.leaveOpen(i, above, o)
			return
		}
		if !s.fits(above, o) {
			continue
		}
		if s.hopeless(s.lower(ideal.energy, ideal.busy, i+1, least/options[o].work*s.space.rules.idle)) {
			s.stats.Pruned.IdleInstances += int64(len(options) - o)
			return
		}
		bound := s.choose(i, above, o)
		if s.hopeless(bound) {
			s.stats.Pruned.Bound++
			continue
		}
		if tried++; s.dive && tried > diveOptions {
			return
		}
		s.level(i, next)
		if i == s.inner && s.halt {
			s.cut = min(s.cut, s.aim.of(bound))
		}
	}
}

// choose takes an option of the array above level i and returns lower bounds of what can follow.
func (s *search) choose(i, above, o int) pair {
	s.choice[above] = o
	s.settle(i, above)
	c := &s.decide[i].cost
	return s.lower(c.energy, c.busy, i+1, s.mostSteps(above)/s.levels[above].options[o].work)
}

// mostSteps returns the compute seconds if the array above were idle but for one instance: those decided further in
// count, those further out at the best that the extents reached allow, with the loops of the array above where its
// option is chosen. What it knows of those further out is left in s.farther.
func (s *search) mostSteps(above int) float64 {
	steps := s.p.MACs * s.p.SPerStep
	for l := above + 1; l <= s.inner; l++ {
		if s.levels[l] != nil {
			steps /= s.levels[l].options[s.choice[l]].work
		}
	}
	b := &s.bounds[above]
	b.open, b.scales = b.open[:0], b.scales[:0]
	for l := above - 1; l > 0; l-- {
		if s.levels[l] != nil {
			x := s.scale(s.levels[l], above)
			b.open, b.scales = append(b.open, s.levels[l]), append(b.scales, x)
			steps /= min(x.all, x.own)
		}
	}
	s.farther = b
	return steps
}

// scale returns the most instances of an array that can be in use, given the extents reached: the least that one
// group allows, and the product of what each group's loops can contribute.
func (s *search) scale(l *spatialLevel, above int) reach {
	x := reach{l.maxTotal, 1}
	for g := range s.cur {
		r := s.space.reachOf(l, g, s.beyond(g, s.cur[g], above))
		x.all, x.own = min(x.all, r.all), x.own*r.own
	}
	return x
}

// beyond returns the extent index of group g just above an array, given the one below it; where the array is not
// decided yet, or does not fit, the one below.
func (s *search) beyond(g, e, array int) int {
	if array > 0 && s.choice[array] >= 0 {
		if up := s.space.cross(g, e, s.levels[array].options[s.choice[array]].at[g]); up >= 0 {
			return up
		}
	}
	return e
}

// leaveOpen notes, when the node budget ends the search, the least bound of the options from o on.
func (s *search) leaveOpen(i, above, o int) {
	if !s.halt || i != s.inner {
		return
	}
	for ; o < len(s.levels[above].options); o++ {
		if s.fits(above, o) {
			s.cut = min(s.cut, s.aim.of(s.choose(i, above, o)))
		}
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
		if s.space.cross(g, s.cur[g], at[g]) < 0 {
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

// lower returns lower bounds of energy and time, given the cost of all links whose child is at level i or further in
// and the compute seconds.
func (s *search) lower(energy float64, busy []float64, i int, steps float64) pair {
	t := steps
	for r, b := range busy {
		t = max(t, b+s.restB[i][r])
	}
	return pair{energy + s.rest[i] + s.p.ComputeJ + s.p.LeakageW*t, t}
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
	w := &s.stages[i]
	w.start(s, i, next)
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
	was := s.stages[i].outside
	copy(was, s.cur)
	copy(s.below[i], s.cur)
	ok := true
	for g := range s.cur {
		if s.cur[g] = s.space.cross(g, s.cur[g], at[g]); s.cur[g] < 0 {
			ok = false
			break
		}
	}
	if ok {
		steps := s.steps
		if s.space.imperfect && s.arrayAbove(i-1) == 0 {
			s.countRemainders(i)
		}
		s.enter(i-1, next)
		s.steps = steps
	}
	copy(s.cur, was)
}

// complete compares a whole mapping with the incumbent.
func (s *search) complete() {
	s.stats.Evaluated++
	c := &s.decide[0].cost
	t := s.steps
	for _, b := range c.busy {
		t = max(t, b)
	}
	cost := pair{c.energy + s.p.ComputeJ + s.p.LeakageW*t, t}
	if s.goal == Front && !s.front.covers(cost) {
		s.front.insert(s.snapshot(cost))
	}
	if (s.goal == Front && !s.dive) || s.hopeless(cost) && !math.IsInf(s.best.value, 1) {
		return
	}
	s.best = s.snapshot(cost)
	s.found = s.found || s.tidy
}

// snapshot copies the path of decisions that led to a complete mapping.
func (s *search) snapshot(cost pair) incumbent {
	b := incumbent{value: s.aim.of(cost), cost: cost, masks: slices.Clone(s.masks), choice: slices.Clone(s.choice), cur: slices.Clone(s.cur)}
	for _, d := range s.decide {
		b.decide = append(b.decide, decision{order: slices.Clone(d.order), rows: slices.Clone(d.rows)})
	}
	return b
}

// firstNodes is by how much a search may go over its node budget as long as it has found no mapping at all.
const firstNodes = 1_000_000

// any reports whether a mapping was found.
func (s *search) any() bool { return !math.IsInf(s.best.value, 1) || len(s.front.points) > 0 }

// stop reports whether the search has to end: by the context, looked at now and then, by a table too large, by the
// node budget, or, in the last pass, with a mapping found or its own budget used.
func (s *search) stop() bool {
	if s.err == nil && s.stats.Nodes&0xfff == 0 {
		s.err = s.ctx.Err()
	}
	if s.err == nil {
		s.err = s.space.err
	}
	if s.bounded && s.budget > 0 && s.stats.Nodes >= s.budget && !s.tidy && (s.stats.Nodes >= s.budget+firstNodes || s.any()) {
		s.halt = true
	}
	return s.err != nil || s.halt || s.found || s.tidy && s.stats.Nodes > s.until
}
