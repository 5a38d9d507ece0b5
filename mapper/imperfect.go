package mapper

import (
	"math/big"
	"slices"

	"tcmdse/mapper/mapping"
	"tcmdse/mapper/model"
)

// Imperfect factorisation (definition.md section 7). A variable that stands alone wherever it occurs is loose: its extents
// may be any number up to its size, each a multiple of the one further in, and one loop further out, its outermost,
// covers the size with passes of which the last may be smaller.
//
// What makes the search exact there:
//
//   - All instances together move every value that exists: S for a tensor in which the variable is relevant, one tile
//     for each of the ceil(S/x) tiles of extent x otherwise. Rows hold these counts, which no loop further out changes.
//   - ceil(ceil(S/x)/k) = ceil(S/(x*k)): of the loops further out, totals see of x only its class, the number
//     ceil(S/x). So outside all arrays, of two choices of one class the one with smaller extents serves, if it is no
//     worse in all else (rules "row dominance" and "label dominance", by class).
//   - Only what instances do apart depends on how tiles fall to them. While an array further out is open, an instance's
//     share is bounded from below by an even share, in whole points, of what exists (rule "even share", divide), and
//     where all arrays are chosen, the cost of all links inside is counted anew, exactly (countRemainders). The first
//     instance of each array has most to do in every pass, so it is the one whose time counts. Neither rule is in [2].
type loose struct {
	size      int64
	sequences [][]int64 // factors of spatial loops, outermost first; an option names its own by index
	lists     [][]int   // see next
}

// spread is one spatial loop over a loose variable, with the tensors it shares as bits.
type spread struct {
	n      int64
	shared uint32
	loop   spatialLoop
}

func (s *space) newLooseGroup(v int) group {
	size := s.p.Vars[v].Size
	g := group{vars: []int{v}, stride: []int{1}, n: int(size), loose: &loose{size: size, lists: make([][]int, size)}}
	extents := make([]int64, size)
	for e := range extents {
		extents[e] = int64(e) + 1
	}
	g.divs = [][]int64{extents}
	nt := len(s.p.Tensors)
	g.foot, g.fills = make([][]float64, nt), make([][]float64, nt)
	g.first = make([]float64, g.n)
	for t := range nt {
		g.foot[t], g.fills[t] = make([]float64, g.n), make([]float64, g.n)
		for e, x := range extents {
			if s.pause(1) {
				return g
			}
			width := func(points int64) float64 { return s.p.Width(t, v, points) }
			g.foot[t][e], g.fills[t][e] = width(x), model.Visits(size, nil, x, width)
			if t == s.out {
				g.first[e] = 1
				if s.p.Relevance(t, v) == model.Relevant {
					g.first[e] = g.fills[t][e]
				}
			}
		}
	}
	for e, x := range extents {
		if e > 0 && passes(size, x) != passes(size, x-1) {
			g.classes++
		}
		g.class = append(g.class, g.classes)
	}
	g.classes++
	return g
}

// next lists the extent indexes above index i: the same, its multiples, and the whole size.
func (l *loose) next(i int) []int {
	if l.lists[i] == nil {
		x := int64(i) + 1
		for y := x; y <= l.size; y += x {
			l.lists[i] = append(l.lists[i], int(y-1))
		}
		if l.size%x != 0 {
			l.lists[i] = append(l.lists[i], int(l.size-1))
		}
	}
	return l.lists[i]
}

// cross returns the extent index above a sequence of spatial loops, -1 where they do not fit: all but the outermost
// loop of the variable cut in full, and that one makes no more passes than there is work for.
func (l *loose) cross(i, sequence int) int {
	x := int64(i) + 1
	seq := l.sequences[sequence]
	for k := len(seq) - 1; k >= 0; k-- {
		switch n := seq[k]; {
		case x <= l.size/n:
			x *= n
		case passes(l.size, x) == n:
			x = l.size
		default:
			return -1
		}
	}
	return int(x - 1)
}

// sequence returns the index of a sequence of loops.
func (l *loose) sequence(cuts []spread) int {
	var seq []int64
	for _, c := range cuts {
		seq = append(seq, c.n)
	}
	for i, s := range l.sequences {
		if slices.Equal(s, seq) {
			return i
		}
	}
	l.sequences = append(l.sequences, seq)
	return len(l.sequences) - 1
}

// undominatedLoose is undominated for a loose variable. Inside an array rows compare where they reach the same extent:
// the pieces that an instance gets are the same then, and within them tiles of an irrelevant tensor are fewer the
// larger they are, whatever the pieces. Outside all arrays they compare within a class.
func (s *space) undominatedLoose(g *group, rows []row, order []int, under bool) []row {
	q := len(order)
	slices.SortStableFunc(rows, func(a, b row) int { return int(a.out) - int(b.out) })
	kept := make(map[int][]int)
	var out []row
	for i := range rows {
		r := &rows[i]
		key := int(r.out)
		if !under {
			key = g.class[r.out]
		}
		if s.pause(1 + len(kept[key])) {
			break
		}
		if !slices.ContainsFunc(kept[key], func(j int) bool {
			return s.rules.noWorse(&out[j], r, q) && (!under || s.widerIdle(g, &out[j], r, order))
		}) {
			kept[key] = append(kept[key], len(out))
			out = append(out, *r)
		}
	}
	return out
}

// widerIdle reports whether row a's tiles are no smaller than b's wherever the tensor does not depend on the variable.
func (s *space) widerIdle(g *group, a, b *row, order []int) bool {
	for k, t := range order {
		if s.p.Relevance(t, g.vars[0]) == model.Irrelevant && a.tile[k] < b.tile[k] {
			return false
		}
	}
	return true
}

// emitLoose gives every order of the spatial loops on each loose variable: with remainders it matters which is
// outermost.
func (e *spatialEnum) emitLoose(g int, cuts [][]spread) {
	if g == len(e.s.groups) {
		e.take(slices.Clone(cuts))
		return
	}
	gr := &e.s.groups[g]
	if gr.loose == nil {
		e.emitLoose(g+1, append(cuts[:g:g], nil))
		return
	}
	var loops []spread
	for _, l := range e.loops {
		if l.v == gr.vars[0] {
			loops = append(loops, spread{n: l.n, shared: e.sharedBits(l), loop: l})
		}
	}
	var arrange func(done, left []spread)
	arrange = func(done, left []spread) {
		if len(left) == 0 {
			if gr.loose.cross(0, gr.loose.sequence(done)) >= 0 {
				e.emitLoose(g+1, append(cuts[:g:g], done))
			}
			return
		}
		for i := range left {
			arrange(append(done[:len(done):len(done)], left[i]), slices.Delete(slices.Clone(left), i, i+1))
		}
	}
	arrange(nil, loops)
}

// inOrder lists the loops of an option, those of loose variables in their order.
func (e *spatialEnum) inOrder(cuts [][]spread) []spatialLoop {
	var out []spatialLoop
	for _, l := range e.loops {
		if !e.s.loose[l.v] {
			out = append(out, l)
		}
	}
	for _, c := range cuts {
		for _, l := range c {
			out = append(out, l.loop)
		}
	}
	return out
}

// divide sets what time can at best be divided by.
//
// Rule "even share": instances get whole points, so of S points over n instances the busiest gets at least ceil(S/n),
// and S/ceil(S/n) is all that time is divided by; so too for tensors that move a value a point. With several arrays
// one variable may lie on more than one, and the product of two such factors can be too small; there the plain product
// bounds.
func (s *space) divide(o *spatialOption, used []int64) {
	o.apart = make([]float64, len(s.p.Tensors))
	for t := range o.apart {
		o.apart[t] = o.total
	}
	if len(s.p.Arrays) > 1 && !s.rules.evenTwice {
		return
	}
	for v, n := range used {
		if !s.loose[v] || n == 1 {
			continue
		}
		size := s.p.Vars[v].Size
		less := float64(size) / float64(passes(size, n)) / float64(n)
		o.work *= less
		for t := range o.apart {
			if s.p.Relevance(t, v) == model.Relevant && s.plain(t, v) {
				o.apart[t] *= less
			}
		}
	}
}

// plain reports whether variable v moves as many values of tensor t as it has points.
func (s *space) plain(t, v int) bool { return s.p.Width(t, v, 2) == 2 }

// repriceApart sets the least that times per instance are divided by, by level and tensor.
func (s *search) repriceApart(decided int) {
	for c := 0; c <= s.inner; c++ {
		for t := range s.p.Tensors {
			x := 1.0
			if c > 0 {
				x = s.apart[c-1][t]
			}
			if l := s.levels[c]; l != nil {
				if c >= decided {
					x *= l.options[s.choice[c]].apart[t]
				} else {
					x *= l.maxApart[t]
				}
			}
			s.apart[c][t] = x
		}
	}
}

// hasRemainder reports whether a loop of the mapping leaves one.
func (s *space) hasRemainder(m *mapping.Mapping) bool {
	if !s.imperfect {
		return false
	}
	product := make(map[string]int64)
	for _, n := range m.Nodes {
		if n.Kind != mapping.Storage {
			product[n.Var] = max(product[n.Var], 1) * n.N
		}
	}
	for _, v := range s.p.Vars {
		if product[v.Name] != v.Size {
			return true
		}
	}
	return false
}

// ways returns how many choices of factors a variable has for so many places.
func (s *space) ways(v, places int) *big.Float {
	size := s.p.Vars[v].Size
	if !s.loose[v] {
		return factorisations(size, places)
	}
	// reached[x]: choices so far, innermost place first, that reach extent x.
	reached := make([]float64, size+1)
	reached[1] = 1
	for range places {
		for x := size; x >= 1; x-- {
			if reached[x] == 0 {
				continue
			}
			for y := 2 * x; y <= size; y += x {
				reached[y] += reached[x]
			}
			if size%x != 0 {
				reached[size] += reached[x]
			}
		}
	}
	return big.NewFloat(reached[size])
}
