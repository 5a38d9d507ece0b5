package mapper

import "tcmdse/mapper/model"

// countRemainders replaces the cost of all links whose child lies at level i or further in, and the compute time, by
// exact counts: all arrays are chosen and the extents under each are known, so it is known which tiles fall to which
// instance. It leaves them where level i-1 starts from.
func (s *search) countRemainders(i int) {
	out := &s.decide[i-1].cost
	out.energy = 0
	clear(out.busy)
	for c := i; c <= s.inner; c++ {
		for t := range s.p.Tensors {
			if c < s.inner && s.masks[c]&(1<<t) == 0 {
				continue
			}
			s.countLink(t, s.parent(c, t), c, out)
		}
	}
	steps := s.p.SPerStep
	for g := range s.space.groups {
		steps *= s.count(g, -1, s.inner, 0, func(int, *spread) bool { return true }, false)
	}
	s.steps = steps
}

// countLink charges the link of tensor t from memory p to level c.
func (s *search) countLink(t, p, c int, out *total) {
	none := func(int, *spread) bool { return false }
	every := func(int, *spread) bool { return true }
	shared := func(l int, x *spread) bool { return l > p && x.shared>>t&1 != 0 }
	apart := func(l int, x *spread) bool { return l <= p || shared(l, x) }
	var fills, first [4]float64 // child and parent, all instances together; child and parent, the busiest instance
	for k, fixed := range []func(int, *spread) bool{none, shared, every, apart} {
		fills[k], first[k] = 1, 0
		for g := range s.space.groups {
			fills[k] *= s.count(g, t, c, s.tile(g, t, c), fixed, false)
		}
		if t == s.space.out {
			first[k] = 1
			for g := range s.space.groups {
				first[k] *= s.count(g, t, c, s.tile(g, t, c), fixed, true)
			}
		}
	}
	u := &s.links[(c*s.inner+p)*maxTensors+t]
	side := func(m int, read, write, busyRead, busyWrite float64) {
		mem := &s.p.Memories[m]
		out.energy += read*mem.ReadJPerBit + write*mem.WriteJPerBit
		if r := s.res.read[m]; r >= 0 {
			out.busy[r] += busyRead * s.res.perBitRead[m]
		}
		if r := s.res.write[m]; r >= 0 {
			out.busy[r] += busyWrite * s.res.perBitWrite[m]
		}
	}
	read, write := fills[1]*u[0].parentRead-first[1]*u[1].parentRead, fills[1]*u[0].parentWrite-first[1]*u[1].parentWrite
	out.energy += (read + write) * s.network[p*(s.inner+1)+c]
	side(p, read, write,
		fills[3]*u[0].parentRead-first[3]*u[1].parentRead, fills[3]*u[0].parentWrite-first[3]*u[1].parentWrite)
	if c < s.inner {
		side(c, fills[0]*u[0].childRead-first[0]*u[1].childRead, fills[0]*u[0].childWrite-first[0]*u[1].childWrite,
			fills[2]*u[0].childRead-first[2]*u[1].childRead, fills[2]*u[0].childWrite-first[2]*u[1].childWrite)
	}
}

// tile returns the extent index of group g at the node of tensor t in level c; 0, a single point, at the compute.
func (s *search) tile(g, t, c int) int {
	if c < s.inner {
		for k, u := range s.decide[c].order {
			if u == t {
				return int(s.decide[c].rows[g].tile[k])
			}
		}
	}
	return 0
}

// count returns group g's factor of what reaches the tiles of tensor t at level c whose extent index is e (for t < 0:
// of the steps), all instances of the loops that are not fixed together. With first set, only what is visited for the
// first time: temporal loops over variables not relevant to the output count their first pass only.
func (s *search) count(g, t, c, e int, fixed func(level int, l *spread) bool, first bool) float64 {
	gr := &s.space.groups[g]
	if gr.loose == nil {
		return s.countWhole(gr, t, c, e, fixed, first, g)
	}
	v := gr.vars[0]
	again := first && s.p.Relevance(s.space.out, v) != model.Relevant
	cuts := s.cuts[:0]
	for l := 1; l <= c; l++ {
		if s.levels[l] == nil {
			continue
		}
		loops := s.levels[l].options[s.choice[l]].cuts[g]
		extents := append(s.extents[:0], int64(s.below[l][g])+1) // below each loop, innermost first
		for k := len(loops) - 1; k >= 0; k-- {
			extents = append(extents, min(extents[len(extents)-1]*loops[k].n, gr.loose.size))
		}
		// The temporal loops above the array's.
		cuts = append(cuts, model.Cut{Below: extents[len(extents)-1], Fixed: again})
		for k := range loops {
			cuts = append(cuts, model.Cut{Below: extents[len(loops)-1-k], Fixed: fixed(l, &loops[k])})
		}
		s.extents = extents
	}
	if again {
		cuts = append(cuts, model.Cut{Below: int64(e) + 1, Fixed: true})
	}
	s.cuts = cuts
	return model.Visits(gr.loose.size, cuts, int64(e)+1, func(points int64) float64 {
		if t < 0 || c == s.inner {
			return 1
		}
		return s.p.Width(t, v, points)
	})
}

// countWhole is count for variables without remainders, where every loop makes all its passes.
func (s *search) countWhole(gr *group, t, c, e int, fixed func(int, *spread) bool, first bool, g int) float64 {
	x := 1.0
	if t >= 0 && c < s.inner {
		x = gr.foot[t][e]
	}
	for k, v := range gr.vars {
		n := float64(s.p.Vars[v].Size / gr.extent(e, k))
		spatial, one := 1.0, 1.0 // all spatial loops above, those that are fixed
		for l := 1; l <= c; l++ {
			if s.levels[l] == nil {
				continue
			}
			o := &s.levels[l].options[s.choice[l]]
			for i := range o.loops {
				sl := &o.loops[i]
				if sl.v != v {
					continue
				}
				spatial *= float64(sl.n)
				if fixed(l, &spread{n: sl.n, shared: o.sharedBy[i]}) {
					one *= float64(sl.n)
				}
			}
		}
		if first && s.p.Relevance(s.space.out, v) != model.Relevant {
			n = spatial
		}
		x *= n / one
	}
	return x
}
