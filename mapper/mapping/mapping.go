// Package mapping holds mappings: storage nodes and loops, top to bottom, ending in the compute.
package mapping

// Kind tells what a Node is.
type Kind uint8

// The kinds of nodes of a mapping (model.md, section 2).
const (
	Storage  Kind = iota // memory Memory keeps tensor Tensor from here on
	Temporal             // for Var in N
	Spatial              // par Array.Dim, Var in N
)

// Node is one element of a mapping.
type Node struct {
	Kind           Kind
	Memory, Tensor string // Storage
	Var            string // loops
	N              int64  // loops: cuts the current extent of Var by N, >= 1
	Array, Dim     string // Spatial
}

// Mapping is the list, top to bottom; the compute stands at the end and is not written.
type Mapping struct {
	Nodes []Node
	// Imperfect allows the outermost loop of a rank variable that stands alone wherever it occurs to leave a remainder:
	// its last pass covers only what is left (model.md section 7).
	Imperfect bool
	Lines     []int // of each node in the file it was read from; nil for mappings made otherwise
}
