package mapper

import (
	"fmt"
	"strings"

	"tcmdse/hwmodel"
	"tcmdse/mapper/model"
)

// InfeasibleError says that an Einsum has no valid mapping on an architecture: which node refuses it, and by how much.
type InfeasibleError struct {
	Node   string // memory or array that refuses
	Need   int64  // bits a memory would need; 0 for arrays
	Have   int64  // bits it has
	Reason string
}

func (e *InfeasibleError) Error() string { return "no valid mapping: " + e.Reason }

// Infeasible returns the reason; its presence tells callers that the error is a verdict, not a failure.
func (e *InfeasibleError) Infeasible() string { return e.Reason }

// explain finds what makes every mapping invalid. Single values of all tensors that a memory must keep have to fit,
// and they always may be the tiles; all else that can refuse is the least utilisation of an array's dimension.
func explain(p *model.Problem, arch *hwmodel.Arch, imperfect bool) error {
	for m := range p.Memories {
		mem := &p.Memories[m]
		var need float64
		var names []string
		for t := range p.Tensors {
			if mem.Must[t] {
				need += mem.Bits[t]
				names = append(names, p.Tensors[t].Name)
			}
		}
		if m > 0 && mem.SizeBits > 0 && need > mem.SizeBits {
			return &InfeasibleError{Node: mem.Name, Need: int64(need), Have: int64(mem.SizeBits), Reason: fmt.Sprintf(
				"memory %s holds %.0f bits; one value each of %s, which it must keep, needs %.0f (%.0f too many)",
				mem.Name, mem.SizeBits, strings.Join(names, ", "), need, need-mem.SizeBits)}
		}
	}
	sp := &space{p: p, loose: make([]bool, len(p.Vars))}
	for v := range sp.loose {
		sp.loose[v] = imperfect && p.Lone(v)
	}
	for _, a := range p.Arrays {
		for di := range arch.Nodes[a.Node].Dims {
			d := &arch.Nodes[a.Node].Dims[di]
			if best := sp.mostUsed(d); best < d.LeastUsed() {
				return &InfeasibleError{Node: arch.Nodes[a.Node].Name, Reason: fmt.Sprintf(
					"array %s.%s has %d instances and must use at least %d of them; loops can use at most %d",
					arch.Nodes[a.Node].Name, d.Name, d.Size, d.LeastUsed(), best)}
			}
		}
	}
	var limits []string
	for _, a := range p.Arrays {
		for _, d := range arch.Nodes[a.Node].Dims {
			if d.MinUtilization > 0 {
				limits = append(limits, arch.Nodes[a.Node].Name+"."+d.Name)
			}
		}
	}
	return &InfeasibleError{Node: strings.Join(limits, ", "), Reason: fmt.Sprintf(
		"the least utilisations of %s cannot be met together, or leave tiles that the memories above cannot hold",
		strings.Join(limits, ", "))}
}

// tooLarge reports an outermost memory smaller than the whole tensors.
func tooLarge(p *model.Problem) error {
	root := &p.Memories[0]
	full := make([]int64, len(p.Vars))
	for v := range full {
		full[v] = p.Vars[v].Size
	}
	var need float64
	for t := range p.Tensors {
		need += root.Bits[t] * p.Footprint(t, full)
	}
	if root.SizeBits == 0 || need <= root.SizeBits {
		return nil
	}
	return &InfeasibleError{Node: root.Name, Need: int64(need), Have: int64(root.SizeBits), Reason: fmt.Sprintf(
		"outermost memory %s holds %.0f bits; all tensors together need %.0f (%.0f too many)",
		root.Name, root.SizeBits, need, need-root.SizeBits)}
}

// mostUsed returns the largest product of allowed factors that a dimension can use.
func (s *space) mostUsed(d *hwmodel.Dim) int64 {
	best := int64(1)
	var try func(v int, n int64)
	try = func(v int, n int64) {
		best = max(best, n)
		for ; v < len(s.p.Vars); v++ {
			if !s.allowedOn(d, v) {
				continue
			}
			for _, f := range s.factors(v, 1, d.Size/n) {
				try(v+1, n*f)
			}
		}
	}
	try(0, 1)
	return best
}
