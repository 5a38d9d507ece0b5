package onnx

import "slices"

// Grouped queries share keys and values. Fused attention says so; elsewhere a graph repeats keys with Expand and Reshape before
// it multiplies: [heads of keys, 1, positions, width] becomes [heads of keys, group, ...], then [heads, ...]. Read as it
// stands, keys would be as many values as there are heads of queries, and so be read as often. So values remember how far
// they repeat along each axis, and a product with repeated keys has the group's queries as its rows, as fused attention has.

// repeat is how many neighbours along an axis are equal, 1 where nothing is known to repeat.
func (v *value) repeat(axis int) int64 {
	if axis < 0 || axis >= len(v.rep) {
		return 1
	}
	return v.rep[axis]
}

// alone says that nothing repeats along an axis, of which a part was taken.
func (v *value) alone(axis int) {
	if v.rep != nil {
		v.rep[axis] = 1
	}
}

// expandRepeats are those after Expand: an axis of 1 that becomes d repeats d times.
func (in *value) expandRepeats(to []int64) []int64 {
	out, lead := make([]int64, len(to)), len(to)-in.rank()
	for i, d := range to {
		if out[i] = in.repeat(i - lead); i < lead || in.shape[i-lead] == 1 {
			out[i] = max(d, 1)
		}
	}
	return out
}

// reshapeRepeats are those after a change of shape: of axes that become one, the last repeat it as far as they repeat
// through and through. What is split is taken not to repeat.
func (in *value) reshapeRepeats(to []int64) []int64 {
	if in.rep == nil || slices.Contains(in.shape, 0) || slices.Contains(to, 0) {
		return nil
	}
	out := slices.Repeat([]int64{1}, len(to))
	from := 0
	for i := 0; i < len(to); i++ {
		if to[i] == 1 {
			continue
		}
		first, have := from, int64(1)
		for from < len(in.shape) && have < to[i] {
			have *= in.shape[from]
			from++
		}
		if have != to[i] {
			return nil // an axis is split
		}
		for axis := from - 1; axis >= first; axis-- {
			r := in.repeat(axis)
			if out[i] *= r; r != in.shape[axis] {
				break
			}
		}
	}
	return out
}

// commonRepeats are those of a result value by value: along each axis that of all operands that are not broadcast there.
func (c *call) commonRepeats(shape []int64) []int64 {
	if !slices.ContainsFunc(c.in, func(v *value) bool { return v != nil && v.rep != nil }) {
		return nil
	}
	out := slices.Repeat([]int64{1}, len(shape))
	for i, d := range shape {
		seen := false
		for _, v := range c.in {
			if v == nil {
				continue
			}
			axis := i - len(shape) + v.rank()
			if axis < 0 || v.shape[axis] != d || d == 1 {
				continue
			}
			if r := v.repeat(axis); !seen {
				out[i], seen = r, true
			} else if r != out[i] {
				out[i] = 1
			}
		}
	}
	return out
}
