package onnx

import (
	"math"
	"slices"
)

func (c *call) concat() error {
	if slices.Contains(c.in, nil) {
		return c.bad("an input is left out")
	}
	return c.concatenate(c.in)
}

// quantizedConcat: the scale and zero point of the output, then a tensor, its scale and its zero point each.
func (c *call) quantizedConcat() error {
	var in []*value
	for i := 2; i < len(c.in); i += 3 {
		if c.in[i] == nil {
			return c.bad("an input is left out")
		}
		in = append(in, c.in[i])
	}
	return c.concatenate(in)
}

func (c *call) concatenate(in []*value) error {
	first := in[0]
	a, err := c.axis(c.int("axis", 1), first.rank())
	if err != nil {
		return err
	}
	v := shaped(first.typ, slices.Clone(first.shape)...)
	v.shape[a] = 0
	ints, floats := make([][]int64, len(in)), make([][]float64, len(in))
	widths := make([]int64, len(in))
	for i, t := range in {
		if t.rank() != first.rank() {
			return c.bad("tensors of shapes %v and %v cannot be joined", first.shape, t.shape)
		}
		for j, d := range t.shape {
			if j != a && d != first.shape[j] {
				return c.bad("tensors of shapes %v and %v cannot be joined along axis %d", first.shape, t.shape, a)
			}
		}
		if v.shape[a] += t.shape[a]; v.shape[a] < 0 || v.shape[a] > 1<<62 {
			return c.bad("more values than can be counted")
		}
		ints[i], floats[i] = t.ints, t.floats
		widths[i], _ = elements(t.shape[a:])
	}
	outer, _ := elements(first.shape[:a])
	if n, ok := elements(v.shape); ok && n <= maxFolded {
		v.ints, v.floats = join(ints, widths, outer), join(floats, widths, outer)
	}
	c.give(0, v)
	return nil
}

// join interleaves outer rows of tensors, each of its width; nil where contents of one are not known.
func join[T any](parts [][]T, widths []int64, outer int64) []T {
	out, total := []T{}, 0
	for i, p := range parts {
		if int64(len(p)) != widths[i]*outer {
			return nil
		}
		total += len(p)
	}
	if total == 0 {
		return out
	}
	for row := range outer {
		for i, p := range parts {
			out = append(out, p[row*widths[i]:(row+1)*widths[i]]...)
		}
	}
	return out
}

func (c *call) split() error {
	in := c.in[0]
	a, err := c.axis(c.int("axis", 0), in.rank())
	if err != nil {
		return err
	}
	sizes, ok := c.list("split")
	if v := c.arg(1); v != nil {
		if sizes, ok = v.ints, true; sizes == nil {
			return nil
		}
	}
	n := int64(len(c.out))
	if !ok && n > 0 {
		part := (in.shape[a] + n - 1) / n
		for i := range n {
			sizes = append(sizes, max(0, min(part, in.shape[a]-i*part)))
		}
	}
	if len(sizes) != len(c.out) {
		return c.bad("%d sizes for %d outputs", len(sizes), len(c.out))
	}
	at := int64(0)
	for i, s := range sizes {
		if s < 0 || s > in.shape[a]-at {
			return c.bad("parts of %v along axis %d of %v", sizes, a, in.shape)
		}
		v := in.like(slices.Clone(in.shape))
		v.shape[a] = s
		v.alone(a)
		v.ints, v.floats = cut(in.ints, in.shape, a, at, 1, s), cut(in.floats, in.shape, a, at, 1, s)
		c.give(i, v)
		at += s
	}
	if at != in.shape[a] {
		return c.bad("parts of %v along axis %d of %v", sizes, a, in.shape)
	}
	return nil
}

// cut takes n elements along an axis, from one on, step by step.
func cut[T any](xs []T, shape []int64, axis int, from, step, n int64) []T {
	if len(xs) == 0 {
		return xs
	}
	outer, _ := elements(shape[:axis])
	inner, _ := elements(shape[axis+1:])
	out := make([]T, 0, outer*n*inner)
	for o := range outer {
		for i := range n {
			at := (o*shape[axis] + from + i*step) * inner
			out = append(out, xs[at:at+inner]...)
		}
	}
	return out
}

func (c *call) slice() error {
	in := c.in[0]
	starts, haveStarts := c.list("starts")
	ends, haveEnds := c.list("ends")
	axes, haveAxes := c.list("axes")
	var steps []int64
	for i, to := range []*[]int64{nil, &starts, &ends, &axes, &steps} {
		if v := c.arg(i); to != nil && v != nil {
			if v.ints == nil {
				return nil // where it cuts depends on data
			}
			*to = v.ints
		}
	}
	haveStarts, haveEnds, haveAxes = haveStarts || starts != nil, haveEnds || ends != nil, haveAxes || axes != nil
	if !haveStarts || !haveEnds || len(starts) != len(ends) || haveAxes && len(axes) != len(starts) || len(steps) > 0 && len(steps) != len(starts) || len(starts) > maxRank {
		return c.bad("starts %v, ends %v, axes %v and steps %v do not fit together", starts, ends, axes, steps)
	}
	v := in.like(slices.Clone(in.shape))
	for i := range starts {
		a64, step := int64(i), int64(1)
		if haveAxes {
			a64 = axes[i]
		}
		if len(steps) > 0 {
			step = steps[i]
		}
		a, err := c.axis(a64, in.rank())
		if err != nil {
			return err
		}
		if step == 0 {
			return c.bad("a step of 0")
		}
		from, n := sliceOf(starts[i], ends[i], step, v.shape[a])
		v.ints, v.floats = cut(v.ints, v.shape, a, from, step, n), cut(v.floats, v.shape, a, from, step, n)
		v.shape[a] = n
		v.alone(a)
	}
	c.give(0, v)
	return nil
}

// sliceOf returns where a slice of a dimension of size d begins and how many it takes, by the rules of Slice: negative
// positions count from the end, and all are held within the dimension; a start before it is its first value even where
// steps go down.
func sliceOf(start, end, step, d int64) (from, n int64) {
	low, high := int64(0), d
	if d == 0 {
		return 0, 0
	}
	if step < 0 {
		low, high = -1, d-1
	}
	within := func(x int64) int64 {
		if x < 0 {
			x = max(x, math.MinInt64/2) + d
		}
		return min(max(x, low), high)
	}
	from, to := min(max(within(start), 0), max(high, 0)), within(end)
	switch {
	case step > 0 && to > from:
		return from, (to-from-1)/step + 1
	case step < 0 && to < from:
		step = max(step, math.MinInt64/2)
		return from, (from-to-1)/-step + 1
	}
	return 0, 0
}

func (c *call) gather() error {
	if c.arg(1) == nil {
		return c.bad("no indices")
	}
	in, ix := c.in[0], c.in[1]
	a, err := c.axis(c.int("axis", 0), in.rank())
	if err != nil {
		return err
	}
	v := shaped(in.typ, slices.Concat(in.shape[:a], ix.shape, in.shape[a+1:])...)
	if n, ok := elements(v.shape); ok && n <= maxFolded && ix.ints != nil && (in.ints != nil || in.floats != nil) {
		at := make([]int64, len(ix.ints))
		for i, x := range ix.ints {
			j, err := c.index(x, in.shape[a])
			if err != nil {
				return err
			}
			at[i] = j
		}
		v.ints, v.floats = pick(in.ints, in.shape, a, at), pick(in.floats, in.shape, a, at)
	}
	c.give(0, v)
	return nil
}

func (c *call) index(x, size int64) (int64, error) {
	if x < -size || x >= size {
		return 0, c.bad("index %d of a dimension of %d", x, size)
	}
	if x < 0 {
		x += size
	}
	return x, nil
}

// pick takes the elements at along an axis.
func pick[T any](xs []T, shape []int64, axis int, at []int64) []T {
	if len(xs) == 0 {
		return xs
	}
	outer, _ := elements(shape[:axis])
	inner, _ := elements(shape[axis+1:])
	out := []T{}
	for o := range outer {
		for _, i := range at {
			from := (o*shape[axis] + i) * inner
			out = append(out, xs[from:from+inner]...)
		}
	}
	return out
}

func (c *call) gatherElements() error {
	if c.arg(1) == nil {
		return c.bad("no indices")
	}
	c.give(0, shaped(c.in[0].typ, c.in[1].shape...))
	return nil
}

func (c *call) gatherND() error {
	if c.arg(1) == nil || c.in[1].rank() == 0 {
		return c.bad("no indices")
	}
	data, ix, b := c.in[0].shape, c.in[1].shape, c.int("batch_dims", 0)
	last := ix[len(ix)-1]
	if b < 0 || last < 0 || b > int64(len(data)) || last > int64(len(data))-b {
		return c.bad("indices of shape %v into %v", ix, data)
	}
	c.give(0, shaped(c.in[0].typ, slices.Concat(ix[:len(ix)-1], data[b+last:])...))
	return nil
}
