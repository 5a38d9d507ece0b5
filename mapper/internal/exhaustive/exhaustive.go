// Package exhaustive is the brute-force oracle: it enumerates mappings by docs/definition.md section 2 and
// prices each with the evaluator. It knows nothing of package mapper and uses none of its reasoning.
//
// Enumerated are all sets of kept tensors between what a memory must and may keep, all orders of storage nodes within
// each memory, for every rank variable all ordered factorisations into one temporal loop for each gap and one spatial
// loop for each array dimension, and all orders of the temporal loops of a gap. A gap is the place under the outermost
// memory's nodes or under any further node; an array's loops stand last in the gap that lies between its memories.
//
// Left out, with the reason:
//   - the order of the outermost memory's nodes, and of loops in the gap under them: all its nodes stand above all
//     loops and none of them slides a window, so no count sees the order;
//   - the order of spatial loops: a product in every count, and a window stops at each of them;
//   - two loops on one variable in one gap: every count but occupancy sees their product only. A window passes relevant
//     loops and the first partially relevant one; with the parts merged into the first of them it passes at least as
//     many passes, so it holds no more. Merging never makes a mapping invalid, and never dearer.
//
// Imperfect enumerates what definition.md section 7 adds: for a variable that stands alone, any factors whose product is at
// least its size; of these, what makes more passes than the size needs is no mapping. There the order
// of spatial loops on one variable matters, so all orders of a gap's spatial loops are enumerated.
package exhaustive

import (
	"cmp"
	"errors"
	"math"
	"slices"

	"tcmdse/hwmodel"
	"tcmdse/mapper/mapping"
	"tcmdse/mapper/model"
	"tcmdse/mapper/workload"
)

// ErrTooMany is returned when a problem has more mappings than the caller's limit.
var ErrTooMany = errors.New("exhaustive: more mappings than the limit")

// Best holds the least value of each objective with a mapping that attains it. Without a valid mapping they are +Inf.
type Best struct {
	EnergyJ, LatencyS, EDPJs   float64
	ByEnergy, ByLatency, ByEDP mapping.Mapping
	Front                      []Point // all pairs that no other beats in one without losing in the other, by rising latency
	Mappings, Valid            int64
}

// Point is the energy and latency of a mapping.
type Point struct{ EnergyJ, LatencyS float64 }

type enumeration struct {
	p     *model.Problem
	limit int64
	loose []bool // by variable: its outermost loop may leave a remainder
	best  Best

	nodes  []mapping.Node // storage nodes below the outermost memory's
	memory []int          // of each of them
	slots  []slot
	factor [][]int64      // by variable, slot
	nest   []mapping.Node // backing array of the nest under construction: every branch overwrites what its sibling wrote
	err    error
}

// slot is a place for one loop of a variable.
type slot struct {
	gap        int // 0: under the outermost memory, k: under nodes[k-1]
	array, dim int // array -1: temporal
}

// Search enumerates all perfect mappings. It returns ErrTooMany once it has seen more than limit.
func Search(arch *hwmodel.Arch, e *workload.Einsum, limit int64) (*Best, error) {
	return search(arch, e, limit, false)
}

// SearchImperfect enumerates all mappings, with remainders.
func SearchImperfect(arch *hwmodel.Arch, e *workload.Einsum, limit int64) (*Best, error) {
	return search(arch, e, limit, true)
}

func search(arch *hwmodel.Arch, e *workload.Einsum, limit int64, imperfect bool) (*Best, error) {
	p, err := model.Compile(arch, e)
	if err != nil {
		return nil, err
	}
	inf := math.Inf(1)
	en := &enumeration{p: p, limit: limit, best: Best{EnergyJ: inf, LatencyS: inf, EDPJs: inf}, loose: make([]bool, len(p.Vars))}
	for v := range p.Vars {
		en.loose[v] = imperfect && p.Lone(v)
	}
	en.keep(1)
	if en.err != nil {
		return nil, en.err
	}
	return &en.best, nil
}

// keep chooses what memory m keeps, and in which order.
func (en *enumeration) keep(m int) {
	if m == len(en.p.Memories) {
		en.lay()
		return
	}
	mem := &en.p.Memories[m]
	nt := len(en.p.Tensors)
	for set := 0; set < 1<<nt; set++ {
		ok := true
		var kept []int
		for t := range nt {
			in := set>>t&1 != 0
			if in {
				kept = append(kept, t)
			}
			if in && !mem.May[t] && !mem.Must[t] || !in && mem.Must[t] {
				ok = false
			}
		}
		if ok {
			en.order(m, kept)
		}
	}
}

func (en *enumeration) order(m int, left []int) {
	if len(left) == 0 {
		en.keep(m + 1)
		return
	}
	for i, t := range left {
		rest := append(append([]int(nil), left[:i]...), left[i+1:]...)
		en.nodes = append(en.nodes, mapping.Node{Kind: mapping.Storage, Memory: en.p.Memories[m].Name, Tensor: en.p.Tensors[t].Name})
		en.memory = append(en.memory, m)
		en.order(m, rest)
		en.nodes, en.memory = en.nodes[:len(en.nodes)-1], en.memory[:len(en.memory)-1]
	}
}

// lay lists the slots for the current storage nodes and starts the factorisations.
func (en *enumeration) lay() {
	en.slots = en.slots[:0]
	for g := 0; g <= len(en.nodes); g++ {
		en.slots = append(en.slots, slot{g, -1, 0})
	}
	for a := range en.p.Arrays {
		gap := 0
		for k, m := range en.memory {
			if m < en.p.Arrays[a].Above {
				gap = k + 1
			}
		}
		for d := range en.p.Arrays[a].Dims {
			en.slots = append(en.slots, slot{gap, a, d})
		}
	}
	en.factor = make([][]int64, len(en.p.Vars))
	for v := range en.factor {
		en.factor[v] = make([]int64, len(en.slots))
	}
	en.nest = make([]mapping.Node, 0, len(en.p.Tensors)+len(en.nodes)+len(en.p.Vars)*len(en.slots))
	en.factorise(0, 0)
}

// factorise chooses the factor of variable v at slot s and those after.
func (en *enumeration) factorise(v, s int) {
	if en.err != nil {
		return
	}
	if v == len(en.p.Vars) {
		en.arrange(0, en.nest[:0])
		return
	}
	if en.loose[v] {
		en.factoriseLoose(v, s)
		return
	}
	left := en.p.Vars[v].Size
	for _, f := range en.factor[v][:s] {
		left /= f
	}
	if s == len(en.slots) {
		if left == 1 {
			en.factorise(v+1, 0)
		}
		return
	}
	for f := int64(1); f <= left; f++ {
		if left%f != 0 || f > 1 && !en.allowed(v, s, f) {
			continue
		}
		en.factor[v][s] = f
		en.factorise(v, s+1)
	}
	en.factor[v][s] = 1
}

// factoriseLoose chooses factors whose product reaches the size and stays below twice the size, as ceil(size/e) * e
// does for every e up to it.
func (en *enumeration) factoriseLoose(v, s int) {
	size, product := en.p.Vars[v].Size, int64(1)
	for _, f := range en.factor[v][:s] {
		product *= f
	}
	if s == len(en.slots) {
		// Some loop has to be the one that leaves the remainder; which one is outermost the order of the nest tells.
		for _, f := range en.factor[v] {
			if inside := product / f; f > 1 && inside <= size && f == (size+inside-1)/inside {
				en.factorise(v+1, 0)
				return
			}
		}
		return
	}
	for f := int64(1); f*product < 2*size; f++ {
		if f == 1 || en.allowed(v, s, f) {
			en.factor[v][s] = f
			en.factorise(v, s+1)
		}
	}
	en.factor[v][s] = 1
}

// allowed tests early what Evaluate would refuse anyway: the size and only_reuse of an array dimension.
func (en *enumeration) allowed(v, s int, f int64) bool {
	sl := en.slots[s]
	if sl.array < 0 {
		return true
	}
	dim := &en.p.Arrays[sl.array].Dims[sl.dim]
	for u := range v {
		f *= en.factor[u][s]
	}
	if f > dim.Size {
		return false
	}
	for t := range en.p.Tensors {
		if tn := &en.p.Tensors[t]; dim.OnlyReuse.Has(tn.Name, tn.Role) && en.p.Relevance(t, v) != model.Irrelevant {
			return false
		}
	}
	return true
}

// arrange orders the temporal loops of gap g and those after.
func (en *enumeration) arrange(g int, done []mapping.Node) {
	if en.err != nil {
		return
	}
	if g == 0 {
		for t := range en.p.Tensors {
			done = append(done, mapping.Node{Kind: mapping.Storage, Memory: en.p.Memories[0].Name, Tensor: en.p.Tensors[t].Name})
		}
	} else if g <= len(en.nodes) {
		done = append(done, en.nodes[g-1])
	} else {
		en.price(done)
		return
	}
	var loops []mapping.Node
	for v := range en.p.Vars {
		if f := en.factor[v][g]; f > 1 {
			loops = append(loops, mapping.Node{Kind: mapping.Temporal, Var: en.p.Vars[v].Name, N: f})
		}
	}
	en.permute(g, done, loops)
}

func (en *enumeration) permute(g int, done, loops []mapping.Node) {
	if len(loops) == 0 || g == 0 {
		done = append(done, loops...)
		var spatial []mapping.Node
		twice := false
		for s, sl := range en.slots {
			for v := range en.p.Vars {
				if f := en.factor[v][s]; sl.array >= 0 && sl.gap == g && f > 1 {
					a := &en.p.Arrays[sl.array]
					name := en.p.Vars[v].Name
					twice = twice || en.loose[v] && slices.ContainsFunc(spatial, func(n mapping.Node) bool { return n.Var == name })
					spatial = append(spatial, mapping.Node{Kind: mapping.Spatial, Array: a.Name, Dim: a.Dims[sl.dim].Name, Var: name, N: f})
				}
			}
		}
		en.spread(g, done, spatial, twice)
		return
	}
	for i := range loops {
		loops[0], loops[i] = loops[i], loops[0]
		en.permute(g, append(done, loops[0]), loops[1:])
		loops[0], loops[i] = loops[i], loops[0]
	}
}

// spread appends a gap's spatial loops, in all orders where the order matters.
func (en *enumeration) spread(g int, done, spatial []mapping.Node, all bool) {
	if !all || len(spatial) == 0 {
		en.arrange(g+1, append(done, spatial...))
		return
	}
	for i := range spatial {
		spatial[0], spatial[i] = spatial[i], spatial[0]
		en.spread(g, append(done, spatial[0]), spatial[1:], true)
		spatial[0], spatial[i] = spatial[i], spatial[0]
	}
}

func (en *enumeration) price(nodes []mapping.Node) {
	if !en.passesFit(nodes) {
		return
	}
	if en.best.Mappings++; en.best.Mappings > en.limit {
		en.err = ErrTooMany
		return
	}
	m := mapping.Mapping{Nodes: nodes, Imperfect: slices.Contains(en.loose, true)}
	c, err := model.Evaluate(en.p, &m)
	var invalid *model.InvalidError
	if errors.As(err, &invalid) && (invalid.Rule == 4 || invalid.Rule == 5) {
		return // utilisation or capacity; the enumeration obeys all other rules
	}
	if err != nil {
		en.err = err
		return
	}
	en.best.Valid++
	keep := func(v float64, least *float64, by *mapping.Mapping) {
		if v < *least {
			*least = v
			by.Nodes = append(by.Nodes[:0], nodes...)
		}
	}
	keep(c.EnergyJ, &en.best.EnergyJ, &en.best.ByEnergy)
	keep(c.LatencyS, &en.best.LatencyS, &en.best.ByLatency)
	keep(c.EDPJs, &en.best.EDPJs, &en.best.ByEDP)
	en.best.front(Point{c.EnergyJ, c.LatencyS})
}

// passesFit reports whether the outermost loop of every loose variable makes as many passes as its size needs.
func (en *enumeration) passesFit(nodes []mapping.Node) bool {
	for v, loose := range en.loose {
		if !loose {
			continue
		}
		first, inside := int64(1), int64(1)
		for i := range nodes {
			switch n := &nodes[i]; {
			case n.Kind == mapping.Storage || n.Var != en.p.Vars[v].Name:
			case first == 1:
				first = n.N
			default:
				inside *= n.N
			}
		}
		if size := en.p.Vars[v].Size; inside > size || first != (size+inside-1)/inside {
			return false
		}
	}
	return true
}

// front adds a point to the front, unless one there is as good.
func (b *Best) front(p Point) {
	for _, q := range b.Front {
		if q.EnergyJ <= p.EnergyJ && q.LatencyS <= p.LatencyS {
			return
		}
	}
	b.Front = append(slices.DeleteFunc(b.Front, func(q Point) bool { return p.EnergyJ <= q.EnergyJ && p.LatencyS <= q.LatencyS }), p)
	slices.SortFunc(b.Front, func(a, b Point) int { return cmp.Compare(a.LatencyS, b.LatencyS) })
}
