package onnx

import (
	"fmt"
	"math"
	"math/big"
	"slices"
)

// A transposed convolution of stride s is s convolutions in each dimension, one for each phase of the output: output y takes
// the taps k of the kernel with k*dilation = y + pad (mod s), and no others. Each phase is an ordinary convolution with its
// taps, so the layers are exact in their multiply-accumulates; they include, as every layer here, those that meet padding.

// transposed is the window of a transposed convolution; pads are those that are cut from its output.
func (c *call) transposed(in, kernel []int64) (w spatialWindow, err error) {
	n := len(in)
	if w, err = c.steps(n, kernel); err != nil {
		return w, err
	}
	extra, err := c.spatial("output_padding", n, 0, 0)
	if err != nil {
		return w, err
	}
	want, given := c.list("output_shape")
	if given && len(want) != n {
		return w, c.bad("output_shape has %d numbers, %d are needed", len(want), n)
	}
	pads := w.pads
	w.pads, w.out = slices.Clone(pads), make([]int64, n)
	for i, d := range in {
		if kernel[i] < 1 || kernel[i] > math.MaxInt32 || d < 1 || d > math.MaxInt32 {
			return w, c.bad("a kernel of %v on %v", kernel, in)
		}
		full := (d-1)*w.strides[i] + extra[i] + (kernel[i]-1)*w.dilations[i] + 1
		if full < 0 { // each of the products is below 2^62
			return w, c.bad("an output that is too large")
		}
		auto := c.str("auto_pad", "NOTSET")
		switch {
		case given:
			w.out[i] = want[i]
		case auto == "SAME_UPPER" || auto == "SAME_LOWER":
			w.out[i] = d * w.strides[i]
		case auto == "VALID":
			w.pads[i], w.out[i] = 0, full
		default:
			w.out[i] = full - pads[i] - pads[i+n]
		}
		if given || auto == "SAME_UPPER" || auto == "SAME_LOWER" {
			total := max(full-w.out[i], 0)
			if w.pads[i] = total / 2; auto == "SAME_LOWER" {
				w.pads[i] = total - total/2
			}
		}
		if w.out[i] < 1 {
			return w, c.bad("an output of %d values along spatial dimension %d", w.out[i], i)
		}
	}
	return w, nil
}

func (c *call) transposedShapes() (x, k []int64, w spatialWindow, err error) {
	x, k = c.in[0].shape, c.in[1].shape
	if g := c.int("group", 1); len(x) < 3 || len(x) != len(k) || g < 1 || g > 1<<31 || x[1] != k[0] || x[1]%g != 0 || k[1] > 1<<31 {
		return nil, nil, w, c.bad("weights of shape %v with %d groups on data of shape %v", k, g, x)
	}
	w, err = c.transposed(x[2:], k[2:])
	return x, k, w, err
}

func (c *call) convTranspose() error {
	x, k, w, err := c.transposedShapes()
	if err != nil {
		return err
	}
	c.give(0, shaped(c.in[0].typ, slices.Concat([]int64{x[0], k[1] * c.int("group", 1)}, w.out)...))
	return nil
}

// phase is a group of output positions along one dimension that take equally many taps.
type phase struct{ taps, positions, dilation, times int64 }

// maxPhases bounds the stride of a transposed convolution that is taken apart.
const maxPhases = 1024

// phases takes one dimension apart.
func phases(kernel, stride, dilation, pad, out int64) []phase {
	gcd := big.NewInt(0).GCD(nil, nil, big.NewInt(stride), big.NewInt(dilation)).Int64()
	period := stride / gcd // taps k and k+period are of one phase
	var list []phase
	first := map[int64]int64{} // the first tap of each phase
	for k := range min(period, kernel) {
		first[k*dilation%stride] = k
	}
	for t := range stride {
		from := (t - pad%stride + stride) % stride // the first y with (y + pad) mod stride = t
		k, taken := first[t]
		if from >= out || !taken {
			continue
		}
		p := phase{taps: (kernel-k-1)/period + 1, positions: (out-from-1)/stride + 1, dilation: dilation / gcd, times: 1}
		if p.taps == 1 {
			p.dilation = 1
		}
		if i := slices.IndexFunc(list, func(q phase) bool { return q.taps == p.taps && q.positions == p.positions }); i >= 0 {
			list[i].times++
		} else {
			list = append(list, p)
		}
	}
	return list
}

func (c *call) convTransposeLayers() error {
	x, k, w, err := c.transposedShapes()
	if err != nil {
		return err
	}
	g := c.int("group", 1)
	by := make([][]phase, len(w.out))
	for i := range by {
		if w.strides[i] > maxPhases || len(w.out) > 3 {
			macs := big.NewInt(k[1])
			for _, d := range slices.Concat(x, w.kernel) {
				macs.Mul(macs, big.NewInt(d))
			}
			c.missing(macs, fmt.Sprintf("a transposed convolution of stride %v over %d dimensions", w.strides, len(w.out)))
			return nil
		}
		by[i] = phases(w.kernel[i], w.strides[i], w.dilations[i], w.pads[i], w.out[i])
	}
	number := 0
	return combine(by, nil, func(ps []phase) error {
		part, count := spatialWindow{}, int64(1)
		for _, p := range ps {
			part.kernel, part.out = append(part.kernel, p.taps), append(part.out, p.positions)
			part.strides, part.dilations = append(part.strides, 1), append(part.dilations, p.dilation)
			count *= p.times
		}
		suffix := ""
		if number++; number > 1 {
			suffix = fmt.Sprintf(".phase%d", number)
		}
		return c.convLayer(convOperands{0, 1}, suffix, count, x[0], x[1], k[1]*g, g, part)
	})
}

// combine calls each for all choices of one phase a dimension.
func combine(by [][]phase, chosen []phase, each func([]phase) error) error {
	if len(chosen) == len(by) {
		return each(chosen)
	}
	for _, p := range by[len(chosen)] {
		if err := combine(by, append(slices.Clone(chosen), p), each); err != nil {
			return err
		}
	}
	return nil
}
