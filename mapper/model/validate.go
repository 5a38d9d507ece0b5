package model

import (
	"fmt"
	"slices"

	"tcmdse/mapper/mapping"
)

// InvalidError says which rule of definition.md section 2 a mapping breaks, and where.
type InvalidError struct {
	Rule int    // number of the rule in definition.md section 2; 0 for names that do not exist
	Node int    // index in Mapping.Nodes, -1 when it is about the whole
	What string // with the amounts
}

func (e *InvalidError) Error() string {
	if e.Node < 0 {
		return fmt.Sprintf("invalid mapping: %s", e.What)
	}
	return fmt.Sprintf("invalid mapping: node %d: %s", e.Node+1, e.What)
}

// walk is a mapping resolved against a problem; the last step is the compute.
type walk struct {
	p     *Problem
	steps []step
}

// step is one node with what holds at its place: extents just below nothing of it (a loop's own cut comes after),
// and products of the loops above.
type step struct {
	node           int // in Mapping.Nodes
	kind           mapping.Kind
	memory, tensor int // storage; memory is len(Memories) at the compute
	v              int // loops
	n              int64
	array, dim     int
	shares         []bool // spatial: by tensor, whether the loop shares or reduces it

	extents                     []int64
	temporal, relevant, spatial float64 // products of loops above: temporal, those relevant to the output, spatial
}

func invalid(rule, node int, format string, args ...any) error {
	return &InvalidError{Rule: rule, Node: node, What: fmt.Sprintf(format, args...)}
}

func newWalk(p *Problem, m *mapping.Mapping) (*walk, error) {
	w := &walk{p: p, steps: make([]step, 0, len(m.Nodes)+1)}
	spare := make([]int64, len(p.Vars)*len(m.Nodes)) // for the extents below each loop
	now := step{extents: make([]int64, len(p.Vars)), temporal: 1, relevant: 1, spatial: 1}
	for v := range p.Vars {
		now.extents[v] = p.Vars[v].Size
	}
	for i := range m.Nodes {
		w.steps = append(w.steps, step{})
		st := &w.steps[len(w.steps)-1]
		if ok, err := w.resolve(i, &m.Nodes[i], st); err != nil {
			return nil, err
		} else if !ok {
			w.steps = w.steps[:len(w.steps)-1]
			continue
		}
		st.extents, st.temporal, st.relevant, st.spatial = now.extents, now.temporal, now.relevant, now.spatial
		if st.kind == mapping.Storage {
			continue
		}
		below, err := w.cut(m, i, st, now.extents[st.v])
		if err != nil {
			return nil, err
		}
		copy(spare, now.extents)
		now.extents, spare = spare[:len(p.Vars):len(p.Vars)], spare[len(p.Vars):]
		now.extents[st.v] = below
		if st.kind == mapping.Spatial {
			now.spatial *= float64(st.n)
			continue
		}
		now.temporal *= float64(st.n)
		if p.Relevance(p.Output(), st.v) == Relevant {
			now.relevant *= float64(st.n)
		}
	}
	for v := range p.Vars {
		if now.extents[v] != 1 {
			return nil, invalid(1, -1, "loops over %s multiply to %d, its size is %d",
				p.Vars[v].Name, p.Vars[v].Size/now.extents[v], p.Vars[v].Size)
		}
	}
	end := now
	end.kind, end.memory = mapping.Storage, len(p.Memories)
	end.tensor = -1
	w.steps = append(w.steps, end)
	return w, nil
}

// cut returns the extent below the loop of step st, node i of the mapping, where left is the extent above it. The
// outermost loop of a lone variable may leave a remainder in imperfect mappings (definition.md section 7).
func (w *walk) cut(m *mapping.Mapping, i int, st *step, left int64) (int64, error) {
	v := &w.p.Vars[st.v]
	if m.Imperfect && left == v.Size && w.p.Lone(st.v) {
		below := int64(1)
		for _, n := range m.Nodes[i+1:] {
			if n.Kind != mapping.Storage && n.Var == v.Name && n.N > 1 {
				if below > v.Size/n.N {
					return 0, invalid(1, i, "loops over %s inside this one cut by more than its size %d", v.Name, v.Size)
				}
				below *= n.N
			}
		}
		if passes := (v.Size + below - 1) / below; passes != st.n {
			return 0, invalid(1, i, "loop over %s makes %d passes of %d; %d cover its size %d", v.Name, st.n, below, passes, v.Size)
		}
		return below, nil
	}
	if left%st.n != 0 {
		return 0, invalid(1, i, "loop over %s cuts by %d, which does not divide the extent %d left there", v.Name, st.n, left)
	}
	return left / st.n, nil
}

// resolve turns names into indexes; false for a loop of one pass, which is no step: it changes nothing anywhere.
func (w *walk) resolve(i int, n *mapping.Node, st *step) (bool, error) {
	p := w.p
	*st = step{node: i, kind: n.Kind, n: n.N, memory: -1, tensor: -1, v: -1}
	if n.Kind == mapping.Storage {
		for m := range p.Memories {
			if p.Memories[m].Name == n.Memory {
				st.memory = m
			}
		}
		for t := range p.Tensors {
			if p.Tensors[t].Name == n.Tensor {
				st.tensor = t
			}
		}
		if st.memory < 0 {
			return false, invalid(0, i, "the architecture has no memory %q", n.Memory)
		}
		if st.tensor < 0 {
			return false, invalid(0, i, "the layer has no tensor %q", n.Tensor)
		}
		return true, nil
	}
	if n.N < 1 {
		return false, invalid(1, i, "loop over %s cuts by %d; at least 1 is needed", n.Var, n.N)
	}
	for v := range p.Vars {
		if p.Vars[v].Name == n.Var {
			st.v = v
		}
	}
	switch {
	case st.v < 0 && !slices.Contains(p.single, n.Var):
		return false, invalid(0, i, "the layer has no rank variable %q", n.Var)
	case st.v < 0 && n.N != 1:
		return false, invalid(1, i, "loop over %s cuts by %d, its size is 1", n.Var, n.N)
	case n.Kind == mapping.Temporal:
		return n.N > 1, nil
	case n.Kind != mapping.Spatial:
		return false, invalid(0, i, "node of unknown kind %d", n.Kind)
	}
	return n.N > 1, w.place(i, n, st)
}

// place finds the array dimension of a spatial loop.
func (w *walk) place(i int, n *mapping.Node, st *step) error {
	for a := range w.p.Arrays {
		arr := &w.p.Arrays[a]
		if arr.Name != n.Array {
			continue
		}
		for d := range arr.Dims {
			if arr.Dims[d].Name != n.Dim {
				continue
			}
			st.array, st.dim = a, d
			dim := &arr.Dims[d]
			st.shares = make([]bool, len(w.p.Tensors))
			for t := range w.p.Tensors {
				tn, r := &w.p.Tensors[t], Irrelevant
				if st.v >= 0 {
					r = w.p.Relevance(t, st.v)
				}
				if n.N > 1 && r != Irrelevant && dim.OnlyReuse.Has(tn.Name, tn.Role) {
					return invalid(4, i, "a loop over %s changes %s, which dimension %s.%s may only reuse", n.Var, tn.Name, n.Array, n.Dim)
				}
				st.shares[t] = r == Irrelevant && dim.Multicasts(tn.Name, tn.Role)
			}
			return nil
		}
	}
	return invalid(0, i, "the architecture has no array dimension %s.%s", n.Array, n.Dim)
}

// check tests the rules that need the whole list: 2, 3 and 4 (1 is tested on the way, 5 by fits).
func (w *walk) check() error {
	p := w.p
	held := make([][]bool, len(p.Memories))
	for m := range held {
		held[m] = make([]bool, len(p.Tensors))
	}
	last, loops := 0, false
	arrayBelow := -1 // the innermost array met in the current gap; temporal loops may not follow it
	for i := range w.steps {
		st := &w.steps[i]
		switch st.kind {
		case mapping.Storage:
			if st.memory == len(p.Memories) {
				continue
			}
			if st.memory < last {
				return invalid(3, st.node, "%s stands inside a storage node of %s, a memory further in", p.Memories[st.memory].Name, p.Memories[last].Name)
			}
			if held[st.memory][st.tensor] {
				return invalid(3, st.node, "%s keeps %s twice", p.Memories[st.memory].Name, p.Tensors[st.tensor].Name)
			}
			if st.memory == 0 && loops {
				return invalid(2, st.node, "the outermost memory keeps every tensor above all loops")
			}
			held[st.memory][st.tensor] = true
			last, arrayBelow = st.memory, -1
		case mapping.Temporal:
			loops = true
			if arrayBelow >= 0 {
				return invalid(4, st.node, "temporal loop over %s below a loop of array %s in the same gap", p.Vars[st.v].Name, p.Arrays[arrayBelow].Name)
			}
		case mapping.Spatial:
			loops, arrayBelow = true, st.array
			if err := w.checkSpatial(i, st); err != nil {
				return err
			}
		}
	}
	for m := range p.Memories {
		for t := range p.Tensors {
			mem, name := &p.Memories[m], p.Tensors[t].Name
			switch {
			case m == 0 && !held[m][t]:
				return invalid(2, -1, "outermost memory %s does not keep %s", mem.Name, name)
			case mem.Must[t] && !held[m][t]:
				return invalid(3, -1, "memory %s has to keep %s", mem.Name, name)
			case m > 0 && held[m][t] && !mem.Must[t] && !mem.May[t]:
				return invalid(3, -1, "memory %s may not keep %s", mem.Name, name)
			}
		}
	}
	return w.checkUse()
}

// checkSpatial tests that a spatial loop stands below every storage node of memories above its array and above every
// storage node of memories below it.
func (w *walk) checkSpatial(i int, st *step) error {
	above := w.p.Arrays[st.array].Above
	for j := range w.steps[:len(w.steps)-1] {
		s := &w.steps[j]
		if s.kind == mapping.Storage && (s.memory < above) != (j < i) {
			return invalid(4, st.node, "loop on array %s stands on the wrong side of the storage node of %s for %s",
				w.p.Arrays[st.array].Name, w.p.Memories[s.memory].Name, w.p.Tensors[s.tensor].Name)
		}
	}
	return nil
}

// checkUse tests the product of the loops on each dimension.
func (w *walk) checkUse() error {
	for a := range w.p.Arrays {
		arr := &w.p.Arrays[a]
		for d := range arr.Dims {
			used := 1.0
			for i := range w.steps {
				if st := &w.steps[i]; st.kind == mapping.Spatial && st.array == a && st.dim == d {
					used *= float64(st.n)
				}
			}
			size := float64(arr.Dims[d].Size)
			if used > size {
				return invalid(4, -1, "loops use %.0f instances of %s.%s, which has %.0f", used, arr.Name, arr.Dims[d].Name, size)
			}
			if least := float64(arr.Dims[d].LeastUsed()); used < least {
				return invalid(4, -1, "loops use %.0f of %.0f instances of %s.%s; at least %g are asked for", used, size, arr.Name, arr.Dims[d].Name, least)
			}
		}
	}
	return nil
}

// fits tests rule 5 for one memory, given its occupancy by tensor.
func (w *walk) fits(m int, peak []float64) error {
	mem := &w.p.Memories[m]
	var need float64
	for _, bits := range peak {
		need += bits
	}
	if mem.SizeBits > 0 && need > mem.SizeBits {
		return invalid(5, -1, "memory %s holds %.0f bits and would need %.0f (%.0f too many)", mem.Name, mem.SizeBits, need, need-mem.SizeBits)
	}
	return nil
}
