package onnx

import (
	"math"
	"slices"
)

// int returns an attribute, usual where it is left out.
func (c *call) int(name string, usual int64) int64 {
	if a := c.n.attrs[name]; a != nil {
		return a.i
	}
	return usual
}

func (c *call) str(name, usual string) string {
	if a := c.n.attrs[name]; a != nil && a.s != "" {
		return a.s
	}
	return usual
}

// list returns an attribute of whole numbers; ok false where it is left out.
func (c *call) list(name string) ([]int64, bool) {
	a := c.n.attrs[name]
	if a == nil {
		return nil, false
	}
	return a.ints, true
}

// spatial returns an attribute with one number, from least to 2^31-1, for each of n spatial dimensions.
func (c *call) spatial(name string, n int, least, usual int64) ([]int64, error) {
	xs, ok := c.list(name)
	if !ok {
		return slices.Repeat([]int64{usual}, n), nil
	}
	if len(xs) != n {
		return nil, c.bad("%s has %d numbers, %d are needed", name, len(xs), n)
	}
	for _, x := range xs {
		if x < least || x > math.MaxInt32 {
			return nil, c.bad("%s has %d; allowed: %d to 2^31-1", name, x, least)
		}
	}
	return xs, nil
}

// axis reads an axis of a shape of that rank: negative ones count from the end.
func (c *call) axis(a int64, rank int) (int, error) {
	if a < -int64(rank) || a >= int64(rank) {
		return 0, c.bad("axis %d of a tensor of %d dimensions", a, rank)
	}
	if a < 0 {
		a += int64(rank)
	}
	return int(a), nil
}

// axes reads axes from the input at i or, in older versions of operators, the attribute; known false where they depend on
// data, and given false where they are left out.
func (c *call) axes(i int, rank int) (axes []int, given, known bool, err error) {
	xs, given := c.list("axes")
	if v := c.arg(i); v != nil {
		if given = true; v.ints == nil {
			if n, ok := elements(v.shape); !v.known || !ok || n != 0 {
				return nil, true, false, nil
			}
		}
		xs = v.ints
	}
	for _, x := range xs {
		a, err := c.axis(x, rank)
		if err != nil {
			return nil, given, true, err
		}
		axes = append(axes, a)
	}
	return axes, given, true, nil
}

// broadcast returns the shape that operands of these shapes have together.
func (c *call) broadcast(shapes ...[]int64) ([]int64, error) {
	rank := 0
	for _, s := range shapes {
		rank = max(rank, len(s))
	}
	out := slices.Repeat([]int64{1}, rank)
	for _, s := range shapes {
		for i, d := range s {
			o := &out[rank-len(s)+i]
			switch {
			case *o == 1:
				*o = d
			case d != 1 && d != *o:
				return nil, c.bad("shapes %v do not fit together", shapes)
			}
		}
	}
	return out, nil
}
