package mapper

import (
	"cmp"
	"math"
	"slices"

	"tcmdse/hwmodel"
	"tcmdse/mapper/model"
)

// spatialOption is one way to spread loops over the dimensions of all arrays in one gap between memories.
type spatialOption struct {
	loops    []spatialLoop
	at       []int      // per group: extent index of the spatial loops' product
	total    float64    // product of all loops: instances used
	work     float64    // instances that compute time can at best be divided by: total, but for remainders
	apart    []float64  // per tensor: the same for the time its traffic takes; nil without remainders
	cuts     [][]spread // per group: loops of a loose variable, outermost first
	sharedBy []uint32   // per loop: the tensors it shares, as bits; nil without remainders
	shared   []float64  // per tensor: product of loops that share or reduce it (definition.md section 3, X / M)
	fresh    float64    // product of loops over variables not relevant to the output (the X part of first visits)
}

type spatialLoop struct {
	node, dim, v int // architecture node, its dimension, variable
	n            int64
}

// spatialLevel holds the options of one gap and the best any of them can do.
type spatialLevel struct {
	options   []spatialOption
	maxTotal  float64
	maxWork   float64
	maxApart  []float64
	maxShared []float64
	maxFresh  float64
	dims      int   // array dimensions
	merged    int64 // options equal to one of these

	byGroup []map[int]float64 // by group: the most instances in use by the extent index of its spatial loops
	reach   [][]reach         // by group and extent index reached: see reachOf; zero: not known yet
}

// reach bounds the instances of an array that can be in use when the extents of one group have reached some index:
// all of them, and the factor that the group's own loops contribute.
type reach struct{ all, own float64 }

// spatialOptions enumerates the gap's options: per dimension every choice of factors allowed there whose product is
// within the dimension's size and least utilisation. Options equal in all that the cost sees (product by variable,
// sharing by tensor) are kept once, the first in order of nodes, dimensions and variables. Most instances first.
//
// Rule "equal spatial options": counts see an array's loops only through the product of passes by variable (tiles,
// instances in use, first visits) and the product of shared passes by tensor, so of options equal in these one serves. Not in [2].
func (s *space) spatialOptions(nodes []int, arch *hwmodel.Arch) *spatialLevel {
	e := &spatialEnum{s: s, used: make([]int64, len(s.p.Vars)), seen: make(map[string]bool)}
	for _, ni := range nodes {
		for di := range arch.Nodes[ni].Dims {
			e.dims = append(e.dims, spatialDim{ni, di, &arch.Nodes[ni].Dims[di]})
		}
	}
	for v := range e.used {
		e.used[v] = 1
	}
	e.shared = make([]float64, len(s.p.Tensors))
	for t := range e.shared {
		e.shared[t] = 1
	}
	e.dim(0)
	slices.SortStableFunc(e.out, func(a, b spatialOption) int { return cmp.Compare(b.work, a.work) })
	l := &spatialLevel{options: e.out, dims: len(e.dims), merged: e.merged, maxShared: make([]float64, len(s.p.Tensors)), maxApart: make([]float64, len(s.p.Tensors))}
	for g := range s.groups {
		l.byGroup = append(l.byGroup, make(map[int]float64))
		l.reach = append(l.reach, make([]reach, s.groups[g].n))
	}
	for i := range e.out {
		o := &e.out[i]
		for g, at := range o.at {
			l.byGroup[g][at] = max(l.byGroup[g][at], o.total)
		}
		l.maxTotal, l.maxFresh, l.maxWork = max(l.maxTotal, o.total), max(l.maxFresh, o.fresh), max(l.maxWork, o.work)
		for t, x := range o.apart {
			l.maxApart[t] = max(l.maxApart[t], x)
		}
		for t, x := range o.shared {
			l.maxShared[t] = max(l.maxShared[t], x)
		}
	}
	return l
}

// reachOf returns the reach of group g when its extents have reached index e: over the options whose loops still
// divide its sizes.
func (s *space) reachOf(l *spatialLevel, g, e int) reach {
	r := &l.reach[g][e]
	if r.all == 0 {
		*r = reach{1e-30, 1e-30} // where least utilisation cannot be met any more
		for at, x := range l.byGroup[g] {
			if s.cross(g, e, at) >= 0 {
				r.all, r.own = max(r.all, x), max(r.own, s.volume(g, at))
			}
		}
	}
	return *r
}

type spatialDim struct {
	node, dim int
	d         *hwmodel.Dim
}

type spatialEnum struct {
	s      *space
	dims   []spatialDim
	used   []int64 // product so far by variable
	shared []float64
	loops  []spatialLoop
	seen   map[string]bool
	key    []byte
	out    []spatialOption
	merged int64 // options equal to one before
}

func (e *spatialEnum) dim(i int) {
	if i == len(e.dims) {
		e.emit()
		return
	}
	e.variable(i, 0, 1)
}

// variable chooses the factor of variable v and those after it on dimension i, of which product is in use.
func (e *spatialEnum) variable(i, v int, product int64) {
	if e.s.pause(1) {
		return
	}
	d := e.dims[i].d
	if v == len(e.s.p.Vars) {
		if product >= d.LeastUsed() {
			e.dim(i + 1)
		}
		return
	}
	e.variable(i, v+1, product)
	if !e.s.allowedOn(d, v) {
		return
	}
	for _, n := range e.s.factors(v, e.used[v], d.Size/product) {
		e.used[v] *= n
		e.loops = append(e.loops, spatialLoop{e.dims[i].node, e.dims[i].dim, v, n})
		was := slices.Clone(e.shared)
		for t := range e.shared {
			if e.s.shares(d, t, v) {
				e.shared[t] *= float64(n)
			}
		}
		e.variable(i, v+1, product*n)
		e.shared = was
		e.loops = e.loops[:len(e.loops)-1]
		e.used[v] /= n
	}
}

// allowedOn reports whether only_reuse lets variable v run along the dimension.
func (s *space) allowedOn(d *hwmodel.Dim, v int) bool {
	for t := range s.p.Tensors {
		tn := &s.p.Tensors[t]
		if d.OnlyReuse.Has(tn.Name, tn.Role) && s.p.Relevance(t, v) != model.Irrelevant {
			return false
		}
	}
	return true
}

// shares reports whether a loop over v along the dimension leaves t unchanged and the wires share it.
func (s *space) shares(d *hwmodel.Dim, t, v int) bool {
	tn := &s.p.Tensors[t]
	return s.p.Relevance(t, v) == model.Irrelevant && d.Multicasts(tn.Name, tn.Role)
}

func (e *spatialEnum) emit() {
	if e.s.imperfect {
		e.emitLoose(0, nil)
		return
	}
	e.take(nil)
}

// take adds the option of the loops chosen, unless one equal to it was. Of loose variables the loops are given
// outermost first, by group.
func (e *spatialEnum) take(cuts [][]spread) {
	e.key = e.key[:0]
	for _, n := range e.used {
		e.key = appendUint(e.key, uint64(n))
	}
	for _, c := range cuts {
		for _, l := range c {
			e.key = appendUint(appendUint(e.key, uint64(l.n)), uint64(l.shared))
		}
		e.key = appendUint(e.key, 0)
	}
	for _, x := range e.shared {
		if e.s.rules.sameByVar {
			break
		}
		e.key = appendUint(e.key, math.Float64bits(x))
	}
	if e.seen[string(e.key)] {
		e.merged++
		return
	}
	e.seen[string(e.key)] = true
	if len(e.out) == maxOptions {
		e.s.err = &TooLargeError{"ways to spread loops over the arrays of one gap", maxOptions + 1, maxOptions}
		return
	}
	o := spatialOption{loops: slices.Clone(e.loops), total: 1, fresh: 1, shared: slices.Clone(e.shared), cuts: cuts}
	if cuts != nil {
		o.loops = e.inOrder(cuts)
	}
	for v, n := range e.used {
		o.total *= float64(n)
		if e.s.p.Relevance(e.s.out, v) != model.Relevant {
			o.fresh *= float64(n)
		}
	}
	for gi := range e.s.groups {
		g := &e.s.groups[gi]
		if g.loose != nil {
			o.at = append(o.at, g.loose.sequence(cuts[gi]))
			continue
		}
		at := 0
		for k, v := range g.vars {
			i, _ := slices.BinarySearch(g.divs[k], e.used[v])
			at += i * g.stride[k]
		}
		o.at = append(o.at, at)
	}
	o.work = o.total
	if e.s.imperfect {
		e.s.divide(&o, e.used)
		for _, l := range o.loops {
			o.sharedBy = append(o.sharedBy, e.sharedBits(l))
		}
	}
	e.out = append(e.out, o)
}

// sharedBits lists the tensors that a loop shares.
func (e *spatialEnum) sharedBits(l spatialLoop) uint32 {
	var bits uint32
	for _, d := range e.dims {
		for t := range e.s.p.Tensors {
			if d.node == l.node && d.dim == l.dim && e.s.shares(d.d, t, l.v) {
				bits |= 1 << t
			}
		}
	}
	return bits
}

func appendUint(b []byte, x uint64) []byte {
	for range 8 {
		b = append(b, byte(x))
		x >>= 8
	}
	return b
}
