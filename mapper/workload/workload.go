// Package workload describes networks: layers, each one Einsum of products with affine indices.
package workload

// Network is a list of layers that run one after another.
type Network struct {
	Name   string
	Layers []Layer
}

// Layer is one Einsum and how often it occurs in the network.
type Layer struct {
	Name   string
	Count  int64 // >= 1
	Einsum Einsum
}

// Einsum is a sum of products: one multiply-accumulate per point of the iteration space of its rank variables.
type Einsum struct {
	Vars    []Var
	Tensors []Tensor // inputs in the order written, the one output last
}

// Var is a rank variable with its size, >= 1.
type Var struct {
	Name string
	Size int64
}

// Tensor is one operand or the result. Each dimension is an affine expression of rank variables.
type Tensor struct {
	Name   string
	Role   string // "inputs", "weights", "outputs" or ""
	Output bool
	Bits   int64 // bits per value
	Dims   []Index
}

// Index is an affine expression: the sum of its terms.
type Index []Term

// Term is Coef (>= 1) times the rank variable Vars[Var].
type Term struct {
	Coef int64
	Var  int
}
