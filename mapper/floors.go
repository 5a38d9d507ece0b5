package mapper

import (
	"slices"
)

// fillSet lists how often the storage nodes of one memory can be filled: for every tiling that fits the memory, with
// the extents further in left free, the values moved into each node, and the first visits.
//
// Rule "fill dominance": tilings that another one equals or beats in all of these are left out. The cost of a link,
// fills x unit cost - min(first visits, fills) x what a first visit saves, grows with fills and falls with first visits,
// as what is saved is part of the unit cost (rule "row dominance"). So whatever the unit costs, each tiling costs no
// less energy and no fewer busy seconds than one listed here. Not in [2].
//
// The set depends on the Einsum, the capacity and the widths of values alone, so all choices of what serves the memory
// share it, and all candidates of a sweep that have that capacity.
type fillSet struct {
	width   int       // numbers of an entry: fills by tensor, ascending, then first visits
	numbers []float64 // entries in a row
	nodes   int64     // partial choices bounded to find them
	tabs    []*rowTable
	use     int64 // of the prepared parts that last counted nodes and tables
}

// fillKey names what a fillSet depends on.
type fillKey struct {
	mask  uint32
	under bool // mappings with remainders, inside an array
	size  float64
	bits  [maxTensors]float64 // of the tensors in mask
	group int                 // whose extents further in are at index in; -1: those of all are free
	in    int
}

// fillSearch finds a fillSet: a depth-first search over the groups for each order of the tensors, as stage.go has it
// for the search proper, bounded by capacity and by the entries found.
type fillSearch struct {
	s      *search
	key    *fillKey
	out    *fillSet
	column [maxTensors]int // by tensor: its place in an entry
	order  []int
	bits   [maxTensors]float64
	tabs   []*rowTable
	seq    []int
	suf    []suffix
	entry  [maxTensors + 1]float64
	hint   int // entry that beat the last one
}

// fillsOf returns the set of a key.
func (s *search) fillsOf(key *fillKey) *fillSet {
	set := s.fills[*key]
	if set == nil {
		tensors := members(key.mask)
		set = &fillSet{width: len(tensors) + 1}
		f := &fillSearch{s: s, key: key, out: set}
		for k, t := range tensors {
			f.column[t] = k
		}
		for _, order := range s.ordersOf(key.mask) {
			f.run(order)
		}
		if s.space.err != nil {
			return set
		}
		s.fillNumbers += len(set.numbers) + len(set.tabs) + fillSetNumbers
		s.fills[*key] = set
	}
	if set.use != s.uses {
		set.use = s.uses
		s.stats.Nodes += set.nodes
		for _, t := range set.tabs {
			s.touch(t)
		}
	}
	return set
}

// run searches one order of the tensors.
func (f *fillSearch) run(order []int) {
	s, q, groups := f.s, len(order), len(f.s.space.groups)
	f.order = order
	for k, t := range order {
		f.bits[k] = f.key.bits[t]
	}
	set := s.tablesOf(order, -1, f.key.under, true)
	f.tabs, f.seq = make([]*rowTable, groups), make([]int, groups)
	for g := range groups {
		in := -1
		if g == f.key.group {
			in = f.key.in
		}
		f.tabs[g] = s.table(set, order, -1, g, in, true)
	}
	f.out.tabs = append(f.out.tabs, f.tabs...)
	inOrder(f.seq, f.tabs)
	f.suf = make([]suffix, groups+1)
	suffixes(f.suf, f.seq, f.tabs, q, 1)
	p := one(q)
	if f.viable(&p, 0, false) {
		f.descend(&p, 0)
	}
}

// viable reports whether the partial choice up to depth d can still fit the memory and give an entry that none found
// beats. With bound set, p is a bound over several choices.
func (f *fillSearch) viable(p *partial, d int, bound bool) bool {
	f.out.nodes++
	suf, q := &f.suf[d], len(f.order)
	if !fitsIn(f.key.size, &f.bits, p, suf, q) {
		return false
	}
	e := f.entry[:q+1]
	for k, t := range f.order {
		e[f.column[t]] = p.fills[k] * suf.fills[k]
	}
	e[q] = 0
	if slices.Contains(f.order, f.s.space.out) {
		e[q] = -p.first * suf.first
	}
	if f.beaten(e) {
		return false
	}
	if d == len(f.seq) && !bound {
		f.insert(e)
	}
	return true
}

// beaten reports whether an entry found is no worse in all numbers. The one that beat the last is tried first.
func (f *fillSearch) beaten(e []float64) bool {
	n, w, beats := f.out.numbers, f.out.width, f.s.space.rules.beats
	if f.hint < len(n) && beats(n[f.hint:f.hint+w], e) {
		return true
	}
	for at := 0; at < len(n); at += w {
		if beats(n[at:at+w], e) {
			f.hint = at
			return true
		}
	}
	return false
}

// insert adds an entry and drops those it beats.
func (f *fillSearch) insert(e []float64) {
	n, w := f.out.numbers, f.out.width
	kept := n[:0]
	for at := 0; at < len(n); at += w {
		if !f.s.space.rules.beats(e, n[at:at+w]) {
			kept = append(kept, n[at:at+w]...)
		}
	}
	f.out.numbers, f.hint = append(kept, e...), 0
}

func (f *fillSearch) descend(p *partial, d int) {
	if d == len(f.seq) {
		return
	}
	q, t := len(f.order), f.tabs[f.seq[d]]
	var n partial
	for c := range t.chunks {
		if f.s.space.pause(1) {
			return
		}
		if times(&n, p, &t.chunks[c], q); len(t.chunks) > 1 && !f.viable(&n, d+1, true) {
			continue
		}
		for i := c * chunkSize; i < min((c+1)*chunkSize, len(t.rows)); i++ {
			timesRow(&n, p, &t.rows[i], q)
			if f.viable(&n, d+1, false) {
				f.descend(&n, d+1)
			}
		}
	}
}
