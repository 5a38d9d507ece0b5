package workload

import (
	"fmt"
	"maps"
	"slices"
)

// ConvShape is a two-dimensional convolution as its layer is written: channels over all groups, output sizes. Zero
// values of N, Groups, strides and dilations mean 1. Padding is not part of it: it shows in P and Q alone.
type ConvShape struct {
	N, C, M, P, Q, R, S  int64
	Groups               int64 // divides C and M
	StrideH, StrideW     int64
	DilationH, DilationW int64
}

// Conv returns O[n,g,m,p,q] = I[n,g,c,stride*p+dilation*r,stride*q+dilation*s] * W[g,m,c,r,s], c and m within a group,
// with 8 bits a value.
func Conv(s ConvShape) Einsum {
	for _, x := range []*int64{&s.N, &s.Groups, &s.StrideH, &s.StrideW, &s.DilationH, &s.DilationW} {
		*x = max(*x, 1)
	}
	one := func(i int) Index { return Index{{1, i}} }
	return Einsum{
		Vars: []Var{{"n", s.N}, {"g", s.Groups}, {"c", s.C / s.Groups}, {"m", s.M / s.Groups}, {"p", s.P}, {"q", s.Q}, {"r", s.R}, {"s", s.S}},
		Tensors: []Tensor{
			{Name: "I", Role: "inputs", Bits: 8, Dims: []Index{one(0), one(1), one(2), {{s.StrideH, 4}, {s.DilationH, 6}}, {{s.StrideW, 5}, {s.DilationW, 7}}}},
			{Name: "W", Role: "weights", Bits: 8, Dims: []Index{one(1), one(3), one(2), one(6), one(7)}},
			{Name: "O", Role: "outputs", Output: true, Bits: 8, Dims: []Index{one(0), one(1), one(3), one(4), one(5)}},
		},
	}
}

// Matmul returns O[m,n] = I[m,k] * W[k,n], with a batch b before the dimensions of all three where batch is not 0; 8
// bits a value.
func Matmul(batch, m, k, n int64) Einsum {
	ix := func(vars ...int) []Index {
		var out []Index
		if batch != 0 {
			out = append(out, Index{{1, 0}})
		}
		for _, x := range vars {
			if batch != 0 {
				x++
			}
			out = append(out, Index{{1, x}})
		}
		return out
	}
	e := Einsum{Vars: []Var{{"m", m}, {"k", k}, {"n", n}}}
	if batch != 0 {
		e.Vars = slices.Insert(e.Vars, 0, Var{"b", batch})
	}
	e.Tensors = []Tensor{
		{Name: "I", Role: "inputs", Bits: 8, Dims: ix(0, 1)}, {Name: "W", Role: "weights", Bits: 8, Dims: ix(1, 2)},
		{Name: "O", Role: "outputs", Output: true, Bits: 8, Dims: ix(0, 2)},
	}
	return e
}

// convShape returns the shape of an Einsum that Conv made, ok false for any other.
func (e *Einsum) convShape() (s ConvShape, ok bool) {
	if len(e.Vars) != 8 || len(e.Tensors) != 3 || len(e.Tensors[0].Dims) != 5 || len(e.Tensors[0].Dims[3]) != 2 || len(e.Tensors[0].Dims[4]) != 2 {
		return s, false
	}
	size := func(i int) int64 { return e.Vars[i].Size }
	h, w := e.Tensors[0].Dims[3], e.Tensors[0].Dims[4]
	g := size(1)
	s = ConvShape{N: size(0), C: g * size(2), M: g * size(3), P: size(4), Q: size(5), R: size(6), S: size(7), Groups: g,
		StrideH: h[0].Coef, StrideW: w[0].Coef, DilationH: h[1].Coef, DilationW: w[1].Coef}
	return s, g >= 1 && s.C/g == size(2) && s.M/g == size(3) && sameBut(e, Conv(s))
}

// matmulShape returns the sizes of an Einsum that Matmul made, batch 0 for none, ok false for any other.
func (e *Einsum) matmulShape() (batch, m, k, n int64, ok bool) {
	v := e.Vars
	if len(v) == 4 {
		batch, v = v[0].Size, v[1:]
	}
	if len(v) != 3 {
		return 0, 0, 0, 0, false
	}
	m, k, n = v[0].Size, v[1].Size, v[2].Size
	return batch, m, k, n, sameBut(e, Matmul(batch, m, k, n))
}

// sameBut reports whether two Einsums are equal but for the widths of their tensors.
func sameBut(a *Einsum, b Einsum) bool {
	return slices.Equal(a.Vars, b.Vars) && slices.EqualFunc(a.Tensors, b.Tensors, func(t, u Tensor) bool {
		return t.Name == u.Name && t.Role == u.Role && t.Output == u.Output &&
			slices.EqualFunc(t.Dims, u.Dims, func(x, y Index) bool { return slices.Equal(x, y) })
	})
}

// SetSizes gives every rank variable its size, for an Einsum that ParseEinsum read. A variable without a size, a size
// below 1 and a name that the Einsum does not have are errors. Tensors whose width was not set get 8 bits a value.
func (e *Einsum) SetSizes(sizes map[string]int64) error {
	for _, name := range slices.Sorted(maps.Keys(sizes)) {
		if !slices.ContainsFunc(e.Vars, func(v Var) bool { return v.Name == name }) {
			return fmt.Errorf("the einsum has no rank variable %q; it has %s", name, varNames(e))
		}
	}
	for i := range e.Vars {
		size, ok := sizes[e.Vars[i].Name]
		if !ok || size < 1 {
			return fmt.Errorf("rank variable %s has no size of at least 1", e.Vars[i].Name)
		}
		e.Vars[i].Size = size
	}
	for i := range e.Tensors {
		if e.Tensors[i].Bits == 0 {
			e.Tensors[i].Bits = 8
		}
	}
	return nil
}
