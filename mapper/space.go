package mapper

import (
	"context"
	"fmt"
	"math"

	"tcmdse/mapper/model"
	"tcmdse/mapper/workload"
)

// maxTensors bounds the tensors of one Einsum; rows and partial sums are arrays of this length.
const maxTensors = workload.MaxTensors

// space is what the search precomputes about one Einsum: its rank variables split into independent groups.
//
// Two variables are in one group when some dimension of some tensor mixes them (p and r in 2*p+r). Every footprint
// is a product over dimensions, each dimension lies in one group, so footprints, fills and first visits are products
// over groups of numbers that depend on the group's extents alone.
type space struct {
	ctx    context.Context
	p      *model.Problem
	groups []group
	out    int // the output tensor
	rules  rules

	loose     []bool // by variable: mappings with remainders are searched and it stands alone, see imperfect.go
	imperfect bool   // some variable is loose

	labelled bool // all extents of all groups number into a uint64, as labels need

	leastFills     []float64 // by tensor: fills when every value moves once
	firstAtCompute float64   // first visits of the output at the compute, but for spatial loops
	mostFirst      float64   // the most first visits at any tile

	steps, check int64 // of building tables, see pause
	err          error // why tables could not be built
}

// group is one set of coupled rank variables with a table over all its extent vectors (one divisor per variable).
type group struct {
	vars   []int     // indexes into p.Vars
	divs   [][]int64 // divisors of each variable's size, ascending
	stride []int     // of each variable's divisor index in an extent index
	n      int       // extent vectors
	times  [][][]int // times[k][i][j]: index of divs[k][i]*divs[k][j], -1 where that does not divide the size
	loose  *loose    // of a loose variable, nil for all others

	above [][]int32 // by index of a spatial option and extent index: see cross; nil where not known yet

	class   []int // by extent index: which extents leave the same work to the loops further out
	classes int

	// By tensor and extent index.
	foot  [][]float64 // this group's factor of the footprint
	fills [][]float64 // foot x product of size/extent: how often a tile of these extents is filled, in values
	first []float64   // output only: foot x product of size/extent over relevant variables
}

// newSpace prepares the groups; the error is a *TooLargeError or the context's.
func newSpace(ctx context.Context, p *model.Problem, r rules, imperfect bool) (*space, error) {
	s := &space{ctx: ctx, p: p, rules: r, loose: make([]bool, len(p.Vars))}
	for t := range p.Tensors {
		if p.Tensors[t].Output {
			s.out = t
		}
	}
	for _, vars := range coupled(p) {
		n := 1.0
		for _, v := range vars {
			d := len(divisors(p.Vars[v].Size))
			if d > maxDivisors {
				return nil, &TooLargeError{fmt.Sprintf("variable %s of size %d; divisors", p.Vars[v].Name, p.Vars[v].Size), float64(d), maxDivisors}
			}
			n *= float64(d)
		}
		if imperfect && len(vars) == 1 {
			s.loose[vars[0]], s.imperfect = true, true
			n = float64(p.Vars[vars[0]].Size)
		}
		if n > maxExtents {
			return nil, &TooLargeError{s.theVariables(vars) + "; tiles that can be formed", n, maxExtents}
		}
		if s.loose[vars[0]] {
			s.groups = append(s.groups, s.newLooseGroup(vars[0]))
		} else {
			s.groups = append(s.groups, s.newGroup(vars))
		}
		last := &s.groups[len(s.groups)-1]
		last.above = make([][]int32, last.n)
	}
	states := uint64(1)
	s.labelled = true
	for i := range s.groups {
		n := uint64(s.groups[i].classes)
		s.labelled = s.labelled && n <= math.MaxUint64/states
		states *= n
	}
	s.constants()
	return s, s.err
}

// coupled returns the connected components of "shares a dimension", each ascending, by smallest member.
func coupled(p *model.Problem) [][]int {
	root := make([]int, len(p.Vars))
	for v := range root {
		root[v] = v
	}
	var find func(v int) int
	find = func(v int) int {
		if root[v] != v {
			root[v] = find(root[v])
		}
		return root[v]
	}
	for _, t := range p.Tensors {
		for _, dim := range t.Dims {
			for _, term := range dim[min(1, len(dim)):] {
				a, b := find(dim[0].Var), find(term.Var)
				root[max(a, b)] = min(a, b)
			}
		}
	}
	var out [][]int
	at := make(map[int]int)
	for v := range root {
		r := find(v)
		if _, ok := at[r]; !ok {
			at[r] = len(out)
			out = append(out, nil)
		}
		out[at[r]] = append(out[at[r]], v)
	}
	return out
}

func (s *space) newGroup(vars []int) group {
	g := group{vars: vars, n: 1}
	for _, v := range vars {
		d := divisors(s.p.Vars[v].Size)
		g.divs = append(g.divs, d)
		g.stride = append(g.stride, g.n)
		g.n *= len(d)
		g.times = append(g.times, productTable(d))
	}
	g.classes = g.n
	for e := range g.n {
		g.class = append(g.class, e)
	}
	nt := len(s.p.Tensors)
	g.foot, g.fills = make([][]float64, nt), make([][]float64, nt)
	g.first = make([]float64, g.n)
	ext := make([]int64, len(s.p.Vars))
	for t := range nt {
		g.foot[t], g.fills[t] = make([]float64, g.n), make([]float64, g.n)
		for e := range g.n {
			if s.pause(1) {
				return g
			}
			passes, passesRelevant := 1.0, 1.0
			for v := range ext {
				ext[v] = 1
			}
			for k, v := range vars {
				ext[v] = g.extent(e, k)
				n := float64(s.p.Vars[v].Size / ext[v])
				passes *= n
				if s.p.Relevance(t, v) == model.Relevant {
					passesRelevant *= n
				}
			}
			f := s.p.Footprint(t, ext)
			g.foot[t][e], g.fills[t][e] = f, f*passes
			if t == s.out {
				g.first[e] = f * passesRelevant
			}
		}
	}
	return g
}

// divisor returns the divisor index of the k-th variable in extent index e.
func (g *group) divisor(e, k int) int { return e / g.stride[k] % len(g.divs[k]) }

// extent returns the extent of the k-th variable in extent index e.
func (g *group) extent(e, k int) int64 { return g.divs[k][g.divisor(e, k)] }

// next lists the divisor indexes of the k-th variable that a loop above index i can reach, i itself (no loop) first.
func (g *group) next(k, i int) []int {
	if g.loose != nil {
		return g.loose.next(i)
	}
	return g.times[k][i]
}

// mul returns the index of the elementwise product of two extent vectors, or -1 where it does not divide the sizes.
func (g *group) mul(a, b int) int {
	e := 0
	for k := range g.vars {
		i := g.times[k][g.divisor(a, k)][g.divisor(b, k)]
		if i < 0 {
			return -1
		}
		e += i * g.stride[k]
	}
	return e
}

// cross returns the extent index of group g above the loops of a spatial option, whose index for the group is at, or
// -1 where they do not fit above index e.
func (s *space) cross(g, e, at int) int {
	if table := s.crossings(g, at); table != nil {
		return int(table[e])
	}
	return s.groups[g].cross(e, at)
}

// crossings returns the table of cross for a group and option by extent index; nil for groups too large for one.
func (s *space) crossings(g, at int) []int32 {
	gr := &s.groups[g]
	if at < len(gr.above) && gr.above[at] != nil {
		return gr.above[at]
	}
	if gr.n > maxCrossings {
		return nil
	}
	for at >= len(gr.above) { // sequences of a loose variable
		gr.above = append(gr.above, nil)
	}
	table := make([]int32, gr.n)
	for from := range table {
		table[from] = int32(gr.cross(from, at))
	}
	gr.above[at] = table
	return table
}

// maxCrossings is the most extent indexes of a group for which cross keeps tables.
const maxCrossings = 1 << 13

func (g *group) cross(e, at int) int {
	if g.loose != nil {
		return g.loose.cross(e, at)
	}
	return g.mul(e, at)
}

// volume returns the product of the loops that index at of a spatial option stands for.
func (s *space) volume(g, at int) float64 {
	gr := &s.groups[g]
	x := 1.0
	if gr.loose != nil {
		for _, n := range gr.loose.sequences[at] {
			x *= float64(n)
		}
		return x
	}
	for k := range gr.vars {
		x *= float64(gr.extent(at, k))
	}
	return x
}

// factors lists the factors above 1, up to most, that a spatial loop over variable v can have where other loops use
// used of it already.
func (s *space) factors(v int, used, most int64) []int64 {
	size := s.p.Vars[v].Size
	var out []int64
	if s.loose[v] {
		for n := int64(2); n <= min(most, size); n++ {
			out = append(out, n)
		}
		return out
	}
	for _, n := range divisors(size / used) {
		if n > 1 && n <= most {
			out = append(out, n)
		}
	}
	return out
}

func productTable(d []int64) [][]int {
	index := make(map[int64]int, len(d))
	for i, x := range d {
		index[x] = i
	}
	out := make([][]int, len(d))
	for i, x := range d {
		out[i] = make([]int, len(d))
		for j, y := range d {
			out[i][j] = -1
			if x <= d[len(d)-1]/y {
				if k, ok := index[x*y]; ok {
					out[i][j] = k
				}
			}
		}
	}
	return out
}
