package model_test

import (
	"math/rand/v2"

	"tcmdse/hwmodel"
	"tcmdse/mapper/mapping"
	"tcmdse/mapper/workload"
)

// gap is what stands between two storage nodes: temporal loops over spatial ones.
type gap struct{ temporal, spatial []mapping.Node }

// randomMapping draws a mapping that keeps all rules of section 2 but capacities and least utilisations. It is often
// not one that a mapper would write: several loops on one variable in a gap, loops of one pass, any order.
func randomMapping(r *rand.Rand, a *hwmodel.Arch, e *workload.Einsum) *mapping.Mapping {
	var top, below []mapping.Node
	memory := []int{} // by node of below: index in a.Nodes
	for i := range a.Nodes {
		n := &a.Nodes[i]
		if n.Kind != hwmodel.Memory {
			continue
		}
		for _, t := range r.Perm(len(e.Tensors)) {
			tn := &e.Tensors[t]
			keep := mapping.Node{Kind: mapping.Storage, Memory: n.Name, Tensor: tn.Name}
			switch {
			case i == 0:
				top = append(top, keep)
			case n.MustKeep(tn.Name, tn.Role) || n.CanKeep(tn.Name, tn.Role) && r.IntN(2) == 0:
				below, memory = append(below, keep), append(memory, i)
			}
		}
	}
	gaps := make([]gap, len(below)+1)
	used := map[[2]int]int64{} // by array and dimension
	for v := range e.Vars {
		for left, f := e.Vars[v].Size, int64(2); left > 1; f++ {
			for ; left%f == 0; left /= f {
				loop := mapping.Node{Kind: mapping.Temporal, Var: e.Vars[v].Name, N: f}
				if at, ok := spread(r, a, e, v, &loop, used, memory); ok {
					gaps[at].spatial = append(gaps[at].spatial, loop)
				} else {
					at := r.IntN(len(gaps))
					gaps[at].temporal = append(gaps[at].temporal, loop)
				}
			}
		}
		if r.IntN(6) == 0 {
			at := r.IntN(len(gaps))
			gaps[at].temporal = append(gaps[at].temporal, mapping.Node{Kind: mapping.Temporal, Var: e.Vars[v].Name, N: 1})
		}
	}
	m := &mapping.Mapping{Nodes: top}
	for i, g := range gaps {
		if i > 0 {
			m.Nodes = append(m.Nodes, below[i-1])
		}
		if r.IntN(2) == 0 {
			g.temporal = merged(g.temporal)
		}
		for _, loops := range [][]mapping.Node{g.temporal, g.spatial} {
			r.Shuffle(len(loops), func(i, j int) { loops[i], loops[j] = loops[j], loops[i] })
			m.Nodes = append(m.Nodes, loops...)
		}
	}
	return m
}

// spread tries to place a loop on a random dimension of a random array, and returns the gap where it has to stand.
func spread(r *rand.Rand, a *hwmodel.Arch, e *workload.Einsum, v int, loop *mapping.Node, used map[[2]int]int64, memory []int) (int, bool) {
	i := r.IntN(len(a.Nodes))
	n := &a.Nodes[i]
	if n.Kind != hwmodel.Array || r.IntN(4) == 0 {
		return 0, false
	}
	d := r.IntN(len(n.Dims))
	dim, key := &n.Dims[d], [2]int{i, d}
	if max(used[key], 1)*loop.N > dim.Size {
		return 0, false
	}
	for t := range e.Tensors {
		if tn := &e.Tensors[t]; dim.OnlyReuse.Has(tn.Name, tn.Role) && occurs(tn, v) {
			return 0, false
		}
	}
	used[key] = max(used[key], 1) * loop.N
	loop.Kind, loop.Array, loop.Dim = mapping.Spatial, n.Name, dim.Name
	at := 0
	for k, m := range memory {
		if m < i {
			at = k + 1
		}
	}
	return at, true
}

func occurs(t *workload.Tensor, v int) bool {
	for _, dim := range t.Dims {
		for _, term := range dim {
			if term.Var == v {
				return true
			}
		}
	}
	return false
}

// merged joins the loops on each variable into one.
func merged(loops []mapping.Node) []mapping.Node {
	var out []mapping.Node
next:
	for _, l := range loops {
		for i := range out {
			if out[i].Var == l.Var {
				out[i].N *= l.N
				continue next
			}
		}
		out = append(out, l)
	}
	return out
}
