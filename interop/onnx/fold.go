package onnx

import (
	"math"
	"slices"
)

// fold computes contents of the first output where the operator is arithmetic on small known tensors, as exporters write it
// to compute shapes. Operators that only move values have done so with their shape.
func (c *call) fold() {
	if len(c.out) == 0 || c.out[0] == nil || !c.out[0].known {
		return
	}
	out := c.out[0]
	if n, ok := elements(out.shape); !ok || n == 0 || n > maxFolded {
		return
	}
	for _, v := range c.in {
		if v != nil && v.ints == nil && v.floats == nil {
			return
		}
	}
	switch c.n.op {
	case "Cast", "CastLike":
		out.ints, out.floats = converted(c.in[0], out.typ)
	case "Where":
		c.foldWhere(out)
	case "Clip":
		c.foldClip(out)
	case "ReduceProd", "ReduceSum", "ReduceMax", "ReduceMin":
		c.foldReduce(out)
	case "Neg", "Abs", "Not", "Floor", "Ceil", "Round", "Sqrt", "Reciprocal":
		c.foldUnary(out)
	default:
		c.foldBinary(out)
	}
}

// converted changes contents to a type: towards zero from real to whole numbers.
func converted(v *value, typ int64) (ints []int64, floats []float64) {
	switch {
	case isFloat(typ) && v.ints != nil:
		for _, x := range v.ints {
			floats = append(floats, float64(x))
		}
	case isFloat(typ):
		floats = v.floats
	case v.floats != nil:
		for _, x := range v.floats {
			if math.IsNaN(x) || math.Abs(x) > 1<<62 {
				return nil, nil
			}
			ints = append(ints, int64(x))
		}
	default:
		ints = v.ints
	}
	if typ == typeBool {
		ints = slices.Clone(ints)
		for i, x := range ints {
			if x != 0 {
				ints[i] = 1
			}
		}
		for i, x := range v.floats {
			if x != 0 { // 0.5 is true
				ints[i] = 1
			}
		}
	}
	return ints, floats
}

func (c *call) foldWhere(out *value) {
	if len(c.in) != 3 || c.in[0].ints == nil {
		return
	}
	cond := spread(c.in[0].ints, c.in[0].shape, out.shape)
	if a, b := c.in[1], c.in[2]; a.ints != nil && b.ints != nil {
		out.ints = choose(cond, spread(a.ints, a.shape, out.shape), spread(b.ints, b.shape, out.shape))
	} else if a.floats != nil && b.floats != nil {
		out.floats = choose(cond, spread(a.floats, a.shape, out.shape), spread(b.floats, b.shape, out.shape))
	}
}

// foldClip is how padding of type SAME is computed where the sizes are known only at run time.
func (c *call) foldClip(out *value) {
	out.ints, out.floats = slices.Clone(c.in[0].ints), slices.Clone(c.in[0].floats)
	for i, name := range []string{"min", "max"} {
		bound := c.arg(1 + i)
		if a := c.n.attrs[name]; a != nil {
			bound = &value{floats: []float64{a.f}}
		}
		if bound == nil {
			continue
		}
		clipTo(out.ints, bound.ints, i == 0)
		clipTo(out.floats, bound.floats, i == 0)
	}
}

func clipTo[T int64 | float64](xs, bound []T, below bool) {
	if len(bound) != 1 {
		return
	}
	for i, x := range xs {
		if xs[i] = min(x, bound[0]); below {
			xs[i] = max(x, bound[0])
		}
	}
}

func choose[T any](cond []int64, a, b []T) []T {
	out := make([]T, len(cond))
	for i, x := range cond {
		if out[i] = b[i]; x != 0 {
			out[i] = a[i]
		}
	}
	return out
}

// foldReduce reduces over all values, as products of shapes do.
func (c *call) foldReduce(out *value) {
	if n, _ := elements(out.shape); n != 1 {
		return
	}
	out.ints, out.floats = reduceAll(c.n.op, c.in[0].ints), reduceAll(c.n.op, c.in[0].floats)
}

func reduceAll[T int64 | float64](op string, xs []T) []T {
	if len(xs) == 0 {
		return nil
	}
	x := xs[0]
	for _, y := range xs[1:] {
		switch op {
		case "ReduceProd":
			x *= y
		case "ReduceSum":
			x += y
		case "ReduceMax":
			x = max(x, y)
		case "ReduceMin":
			x = min(x, y)
		}
	}
	return []T{x}
}

func (c *call) foldUnary(out *value) {
	for _, x := range c.in[0].ints {
		switch c.n.op {
		case "Neg":
			x = -x
		case "Abs":
			x = max(x, -x)
		case "Not":
			x = 1 - min(max(x, 0), 1)
		default:
			return
		}
		out.ints = append(out.ints, x)
	}
	of := map[string]func(float64) float64{"Neg": func(x float64) float64 { return -x }, "Abs": math.Abs, "Floor": math.Floor,
		"Ceil": math.Ceil, "Round": math.RoundToEven, "Sqrt": math.Sqrt, "Reciprocal": func(x float64) float64 { return 1 / x }}[c.n.op]
	for _, x := range c.in[0].floats {
		if of != nil {
			out.floats = append(out.floats, of(x))
		}
	}
}

func (c *call) foldBinary(out *value) {
	if len(c.in) != 2 || c.in[0] == nil || c.in[1] == nil {
		return
	}
	a, b := c.in[0], c.in[1]
	if to, err := c.broadcast(a.shape, b.shape); err != nil || !slices.Equal(to, out.shape) {
		return // operators before opset 7 place the second operand by axis
	}
	switch {
	case a.ints != nil && b.ints != nil:
		of := c.wholeOperator()
		if of == nil {
			return
		}
		xs, ys := spread(a.ints, a.shape, out.shape), spread(b.ints, b.shape, out.shape)
		for i := range xs {
			z, ok := of(xs[i], ys[i])
			if !ok {
				out.ints = nil
				return
			}
			out.ints = append(out.ints, z)
		}
	case a.floats != nil && b.floats != nil:
		of := realOperator(c.n.op)
		if of == nil {
			return
		}
		xs, ys := spread(a.floats, a.shape, out.shape), spread(b.floats, b.shape, out.shape)
		for i := range xs {
			out.floats = append(out.floats, of(xs[i], ys[i]))
		}
	}
}

func (c *call) wholeOperator() func(x, y int64) (int64, bool) {
	truth := func(b bool) (int64, bool) {
		if b {
			return 1, true
		}
		return 0, true
	}
	return map[string]func(x, y int64) (int64, bool){
		"Add": func(x, y int64) (int64, bool) { return x + y, true },
		"Sub": func(x, y int64) (int64, bool) { return x - y, true },
		"Mul": func(x, y int64) (int64, bool) { return x * y, true },
		"Div": func(x, y int64) (int64, bool) {
			if y == 0 || y == -1 && x == math.MinInt64 {
				return 0, false
			}
			return x / y, true
		},
		"Mod": func(x, y int64) (int64, bool) {
			if y == 0 || y == -1 {
				return 0, y == -1
			}
			z := x % y
			if z != 0 && (z < 0) != (y < 0) && c.int("fmod", 0) == 0 {
				z += y
			}
			return z, true
		},
		"Max":   func(x, y int64) (int64, bool) { return max(x, y), true },
		"Min":   func(x, y int64) (int64, bool) { return min(x, y), true },
		"Equal": func(x, y int64) (int64, bool) { return truth(x == y) }, "Greater": func(x, y int64) (int64, bool) { return truth(x > y) },
		"Less": func(x, y int64) (int64, bool) { return truth(x < y) }, "GreaterOrEqual": func(x, y int64) (int64, bool) { return truth(x >= y) },
		"LessOrEqual": func(x, y int64) (int64, bool) { return truth(x <= y) },
		"And":         func(x, y int64) (int64, bool) { return truth(x != 0 && y != 0) },
		"Or":          func(x, y int64) (int64, bool) { return truth(x != 0 || y != 0) },
		"Xor":         func(x, y int64) (int64, bool) { return truth((x != 0) != (y != 0)) },
	}[c.n.op]
}

func realOperator(op string) func(x, y float64) float64 {
	return map[string]func(x, y float64) float64{
		"Add": func(x, y float64) float64 { return x + y }, "Sub": func(x, y float64) float64 { return x - y },
		"Mul": func(x, y float64) float64 { return x * y }, "Div": func(x, y float64) float64 { return x / y },
		"Max": math.Max, "Min": math.Min, "Pow": math.Pow,
	}[op]
}
