package mapper

import (
	"math"
	"math/big"

	"tcmdse/hwmodel"
	"tcmdse/mapper/mapping"
)

// rebuild writes a complete mapping of the search as a mapping: storage nodes outermost first, under each the loop that slides its
// window, then the other temporal loops in the order of the Einsum's variables, then the spatial loops.
func (s *search) rebuild(b *incumbent, arch *hwmodel.Arch) mapping.Mapping {
	var m mapping.Mapping
	for t := range s.p.Tensors {
		m.Nodes = append(m.Nodes, s.storage(0, t))
	}
	// Under the outermost memory: what is left of every variable.
	s.loops(&m, -1, func(g, k int) int64 {
		gr := &s.space.groups[g]
		return passes(gr.divs[k][len(gr.divs[k])-1], gr.extent(b.cur[g], k))
	})
	for i := 1; i <= s.inner; i++ {
		if l := s.levels[i]; l != nil {
			for _, sl := range l.options[b.choice[i]].loops {
				n := &arch.Nodes[sl.node]
				m.Nodes = append(m.Nodes, mapping.Node{
					Kind: mapping.Spatial, Array: n.Name, Dim: n.Dims[sl.dim].Name, Var: s.p.Vars[sl.v].Name, N: sl.n,
				})
			}
		}
		if i == s.inner {
			break
		}
		d := &b.decide[i]
		for k, t := range d.order {
			m.Nodes = append(m.Nodes, s.storage(i, t))
			s.loops(&m, s.slideVar(d, k, t), func(g, j int) int64 {
				gr, r := &s.space.groups[g], d.rows[g]
				below := int(r.in)
				if k+1 < len(d.order) {
					below = int(r.tile[k+1])
				}
				return passes(gr.extent(int(r.tile[k]), j), gr.extent(below, j))
			})
		}
	}
	return m
}

// passes returns how often a loop runs that covers an extent with pieces of another, the last perhaps a remainder.
func passes(extent, piece int64) int64 { return (extent + piece - 1) / piece }

func (s *search) storage(memory, tensor int) mapping.Node {
	return mapping.Node{Kind: mapping.Storage, Memory: s.p.Memories[memory].Name, Tensor: s.p.Tensors[tensor].Name}
}

// slideVar returns the variable whose loop comes first under node k, the one that leaves the smallest window; -1: none.
func (s *search) slideVar(d *decision, k, t int) int {
	full := 1.0
	for _, r := range d.rows {
		full *= r.foot[k]
	}
	best, at := full, -1
	for g, r := range d.rows {
		if r.slide[k] < 0 {
			continue
		}
		if w := full / r.foot[k] * r.window[k]; w < best {
			best, at = w, s.space.groups[g].vars[r.slide[k]]
		}
	}
	return at
}

// loops appends the temporal loops of one gap, first the one over variable first.
func (s *search) loops(m *mapping.Mapping, first int, n func(g, k int) int64) {
	factor := make([]int64, len(s.p.Vars))
	for g := range s.space.groups {
		for k, v := range s.space.groups[g].vars {
			factor[v] = n(g, k)
		}
	}
	add := func(v int) {
		if factor[v] > 1 {
			m.Nodes = append(m.Nodes, mapping.Node{Kind: mapping.Temporal, Var: s.p.Vars[v].Name, N: factor[v]})
		}
	}
	if first >= 0 {
		add(first)
	}
	for v := range factor {
		if v != first {
			add(v)
		}
	}
}

// mapspace returns log10 of the number of mappings that choose kept tensors, their order within each memory, and for
// every variable one factor in each gap and on each array dimension, orders of loops within a gap not counted; and the
// number of lists of storage nodes among them.
func (s *search) mapspace() (log10, dataplacements float64) {
	total := new(big.Float)
	slots := 1
	for m := 1; m <= s.inner; m++ {
		if s.levels[m] != nil {
			slots += s.levels[m].dims
		}
	}
	var walk func(m, slots int, orders float64)
	walk = func(m, slots int, orders float64) {
		if m == s.inner {
			dataplacements += orders
			n := big.NewFloat(orders)
			for v := range s.p.Vars {
				n.Mul(n, s.space.ways(v, slots))
			}
			total.Add(total, n)
			return
		}
		mem := &s.p.Memories[m]
		must, may := 0, 0
		for t := range s.p.Tensors {
			if mem.Must[t] {
				must++
			} else if mem.May[t] {
				may++
			}
		}
		for k := 0; k <= may; k++ {
			perms, choose := 1.0, 1.0
			for x := 2; x <= must+k; x++ {
				perms *= float64(x)
			}
			for x := range k {
				choose = choose * float64(may-x) / float64(x+1)
			}
			walk(m+1, slots+must+k, orders*perms*choose)
		}
	}
	walk(1, slots, 1)
	f, exp := new(big.Float), 0
	exp = total.MantExp(f)
	mant, _ := f.Float64()
	return math.Log10(mant) + float64(exp)*math.Log10(2), dataplacements
}

// factorisations returns in how many ways n is an ordered product of k factors.
func factorisations(n int64, k int) *big.Float {
	out := big.NewInt(1)
	for _, f := range factorise(n) {
		out.Mul(out, new(big.Int).Binomial(int64(f.a+k)-1, int64(k)-1))
	}
	return new(big.Float).SetInt(out)
}
