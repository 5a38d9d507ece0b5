// Package mapping holds mappings: storage nodes and loops, top to bottom, ending in the compute.
//
//	DRAM keeps I W O
//	for m in 4
//	  GLB keeps W
//	  par PE.x: m in 16
//	    MAC
//
// A storage node says that from here on down a memory keeps a tensor; their order is the dataplacement. A loop cuts what is
// left of its variable by its bound, in time (for) or over a dimension of an array (par). What such a list means, and which
// lists are valid, is docs/definition.md, sections 2 and 7; package model checks it against an architecture and an Einsum.
// Here a mapping is only a text: JSON or YAML as `tcmdse map --json` prints and `tcmdse evaluate` reads it.
//
// What holds: Parse of what MarshalJSON wrote is the same mapping, and MarshalJSON fails on what Parse would refuse.
//
// mapping.go has the types, text.go writes loop nests for people, json.go JSON, parse.go reads it.
package mapping

// Kind tells what a Node is.
type Kind uint8

// The kinds of nodes of a mapping (definition.md section 2).
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
	// its last pass covers only what is left (definition.md section 7).
	Imperfect bool
	Lines     []int // of each node in the file it was read from; nil for mappings made otherwise
}
