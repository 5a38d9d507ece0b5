package onnx

import (
	"math"
	"slices"
)

// spatialWindow is how a convolution or a pool goes over its spatial dimensions.
type spatialWindow struct {
	kernel, strides, dilations []int64
	pads                       []int64 // before each dimension, then after each
	out                        []int64
}

// steps reads what all windows over n dimensions have; out is left nil.
func (c *call) steps(n int, kernel []int64) (w spatialWindow, err error) {
	w.kernel = kernel
	if w.strides, err = c.spatial("strides", n, 1, 1); err != nil {
		return w, err
	}
	if w.dilations, err = c.spatial("dilations", n, 1, 1); err != nil {
		return w, err
	}
	w.pads, err = c.spatial("pads", 2*n, 0, 0)
	return w, err
}

// window reads strides, dilations, pads and auto_pad of an operator whose kernel is known, and gives its output sizes.
func (c *call) window(in, kernel []int64) (w spatialWindow, err error) {
	n := len(in)
	if w, err = c.steps(n, kernel); err != nil {
		return w, err
	}
	w.out = make([]int64, n)
	for i, d := range in {
		if kernel[i] < 1 || kernel[i] > math.MaxInt32 || d > 1<<61 {
			return w, c.bad("a kernel of %v on %v", kernel, in)
		}
		span := (kernel[i]-1)*w.dilations[i] + 1
		switch auto := c.str("auto_pad", "NOTSET"); auto {
		case "NOTSET", "VALID":
			if auto == "VALID" {
				w.pads[i], w.pads[i+n] = 0, 0
			}
			room := d + w.pads[i] + w.pads[i+n] - span
			if room < 0 {
				return w, c.bad("a kernel that spans %d on a padded input of %d", span, d+w.pads[i]+w.pads[i+n])
			}
			w.out[i] = room/w.strides[i] + 1
			if c.int("ceil_mode", 0) != 0 && room%w.strides[i] != 0 && w.out[i]*w.strides[i] < d+w.pads[i] {
				w.out[i]++ // the last window begins within the input, not in the padding after it
			}
		case "SAME_UPPER", "SAME_LOWER":
			w.out[i] = (d + w.strides[i] - 1) / w.strides[i]
		default:
			return w, c.bad("auto_pad %q; allowed: NOTSET, VALID, SAME_UPPER, SAME_LOWER", short(auto))
		}
	}
	return w, nil
}

func (c *call) kernelShape(n int) ([]int64, error) {
	k, err := c.spatial("kernel_shape", n, 1, 1)
	if _, ok := c.list("kernel_shape"); !ok && err == nil {
		return nil, c.bad("kernel_shape is missing")
	}
	return k, err
}

func (c *call) pool() error {
	shape := c.in[0].shape
	if len(shape) < 3 {
		return c.bad("a pool over a tensor of shape %v", shape)
	}
	channelsLast := c.int("channels_last", 0) != 0
	in := shape[2:]
	if channelsLast {
		in = shape[1 : len(shape)-1]
	}
	k, err := c.kernelShape(len(in))
	if err != nil {
		return err
	}
	w, err := c.window(in, k)
	if err != nil {
		return err
	}
	out := slices.Concat(shape[:2], w.out)
	if channelsLast {
		out = slices.Concat(shape[:1], w.out, shape[len(shape)-1:])
	}
	c.give(0, shaped(c.in[0].typ, out...))
	c.give(1, shaped(typeInt64, slices.Clone(out)...))
	return nil
}

func (c *call) globalPool() error {
	shape := slices.Clone(c.in[0].shape)
	from, to := 2, len(shape)
	if c.int("channels_last", 0) != 0 {
		from, to = 1, len(shape)-1
	}
	for i := from; i < to; i++ {
		shape[i] = 1
	}
	c.give(0, shaped(c.in[0].typ, shape...))
	return nil
}

// resize takes sizes, or scales: the third and fourth input since opset 11, the second before, an attribute before 9.
func (c *call) resize() error {
	in := c.in[0]
	scales, sizes := c.arg(1), (*value)(nil)
	if c.n.op == "Resize" && c.opset != 10 {
		scales, sizes = c.arg(2), c.arg(3)
	}
	axes := make([]int, in.rank())
	for i := range axes {
		axes[i] = i
	}
	if xs, ok := c.list("axes"); ok {
		axes = nil
		for _, x := range xs {
			a, err := c.axis(x, in.rank())
			if err != nil {
				return err
			}
			axes = append(axes, a)
		}
	}
	factors := []float64(nil)
	if a := c.n.attrs["scales"]; a != nil {
		factors = a.floats
	} else if scales != nil {
		factors = scales.floats
	}
	shape := slices.Clone(in.shape)
	switch {
	case sizes != nil && len(sizes.ints) == len(axes):
		if policy := c.str("keep_aspect_ratio_policy", "stretch"); policy != "stretch" {
			return nil
		}
		for i, a := range axes {
			shape[a] = sizes.ints[i]
		}
	case sizes == nil && len(factors) == len(axes):
		for i, a := range axes {
			x := math.Floor(float64(shape[a]) * factors[i])
			if math.IsNaN(x) || x < 0 || x > math.MaxInt32 {
				return c.bad("a dimension of %d times %g", shape[a], factors[i])
			}
			shape[a] = int64(x)
		}
	default:
		return nil // sizes that depend on data
	}
	c.give(0, shaped(in.typ, shape...))
	return nil
}

func (c *call) gridSample() error {
	x, grid := c.in[0].shape, c.in[1].shape
	if len(x) < 3 || len(grid) != len(x) {
		return c.bad("a grid of shape %v on a tensor of shape %v", grid, x)
	}
	c.give(0, shaped(c.in[0].typ, slices.Concat(x[:2], grid[1:len(grid)-1])...))
	return nil
}

func (c *call) roiAlign() error {
	x, rois := c.in[0].shape, c.in[1].shape
	if len(x) != 4 || len(rois) != 2 {
		return c.bad("regions of shape %v on a tensor of shape %v", rois, x)
	}
	c.give(0, shaped(c.in[0].typ, rois[0], x[1], c.int("output_height", 1), c.int("output_width", 1)))
	return nil
}
