package onnx

import (
	"math"
	"slices"
)

// target reads a shape from input i; ok false where it depends on data.
func (c *call) target(i int) (shape []int64, ok bool, err error) {
	v := c.arg(i)
	if v == nil {
		return nil, false, c.bad("no target shape")
	}
	if n, whole := elements(v.shape); v.ints == nil && !(v.known && whole && n == 0) {
		return nil, false, nil
	}
	if _, ok := elements(v.ints); !ok {
		return nil, false, c.bad("%v is no shape whose values can be counted", v.ints)
	}
	return v.ints, true, nil
}

func (c *call) expand() error {
	to, ok, err := c.target(1)
	if err != nil || !ok {
		return err
	}
	shape, err := c.broadcast(c.in[0].shape, to)
	if err != nil {
		return err
	}
	v := shaped(c.in[0].typ, shape...)
	v.bits, v.rep = c.in[0].bits, c.in[0].expandRepeats(shape)
	if n, ok := elements(shape); ok && n > 0 && n <= maxFolded {
		v.ints, v.floats = spread(c.in[0].ints, c.in[0].shape, shape), spread(c.in[0].floats, c.in[0].shape, shape)
	}
	c.give(0, v)
	return nil
}

// spread repeats contents of a tensor of shape from to fill one of shape to, as broadcasting does.
func spread[T any](xs []T, from, to []int64) []T {
	if xs == nil {
		return nil
	}
	lead := len(to) - len(from)
	steps := strides(from)
	out := []T{}
	var walk func(axis int, at int64)
	walk = func(axis int, at int64) {
		if axis == len(to) {
			out = append(out, xs[at])
			return
		}
		for i := range to[axis] {
			step := int64(0)
			if axis >= lead && from[axis-lead] != 1 {
				step = steps[axis-lead]
			}
			walk(axis+1, at+i*step)
		}
	}
	walk(0, 0)
	return out
}

func (c *call) tile() error {
	if c.arg(1) == nil {
		return c.bad("no repeats")
	}
	in, reps := c.in[0], c.in[1].ints
	if reps == nil && in.rank() > 0 {
		return nil
	}
	if len(reps) != in.rank() {
		return c.bad("repeats %v for a tensor of shape %v", reps, in.shape)
	}
	shape := slices.Clone(in.shape)
	for i, r := range reps {
		if n, ok := elements([]int64{shape[i], r}); ok {
			shape[i] = n
		} else {
			return c.bad("repeats %v", reps)
		}
	}
	c.give(0, shaped(in.typ, shape...))
	return nil
}

func (c *call) pad() error {
	in := c.in[0]
	pads, ok := c.list("pads")
	if old, there := c.list("paddings"); there {
		pads, ok = old, true
	}
	if v := c.arg(1); v != nil {
		if pads, ok = v.ints, true; pads == nil && in.rank() > 0 {
			return nil
		}
	}
	axes := make([]int, in.rank())
	for i := range axes {
		axes[i] = i
	}
	if v := c.arg(3); v != nil {
		if axes = nil; v.ints == nil {
			return nil
		}
		for _, x := range v.ints {
			a, err := c.axis(x, in.rank())
			if err != nil {
				return err
			}
			axes = append(axes, a)
		}
	}
	if !ok || len(pads) != 2*len(axes) {
		return c.bad("%d pads for %d axes", len(pads), len(axes))
	}
	shape := slices.Clone(in.shape)
	for i, a := range axes {
		for _, p := range []int64{pads[i], pads[i+len(axes)]} {
			if p < -math.MaxInt32 || p > math.MaxInt32 {
				return c.bad("pads of %d", p)
			}
			shape[a] += p
		}
		if shape[a] < 0 {
			return c.bad("pads %v take more than there is of %v", pads, in.shape)
		}
	}
	c.give(0, shaped(in.typ, shape...))
	return nil
}

func (c *call) constantOfShape() error {
	shape, ok, err := c.target(0)
	if err != nil || !ok {
		return err
	}
	fill := &tensor{typ: typeFloat, floats: []float64{0}}
	if a := c.n.attrs["value"]; a != nil && a.t != nil {
		fill = a.t
	}
	v := shaped(fill.typ, shape...)
	if n, ok := elements(shape); ok && n <= maxFolded {
		if len(fill.ints) == 1 {
			v.ints = slices.Repeat(fill.ints, int(n))
		}
		if len(fill.floats) == 1 {
			v.floats = slices.Repeat(fill.floats, int(n))
		}
	}
	c.give(0, v)
	return nil
}

func (c *call) rangeOf() error {
	if len(c.in) != 3 || slices.Contains(c.in, nil) {
		return c.bad("start, limit and delta are needed")
	}
	var n float64
	a, b, d := c.in[0], c.in[1], c.in[2]
	switch {
	case len(a.ints) == 1 && len(b.ints) == 1 && len(d.ints) == 1 && d.ints[0] != 0:
		n = math.Ceil((float64(b.ints[0]) - float64(a.ints[0])) / float64(d.ints[0]))
	case len(a.floats) == 1 && len(b.floats) == 1 && len(d.floats) == 1 && d.floats[0] != 0:
		n = math.Ceil((b.floats[0] - a.floats[0]) / d.floats[0])
	default:
		return nil
	}
	if math.IsNaN(n) || n > math.MaxInt32 {
		return c.bad("a range of %g values", n)
	}
	v := shaped(a.typ, int64(max(n, 0)))
	if v.shape[0] <= maxFolded && a.ints != nil {
		v.ints = []int64{}
		for i := range v.shape[0] {
			v.ints = append(v.ints, a.ints[0]+i*d.ints[0])
		}
	}
	c.give(0, v)
	return nil
}

func (c *call) constantValue() error {
	for name, a := range c.n.attrs {
		var v *value
		switch name {
		case "value":
			if a.t != nil {
				v = &value{typ: a.t.typ, known: true, shape: a.t.dims, ints: a.t.ints, floats: a.t.floats}
			}
		case "value_int":
			v = &value{typ: typeInt64, known: true, ints: []int64{a.i}}
		case "value_ints":
			v = &value{typ: typeInt64, known: true, shape: []int64{int64(len(a.ints))}, ints: a.ints}
		case "value_float":
			v = &value{typ: typeFloat, known: true, floats: []float64{a.f}}
		case "value_floats":
			v = &value{typ: typeFloat, known: true, shape: []int64{int64(len(a.floats))}, floats: a.floats}
		}
		if v != nil {
			c.give(0, v)
		}
	}
	return nil
}

func (c *call) oneHot() error {
	if c.arg(1) == nil {
		return c.bad("no depth")
	}
	depth := int64(-1)
	if d := c.in[1]; len(d.ints) == 1 {
		depth = d.ints[0]
	} else if len(d.floats) == 1 && d.floats[0] >= 0 && d.floats[0] < math.MaxInt32 {
		depth = int64(d.floats[0])
	}
	if depth < 0 {
		return nil
	}
	a, err := c.axis(c.int("axis", -1), c.in[0].rank()+1)
	if err != nil {
		return err
	}
	typ := int64(0)
	if v := c.arg(2); v != nil {
		typ = v.typ
	}
	c.give(0, shaped(typ, slices.Insert(slices.Clone(c.in[0].shape), a, depth)...))
	return nil
}
