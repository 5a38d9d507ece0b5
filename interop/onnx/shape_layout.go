package onnx

import (
	"math"
	"slices"
)

// like is a value of a new shape with the contents of in: the operator only changes how they are arranged.
func (in *value) like(shape []int64) *value {
	v := shaped(in.typ, shape...)
	v.ints, v.floats, v.bits, v.weight = in.ints, in.floats, in.bits, in.weight
	v.rep = in.reshapeRepeats(shape)
	return v
}

func (c *call) shapeOf() error {
	shape := c.in[0].shape
	clamp := func(x int64) int64 {
		if x < 0 {
			x += int64(len(shape))
		}
		return min(max(x, 0), int64(len(shape)))
	}
	from, to := clamp(c.int("start", 0)), clamp(c.int("end", math.MaxInt64))
	part := slices.Clone(shape[from:max(from, to)])
	v := shaped(typeInt64, int64(len(part)))
	v.ints = part
	c.give(0, v)
	return nil
}

func (c *call) size() error {
	n, _ := elements(c.in[0].shape)
	v := shaped(typeInt64)
	v.ints = []int64{n}
	c.give(0, v)
	return nil
}

// reshape also works where the shape of what it reshapes is unknown but for the target.
func (c *call) reshape() error {
	target := c.in[1].ints
	if target == nil {
		if n, ok := elements(c.in[1].shape); !c.in[1].known || !ok || n != 0 {
			return nil
		}
	}
	if len(target) > maxRank {
		return c.bad("a target of %d dimensions", len(target))
	}
	in := c.in[0]
	shape, open := slices.Clone(target), -1
	for i, d := range target {
		switch {
		case d == 0 && c.int("allowzero", 0) == 0:
			if !in.known {
				return nil
			}
			if i >= in.rank() {
				return c.bad("target %v copies dimension %d of %v", target, i, in.shape)
			}
			shape[i] = in.shape[i]
		case d == -1 && open >= 0, d < -1:
			return c.bad("target %v is no shape", target)
		case d == -1:
			if open = i; !in.known {
				return nil
			}
			shape[i] = 1
		}
	}
	n, ok := elements(shape)
	if !ok {
		return c.bad("target %v has more values than can be counted", target)
	}
	if in.known {
		had, _ := elements(in.shape)
		if open >= 0 && n > 0 && had%n == 0 {
			shape[open], n = had/n, had
		}
		if n != had {
			return c.bad("%v cannot be reshaped to %v%s", in.shape, target, batchHint(in.shape, target))
		}
	}
	c.give(0, in.like(shape))
	return nil
}

// batchHint tells of what often stands behind a reshape that does not fit.
func batchHint(shape, target []int64) string {
	if len(shape) > 0 && len(target) > 0 && target[0] > 0 && target[0] != shape[0] {
		return "; is the size of the batch fixed inside the model? Export it with a dynamic batch, or import it with the batch that it was exported with"
	}
	return ""
}

func (c *call) flatten() error {
	shape := c.in[0].shape
	a := c.int("axis", 1)
	if a < -int64(len(shape)) || a > int64(len(shape)) {
		return c.bad("axis %d of a tensor of %d dimensions", a, len(shape))
	}
	if a < 0 {
		a += int64(len(shape))
	}
	left, _ := elements(shape[:a])
	right, _ := elements(shape[a:])
	c.give(0, c.in[0].like([]int64{left, right}))
	return nil
}

func (c *call) squeeze() error {
	axes, given, known, err := c.axes(1, c.in[0].rank())
	if err != nil || !known {
		return err
	}
	shape := []int64{}
	for i, d := range c.in[0].shape {
		chosen := slices.Contains(axes, i)
		if chosen && d != 1 {
			return c.bad("dimension %d of %v is not 1", i, c.in[0].shape)
		}
		if !chosen && (given || d != 1) {
			shape = append(shape, d)
		}
	}
	c.give(0, c.in[0].like(shape))
	return nil
}

func (c *call) unsqueeze() error {
	n := 0
	if v := c.arg(1); v != nil {
		n = len(v.ints)
	} else if xs, ok := c.list("axes"); ok {
		n = len(xs)
	}
	rank := c.in[0].rank() + n
	if rank > maxRank {
		return c.bad("%d axes to add", n)
	}
	axes, _, known, err := c.axes(1, rank)
	if err != nil || !known {
		return err
	}
	shape, from := make([]int64, rank), 0
	for i := range shape {
		switch {
		case slices.Contains(axes, i):
			shape[i] = 1
		case from < c.in[0].rank():
			shape[i] = c.in[0].shape[from]
			from++
		default:
			return c.bad("an axis stands twice in %v", axes)
		}
	}
	c.give(0, c.in[0].like(shape))
	return nil
}

func (c *call) transpose() error {
	in := c.in[0]
	perm, ok := c.list("perm")
	if !ok {
		for i := range in.rank() {
			perm = append(perm, int64(in.rank()-1-i))
		}
	}
	if len(perm) != in.rank() {
		return c.bad("perm %v of a tensor of shape %v", perm, in.shape)
	}
	shape, seen := make([]int64, len(perm)), make([]bool, len(perm))
	for i, p := range perm {
		if p < 0 || p >= int64(len(perm)) || seen[p] {
			return c.bad("perm %v is no permutation", perm)
		}
		shape[i], seen[p] = in.shape[p], true
	}
	v := in.like(shape)
	if v.rep = nil; in.rep != nil {
		for _, p := range perm {
			v.rep = append(v.rep, in.repeat(int(p)))
		}
	}
	v.ints, v.floats = permute(in.ints, in.shape, perm), permute(in.floats, in.shape, perm)
	c.give(0, v)
	return nil
}

// permute arranges contents by perm.
func permute[T any](xs []T, shape, perm []int64) []T {
	if len(xs) == 0 { // of no values, though single dimensions may be huge
		return xs
	}
	steps := strides(shape)
	out := make([]T, 0, len(xs))
	var walk func(axis int, at int64)
	walk = func(axis int, at int64) {
		if axis == len(perm) {
			out = append(out, xs[at])
			return
		}
		for i := range shape[perm[axis]] {
			walk(axis+1, at+i*steps[perm[axis]])
		}
	}
	walk(0, 0)
	return out
}

// strides returns the distance between neighbours along each axis, rows last.
func strides(shape []int64) []int64 {
	out, n := make([]int64, len(shape)), int64(1)
	for i, d := range slices.Backward(shape) {
		out[i] = n
		n *= max(d, 1)
	}
	return out
}

func (c *call) depthToSpace() error {
	s, b := c.in[0].shape, c.int("blocksize", 0)
	if len(s) != 4 || b < 1 || b > math.MaxInt16 || s[1]%(b*b) != 0 {
		return c.bad("blocks of %d from a tensor of shape %v", b, s)
	}
	return c.giveChecked(c.in[0].typ, s[0], s[1]/(b*b), s[2], s[3], b)
}

func (c *call) spaceToDepth() error {
	s, b := c.in[0].shape, c.int("blocksize", 0)
	if len(s) != 4 || b < 1 || b > math.MaxInt16 || s[2]%b != 0 || s[3]%b != 0 {
		return c.bad("blocks of %d of a tensor of shape %v", b, s)
	}
	c.give(0, shaped(c.in[0].typ, s[0], s[1]*b*b, s[2]/b, s[3]/b))
	return nil
}

func (c *call) giveChecked(typ, n, ch, h, w, scale int64) error {
	if h > math.MaxInt32 || w > math.MaxInt32 {
		return c.bad("a tensor of %d x %d", h, w)
	}
	c.give(0, shaped(typ, n, ch, h*scale, w*scale))
	return nil
}
