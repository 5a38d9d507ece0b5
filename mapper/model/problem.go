package model

import (
	"errors"
	"fmt"

	"tcmdse/hwmodel"
	"tcmdse/mapper/workload"
)

// Relevance tells how a rank variable bears on a tensor.
type Relevance uint8

// Irrelevant: absent from the tensor's projection. Partial: only in dimensions that it shares with other variables.
// Relevant: alone in some dimension.
const (
	Irrelevant Relevance = iota
	Partial
	Relevant
)

// Problem is one Einsum on one architecture, in the terms that evaluation and search need. It is read-only.
type Problem struct {
	Vars      []workload.Var    // rank variables of size > 1
	Tensors   []workload.Tensor // as in the Einsum; dimensions refer to Vars
	Memories  []Memory          // outermost first
	Arrays    []Array           // outermost first
	Resources []Component       // memories, the compute, then arrays that cost something, without counts

	MACs        float64 // points of the iteration space
	ComputeJ    float64 // energy of all of them
	SPerStep    float64 // seconds of one multiply-accumulate on one instance; 0 when unlimited
	ComputeName string
	Computes    float64 // instances of the compute
	LeakageW    float64 // of all instances of all nodes

	single    []string      // rank variables of size 1, dropped
	relevance [][]Relevance // by tensor, variable
}

// Memory is a memory's share of a Problem. Slices are indexed by tensor.
type Memory struct {
	Name                      string
	Node                      int     // in the architecture
	SizeBits                  float64 // per instance; 0: unlimited
	Must, May                 []bool  // has to, is allowed to hold the tensor
	Bits                      []float64
	ReadJPerBit, WriteJPerBit float64
	ReadSPerBit, WriteSPerBit float64 // per instance; 0: unlimited bandwidth
	Separate                  bool    // read and write times overlap
	LeakageW                  float64 // per instance
	Instances                 float64
}

// Array is an array's place: Above is the index of the next memory further in, len(Memories) for the compute.
type Array struct {
	Node, Above int
	Name        string
	Dims        []hwmodel.Dim
	JPerBit     float64 // of its network, as the memory above counts bits
	resource    int     // in Resources; -1: it costs nothing
}

// NetworkJPerBit returns what the networks between two memories add to a bit that the outer one reads or writes for the
// inner (or for the compute, len(Memories)): definition.md section 3, nothing where arrays have no energy.
func (p *Problem) NetworkJPerBit(parent, child int) float64 {
	var sum float64
	for i := range p.Arrays {
		if a := &p.Arrays[i]; parent < a.Above && a.Above <= child {
			sum += a.JPerBit
		}
	}
	return sum
}

// Compile joins an architecture and an Einsum. It fails where either is not one that the model knows: no memory
// outermost, no compute innermost, no or several outputs, an outermost memory that may not hold a tensor; and where numbers
// are beyond what counts and figures hold (hwmodel.Arch.Check, workload.Einsum.Countable).
func Compile(arch *hwmodel.Arch, e *workload.Einsum) (*Problem, error) {
	p := &Problem{MACs: 1}
	if err := e.Countable(); err != nil {
		return nil, err
	}
	if err := p.addEinsum(e); err != nil {
		return nil, err
	}
	if err := arch.Check(); err != nil {
		return nil, err
	}
	if err := p.addArch(arch); err != nil {
		return nil, err
	}
	for t := range p.Tensors {
		if root := &p.Memories[0]; !root.Must[t] && !root.May[t] {
			return nil, fmt.Errorf("model: outermost memory %s may not keep tensor %s; it has to keep all", root.Name, p.Tensors[t].Name)
		}
	}
	return p, nil
}

// addEinsum drops variables of size 1 (they move nothing and make p in 2*p+r stand alone where r is 1).
func (p *Problem) addEinsum(e *workload.Einsum) error {
	index := make([]int, len(e.Vars))
	for i, v := range e.Vars {
		index[i] = -1
		if v.Size < 1 {
			return fmt.Errorf("model: rank variable %s has size %d; at least 1 is needed", v.Name, v.Size)
		}
		if v.Size > 1 {
			index[i] = len(p.Vars)
			p.Vars = append(p.Vars, v)
			p.MACs *= float64(v.Size)
		} else {
			p.single = append(p.single, v.Name)
		}
	}
	outputs := 0
	for _, t := range e.Tensors {
		if t.Output {
			outputs++
		}
		dims := t.Dims
		t.Dims = nil
		relevance := make([]Relevance, len(p.Vars))
		for _, dim := range dims {
			var kept workload.Index
			for _, term := range dim {
				if term.Coef < 1 || term.Var < 0 || term.Var >= len(index) {
					return fmt.Errorf("model: tensor %s has the term %d x variable number %d; coefficients are at least 1, variables are numbered 0 to %d",
						t.Name, term.Coef, term.Var, len(index)-1)
				}
				if v := index[term.Var]; v >= 0 {
					kept = append(kept, workload.Term{Coef: term.Coef, Var: v})
				}
			}
			if len(kept) == 0 {
				continue
			}
			t.Dims = append(t.Dims, kept)
			r := Partial
			if len(kept) == 1 {
				r = Relevant
			}
			for _, term := range kept {
				relevance[term.Var] = max(relevance[term.Var], r)
			}
		}
		p.Tensors = append(p.Tensors, t)
		p.relevance = append(p.relevance, relevance)
	}
	if outputs != 1 {
		return fmt.Errorf("model: an Einsum has exactly one output, this one has %d", outputs)
	}
	return nil
}

func (p *Problem) addArch(arch *hwmodel.Arch) error {
	n := len(arch.Nodes)
	if n < 2 || arch.Nodes[0].Kind != hwmodel.Memory || arch.Nodes[n-1].Kind != hwmodel.Compute {
		return errors.New("model: an architecture starts with a memory and ends with its compute")
	}
	instances := arch.Instances()
	for i := range arch.Nodes {
		node := &arch.Nodes[i]
		p.LeakageW += node.LeakageW * float64(instances[i])
		switch node.Kind {
		case hwmodel.Memory:
			p.Memories = append(p.Memories, p.memory(node, i, instances[i]))
		case hwmodel.Array:
			p.Arrays = append(p.Arrays, Array{Node: i, Above: len(p.Memories), Name: node.Name, Dims: node.Dims, JPerBit: node.NetworkJPerBit, resource: -1})
			continue
		case hwmodel.Compute:
			if i != n-1 {
				return errors.New("model: the compute is the last node of an architecture")
			}
			p.ComputeName, p.Computes = node.Name, float64(instances[i])
			p.ComputeJ = p.MACs * node.EnergyJ
			p.SPerStep = inverse(node.ThroughputPerS)
		}
		p.Resources = append(p.Resources, resource(node, instances[i]))
	}
	for i := range p.Arrays {
		a := &p.Arrays[i]
		if node := &arch.Nodes[a.Node]; node.Priced() {
			a.resource = len(p.Resources)
			p.Resources = append(p.Resources, resource(node, instances[a.Node]))
		}
	}
	return nil
}

func resource(node *hwmodel.Node, instances int64) Component {
	return Component{
		Name: node.Name, Instances: instances, SizeBits: node.SizeBits,
		leakageW: node.LeakageW * float64(instances), AreaM2: node.AreaM2 * float64(instances),
	}
}

func (p *Problem) memory(node *hwmodel.Node, i int, instances int64) Memory {
	m := Memory{
		Name: node.Name, Node: i, SizeBits: float64(node.SizeBits),
		ReadJPerBit: node.Read.EnergyJPerBit, WriteJPerBit: node.Write.EnergyJPerBit,
		ReadSPerBit: inverse(node.Read.BandwidthBitPerS), WriteSPerBit: inverse(node.Write.BandwidthBitPerS),
		Separate: node.Ports == hwmodel.SeparatePorts, LeakageW: node.LeakageW, Instances: float64(instances),
	}
	for _, t := range p.Tensors {
		m.Must = append(m.Must, node.MustKeep(t.Name, t.Role))
		m.May = append(m.May, node.CanKeep(t.Name, t.Role))
		m.Bits = append(m.Bits, float64(node.BitsOf(t.Name, t.Role, t.Bits)))
	}
	return m
}

func inverse(x float64) float64 {
	if x == 0 {
		return 0
	}
	return 1 / x
}

// Relevance tells how variable v bears on tensor t.
func (p *Problem) Relevance(t, v int) Relevance { return p.relevance[t][v] }

// Output returns the index of the output tensor.
func (p *Problem) Output() int {
	for t := range p.Tensors {
		if p.Tensors[t].Output {
			return t
		}
	}
	return -1
}

// Footprint returns the values in the dense bounding box of a tile of tensor t with the given extents by variable.
func (p *Problem) Footprint(t int, extents []int64) float64 {
	f := 1.0
	for _, dim := range p.Tensors[t].Dims {
		width := int64(1)
		for _, term := range dim {
			width += term.Coef * (extents[term.Var] - 1)
		}
		f *= float64(width)
	}
	return f
}
