package onnx

import (
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tcmdse/internal/yamlsrc"
	"tcmdse/mapper/workload"
)

// TestMutants: well-formed models whose numbers, operators and connections were changed at random are imported or refused
// with an error of the input, soon; a reader's fuzz test seldom gets this far.
func TestMutants(t *testing.T) {
	rounds := 150
	if testing.Short() {
		rounds = 15
	}
	r := rand.New(rand.NewPCG(5, 6))
	fine, refused := 0, 0
	for _, name := range models(t) {
		if name == "vit_b_16_dynamo" || name == "vit_2layers_torchscript" {
			continue // long, and much like the others
		}
		var operators []string
		for op := range rules() {
			operators = append(operators, op)
		}
		slices.Sort(operators)
		for range rounds {
			m := open(t, name)
			for range 1 + r.IntN(4) {
				mutate(r, m.graph, operators)
			}
			begun := time.Now()
			got, err := Import(m, batchOf(name))
			if err == nil {
				err = workload.Write(io.Discard, got.Network, got.Doc)
			}
			var bad *yamlsrc.Error
			switch {
			case err == nil:
				fine++
			case errors.As(err, &bad):
				refused++
			default:
				t.Errorf("%s: %v", name, err)
			}
			if took := time.Since(begun); took > 10*time.Second {
				t.Errorf("%s: took %v", name, took)
			}
		}
	}
	t.Logf("%d imported, %d refused", fine, refused)
	if fine < rounds || refused < rounds {
		t.Error("the changes are too mild or too strong to tell anything")
	}
}

func extreme(r *rand.Rand) int64 {
	xs := []int64{0, 1, 2, 3, 7, -1, -2, 64, 4096, 4097, 1 << 20, math.MaxInt32, math.MaxInt32 + 1, 1 << 40, 1 << 62, math.MaxInt64, math.MinInt64, math.MinInt64 + 1}
	return xs[r.IntN(len(xs))]
}

// mutate changes one thing of a graph.
func mutate(r *rand.Rand, g *graph, operators []string) {
	n := g.nodes[r.IntN(len(g.nodes))]
	switch r.IntN(9) {
	case 0:
		n.op, n.domain = operators[r.IntN(len(operators))], ""
		if r.IntN(4) == 0 {
			n.domain = "com.microsoft"
			n.op = []string{"Attention", "MultiHeadAttention", "GroupQueryAttention", "MatMulNBits", "QGemm", "QLinearConcat", "QAttention"}[r.IntN(7)]
		}
	case 1:
		if len(n.inputs) > 0 {
			n.inputs[r.IntN(len(n.inputs))] = ""
		}
	case 2:
		if len(n.inputs) > 0 {
			n.inputs = n.inputs[:r.IntN(len(n.inputs))]
		}
	case 3: // an input from elsewhere
		if len(n.inputs) > 0 && len(g.initializers) > 0 {
			n.inputs[r.IntN(len(n.inputs))] = g.initializers[r.IntN(len(g.initializers))].name
		}
	case 4:
		if len(g.initializers) > 0 {
			spoil(r, g.initializers[r.IntN(len(g.initializers))])
		}
	case 5:
		if in := g.inputs[r.IntN(len(g.inputs))]; len(in.dims) > 0 {
			in.dims[r.IntN(len(in.dims))] = dim{value: extreme(r), given: true}
		}
	case 6:
		n.outputs = n.outputs[:r.IntN(len(n.outputs)+1)]
	default:
		for _, key := range []string{"axis", "axes", "perm", "pads", "strides", "dilations", "group", "kernel_shape", "num_heads", "to", "transA", "hidden_size",
			"equation", "value", "value_int", "start", "end", "blocksize", "split", "output_padding", "keepdims", "batch_dims", "kv_num_heads"} {
			a := n.attrs[key]
			if a == nil {
				if r.IntN(12) == 0 {
					n.attrs[key] = &attribute{i: extreme(r), ints: []int64{extreme(r), extreme(r)}, s: "i...,j->..."}
				}
				continue
			}
			a.i = extreme(r)
			if len(a.ints) > 0 {
				a.ints[r.IntN(len(a.ints))] = extreme(r)
			}
			if a.t != nil {
				spoil(r, a.t)
			}
		}
	}
}

func spoil(r *rand.Rand, t *tensor) {
	switch {
	case len(t.ints) > 0 && r.IntN(2) == 0:
		t.ints[r.IntN(len(t.ints))] = extreme(r)
	case len(t.floats) > 0 && r.IntN(2) == 0:
		t.floats[r.IntN(len(t.floats))] = []float64{0, -1, math.NaN(), math.Inf(1), 1e300, 1e9}[r.IntN(6)]
	case len(t.dims) > 0:
		t.dims[r.IntN(len(t.dims))] = extreme(r)
		t.settle()
	}
}
