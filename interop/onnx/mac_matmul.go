package onnx

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"tcmdse/mapper/workload"
)

// matmulOperands says which inputs of a product are its operands.
type matmulOperands struct{ a, b int }

// operandShapes returns the operands' shapes as [batch..., m, k] and [batch..., k, n], and whether they were vectors.
func (c *call) operandShapes(at matmulOperands) (a, b []int64, vecA, vecB bool, err error) {
	a, b = slices.Clone(c.in[at.a].shape), slices.Clone(c.in[at.b].shape)
	gemm := strings.Contains(c.n.op, "Gemm")
	if len(a) == 0 || len(b) == 0 || gemm && (len(a) != 2 || len(b) != 2) && c.n.op != "GemmFastGelu" {
		return nil, nil, false, false, c.bad("operands of shapes %v and %v", a, b)
	}
	if vecA = len(a) == 1; vecA {
		a = []int64{1, a[0]}
	}
	if vecB = len(b) == 1; vecB {
		b = []int64{b[0], 1}
	}
	flip := func(x []int64, name string, vector bool) {
		if c.int("transBatch"+name, 0) != 0 && !vector && len(x) > 2 { // [m, batch..., k]
			copy(x, append(slices.Clone(x[1:len(x)-1]), x[0]))
		}
		if c.int("trans"+name, 0) != 0 && !vector {
			slices.Reverse(x[len(x)-2:])
		}
	}
	flip(a, "A", vecA)
	flip(b, "B", vecB)
	if a[len(a)-1] != b[len(b)-2] {
		return nil, nil, false, false, c.bad("operands of shapes %v and %v do not fit together", c.in[at.a].shape, c.in[at.b].shape)
	}
	return a, b, vecA, vecB, nil
}

func (c *call) matmul(at matmulOperands) error {
	a, b, vecA, vecB, err := c.operandShapes(at)
	if err != nil {
		return err
	}
	shape, err := c.broadcast(a[:len(a)-2], b[:len(b)-2])
	if err != nil {
		return err
	}
	if !vecA {
		shape = append(shape, a[len(a)-2])
	}
	if !vecB {
		shape = append(shape, b[len(b)-1])
	}
	typ := c.in[at.a].typ
	switch c.n.op {
	case "MatMulInteger":
		typ = typeInt32
	case "QLinearMatMul":
		typ = c.in[7].typ
	case "MatMulIntegerToFloat":
		typ = typeFloat
	case "QGemm":
		if typ = typeFloat; c.arg(8) != nil {
			typ = c.in[8].typ
		}
	}
	c.give(0, shaped(typ, shape...))
	return nil
}

func (c *call) matmulLayers(at matmulOperands) error {
	a, b, _, _, err := c.operandShapes(at)
	if err != nil {
		return err
	}
	batchA, batchB := a[:len(a)-2], b[:len(b)-2]
	shape, err := c.broadcast(batchA, batchB)
	if err != nil {
		return err
	}
	s := productShape{batch: 1, m: a[len(a)-2], k: a[len(a)-1], n: b[len(b)-1]}
	at1 := func(x []int64, i int) int64 {
		if i -= len(shape) - len(x); i < 0 {
			return 1
		}
		return x[i]
	}
	for i, d := range shape {
		// Dimensions that one operand lacks are more rows or columns of the other: no operand is repeated in memory.
		switch x, y := at1(batchA, i), at1(batchB, i); {
		case x == y:
			ra, rb := c.repeated(at.a, i-len(shape)), c.repeated(at.b, i-len(shape))
			switch {
			case rb > 1 && ra == 1:
				s.batch, s.m = c.times(s.batch, d/rb), c.times(s.m, rb)
			case ra > 1 && rb == 1:
				s.batch, s.n = c.times(s.batch, d/ra), c.times(s.n, ra)
			default:
				s.batch = c.times(s.batch, d)
			}
		case y == 1:
			s.m = c.times(s.m, d)
		default:
			s.n = c.times(s.n, d)
		}
	}
	return c.product(operands{at.a, at.b}, "", 1, s)
}

// repeated is how often an operand repeats along a batch axis, counted from the last of these: -1.
func (c *call) repeated(operand, axis int) int64 {
	v := c.in[operand]
	if c.int("transBatchA", 0) != 0 || c.int("transBatchB", 0) != 0 {
		return 1
	}
	return v.repeat(v.rank() - 2 + axis)
}

// times multiplies sizes; what cannot be counted becomes a size that layer refuses.
func (c *call) times(x, y int64) int64 {
	if n, ok := elements([]int64{x, y}); ok {
		return n
	}
	return math.MaxInt64
}

// productShape is a product of matrices [m, k] and [k, n], batch times.
type productShape struct{ batch, m, k, n int64 }

// product emits a product. Constant data times data that is not constant changes places, so that what is constant are the
// weights: the transpose of a product is the product of the transposes in the other order.
func (c *call) product(at operands, suffix string, count int64, s productShape) error {
	a, b := c.arg(at.inputs), c.arg(at.weights)
	if a != nil && b != nil && a.constant && !b.constant {
		s.m, s.n = s.n, s.m
		at.inputs, at.weights = at.weights, at.inputs
	}
	if s.batch == 1 {
		s.batch = 0
	} else if s.batch == 0 {
		return nil
	}
	return c.layer(at, suffix, count, workload.Matmul(s.batch, s.m, s.k, s.n))
}

// matmulNBits: data [..., K] times weights of a few bits, packed, that stand for [N, K].
func (c *call) matmulNBits() error {
	x, k, n := c.in[0].shape, c.int("K", 0), c.int("N", 0)
	if len(x) == 0 || x[len(x)-1] != k || n < 1 {
		return c.bad("K %d and N %d for data of shape %v", k, n, x)
	}
	c.give(0, shaped(c.in[0].typ, append(slices.Clone(x[:len(x)-1]), n)...))
	return nil
}

func (c *call) matmulNBitsLayers() error {
	x := c.in[0].shape
	m, ok := elements(x[:len(x)-1])
	if !ok {
		return c.bad("more values than can be counted")
	}
	w := *c.in[1]
	if w.bits = c.int("bits", 4); w.bits < 1 || w.bits > 8 {
		return c.bad("weights of %d bits", w.bits)
	}
	c.in = slices.Clone(c.in)
	c.in[1] = &w
	return c.product(operands{0, 1}, "", 1, productShape{1, m, c.int("K", 0), c.int("N", 0)})
}

// einsumLabels are the labels of the operands and the result, one a dimension; those that an ellipsis stands for are made
// up.
func (c *call) einsumLabels() (in [][]rune, out []rune, sizes map[rune]int64, err error) {
	equation := strings.ReplaceAll(c.str("equation", ""), " ", "")
	left, right, explicit := strings.Cut(equation, "->")
	terms := strings.Split(left, ",")
	if len(terms) != len(c.in) || slices.Contains(c.in, nil) {
		return nil, nil, nil, c.bad("equation %q for %d operands", short(equation), len(c.in))
	}
	sizes = map[rune]int64{}
	most, seen := 0, map[rune]int{}
	for i, t := range terms {
		labels, hidden, ok := expandLabels(t, c.in[i].rank())
		if !ok {
			return nil, nil, nil, c.bad("%q in equation %q for an operand of shape %v", short(t), short(equation), c.in[i].shape)
		}
		for j, l := range labels {
			d := c.in[i].shape[j]
			if was, ok := sizes[l]; ok && was != d && was != 1 && d != 1 {
				return nil, nil, nil, c.bad("equation %q: sizes %d and %d for one label", short(equation), was, d)
			} else if !ok || was == 1 {
				sizes[l] = d
			}
			seen[l]++
		}
		in, most = append(in, labels), max(most, hidden)
	}
	if !explicit {
		for i := range most {
			out = append(out, ellipsis(most-1-i))
		}
		for l := rune(0); l < 128; l++ {
			if seen[l] == 1 {
				out = append(out, l)
			}
		}
		return in, out, sizes, nil
	}
	named := len([]rune(strings.Replace(right, "...", "", 1)))
	out, _, ok := expandLabels(right, named+most)
	if !strings.Contains(right, "...") {
		out, _, ok = expandLabels(right, named)
	}
	for _, l := range out {
		_, known := sizes[l]
		ok = ok && known
	}
	if !ok {
		return nil, nil, nil, c.bad("equation %q", short(equation))
	}
	return in, out, sizes, nil
}

// ellipsis is the made-up label of the i-th dimension, from the last, that "..." stands for.
func ellipsis(i int) rune { return rune(1000 + i) }

func expandLabels(term string, rank int) (labels []rune, hidden int, ok bool) {
	before, after, dots := strings.Cut(term, "...")
	named := []rune(before + after)
	hidden = rank - len(named)
	if hidden < 0 || !dots && hidden != 0 {
		return nil, 0, false
	}
	for _, l := range named {
		if !(l >= 'a' && l <= 'z' || l >= 'A' && l <= 'Z') {
			return nil, 0, false
		}
	}
	labels = []rune(before)
	for i := range hidden {
		labels = append(labels, ellipsis(hidden-1-i))
	}
	return append(labels, []rune(after)...), hidden, true
}

func (c *call) einsum() error {
	_, out, sizes, err := c.einsumLabels()
	if err != nil {
		return err
	}
	shape := make([]int64, len(out))
	for i, l := range out {
		shape[i] = sizes[l]
	}
	c.give(0, shaped(c.in[0].typ, shape...))
	return nil
}

// einsumLayers makes a product of an Einsum of two operands: labels of both and of the result are its batch, those of one
// and the result its rows or columns, those of both alone are summed over.
func (c *call) einsumLayers() error {
	in, out, sizes, err := c.einsumLabels()
	if err != nil || len(in) == 1 {
		return err
	}
	if len(in) > 2 {
		points := []int64{}
		for _, n := range sizes {
			points = append(points, n)
		}
		c.missing(bigProduct(points...), fmt.Sprintf("an Einsum of %d operands, whose order is not said; as one loop nest", len(in)))
		return nil
	}
	s, summed := productShape{1, 1, 1, 1}, false
	has := func(x int, l rune) bool {
		at := slices.Index(in[x], l)
		return at >= 0 && (c.in[x].shape[at] != 1 || sizes[l] == 1)
	}
	for l, n := range sizes {
		switch a, b, o := has(0, l), has(1, l), slices.Contains(out, l); {
		case a && b && o:
			s.batch = c.times(s.batch, n)
		case a && b:
			s.k, summed = c.times(s.k, n), true
		case a && o:
			s.m = c.times(s.m, n)
		case b && o:
			s.n = c.times(s.n, n)
		} // a label of one operand that is summed over is summed before
	}
	if !summed && (s.m == 1 || s.n == 1) {
		return nil // a product value by value
	}
	return c.product(operands{0, 1}, "", 1, s)
}
