package onnx

import (
	"slices"
	"strings"
)

// give sets output i, where the node has one.
func (c *call) give(i int, v *value) {
	if i < len(c.out) {
		c.out[i] = v
	}
}

// same: the first output is like the first input; the statistics of norms are left unknown.
func (c *call) same() error {
	v := shaped(c.in[0].typ, c.in[0].shape...)
	if c.rule.work == move {
		v.bits, v.weight = c.in[0].bits, c.in[0].weight
	}
	if len(c.in) == 1 && (c.rule.work == perOutput && !c.random() || c.n.op == "Identity") {
		v.rep = c.in[0].rep
	}
	c.give(0, v)
	if strings.HasPrefix(c.n.op, "Skip") { // the sum that was normalised; the means are left unknown
		c.give(3, shaped(v.typ, v.shape...))
	}
	if c.n.op == "Dropout" {
		c.give(1, shaped(typeBool, v.shape...))
	}
	if c.n.op == "Identity" {
		v.ints, v.floats = c.in[0].ints, c.in[0].floats
	}
	return nil
}

func (c *call) shapes() [][]int64 {
	var out [][]int64
	for _, v := range c.in {
		if v != nil {
			out = append(out, v.shape)
		}
	}
	return out
}

func (c *call) broadcasts() error {
	if c.opset > 0 && c.opset < 7 && len(c.in) == 2 && c.int("broadcast", 0) != 0 {
		c.give(0, shaped(c.in[0].typ, c.in[0].shape...)) // the second operand was placed by axis and never widened the first
		return nil
	}
	shape, err := c.broadcast(c.shapes()...)
	if err != nil {
		return err
	}
	v := shaped(c.in[0].typ, shape...)
	v.rep = c.commonRepeats(shape)
	c.give(0, v)
	return nil
}

func (c *call) compares() error {
	shape, err := c.broadcast(c.shapes()...)
	c.give(0, shaped(typeBool, shape...))
	return err
}

func (c *call) tests() error {
	typ := int64(typeBool)
	if c.n.op == "BitwiseNot" {
		typ = c.in[0].typ
	}
	c.give(0, shaped(typ, c.in[0].shape...))
	return nil
}

func (c *call) where() error {
	shape, err := c.broadcast(c.shapes()...)
	c.give(0, shaped(c.in[1].typ, shape...))
	return err
}

// cast: a type from "to", or of the zero point; what is dequantised keeps its width.
func (c *call) cast() error {
	v := shaped(0, c.in[0].shape...)
	v.weight = c.in[0].weight
	if len(c.in) == 1 || c.in[1] != nil && c.in[1].rank() == 0 { // no scale, or one for all
		v.rep = c.in[0].rep
	}
	switch c.n.op {
	case "Cast":
		v.typ, v.bits = c.int("to", 0), c.in[0].bits
	case "QuantizeLinear":
		if v.typ = c.int("output_dtype", typeUint8); c.arg(2) != nil {
			v.typ = c.in[2].typ
		}
	default:
		if v.typ, v.bits = typeFloat, typeBits(c.in[0].typ); len(c.in) > 1 && c.in[1] != nil {
			v.typ = c.in[1].typ
		}
	}
	c.give(0, v)
	return nil
}

func (c *call) castLike() error {
	c.give(0, shaped(c.in[1].typ, c.in[0].shape...))
	return nil
}

func (c *call) dynamicQuantize() error {
	c.give(0, shaped(typeUint8, c.in[0].shape...))
	c.give(1, shaped(typeFloat))
	c.give(2, shaped(typeUint8))
	return nil
}

// quantizedBinary: A, its scale and zero point, B, its scale and zero point.
func (c *call) quantizedBinary() error {
	shape, err := c.broadcast(c.in[0].shape, c.in[3].shape)
	c.give(0, shaped(c.in[0].typ, shape...))
	return err
}

func (c *call) reduce() error {
	rank := c.in[0].rank()
	axes, given, known, err := c.axes(1, rank)
	if err != nil || !known {
		return err
	}
	if (!given || len(axes) == 0) && c.int("noop_with_empty_axes", 0) != 0 {
		c.give(0, shaped(c.in[0].typ, c.in[0].shape...))
		return nil
	}
	c.give(0, shaped(c.in[0].typ, reduced(c.in[0].shape, axes, len(axes) == 0, c.int("keepdims", 1) != 0)...))
	return nil
}

func reduced(shape []int64, axes []int, all, keep bool) []int64 {
	out := []int64{}
	for i, d := range shape {
		switch {
		case !all && !slices.Contains(axes, i):
			out = append(out, d)
		case keep:
			out = append(out, 1)
		}
	}
	return out
}

func (c *call) argument() error {
	a, err := c.axis(c.int("axis", 0), c.in[0].rank())
	if err != nil {
		return err
	}
	c.give(0, shaped(typeInt64, reduced(c.in[0].shape, []int{a}, false, c.int("keepdims", 1) != 0)...))
	return nil
}

func (c *call) topK() error {
	a, err := c.axis(c.int("axis", -1), c.in[0].rank())
	if err != nil {
		return err
	}
	k := c.int("k", -1)
	if v := c.arg(1); v != nil && len(v.ints) == 1 {
		k = v.ints[0]
	}
	if k < 0 {
		return nil
	}
	shape := slices.Clone(c.in[0].shape)
	shape[a] = k
	c.give(0, shaped(c.in[0].typ, shape...))
	c.give(1, shaped(typeInt64, slices.Clone(shape)...))
	return nil
}

// random says that an operator gives other values each time.
func (c *call) random() bool { return c.n.op == "Bernoulli" || strings.HasPrefix(c.n.op, "Random") }

func (c *call) randomShape() error {
	if shape, ok := c.list("shape"); ok {
		c.give(0, shaped(c.int("dtype", typeFloat), shape...))
	}
	return nil
}

// embedNorm: ids of [batch, sequence], tables of words of [words, width].
func (c *call) embedNorm() error {
	ids, words := c.in[0].shape, c.in[2].shape
	if len(ids) != 2 || len(words) != 2 {
		return c.bad("ids of shape %v and words of shape %v; two dimensions each are needed", ids, words)
	}
	c.give(0, shaped(c.in[2].typ, ids[0], ids[1], words[1]))
	c.give(1, shaped(typeInt32, ids[0]))
	c.give(2, shaped(c.in[2].typ, ids[0], ids[1], words[1]))
	return nil
}
