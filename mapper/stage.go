package mapper

import (
	"math"
	"slices"
)

// stage searches the storage nodes and temporal loops of one memory: every order of the tensors it keeps, and for
// each order, group by group, every undominated row.
type stage struct {
	s       *search
	i, next int

	outside, inside []int // s.cur to come back to, from the array above and from this memory's rows

	further bool // the level further out has a floor by what is reached here
	crossed int  // the array between, 0 if there is none

	steps float64 // compute seconds, but for the arrays further out
	far   float64 // instances of the arrays beyond the nearest open one, at most

	order []int
	bits  [maxTensors]float64
	tabs  []*rowTable
	seq   []int // groups in the order they are decided
	suf   []suffix
	rows  []*row
	cost  total

	// In a dive, the best leaf so far.
	until     int64 // node count at which the dive takes what it has
	found     bool
	bestValue float64
	bestOrder []int
	bestRows  []*row
}

// diveNodes bounds what a dive looks at in one memory for one spatial option.
const diveNodes = 1000

// partial is the product of the rows chosen so far.
type partial struct {
	fills, foot, window [maxTensors]float64
	first               float64
	extra               float64 // that the next level costs above its floor, given the rows chosen
	joint               joint   // and what it can cost
	scale               reach   // of the nearest undecided array further out, given the rows chosen
}

// suffix is the least (for first: the greatest) that the groups not yet decided can multiply.
type suffix = partial

// start makes the stage ready for memory i, keeping its storage.
func (w *stage) start(s *search, i, next int) {
	groups := len(s.space.groups)
	if w.rows == nil {
		w.cost.busy, w.rows, w.tabs = make([]float64, s.res.n), make([]*row, groups), make([]*rowTable, groups)
		w.suf, w.seq = make([]suffix, groups+1), make([]int, groups)
	}
	w.s, w.i, w.next, w.found = s, i, next, false
	w.bestValue, w.until = math.Inf(1), s.stats.Nodes+diveNodes
	w.steps, w.far = s.p.MACs*s.p.SPerStep, 1
}

func (w *stage) run() {
	s := w.s
	above := s.arrayAbove(w.i)
	for l := above; l <= s.inner; l++ {
		if s.levels[l] != nil {
			w.steps /= s.levels[l].options[s.choice[l]].work
		}
	}
	if above == 0 {
		w.steps = s.steps
	}
	w.further, w.crossed = s.floorOf[w.i-1] != nil && s.goal != Latency, 0
	if s.levels[w.i] != nil {
		w.crossed = w.i
	}
	for _, x := range s.farther.scales[min(1, len(s.farther.scales)):] {
		w.far *= min(x.all, x.own)
	}
	for _, order := range s.ordersOf(s.masks[w.i]) {
		if s.stop() {
			return
		}
		w.order = order
		w.search()
	}
	if s.dive && w.found {
		w.order = w.bestOrder
		copy(w.rows, w.bestRows)
		w.commit()
	}
}

// ordersOf lists the orders of a mask's tensors.
func (x *prepared) ordersOf(mask uint32) [][]int {
	orders, ok := x.orders[mask]
	if !ok {
		permute(members(mask), func(order []int) { orders = append(orders, slices.Clone(order)) })
		x.orders[mask] = orders
	}
	return orders
}

// members lists the tensors of a mask.
func members(mask uint32) []int {
	var out []int
	for t := 0; mask>>t != 0; t++ {
		if mask>>t&1 != 0 {
			out = append(out, t)
		}
	}
	return out
}

// permute calls f with every order of x, in lexicographic order of positions.
func permute(x []int, f func([]int)) {
	used := make([]bool, len(x))
	order := make([]int, 0, len(x))
	var next func()
	next = func() {
		if len(order) == len(x) {
			f(order)
			return
		}
		for i, t := range x {
			if !used[i] {
				used[i] = true
				order = append(order, t)
				next()
				order = order[:len(order)-1]
				used[i] = false
			}
		}
	}
	next()
}

// search runs the depth-first search for one order.
func (w *stage) search() {
	s := w.s
	s.stats.Templates++
	q := len(w.order)
	for k, t := range w.order {
		w.bits[k] = s.p.Memories[w.i].Bits[t]
	}
	groups := len(s.space.groups)
	freeTop := w.i == 1 && s.levels[1] == nil
	under := s.space.imperfect && s.arrayAbove(w.i) > 0
	set := s.tablesOf(w.order, w.next, under, freeTop)
	for g := range groups {
		w.tabs[g] = s.table(set, w.order, w.next, g, s.cur[g], freeTop)
	}
	inOrder(w.seq, w.tabs)
	suffixes(w.suf, w.seq, w.tabs, q, s.space.rules.suffix)
	p := one(q)
	p.scale, p.joint = reach{1, 1}, s.jointly(w.i)
	if len(s.farther.scales) > 0 {
		p.scale = s.farther.scales[0]
	}
	if w.viable(&p, 0, false) {
		w.descend(&p, 0)
	}
}

// inOrder fills in the order in which groups are decided: most rows first.
func inOrder(seq []int, tabs []*rowTable) {
	for g := range seq {
		seq[g] = g
	}
	for a := 1; a < len(seq); a++ { // few groups
		for b := a; b > 0 && len(tabs[seq[b]].rows) > len(tabs[seq[b-1]].rows); b-- {
			seq[b], seq[b-1] = seq[b-1], seq[b]
		}
	}
}

// one returns the product of no rows.
func one(q int) partial {
	p := partial{first: 1}
	for k := range q {
		p.fills[k], p.foot[k], p.window[k] = 1, 1, 1
	}
	return p
}

// suffixes multiplies up what the groups not yet decided can at least contribute.
//
// Rule "suffix bounds" (and the same over chunks of rows): fills and footprints are products over groups, so with the
// least factor of every open group they bound every completion from below; energy and busy times grow with fills, a
// memory that overflows with the least footprints overflows with all. First visits, which reduce cost, enter at their
// greatest, and never beyond the fills themselves. Not in [2]. The share of fills that is counted is 1, but for tests.
func suffixes(suf []suffix, seq []int, tabs []*rowTable, q int, share float64) {
	n := len(seq)
	suf[n] = one(q)
	for d := n - 1; d >= 0; d-- {
		out := &suf[d]
		times(out, &suf[d+1], &tabs[seq[d]].all, q)
		for k := range q {
			out.fills[k] *= share
		}
	}
}

// fitsIn reports whether a memory of size bits (0: unlimited) can hold the tiles of a partial choice, with the least
// that the groups still open add.
func fitsIn(size float64, bits *[maxTensors]float64, p *partial, suf *suffix, q int) bool {
	if size == 0 {
		return true
	}
	var used float64
	for k := range q {
		used += bits[k] * min(p.window[k]*suf.foot[k], p.foot[k]*suf.window[k])
	}
	return used <= size
}

// viable reports whether the partial choice up to depth d can still fit the memory and beat the incumbent. With bound
// set, p is a bound over several choices, and a complete one is not taken as a result.
func (w *stage) viable(p *partial, d int, bound bool) bool {
	s := w.s
	s.stats.Nodes++
	suf := &w.suf[d]
	if !fitsIn(s.p.Memories[w.i].SizeBits, &w.bits, p, suf, len(w.order)) {
		s.stats.Pruned.Capacity++
		return false
	}
	first := p.first * suf.first
	base := &s.decide[w.i].cost
	e := base.energy
	copy(w.cost.busy, base.busy)
	for k, t := range w.order {
		e += s.coefs[w.i][t].add(p.fills[k]*suf.fills[k], s.firstOf(t, first), s.fresh[w.i], w.cost.busy)
	}
	steps := w.steps / (min(p.scale.all, p.scale.own) * w.far)
	l := s.lower(e+p.extra, w.cost.busy, w.i, steps)
	if s.hopeless(l) || s.allHopeless(p.joint, e, w.cost.busy, steps) {
		s.stats.Pruned.Bound++
		return false
	}
	if !s.dive {
		return true
	}
	v := s.aim.of(l)
	if v >= w.bestValue {
		return false
	}
	if d == len(w.seq) && !bound {
		w.found, w.bestValue = true, v
		w.bestOrder = append(w.bestOrder[:0], w.order...)
		w.bestRows = append(w.bestRows[:0], w.rows...)
	}
	return true
}

// descend decides the groups from depth d on.
func (w *stage) descend(p *partial, d int) {
	s := w.s
	if d == len(w.seq) {
		if !s.dive {
			w.commit()
		}
		return
	}
	g := w.seq[d]
	q := len(w.order)
	t := w.tabs[g]
	fits := w.crossings(g)
	var n partial
	for c := range t.chunks {
		n.scale, n.extra, n.joint = p.scale, p.extra, p.joint
		if times(&n, p, &t.chunks[c], q); len(t.chunks) > 1 && !w.viable(&n, d+1, true) {
			continue
		}
		if s.dive && s.stats.Nodes > w.until {
			return
		}
		for i := c * chunkSize; i < min((c+1)*chunkSize, len(t.rows)); i++ {
			r := &t.rows[i]
			if fits != nil && fits[r.out] < 0 || fits == nil && !w.fits(g, int(r.out)) {
				continue
			}
			timesRow(&n, p, r, q)
			if n.scale = p.scale; len(s.farther.open) > 0 {
				open, a := s.farther.open[0], s.arrayAbove(w.i)
				to, from := s.space.reachOf(open, g, s.beyond(g, int(r.out), a)), s.space.reachOf(open, g, s.beyond(g, s.cur[g], a))
				n.scale = reach{min(p.scale.all, to.all), p.scale.own / from.own * to.own}
			}
			if n.extra, n.joint = p.extra, p.joint; w.further {
				f := s.floorFrom(w.i-1, g, s.beyond(g, int(r.out), w.crossed))
				if x := (f.least - s.floorOf[w.i-1].all.least) * s.space.rules.floor; x > n.extra {
					n.extra, n.joint.list = x, f
				}
			}
			w.rows[g] = r
			if w.viable(&n, d+1, false) {
				w.descend(&n, d+1)
			}
			if s.stop() {
				return
			}
		}
	}
}

// times sets out to the product of two partial products over different groups. The window slides in one group.
func times(out, a, b *partial, q int) {
	for k := range q {
		out.fills[k] = a.fills[k] * b.fills[k]
		out.window[k] = min(a.window[k]*b.foot[k], a.foot[k]*b.window[k])
		out.foot[k] = a.foot[k] * b.foot[k]
	}
	out.first = a.first * b.first
}

func timesRow(out, p *partial, r *row, q int) {
	for k := range q {
		out.fills[k] = p.fills[k] * r.fills[k]
		out.window[k] = min(p.window[k]*r.foot[k], p.foot[k]*r.window[k])
		out.foot[k] = p.foot[k] * r.foot[k]
	}
	out.first = p.first * r.first
}

// crossings returns the table behind fits, nil where there is none.
func (w *stage) crossings(g int) []int32 {
	a := w.s.arrayAbove(w.i)
	if a == 0 {
		return nil
	}
	return w.s.space.crossings(g, w.s.levels[a].options[w.s.choice[a]].at[g])
}

// fits reports whether the spatial loops already chosen above this memory still divide the group's sizes.
func (w *stage) fits(g, out int) bool {
	a := w.s.arrayAbove(w.i)
	if a == 0 {
		return true
	}
	return w.s.space.cross(g, out, w.s.levels[a].options[w.s.choice[a]].at[g]) >= 0
}

// commit records the leaf and goes on outwards.
func (w *stage) commit() {
	s := w.s
	d := &s.decide[w.i]
	d.order = append(d.order[:0], w.order...)
	d.rows = append(d.rows[:0], w.rows...)
	d.first = 1
	for k := range d.order {
		d.fills[k] = 1
	}
	for _, r := range d.rows {
		d.first *= r.first
		for k := range d.order {
			d.fills[k] *= r.fills[k]
		}
	}
	out := &s.decide[w.i-1].cost
	s.copyCost(out, &d.cost)
	for k, t := range d.order {
		out.energy += s.coefs[w.i][t].add(d.fills[k], s.firstOf(t, d.first), s.fresh[w.i], out.busy)
	}
	copy(w.inside, s.cur)
	for g, r := range d.rows {
		s.cur[g] = int(r.out)
	}
	s.leave(w.i, d.order[0])
	copy(s.cur, w.inside)
}
