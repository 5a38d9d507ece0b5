package mapper

import "tcmdse/mapper/model"

// coef is what one value of flow on a link costs under the spatial choices made (or optimistically assumed) so far.
// The energy and the busy seconds of a link are linear: fills x (energy, busy) - first x (energyFirst, busyFirst).
type coef struct {
	energy, energyFirst float64
	busy, busyFirst     []float64 // by resource
}

// unitTraffic is what one value filled (or first visited) moves at either end of a link, in bits, from the one cost
// model: parent traffic divides by the multicast factor, child traffic does not.
type unitTraffic struct {
	childRead, childWrite, parentRead, parentWrite float64
}

// resources maps the read and write side of each memory to a slot of busy seconds; -1 where the rate is unlimited.
type resources struct {
	n           int
	read, write []int
	perBitRead  []float64
	perBitWrite []float64
}

func newResources(p *model.Problem) resources {
	var r resources
	for m := range p.Memories {
		mem := &p.Memories[m]
		rd, wr := -1, -1
		if mem.ReadSPerBit > 0 {
			rd, r.n = r.n, r.n+1
		}
		if mem.WriteSPerBit > 0 {
			if rd >= 0 && !mem.Separate {
				wr = rd
			} else {
				wr, r.n = r.n, r.n+1
			}
		}
		r.read, r.write = append(r.read, rd), append(r.write, wr)
		r.perBitRead = append(r.perBitRead, mem.ReadSPerBit)
		r.perBitWrite = append(r.perBitWrite, mem.WriteSPerBit)
	}
	return r
}

// link returns the unit traffic of tensor t between parent and child memory (child = len(Memories): the compute).
func (s *search) link(t, parent, child int) (fill, first unitTraffic) {
	at := func(fills, firsts float64) unitTraffic {
		tr := model.NewTraffic(s.p)
		s.p.Charge(tr, model.Link{Tensor: t, Parent: parent, Child: child}, model.Flows{Fills: fills, First: firsts, Served: fills, ServedFirst: firsts})
		var u unitTraffic
		u.parentRead, u.parentWrite = tr.ReadBits[parent][t], tr.WriteBits[parent][t]
		if child < len(s.p.Memories) {
			u.childRead, u.childWrite = tr.ReadBits[child][t], tr.WriteBits[child][t]
		}
		return u
	}
	fill = at(1, 0)
	both := at(1, 1)
	first = unitTraffic{
		childRead: fill.childRead - both.childRead, childWrite: fill.childWrite - both.childWrite,
		parentRead: fill.parentRead - both.parentRead, parentWrite: fill.parentWrite - both.parentWrite,
	}
	return fill, first
}

// price turns unit traffic into energy and busy seconds, given the multicast factor between parent and child and
// the instances in use of both.
func (s *search) price(u unitTraffic, parent, child int, shared, usedParent, usedChild float64, busy []float64) float64 {
	clear(busy)
	var e float64
	add := func(m int, read, write, used float64) {
		mem := &s.p.Memories[m]
		e += read*mem.ReadJPerBit + write*mem.WriteJPerBit
		if r := s.res.read[m]; r >= 0 {
			busy[r] += read * s.res.perBitRead[m] / used
		}
		if r := s.res.write[m]; r >= 0 {
			busy[r] += write * s.res.perBitWrite[m] / used
		}
	}
	add(parent, u.parentRead/shared, u.parentWrite/shared, usedParent)
	e += (u.parentRead + u.parentWrite) / shared * s.network[parent*(s.inner+1)+child]
	if child < len(s.p.Memories) {
		add(child, u.childRead, u.childWrite, usedChild)
	}
	return e
}

// reprice recomputes the coefficients of every link of the current keep choice. Spatial levels below decided are
// still open: there each link gets the best any option offers, so costs only grow when they are decided.
func (s *search) reprice(decided int) {
	used, work, fresh := 1.0, 1.0, 1.0
	for c := 0; c <= s.inner; c++ {
		if l := s.levels[c]; l != nil {
			if c >= decided {
				used *= l.options[s.choice[c]].total
				work *= l.options[s.choice[c]].work
				fresh *= l.options[s.choice[c]].fresh
			} else {
				used *= l.maxTotal
				work *= l.maxWork
				fresh *= l.maxFresh
			}
		}
		s.used[c], s.fresh[c] = used, fresh
	}
	if s.space.imperfect {
		s.repriceApart(decided)
	}
	for c := 1; c <= s.inner; c++ {
		for t := range s.p.Tensors {
			if c < s.inner && s.masks[c]&(1<<t) == 0 {
				continue
			}
			p := s.parent(c, t)
			k := &s.coefs[c][t]
			u := s.links[(c*s.inner+p)*maxTensors+t]
			shared := s.shared(t, p, c, decided)
			usedParent, usedChild := s.used[p], s.used[c]
			if s.space.imperfect {
				usedParent, usedChild = s.apart[p][t], s.apart[c][t]
			}
			k.energy = s.price(u[0], p, c, shared, usedParent, usedChild, k.busy)
			k.energyFirst = s.price(u[1], p, c, shared, usedParent, usedChild, k.busyFirst)
		}
	}
	s.steps = s.p.MACs / work * s.p.SPerStep
}

// shared returns the multicast factor of t between parent p and child c.
func (s *search) shared(t, p, c, decided int) float64 {
	x := 1.0
	for l := p + 1; l <= c; l++ {
		switch level := s.levels[l]; {
		case level == nil:
		case l >= decided:
			x *= level.options[s.choice[l]].shared[t]
		default:
			x *= level.maxShared[t]
		}
	}
	return x
}

// parent returns the memory that serves tensor t to level c: the nearest outer one that keeps it.
func (s *search) parent(c, t int) int {
	for m := c - 1; m > 0; m-- {
		if s.masks[m]&(1<<t) != 0 {
			return m
		}
	}
	return 0
}

// add charges fills and first visits of a link to a running energy and busy seconds.
func (k *coef) add(fills, first, fresh float64, busy []float64) float64 {
	first = min(first*fresh, fills)
	for r := range busy {
		busy[r] += fills*k.busy[r] - first*k.busyFirst[r]
	}
	return fills*k.energy - first*k.energyFirst
}
