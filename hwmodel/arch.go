package hwmodel

import (
	"math"
	"slices"

	"tcmdse/hwmodel/estimate"
)

// Kind tells what a Node is.
type Kind uint8

// The kinds of nodes.
const (
	Memory Kind = iota
	Array
	Compute
)

// Ports tells whether reads and writes of a memory share its bandwidth.
type Ports uint8

// SharedPorts (the default) adds read and write times; SeparatePorts counts the larger one.
const (
	SharedPorts Ports = iota
	SeparatePorts
)

// TensorSet names tensors: "all", "none", a role ("inputs", "weights", "outputs") or a tensor's own name.
// A nil set means "not given": the field's documented default applies.
type TensorSet []string

// Has reports whether the set holds the tensor of that name and role.
func (s TensorSet) Has(name, role string) bool {
	return slices.ContainsFunc(s, func(e string) bool { return e == "all" || e == name || e == role })
}

// Access is the cost of one direction (read or write) of a memory.
type Access struct {
	EnergyJPerBit    float64 // energy per bit moved
	BandwidthBitPerS float64 // per instance; 0 means unlimited
}

// Dim is one dimension of an array.
type Dim struct {
	Name           string
	Size           int64     // instances along this dimension, >= 1
	OnlyReuse      TensorSet // loops here must leave these tensors unchanged; nil: no constraint
	Multicast      TensorSet // tensors shared or reduced along the dimension; nil: OnlyReuse if given, else all
	MinUtilization float64   // least used share of Size, 0..1
}

// LeastUsed returns the fewest instances that loops must use: the least whole number not below MinUtilization x Size,
// where products that miss a whole number by rounding alone (0.07 x 100) count as that number.
func (d *Dim) LeastUsed() int64 {
	return int64(math.Ceil(d.MinUtilization*float64(d.Size) - 1e-9))
}

// Multicasts reports whether the dimension shares (or reduces) the tensor.
func (d *Dim) Multicasts(name, role string) bool {
	switch {
	case d.Multicast != nil:
		return d.Multicast.Has(name, role)
	case d.OnlyReuse != nil:
		return d.OnlyReuse.Has(name, role)
	}
	return true
}

// Node is one element of an architecture; which fields count depends on Kind.
type Node struct {
	Kind Kind
	Name string

	// Memory.
	SizeBits int64 // capacity per instance; 0 means unlimited
	Keep     TensorSet
	MayKeep  TensorSet // nil: none if Keep is given, else all
	Read     Access
	Write    Access
	Ports    Ports
	Bits     map[string]int64 // bits per value by tensor name or role, where it differs from the workload's

	// Array.
	Dims []Dim
	// NetworkJPerBit is the energy of moving a bit between a memory above the array and what is below it, as the memory
	// above counts bits: a value that the network multicasts or reduces moves once (definition.md section 3). 0: networks
	// are free.
	NetworkJPerBit float64

	// Compute.
	EnergyJ        float64 // per multiply-accumulate
	ThroughputPerS float64 // per instance; 0 means unlimited

	// Per instance; of an array, its network.
	LeakageW float64
	AreaM2   float64

	// WidthBits is what one access moves; 0 where the file does not say. It decides nothing.
	WidthBits float64 `json:"-"`
	// Costs says where each of the numbers above is from. It decides nothing.
	Costs []Figure `json:"-"`
}

// Figure is one cost of one instance of a node, with its origin.
type Figure struct {
	Field  string          `json:"field"` // as in architecture files: area, read.energy
	Value  float64         `json:"value"` // in Unit
	Unit   string          `json:"unit"`
	Origin estimate.Origin `json:"origin"`
}

// Priced reports whether the node is a component with costs of its own: all but arrays whose network costs nothing.
func (n *Node) Priced() bool {
	return n.Kind != Array || n.NetworkJPerBit > 0 || n.LeakageW > 0 || n.AreaM2 > 0
}

// MustKeep reports whether a memory has to hold the tensor.
func (n *Node) MustKeep(name, role string) bool { return n.Keep.Has(name, role) }

// CanKeep reports whether a memory may hold the tensor.
func (n *Node) CanKeep(name, role string) bool {
	if n.Keep.Has(name, role) {
		return true
	}
	if n.MayKeep == nil {
		return n.Keep == nil
	}
	return n.MayKeep.Has(name, role)
}

// BitsOf returns the width of a tensor's values in this memory, given the workload's own.
func (n *Node) BitsOf(name, role string, workload int64) int64 {
	if b, ok := n.Bits[name]; ok {
		return b
	}
	if b, ok := n.Bits[role]; ok {
		return b
	}
	return workload
}

// Arch is an accelerator: nodes outermost first; the first is a memory, the last the compute.
type Arch struct {
	Name    string
	TechM   float64 // feature size in metres; 0 when not given
	ClockHz float64 // 0 when not given
	Nodes   []Node

	Overhead string   `json:"-"` // what the overhead factors are, "" for none
	Warnings []string `json:"-"` // about estimated costs
}

// Instances returns how many instances of each node exist: the product of the sizes of all arrays above it.
func (a *Arch) Instances() []int64 {
	out := make([]int64, len(a.Nodes))
	n := int64(1)
	for i := range a.Nodes {
		out[i] = n
		for _, d := range a.Nodes[i].Dims {
			n *= d.Size
		}
	}
	return out
}

// AreaM2 returns the sum over nodes of area times instances.
func (a *Arch) AreaM2() float64 {
	var sum float64
	for i, n := range a.Instances() {
		sum += a.Nodes[i].AreaM2 * float64(n)
	}
	return sum
}
