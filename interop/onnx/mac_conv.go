package onnx

import (
	"fmt"
	"math/big"
	"slices"

	"tcmdse/mapper/workload"
)

// convOperands says which inputs of a convolution are its data and its weights.
type convOperands struct{ x, w int }

// macRules adds the operators that multiply and accumulate.
func macRules(out map[string]rule) {
	conv := func(name string, at convOperands, least int) {
		out[name] = rule{shape: func(c *call) error { return c.conv(at) }, work: multiply, mac: func(c *call) error { return c.convLayers(at) }, least: least}
	}
	conv("Conv", convOperands{0, 1}, 2)
	conv("ConvInteger", convOperands{0, 1}, 2)
	conv("QLinearConv", convOperands{0, 3}, 8)
	conv("com.microsoft.FusedConv", convOperands{0, 1}, 2)
	out["com.microsoft.QLinearConv"] = out["QLinearConv"]
	out["ConvTranspose"] = rule{shape: (*call).convTranspose, work: multiply, mac: (*call).convTransposeLayers, least: 2}
	out["DeformConv"] = rule{shape: (*call).deformConv, work: multiply, mac: (*call).deformConvLayers, least: 3}
	product := func(name string, at matmulOperands, least int) {
		out[name] = rule{shape: func(c *call) error { return c.matmul(at) }, work: multiply, mac: func(c *call) error { return c.matmulLayers(at) }, least: least}
	}
	product("MatMul", matmulOperands{0, 1}, 2)
	product("MatMulInteger", matmulOperands{0, 1}, 2)
	product("QLinearMatMul", matmulOperands{0, 3}, 8)
	product("Gemm", matmulOperands{0, 1}, 2)
	product("com.microsoft.QGemm", matmulOperands{0, 3}, 6)
	product("com.microsoft.FusedMatMul", matmulOperands{0, 1}, 2)
	product("com.microsoft.TransposeMatMul", matmulOperands{0, 1}, 2)
	product("com.microsoft.FusedGemm", matmulOperands{0, 1}, 2)
	product("com.microsoft.GemmFastGelu", matmulOperands{0, 1}, 2)
	product("com.microsoft.MatMulIntegerToFloat", matmulOperands{0, 1}, 4)
	product("com.microsoft.DynamicQuantizeMatMul", matmulOperands{0, 1}, 3)
	out["com.microsoft.QLinearMatMul"] = out["QLinearMatMul"]
	out["com.microsoft.MatMulNBits"] = rule{shape: (*call).matmulNBits, work: multiply, mac: (*call).matmulNBitsLayers, least: 3}
	out["Einsum"] = rule{shape: (*call).einsum, work: multiply, mac: (*call).einsumLayers, least: 1}
	attentionRules(out)
	for _, name := range []string{"LSTM", "GRU", "RNN"} {
		out[name] = rule{shape: (*call).recurrent, work: multiply, mac: (*call).recurrentLayers, least: 3}
	}
	controlRules(out)
}

// convShapes returns data, weights and spatial window of a convolution.
func (c *call) convShapes(at convOperands) (x, w []int64, sw spatialWindow, err error) {
	x, w = c.in[at.x].shape, c.in[at.w].shape
	if len(x) < 3 || len(x) != len(w) {
		return nil, nil, sw, c.bad("weights of shape %v on data of shape %v", w, x)
	}
	g := c.int("group", 1)
	if g < 1 || w[0]%g != 0 || x[1]%g != 0 || x[1]/g != w[1] {
		return nil, nil, sw, c.bad("weights of shape %v with %d groups do not fit data of shape %v", w, g, x)
	}
	if k, ok := c.list("kernel_shape"); ok && !slices.Equal(k, w[2:]) {
		return nil, nil, sw, c.bad("kernel_shape %v, but weights of shape %v", k, w)
	}
	sw, err = c.window(x[2:], w[2:])
	return x, w, sw, err
}

func (c *call) conv(at convOperands) error {
	x, w, sw, err := c.convShapes(at)
	if err != nil {
		return err
	}
	typ := c.in[at.x].typ
	switch c.n.op {
	case "ConvInteger":
		typ = typeInt32
	case "QLinearConv":
		typ = c.in[7].typ
	}
	c.give(0, shaped(typ, slices.Concat([]int64{x[0], w[0]}, sw.out)...))
	return nil
}

func (c *call) convLayers(at convOperands) error {
	x, w, sw, err := c.convShapes(at)
	if err != nil {
		return err
	}
	return c.convLayer(at, "", 1, x[0], x[1], w[0], c.int("group", 1), sw)
}

// convLayer emits a convolution of n images from ch to m channels: one dimension with a height of 1, two, or three as an
// Einsum.
func (c *call) convLayer(at convOperands, suffix string, count, n, ch, m, g int64, w spatialWindow) error {
	if ch == 0 || m == 0 {
		return nil
	}
	s := workload.ConvShape{N: n, C: ch, M: m, P: 1, R: 1, Groups: g}
	switch last := len(w.out) - 1; len(w.out) {
	case 2:
		s.P, s.R, s.StrideH, s.DilationH = w.out[0], w.kernel[0], w.strides[0], w.dilations[0]
		fallthrough
	case 1:
		s.Q, s.S, s.StrideW, s.DilationW = w.out[last], w.kernel[last], w.strides[last], w.dilations[last]
		return c.layer(operands{at.x, at.w}, suffix, count, workload.Conv(s))
	case 3:
		return c.conv3d(at, suffix, count, s, w)
	}
	macs := big.NewInt(n)
	for _, d := range slices.Concat([]int64{ch / g, m}, w.out, w.kernel) {
		macs.Mul(macs, big.NewInt(d))
	}
	c.missing(macs.Mul(macs, big.NewInt(count)), fmt.Sprintf("a convolution over %d dimensions", len(w.out)))
	return nil
}

func (c *call) conv3d(at convOperands, suffix string, count int64, s workload.ConvShape, w spatialWindow) error {
	ix := func(i int, out, k string) string {
		return fmt.Sprintf("%d*%s+%d*%s", w.strides[i], out, w.dilations[i], k)
	}
	e, err := workload.ParseEinsum(fmt.Sprintf("O[n,g,m,o,p,q] = I[n,g,c,%s,%s,%s] * W[g,m,c,t,r,s]", ix(0, "o", "t"), ix(1, "p", "r"), ix(2, "q", "s")))
	if err != nil {
		return c.bad("%v", err)
	}
	sizes := map[string]int64{"n": s.N, "g": s.Groups, "c": s.C / s.Groups, "m": s.M / s.Groups}
	for i := range 3 {
		sizes[[]string{"o", "p", "q"}[i]], sizes[[]string{"t", "r", "s"}[i]] = w.out[i], w.kernel[i]
	}
	for i, v := range e.Vars {
		e.Vars[i].Size = sizes[v.Name]
	}
	return c.layer(operands{at.x, at.w}, suffix, count, e)
}

func (c *call) deformConv() error {
	return c.conv(convOperands{0, 1})
}

func (c *call) deformConvLayers() error {
	x, w, sw, err := c.convShapes(convOperands{0, 1})
	if err != nil {
		return err
	}
	macs := big.NewInt(x[0])
	for _, d := range slices.Concat(w, sw.out) {
		macs.Mul(macs, big.NewInt(d))
	}
	c.missing(macs, "where it reads depends on data")
	return nil
}
