// Package workload describes networks: layers, each one Einsum of products with affine indices.
//
//	O[n,g,m,p,q] = I[n,g,c,2*p+r,2*q+s] * W[g,m,c,r,s]     a convolution of stride 2
//
// One multiply-accumulate is done per point of the iteration space, the product of all rank variables' sizes. Dimensions of
// tensors are sums of terms coefficient x variable, coefficients from 1; padding is not part of that, it shows in the output's
// sizes alone. A layer stands for itself: what runs before and after it, and what happens between layers, is not described.
//
//	net, err := workload.Open("resnet18", "")   // an embedded name or a file
//	einsum := workload.Conv(workload.ConvShape{C: 64, M: 64, P: 56, Q: 56, R: 3, S: 3})
//
// What holds for every network that Parse returns: at most MaxTensors tensors a layer, exactly one of them the output, and
// iteration spaces and footprints below 2^62, so that counts in integers are exact. Write writes what Parse reads back.
//
// workload.go has the types, load.go reads files, einsum.go the text of Einsums, shapes.go makes convolutions and matrix
// products, write.go writes files, nets.go embeds networks (each file of nets/ names its source).
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
