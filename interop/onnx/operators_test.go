package onnx

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"tcmdse/mapper/workload"
)

// TestOperators: what models of testdata/crafted.py become, worked out by hand.
func TestOperators(t *testing.T) {
	for name, want := range map[string]string{
		// Broadcasting makes no copies: what one operand lacks are rows or columns of the other.
		"products": `both_batched, matmul: {B: 6, M: 4, K: 5, N: 6}
right_shared, matmul: {M: 24, K: 5, N: 6}
right_broadcast, matmul: {B: 2, M: 12, K: 5, N: 6}
left_broadcast, matmul: {M: 4, K: 5, N: 36}
both_broadcast, matmul: {M: 8, K: 5, N: 18}
vector, matmul: {M: 1, K: 5, N: 36}
weights_left, matmul: {M: 6, K: 5, N: 7}
gemm_transposed, matmul: {M: 6, K: 5, N: 7}
einsum_batched, matmul: {B: 6, M: 4, K: 5, N: 6}
einsum_dots, matmul: {M: 24, K: 5, N: 6}`,
		// Two sequences; eight query heads share two heads of keys and values; six positions of the past.
		"attention": `a23.qk, matmul: {B: 4, M: 40, K: 16, N: 12}
a23.av, matmul: {B: 4, M: 40, K: 12, N: 24}
a23past.qk, matmul: {B: 4, M: 40, K: 16, N: 16}
a23past.av, matmul: {B: 4, M: 40, K: 16, N: 16}
ms.qkv, matmul: {M: 7, K: 64, N: 192}
ms.qk, matmul: {B: 4, M: 7, K: 16, N: 7}
ms.av, matmul: {B: 4, M: 7, K: 7, N: 16}
mha.qk, matmul: {B: 16, M: 10, K: 16, N: 12}
mha.av, matmul: {B: 16, M: 10, K: 12, N: 16}
gqa.qk, matmul: {B: 4, M: 40, K: 16, N: 16}
gqa.av, matmul: {B: 4, M: 40, K: 16, N: 16}
nbits, matmul: {M: 20, K: 128, N: 96}`,
		"quantised": `qconv, conv: {C: 4, M: 8, P: 4, Q: 4, R: 3, S: 3, stride: 2, groups: 2}
convint, conv: {C: 8, M: 3, P: 3, Q: 3, R: 2, S: 2}
matmulint, matmul: {M: 1, K: 128, N: 5}
qmatmul, matmul: {M: 1, K: 128, N: 5}
qgemm, matmul: {M: 1, K: 128, N: 6}
qdq, conv: {C: 4, M: 8, P: 9, Q: 9, R: 3, S: 3, groups: 2}`,
		// Keras cuts what its transposed convolution gives, 34 x 34, to 32 x 32 afterwards.
		"keras": `conv, conv: {C: 3, M: 16, P: 16, Q: 16, R: 3, S: 3, stride: 2}
Conv_1, conv: {C: 16, M: 16, P: 16, Q: 16, R: 3, S: 3, groups: 16}
Conv_2, conv: {C: 16, M: 32, P: 16, Q: 16, R: 1, S: 1}
convtranspose, conv: {C: 32, M: 8, P: 17, Q: 17, R: 2, S: 2}, count: 4
matmul, matmul: {M: 1, K: 8, N: 10}`,
		"control": `known_if/then_product, matmul: {M: 4, K: 8, N: 8}
twice/first, matmul: {M: 4, K: 8, N: 8}
twice/second, matmul: {M: 4, K: 8, N: 8}
after, matmul: {M: 8, K: 4, N: 8}
stated, matmul: {M: 4, K: 8, N: 8}`,
		"odd_dynamo": `dilated, conv: {C: 3, M: 16, P: 22, Q: 23, R: 3, S: 5, stride: [2, 1], dilation: [2, 3]}
depthwise, conv: {C: 16, M: 32, P: 22, Q: 23, R: 3, S: 3, groups: 16}
same, conv: {C: 32, M: 24, P: 22, Q: 23, R: 4, S: 4}
up, conv: {C: 24, M: 8, P: 22, Q: 23, R: 1, S: 1}, count: 4
up3, conv: {C: 8, M: 6, P: 44, Q: 46, R: 2, S: 2}
up3.phase2, conv: {C: 8, M: 6, P: 44, Q: 46, R: 2, S: 1}
up3.phase3, conv: {C: 8, M: 6, P: 44, Q: 46, R: 1, S: 2}
up3.phase4, conv: {C: 8, M: 6, P: 44, Q: 46, R: 1, S: 1}
line, conv: {C: 6, M: 10, P: 1, Q: 2698, R: 1, S: 5, stride: [1, 3]}
lstm.input, matmul: {M: 50, K: 10, N: 80}, count: 2
lstm.recurrent, matmul: {M: 1, K: 20, N: 80}, count: 100
lstm_2.input, matmul: {M: 50, K: 40, N: 80}, count: 2
lstm_2.recurrent, matmul: {M: 1, K: 20, N: 80}, count: 100
volume, einsum: "O[n,g,m,o,p,q] = I[n,g,c,o+t,2*p+r,q+s] * W[g,m,c,t,r,s]", sizes: {n: 1, g: 1, m: 4, o: 8, p: 5, q: 18, c: 1, t: 3, r: 2, s: 3}`,
	} {
		if got := layerLines(t, imported(t, name, batchOf(name))); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
	}
}

// TestMissing: what is in no layer is listed, with what is known of it, and its share is part of the total.
func TestMissing(t *testing.T) {
	r := imported(t, "control", Options{})
	var got []string
	for _, m := range r.Report.Missing {
		got = append(got, fmt.Sprintf("%s %s: %s", m.Operator, m.Node, m.Amount()))
	}
	want := []string{
		"If open_if: 512 multiply-accumulates", // the branch of two products of 4 x 8 x 8
		"Loop loop: 1280 multiply-accumulates", // five times 4 x 8 x 8
		"Loop open_loop: multiply-accumulates unknown",
		"Scan scan: 256 multiply-accumulates", // four times 8 x 8
		"strange.Frobnicate odd: multiply-accumulates unknown",
		"MatMul depends: multiply-accumulates unknown",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if r.Report.MACs.Int64() != 1280+512+1280+256 || r.Report.Expressed.Int64() != 1280 {
		t.Error(r.Report.MACs, r.Report.Expressed)
	}
	if said := strings.Join(r.Doc.Comments, "\n"); strings.Count(said, "Not in this file") != len(want) {
		t.Error(said)
	}
	three := imported(t, "products", Options{}).Report.Missing
	if len(three) != 1 || three[0].MACs.Int64() != 5*6*6 {
		t.Errorf("%+v", three)
	}
	for _, o := range r.Report.Operators {
		if o.Known == (o.Name == "strange.Frobnicate") {
			t.Errorf("%+v", o)
		}
	}
}

// TestWidths: 8 bits, the roles' own, or those of the types, where what was dequantised counts as it was stored.
func TestWidths(t *testing.T) {
	for _, c := range []struct {
		opt  Options
		want map[string]string
	}{
		{Options{}, map[string]string{"qconv": "8 8 8", "convint": "8 8 8", "qdq": "8 8 8"}},
		{Options{Bits: map[string]int64{"inputs": 6, "weights": 4, "outputs": 20}}, map[string]string{"qconv": "6 4 20", "matmulint": "6 4 20"}},
		{Options{TypeBits: true}, map[string]string{"qconv": "8 8 8", "convint": "8 8 32", "qdq": "8 8 32", "qgemm": "8 8 32"}},
	} {
		n := imported(t, "quantised", c.opt).Network
		for i := range n.Layers {
			ts := n.Layers[i].Einsum.Tensors
			got := fmt.Sprint(ts[0].Bits, ts[1].Bits, ts[2].Bits)
			if want, ok := c.want[n.Layers[i].Name]; ok && got != want {
				t.Errorf("%+v: %s has %s bits, want %s", c.opt, n.Layers[i].Name, got, want)
			}
		}
	}
	n := imported(t, "attention", Options{TypeBits: true}).Network
	if last := n.Layers[len(n.Layers)-1]; last.Einsum.Tensors[1].Bits != 4 {
		t.Errorf("MatMulNBits has weights of %d bits", last.Einsum.Tensors[1].Bits)
	}
}

// TestPhases: a transposed convolution in one dimension, taken apart, has the taps that its definition gives each output.
func TestPhases(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		kernel, stride, dilation, pad := r.Int64N(7)+1, r.Int64N(5)+1, r.Int64N(4)+1, r.Int64N(5)
		out := r.Int64N(20) + 1
		taps := map[int64]int64{} // outputs by how many taps they take, wherever the input ends
		for y := range out {
			n := int64(0)
			for k := range kernel {
				if ((y+pad-k*dilation)%stride+stride)%stride == 0 {
					n++
				}
			}
			taps[n]++
		}
		delete(taps, 0)
		got := map[int64]int64{}
		for _, p := range phases(kernel, stride, dilation, pad, out) {
			got[p.taps] += p.positions * p.times
		}
		if fmt.Sprint(got) != fmt.Sprint(taps) {
			t.Fatalf("kernel %d stride %d dilation %d pad %d out %d: %v, want %v", kernel, stride, dilation, pad, out, got, taps)
		}
	}
}

// TestSlices: where slices begin and how many they take, against taking them step by step.
func TestSlices(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 5000 {
		d, start, end, step := r.Int64N(8), r.Int64N(24)-12, r.Int64N(24)-12, r.Int64N(7)-3
		if step == 0 {
			continue
		}
		// As Python slices lists, but for starts, which ONNX holds within the dimension.
		clamp := func(x, low, high int64) int64 {
			if x < 0 {
				x += d
			}
			return min(max(x, low), high)
		}
		var want []int64
		if step > 0 {
			for i := clamp(start, 0, d); i < clamp(end, 0, d); i += step {
				want = append(want, i)
			}
		} else {
			for i := clamp(start, 0, d-1); d > 0 && i > clamp(end, -1, d-1); i += step {
				want = append(want, i)
			}
		}
		from, n := sliceOf(start, end, step, d)
		if n != int64(len(want)) || n > 0 && from != want[0] {
			t.Fatalf("[%d:%d:%d] of %d: from %d, %d; want %v", start, end, step, d, from, n, want)
		}
	}
}

// TestRepeats: what is said to repeat does, in the contents of small tensors that were expanded, turned, joined and cut.
func TestRepeats(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	im := newImporter(&Model{}, Options{})
	run := func(op string, in *value, arg []int64, attrs map[string]*attribute) *value {
		c := &call{importer: im, n: &node{op: op, attrs: attrs}, scope: &scope{}, in: []*value{in}, out: make([]*value, 1), rule: im.rules[op]}
		if arg != nil {
			c.in = append(c.in, &value{typ: typeInt64, known: true, shape: []int64{int64(len(arg))}, ints: arg})
		}
		if err := c.apply(); err != nil || c.out[0] == nil {
			return in
		}
		return c.out[0]
	}
	repeated := 0
	for range 3000 {
		v := shaped(typeInt64, 2, 1, 3)
		v.ints = []int64{0, 1, 2, 3, 4, 5}
		for range 6 {
			switch shape := slices.Clone(v.shape); r.IntN(5) {
			case 0:
				for i := range shape {
					if shape[i] == 1 {
						shape[i] = r.Int64N(3) + 1
					}
				}
				v = run("Expand", v, shape, nil)
			case 1: // two axes become one
				if i := r.IntN(len(shape)); i+1 < len(shape) {
					shape[i] *= shape[i+1]
					v = run("Reshape", v, slices.Delete(shape, i+1, i+2), nil)
				}
			case 2:
				perm := []int64{}
				for _, p := range r.Perm(len(shape)) {
					perm = append(perm, int64(p))
				}
				v = run("Transpose", v, nil, map[string]*attribute{"perm": {ints: perm}})
			case 3:
				v = run("Unsqueeze", v, []int64{r.Int64N(int64(len(shape)) + 1)}, nil)
			case 4:
				if i := r.IntN(len(shape)); shape[i] > 2 {
					v = run("Slice", v, nil, map[string]*attribute{"starts": {ints: []int64{1}}, "ends": {ints: []int64{99}}, "axes": {ints: []int64{int64(i)}}})
				}
			}
		}
		steps := strides(v.shape)
		for at := range v.ints {
			for axis := range v.shape {
				rep, i := v.repeat(axis), int64(at)/steps[axis]%v.shape[axis]
				if v.ints[at] != v.ints[int64(at)-i%rep*steps[axis]] || v.shape[axis]%rep != 0 {
					t.Fatalf("%v repeats %v, but is %v", v.shape, v.rep, v.ints)
				}
				if rep > 1 {
					repeated++
				}
			}
		}
	}
	if repeated < 10000 {
		t.Errorf("only %d repetitions were looked at", repeated)
	}
}

// TestGroupedQueries: Llama's exported graph repeats keys by Expand; its products have a group's queries as rows instead.
func TestGroupedQueries(t *testing.T) {
	got := layerLines(t, imported(t, "llama_dynamo", Options{Merge: true}))
	// Eight heads of 64, two of keys; 384 positions; width 512, twice that inside. K and V, and gate and up, are equal in shape.
	want := `llama.layers.0.self_attn.q_proj, matmul: {M: 384, K: 512, N: 512}, count: 4
llama.layers.0.self_attn.k_proj, matmul: {M: 384, K: 512, N: 128}, count: 4
llama.layers.0.self_attn, matmul: {B: 2, M: 1536, K: 64, N: 384}, count: 2
llama.layers.0.self_attn_2, matmul: {B: 2, M: 1536, K: 384, N: 64}, count: 2
llama.layers.0.mlp.gate_proj, matmul: {M: 384, K: 512, N: 1024}, count: 4
llama.layers.0.mlp.down_proj, matmul: {M: 384, K: 1024, N: 512}, count: 2`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestMerge: layers of one shape become one with their number, and the total stays.
func TestMerge(t *testing.T) {
	all, merged := imported(t, "resnet18_dynamo", Options{}), imported(t, "resnet18_dynamo", Options{Merge: true})
	if len(all.Network.Layers) != 21 || len(merged.Network.Layers) != 12 || all.Network.TotalMACs().Cmp(merged.Network.TotalMACs()) != 0 {
		t.Error(len(all.Network.Layers), len(merged.Network.Layers), all.Network.TotalMACs(), merged.Network.TotalMACs())
	}
	i := slices.IndexFunc(merged.Network.Layers, func(l workload.Layer) bool { return l.Name == "layer1.0.conv1" })
	if i < 0 || merged.Network.Layers[i].Count != 4 || merged.Report.Layers[i].MACs.Int64() != 4*64*64*56*56*9 {
		t.Errorf("%+v", merged.Report.Layers)
	}
}
