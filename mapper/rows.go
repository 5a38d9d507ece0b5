package mapper

import (
	"cmp"
	"math"
	"slices"

	"tcmdse/mapper/model"
)

// A row is one choice of all temporal loops over one group's variables in the gaps under the storage nodes of one
// memory, and what that choice multiplies into the counts of each of these nodes.
//
// Nodes are numbered outermost first; position k of the arrays belongs to order[k].
type row struct {
	in, out int32 // extent index below the innermost gap and at the outermost node
	fills   [maxTensors]float64
	first   float64 // factor of the first visits, where the output is among the nodes
	foot    [maxTensors]float64
	window  [maxTensors]float64 // least footprint with one partially relevant loop slid through (definition.md section 4)
	tile    [maxTensors]int32   // extent index at each node
	slide   [maxTensors]int8    // which variable of the group attains window; -1: none
}

// rowTable holds the undominated rows of one group for one order of storage nodes, and bounds over them.
type rowTable struct {
	rows   []row
	all    partial   // the least (for first: the greatest) over all rows
	chunks []partial // the same over chunkSize rows each
	made   int       // rows before dominance
	use    int64     // of the prepared parts that last counted it
}

// chunkSize is how many rows one bound covers: a chunk that cannot win costs one bound instead of that many.
const chunkSize = 12

// orderKey names what the row tables of all groups depend on.
type orderKey struct {
	order uint64 // tensors outermost first, 4 bits each, tensor+1
	next  int8   // tensor of the first storage node further in, -1 for the compute
	under bool   // mappings with remainders, inside an array
	freeT bool   // the extents at the outermost node do not matter further out
}

// tableSet holds the tables of an order, by group and extent index below + 1 (0: any), nil where not built yet.
type tableSet struct {
	under bool
	byIn  [][]*rowTable
}

func orderCode(order []int) uint64 {
	var c uint64
	for _, t := range order {
		c = c<<4 | uint64(t+1)
	}
	return c
}

// gapVars tells for each gap below order[k] which variables may have a loop there.
//
// Rule "relevant loops up": a loop over a variable relevant to the node's tensor, directly below the node, may move
// above it: the node is filled as often with as much or less (fill x passes does not grow when a lone index is cut
// above the node), occupies no more, and no other node sees a difference. So gaps have no relevant loops.
//
// Rule "irrelevant loops down": a loop over a variable irrelevant to the next node's tensor, directly above that
// node, may move below it: the node is filled less often, its tile does not change, no other node sees a difference.
// Not so where the variable is partially relevant to the node above the gap, whose window it may slide.
// Both are in [2] of citations.md.
func (s *space) gapVars(order []int, next int) [][]bool {
	out := make([][]bool, len(order))
	for k, t := range order {
		n := next
		if k+1 < len(order) {
			n = order[k+1]
		}
		out[k] = make([]bool, len(s.p.Vars))
		for v := range s.p.Vars {
			above := s.p.Relevance(t, v)
			below := model.Relevant
			if n >= 0 {
				below = s.p.Relevance(n, v)
			}
			out[k][v] = s.rules.mayLoop(above, below)
		}
	}
	return out
}

// tablesOf finds (or starts) the tables of an order.
func (s *search) tablesOf(order []int, next int, under, freeTop bool) *tableSet {
	if s.rows > maxTables {
		clear(s.tables)
		s.rows = 0
	}
	key := orderKey{orderCode(order), int8(next), under, freeTop}
	set := s.tables[key]
	if set == nil {
		set = &tableSet{under: under}
		for g := range s.space.groups {
			set.byIn = append(set.byIn, make([]*rowTable, s.space.groups[g].n+1))
		}
		s.tables[key] = set
	}
	return set
}

// table builds (or finds) the row table of a group for the extents below of index in, -1 for any.
func (s *search) table(set *tableSet, order []int, next, group, in int, freeTop bool) *rowTable {
	t := set.byIn[group][in+1]
	if t == nil {
		t = s.space.buildTable(order, next, group, in, set.under, freeTop)
		set.byIn[group][in+1] = t
		s.rows += len(t.rows)
	}
	s.touch(t)
	return t
}

// touch counts a table once a search, whoever built it.
func (s *search) touch(t *rowTable) {
	if t.use != s.uses {
		t.use = s.uses
		s.stats.TileShapes += int64(t.made)
		s.stats.Pruned.RowDominance += int64(t.made - len(t.rows))
	}
}

func (s *space) buildTable(order []int, next, group, in int, under, freeTop bool) *rowTable {
	g := &s.groups[group]
	gaps := s.gapVars(order, next)
	t := &rowTable{}
	if n := s.chains(g, gaps, in); n > maxRows {
		s.err = &TooLargeError{s.theVariables(g.vars) + "; ways to tile in one memory", n, maxRows}
	}
	if s.err != nil {
		return t
	}
	if in >= 0 {
		t.rows = s.rowsFrom(g, order, gaps, in, t.rows)
	} else {
		for e := range g.n {
			t.rows = s.rowsFrom(g, order, gaps, e, t.rows)
		}
	}
	t.made = len(t.rows)
	if g.loose != nil && !freeTop {
		t.rows = s.undominatedLoose(g, t.rows, order, under)
	} else {
		t.rows = s.undominated(t.rows, len(order), freeTop)
	}
	slices.SortStableFunc(t.rows, func(a, b row) int { return compareRows(&a, &b, len(order)) })
	t.bound(len(order))
	return t
}

// compareRows puts like rows side by side, so that a chunk's bound is close to each of its rows: by fills, the
// outermost node first.
func compareRows(a, b *row, q int) int {
	for k := range q {
		if c := cmp.Compare(a.fills[k], b.fills[k]); c != 0 {
			return c
		}
	}
	for k := range q {
		if c := cmp.Compare(a.foot[k], b.foot[k]); c != 0 {
			return c
		}
	}
	return 0
}

// weight orders rows: promising ones (few fills) first.
func weight(r *row, q int) float64 {
	w := 1.0
	for k := range q {
		w *= r.fills[k]
	}
	return w
}

// rowsFrom appends all rows whose extents below the innermost gap are those of index in.
func (s *space) rowsFrom(g *group, order []int, gaps [][]bool, in int, rows []row) []row {
	q := len(order)
	// chain[k*len(vars)+j]: divisor index of variable j at node k, chosen from the innermost node outwards.
	chain := make([]int, (q+1)*len(g.vars))
	for j := range g.vars {
		chain[q*len(g.vars)+j] = g.divisor(in, j)
	}
	var choose func(k, j int)
	choose = func(k, j int) {
		if s.pause(1) {
			return
		}
		if j == len(g.vars) {
			k, j = k-1, 0
		}
		if k < 0 {
			rows = append(rows, s.makeRow(g, order, chain, in))
			return
		}
		below := chain[(k+1)*len(g.vars)+j]
		if !gaps[k][g.vars[j]] {
			chain[k*len(g.vars)+j] = below
			choose(k, j+1)
			return
		}
		for _, i := range g.next(j, below) {
			if i >= 0 {
				chain[k*len(g.vars)+j] = i
				choose(k, j+1)
			}
		}
	}
	choose(q-1, 0)
	return rows
}

func (s *space) makeRow(g *group, order []int, chain []int, in int) row {
	nv := len(g.vars)
	index := func(k int) int {
		e := 0
		for j := range nv {
			e += chain[k*nv+j] * g.stride[j]
		}
		return e
	}
	r := row{in: int32(in), out: int32(index(0)), first: 1}
	for k, t := range order {
		e := index(k)
		r.tile[k], r.slide[k] = int32(e), -1
		r.fills[k], r.foot[k], r.window[k] = g.fills[t][e], g.foot[t][e], g.foot[t][e]
		if t == s.out {
			r.first = g.first[e]
		}
		for j, v := range g.vars {
			if s.p.Relevance(t, v) != model.Partial || chain[k*nv+j] == chain[(k+1)*nv+j] {
				continue
			}
			below := e - (chain[k*nv+j]-chain[(k+1)*nv+j])*g.stride[j]
			if f := g.foot[t][below]; f < r.window[k] {
				r.window[k], r.slide[k] = f, int8(j)
			}
		}
	}
	return r
}

// undominated drops every row that another row beats or equals in all that the rest of the mapping multiplies.
//
// Rule "row dominance": every count outside the group is a product with the row's factors, energy and time grow with
// fills and fall with first visits (fills - nu*first stays ordered when fills do not grow and first does not shrink,
// as both are non-negative products), occupancy grows with foot and window. So of two rows with the same extents at
// the outermost node (or any, if nothing further out depends on them) the one no worse in all factors serves. In kind in [2].
func (s *space) undominated(rows []row, q int, freeTop bool) []row {
	slices.SortStableFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(weight(&a, q), weight(&b, q)))
	})
	kept := make(map[int32][]int)
	var out []row
	for i := range rows {
		if s.pause(1 + len(kept[rows[i].out])) {
			break
		}
		key := rows[i].out
		if freeTop {
			key = -1
		}
		if !slices.ContainsFunc(kept[key], func(j int) bool { return s.rules.noWorse(&out[j], &rows[i], q) }) {
			kept[key] = append(kept[key], len(out))
			out = append(out, rows[i])
		}
	}
	return out
}

func noWorse(a, b *row, q int) bool {
	if a.first < b.first {
		return false
	}
	for k := range q {
		if a.fills[k] > b.fills[k] || a.foot[k] > b.foot[k] || a.window[k] > b.window[k] {
			return false
		}
	}
	return true
}

// bound fills in the least and greatest factors over all rows and over chunks of them.
func (t *rowTable) bound(q int) {
	t.all = floorOf(t.rows, q)
	for i := 0; i < len(t.rows); i += chunkSize {
		t.chunks = append(t.chunks, floorOf(t.rows[i:min(i+chunkSize, len(t.rows))], q))
	}
}

// floorOf returns the least factors over some rows, for first the greatest.
func floorOf(rows []row, q int) partial {
	var p partial
	for k := range q {
		p.fills[k], p.foot[k], p.window[k] = math.Inf(1), math.Inf(1), math.Inf(1)
	}
	for i := range rows {
		r := &rows[i]
		for k := range q {
			p.fills[k], p.foot[k] = min(p.fills[k], r.fills[k]), min(p.foot[k], r.foot[k])
			p.window[k] = min(p.window[k], r.window[k])
		}
		p.first = max(p.first, r.first)
	}
	return p
}
