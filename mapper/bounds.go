package mapper

import (
	"math"
	"slices"
)

// floorKey names what the least energy of one memory's links depends on.
type floorKey struct {
	level   int
	mask    uint32
	parents uint32 // 4 bits a tensor
}

// prepareRest computes, for the keep choice in s.masks, the least energy that the links into each memory can cost,
// whatever is chosen further in and out.
//
// Rule "level floors": dynamic energy is a sum over links, and the links into one memory depend only on the tiles at
// its own storage nodes once multicast is at its best. Their least sum over all tiles that fit the memory, with the
// extents further in left free, bounds what this memory adds to any mapping of the keep choice. Once one group of
// variables has reached some extents just inside, the same sum with that group starting there bounds it more closely.
func (s *search) prepareRest() {
	s.reprice(s.inner + 1)
	s.rest[0], s.rest[1] = 0, 0
	for c := 1; c < s.inner; c++ {
		for t := range s.coefs[c] {
			s.ideal[c][t].energy, s.ideal[c][t].energyFirst = s.coefs[c][t].energy, s.coefs[c][t].energyFirst
		}
		s.idealFresh[c] = s.fresh[c]
		s.rest[c+1] = s.rest[c] + s.floor(c)*s.space.rules.floor
	}
	s.rest[s.inner+1] = s.rest[s.inner]
	s.prepareBusy()
}

// floor returns the least energy of the links into level c, +Inf where no tiles fit.
func (s *search) floor(c int) float64 {
	if s.masks[c] == 0 {
		s.floorOf[c] = nil
		return 0
	}
	key := floorKey{level: c, mask: s.masks[c]}
	for t := range s.p.Tensors {
		if s.masks[c]&(1<<t) != 0 {
			key.parents |= uint32(s.parent(c, t)) << (4 * t)
		}
	}
	if f, ok := s.floors[key]; ok {
		s.floorOf[c] = f
		return f.all
	}
	f := &levelFloor{all: s.leastOf(c, -1, 0)}
	s.floors[key] = f
	s.floorOf[c] = f
	return f.all
}

// leastOf returns the least energy of the links into level c under the costs of s.ideal, with the extents further in
// free, or, for group >= 0, those of that group at index in.
func (s *search) leastOf(c, group, in int) float64 {
	w := &s.stages[c]
	w.start(s, c, -1)
	w.floor, w.least, w.fixedGroup, w.fixedIn = true, math.Inf(1), group, in
	w.run()
	return w.least
}

// levelFloor holds the floors of a level for one choice of what it keeps and of what serves it: over all mappings, and
// by group and the extent index that the group has reached further in, NaN where not known yet.
type levelFloor struct {
	all  float64
	from [][]float64
}

// floorFrom returns how much more than its floor the links into level c cost at least when a group has reached an
// extent index further in (rule "level floors").
func (s *search) floorFrom(c, group, in int) float64 {
	f := s.floorOf[c]
	if f.from == nil {
		for g := range s.space.groups {
			f.from = append(f.from, slices.Repeat([]float64{math.NaN()}, s.space.groups[g].n))
		}
	}
	x := &f.from[group][in]
	if math.IsNaN(*x) {
		*x = max(s.leastOf(c, group, in)-f.all, 0) * s.space.rules.floor
	}
	return *x
}

// prepareBusy computes the least busy seconds of all resources for the links into the levels below each level: every
// tile is filled at least once.
func (s *search) prepareBusy() {
	clear(s.restB[0])
	clear(s.restB[1])
	for c := 1; c <= s.inner; c++ {
		copy(s.restB[c+1], s.restB[c])
		if c == s.inner {
			return
		}
		for t := range s.p.Tensors {
			if s.masks[c]&(1<<t) != 0 {
				k := &s.coefs[c][t]
				k.add(s.space.leastFills[t], s.firstOf(t, s.space.mostFirst), s.fresh[c], s.restB[c+1])
			}
		}
	}
}

// rootBound returns lower bounds over all mappings of the keep choice in s.masks.
func (s *search) rootBound() pair {
	s.prepareRest()
	if math.IsInf(s.rest[s.inner], 1) {
		return pair{math.Inf(1), math.Inf(1)}
	}
	c := &s.decide[s.inner].cost
	s.settle(s.inner, s.inner+1)
	return s.lower(c.energy, c.busy, s.inner+1, s.steps)
}
