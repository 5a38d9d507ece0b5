package mapper

import (
	"cmp"
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
// variables has reached some extents just inside, the same sum with that group starting there bounds it more closely. Not
// in [2].
//
// Rule "joint floors": each tiling of the memory costs both energy and busy seconds of the memories at the ends of its
// links, each no less than under the best multicast and with most instances in use. So whatever tiling a mapping has
// here, one entry of the list of undominated pairs (energy, busy seconds) is no worse than it in all numbers, and where
// every entry, added to what the rest costs at least, is beaten, every mapping is: least energy and least time need not
// go together. Not in [2].
func (s *search) prepareRest() {
	s.reprice(s.inner + 1)
	s.rest[0], s.rest[1] = 0, 0
	for c := 1; c < s.inner; c++ {
		for t := range s.coefs[c] {
			from, to := &s.coefs[c][t], &s.ideal[c][t]
			to.energy, to.energyFirst = from.energy, from.energyFirst
			copy(to.busy, from.busy)
			copy(to.busyFirst, from.busyFirst)
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
	f, ok := s.floors[key]
	if !ok {
		f = &levelFloor{all: s.listOf(c, -1, 0)}
		s.floors[key] = f
	}
	s.floorOf[c] = f
	return f.all.least
}

// levelFloor holds the floors of a level for one choice of what it keeps and of what serves it: over all mappings, and
// by group and the extent index that the group has reached further in, nil where not known yet.
type levelFloor struct {
	all  *floorList
	from [][]*floorList
}

// floorList is what the links into one level can cost at least.
type floorList struct {
	least   float64   // energy, +Inf where no tiles fit
	entries []float64 // energy, then busy seconds by resource, in a row: none is as good as another in all; by rising energy
}

// listOf returns what the links into level c cost at least under the costs of s.ideal, with the extents further in
// free, or, for group >= 0, those of that group at index in.
func (s *search) listOf(c, group, in int) *floorList {
	mem := &s.p.Memories[c]
	key := fillKey{mask: s.masks[c], under: s.space.imperfect && s.arrayAbove(c) > 0, size: mem.SizeBits, group: group, in: in}
	tensors := members(key.mask)
	for _, t := range tensors {
		key.bits[t] = mem.Bits[t]
	}
	set := s.fillsOf(&key)
	out := &floorList{least: math.Inf(1)}
	w := s.res.n + 1
	all := make([]float64, len(set.numbers)/set.width*w)
	order := make([]int, 0, len(all)/w)
	for at := 0; at < len(set.numbers); at += set.width {
		first := -set.numbers[at+set.width-1]
		to := len(order) * w
		for k, t := range tensors {
			all[to] += s.ideal[c][t].add(set.numbers[at+k], s.firstOf(t, first), s.idealFresh[c], all[to+1:to+w])
		}
		out.least = min(out.least, all[to])
		order = append(order, to)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(all[a], all[b]) })
	for _, at := range order {
		e, beaten := all[at:at+w], false
		for k := 0; k < len(out.entries) && !beaten; k += w {
			beaten = covers(out.entries[k:k+w], e)
		}
		if !beaten {
			out.entries = append(out.entries, e...)
		}
	}
	return out
}

// floorFrom returns what the links into level c cost at least when a group has reached an extent index further in
// (rule "level floors").
func (s *search) floorFrom(c, group, in int) *floorList {
	f := s.floorOf[c]
	if f.from == nil {
		for g := range s.space.groups {
			f.from = append(f.from, make([]*floorList, s.space.groups[g].n))
		}
	}
	x := f.from[group][in]
	if x == nil {
		x = s.listOf(c, group, in)
		f.from[group][in] = x
	}
	return x
}

// joint says what part of a bound is to be taken jointly: the links into a level, and a list of what they can cost.
type joint struct {
	level int // 0: none
	list  *floorList
}

// jointly returns the list of the level nearest to i, further out, that keeps anything.
func (s *search) jointly(i int) joint {
	for c := min(i, s.inner) - 1; c > 0; c-- {
		if f := s.floorOf[c]; f != nil {
			return joint{c, f.all}
		}
	}
	return joint{}
}

// entry returns the lower bounds of energy and time that lower gives, with the k-th number of the list on in place of
// the level's own least.
func (s *search) entry(j joint, k int, energy float64, busy []float64, steps float64) pair {
	e, t, share := j.list.entries[k:], steps, s.space.rules.joint
	for r, b := range busy {
		t = max(t, b+s.restB[j.level][r]+e[r+1]*share)
	}
	return pair{energy + s.rest[j.level] + e[0]*share + s.p.ComputeJ + s.p.LeakageW*t, t}
}

// allHopeless reports whether every entry of a list is beaten (rule "joint floors").
func (s *search) allHopeless(j joint, energy float64, busy []float64, steps float64) bool {
	w := s.res.n + 1
	if j.level == 0 || len(j.list.entries) <= w {
		return false // one entry says no more than lower
	}
	for k := 0; k < len(j.list.entries); k += w {
		if !s.hopeless(s.entry(j, k, energy, busy, steps)) {
			return false
		}
	}
	return true
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

// rootBound returns lower bounds over all mappings of the keep choice in s.masks: of energy and time, of time and of
// EDP with floors taken jointly.
func (s *search) rootBound() (both pair, latency, edp float64) {
	// Where least utilisation leaves an array without options there is no mapping, and nothing to divide by.
	spread := !slices.ContainsFunc(s.levels, func(l *spatialLevel) bool { return l != nil && len(l.options) == 0 })
	if spread {
		s.prepareRest()
	}
	if !spread || math.IsInf(s.rest[s.inner], 1) {
		inf := math.Inf(1)
		return pair{inf, inf}, inf, inf
	}
	c := &s.decide[s.inner].cost
	s.settle(s.inner, s.inner+1)
	both = s.lower(c.energy, c.busy, s.inner+1, s.steps)
	j := s.jointly(s.inner)
	if j.level == 0 {
		return both, both.t, both.e * both.t
	}
	latency, edp = math.Inf(1), math.Inf(1)
	for k := 0; k < len(j.list.entries); k += s.res.n + 1 {
		p := s.entry(j, k, c.energy, c.busy, s.steps)
		latency, edp = min(latency, p.t), min(edp, p.e*p.t)
	}
	return both, max(latency, both.t), max(edp, both.e*both.t)
}
