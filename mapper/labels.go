package mapper

// Rule "label dominance": once a level is reached from inside, the rest of the mapping sees of the decided part only
// the extents reached, the tensor of the node just inside (which loops the gap may hold), open spatial choices, and
// non-decreasing sums: energy, busy seconds, and what links across undecided arrays will still be charged. So a
// label that an explored one (same extents, same open choices) equals or beats in every sum is not explored: each of
// its completions costs no less than the same completion of the explored label, which was followed to the end or cut
// by bounds that hold for it too. Not in [2].
//
// What a link across an open array will be charged: energy is its flow (divided by what the decided arrays share, at the
// outer end) times a weight that the open arrays decide; time is that divided by the instances of either end in use, those
// of decided arrays times those of open ones. So flow, and flow over the decided instances of each end, are listed; where
// no decided array lies between the open one and an end, that factor is 1 for all labels of a state.

// labelCap bounds the labels kept per state; more would cost more to compare than they save.
const labelCap = 24

// labelKey is the state that a label belongs to.
type labelKey struct {
	level, next int32
	option      int32  // spatial option of the array above, where it is chosen already; -1: not
	extents     uint64 // the extents reached, as one number
}

// known reports whether an explored label covers the current one, and records the current one otherwise.
func (s *search) known(i, next int) bool {
	if s.dive || i == s.inner || !s.space.labelled || s.space.imperfect && s.arrayAbove(i) > 0 {
		return false
	}
	key := labelKey{level: int32(i), next: int32(next), option: -1}
	for g := range s.cur {
		gr := &s.space.groups[g]
		key.extents = key.extents*uint64(gr.classes) + uint64(gr.class[s.cur[g]])
	}
	open := s.arrayAbove(i)
	if open > 0 && s.levels[i+1] == nil { // inside a stretch of memories whose array is chosen already
		key.option = int32(s.choice[open])
		open = s.arrayAbove(open - 1)
	}
	label := s.label(i, open)
	for g := range s.cur { // of loose extents that leave the same work, the smaller ones serve
		if s.space.groups[g].loose != nil {
			label = append(label, float64(s.cur[g]))
		}
	}
	n := len(label)
	kept := s.seen[key]
	for at := 0; at < len(kept); at += n {
		if s.space.rules.covers(kept[at:at+n], label) {
			s.stats.Pruned.Labels++
			return true
		}
	}
	if len(kept) < labelCap*n && s.labels < maxLabels {
		s.labels += n
		s.seen[key] = append(kept, label...)
	}
	return false
}

// label lists the sums of the part decided inside level i; open is the next array further out that is undecided,
// 0 if there is none.
func (s *search) label(i, open int) []float64 {
	c := &s.decide[i].cost
	if open == 0 {
		return append(append(make([]float64, 0, 12), c.energy, s.steps), c.busy...)
	}
	// Links of inputs with both ends inside the open array are settled but for its instances, which divide all alike.
	// The others are listed one by one: what they will be charged is a sum with non-negative weights of these.
	busy := make([]float64, s.res.n)
	var energy float64
	var loose []float64
	for child := i + 1; child <= s.inner; child++ {
		for t := range s.p.Tensors {
			if child < s.inner && s.masks[child]&(1<<t) == 0 {
				continue
			}
			p := s.parent(child, t)
			fills, first := s.p.MACs, s.firstOf(t, s.space.firstAtCompute)
			if child < s.inner {
				fills, first = s.decide[child].of(t, s)
			}
			if p >= open && t != s.space.out {
				energy += s.coefs[child][t].add(fills, 0, 0, busy)
				continue
			}
			shared, fresh := s.decidedShared(t, p, child, open), s.decidedFresh(child, open)
			loose = append(loose, fills, fills/shared, -first*fresh, -first*fresh/shared)
			if s.space.rules.forgetful {
				continue
			}
			if child < s.inner && s.arrayAbove(child) > open {
				used := s.decidedUsed(child, open)
				loose = append(loose, fills/used, -first*fresh/used)
			}
			if s.arrayAbove(p) > open {
				used := s.decidedUsed(p, open)
				loose = append(loose, fills/shared/used, -first*fresh/shared/used)
			}
		}
	}
	return append(append(append(make([]float64, 0, 24), energy, s.steps), busy...), loose...)
}

// of returns fills and first visits of tensor t at a memory's node.
func (d *decision) of(t int, s *search) (fills, first float64) {
	for k, u := range d.order {
		if u == t {
			return d.fills[k], s.firstOf(t, d.first)
		}
	}
	return 0, 0
}

func (s *search) decidedShared(t, p, c, open int) float64 {
	x := 1.0
	for l := max(p, open) + 1; l <= c; l++ {
		if s.levels[l] != nil {
			x *= s.levels[l].options[s.choice[l]].shared[t]
		}
	}
	return x
}

// decidedUsed returns the instances of memory c inside one instance of the open array that are in use.
func (s *search) decidedUsed(c, open int) float64 {
	x := 1.0
	for l := open + 1; l <= c; l++ {
		if s.levels[l] != nil {
			x *= s.levels[l].options[s.choice[l]].total
		}
	}
	return x
}

func (s *search) decidedFresh(c, open int) float64 {
	x := 1.0
	for l := open + 1; l <= c; l++ {
		if s.levels[l] != nil {
			x *= s.levels[l].options[s.choice[l]].fresh
		}
	}
	return x
}

func covers(a, b []float64) bool {
	for i := range a {
		if a[i] > b[i] {
			return false
		}
	}
	return true
}
