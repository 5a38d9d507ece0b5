package onnx

import (
	"bytes"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tcmdse/mapper/workload"
)

func open(t *testing.T, name string) *Model {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name+".onnx"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := Read(f)
	if err != nil {
		t.Fatal(name, err)
	}
	return m
}

func imported(t *testing.T, name string, opt Options) *Result {
	t.Helper()
	r, err := Import(open(t, name), opt)
	if err != nil {
		t.Fatal(name, err)
	}
	return r
}

// batchOf gives the models with open dimensions their sizes.
func batchOf(name string) Options {
	switch name {
	case "resnet18_torchscript", "mobilenet_v2_torchscript", "mobilenet_v2_dynamo", "vit_2layers_torchscript", "keras":
		return Options{Batch: 1}
	case "transformer_torchscript":
		return Options{Dims: map[string]int64{"batch": 2}}
	case "transformer_dynamo":
		return Options{Dims: map[string]int64{"batch": 2, "sequence": 64}}
	}
	return Options{}
}

// TestTotals: published totals of multiply-accumulates, where every one is in a layer.
func TestTotals(t *testing.T) {
	// Weights' meta "_ops" of torchvision 0.29, in units of 1e9, to the three digits given there.
	for name, published := range map[string]string{
		"resnet18_torchscript": "1.814", "resnet18_dynamo": "1.814", "mobilenet_v2_torchscript": "0.301", "mobilenet_v2_dynamo": "0.301",
		"vit_b_16_dynamo": "17.564", "efficientnet_b0_dynamo": "0.386",
	} {
		r := imported(t, name, batchOf(name))
		macs, _ := new(big.Float).SetInt(r.Report.MACs).Float64()
		if got := fmt.Sprintf("%.3f", macs/1e9); got != published {
			t.Errorf("%s: %s, published %s", name, got, published)
		}
		whole(t, name, r)
	}
	// Sequences of s, width d, feed-forward f: 4 s d^2 for Q, K, V and the output, 2 s^2 d for attention, 2 s d f.
	block := func(s, d, f int64) int64 { return 4*s*d*d + 2*s*s*d + 2*s*d*f }
	for name, want := range map[string]int64{
		"transformer_torchscript": 2 * block(64, 256, 1024), "transformer_dynamo": 2 * block(64, 256, 1024),
		"bert_torchscript": 2 * block(384, 768, 3072), "bert_dynamo": 2 * block(384, 768, 3072),
		"vit_2layers_torchscript": 196*768*768 + 2*block(197, 768, 3072) + 768*1000,
	} {
		r := imported(t, name, batchOf(name))
		if r.Report.MACs.Int64() != want {
			t.Errorf("%s: %v, want %d", name, r.Report.MACs, want)
		}
		whole(t, name, r)
	}
}

// whole: all multiply-accumulates are in layers, nothing is unknown, and the file that is written reads back as the network.
func whole(t *testing.T, name string, r *Result) {
	t.Helper()
	if len(r.Report.Missing) > 0 || r.Report.MACs.Cmp(r.Report.Expressed) != 0 || r.Network.TotalMACs().Cmp(r.Report.MACs) != 0 {
		t.Errorf("%s: %v of %v in layers, %v in the network; missing %+v", name, r.Report.Expressed, r.Report.MACs, r.Network.TotalMACs(), r.Report.Missing)
	}
	for _, o := range r.Report.Operators {
		if !o.Known || o.NoShape > 0 {
			t.Errorf("%s: %+v", name, o)
		}
	}
	var b bytes.Buffer
	if err := workload.Write(&b, r.Network, r.Doc); err != nil {
		t.Fatal(name, err)
	}
	back, err := workload.Parse(b.Bytes(), name)
	if err != nil || back.TotalMACs().Cmp(r.Network.TotalMACs()) != 0 || len(back.Layers) != len(r.Network.Layers) {
		t.Errorf("%s: %v", name, err)
	}
}

// form is an Einsum whatever its variables are called: sizes of those that all tensors have, those of inputs and outputs,
// of weights and outputs, and of inputs and weights.
func form(e *workload.Einsum) string {
	counts := func(x workload.Term) bool { return e.Vars[x.Var].Size > 1 }
	for _, ix := range e.Tensors[0].Dims {
		if i := slices.IndexFunc(ix, counts); i >= 0 && (ix[i].Coef != 1 || slices.ContainsFunc(ix[i+1:], counts)) {
			return e.ShapeKey() // windows
		}
	}
	sizes := map[string]int64{}
	for i, v := range e.Vars {
		key := ""
		for _, t := range e.Tensors {
			if slices.ContainsFunc(t.Dims, func(ix workload.Index) bool {
				return slices.ContainsFunc(ix, func(x workload.Term) bool { return x.Var == i })
			}) {
				key += t.Role[:1]
			}
		}
		sizes[key] = max(sizes[key], 1) * v.Size
	}
	return fmt.Sprintf("all %d, rows %d, columns %d, summed %d", max(sizes["iwo"], 1), sizes["io"], sizes["wo"], sizes["iw"])
}

func forms(n *workload.Network) map[string]int64 {
	out := map[string]int64{}
	for i := range n.Layers {
		out[form(&n.Layers[i].Einsum)] += n.Layers[i].Count
	}
	return out
}

// TestEmbedded: real exports are, layer for layer, the networks that were typed from papers.
func TestEmbedded(t *testing.T) {
	for name, ours := range map[string]string{
		"resnet18_torchscript": "resnet18", "resnet18_dynamo": "resnet18", "mobilenet_v2_torchscript": "mobilenetv2", "mobilenet_v2_dynamo": "mobilenetv2",
		"vit_b_16_dynamo": "vit-b16", "efficientnet_b0_dynamo": "efficientnet-b0",
	} {
		want, err := workload.Open(ours, "")
		if err != nil {
			t.Fatal(err)
		}
		opt := batchOf(name)
		opt.Merge = true
		got := imported(t, name, opt)
		same(t, name, forms(got.Network), forms(want))
		seen := map[string]bool{}
		for i := range got.Network.Layers {
			key := got.Network.Layers[i].Einsum.ShapeKey()
			if seen[key] {
				t.Errorf("%s: --merge left two layers of one shape", name)
			}
			seen[key] = true
		}
	}
	// BERT-base has twelve such layers; its file joins Q, K and V.
	want, err := workload.Open("bert-base", "")
	if err != nil {
		t.Fatal(err)
	}
	six := new(big.Int).Mul(imported(t, "bert_dynamo", Options{}).Report.MACs, big.NewInt(6))
	if six.Cmp(want.TotalMACs()) != 0 {
		t.Errorf("bert: %v, want %v", six, want.TotalMACs())
	}
}

// TestExporters: PyTorch's two exporters write very different graphs of one network, which become the same layers.
func TestExporters(t *testing.T) {
	for _, name := range []string{"resnet18", "mobilenet_v2", "transformer", "bert", "odd"} {
		old, young := imported(t, name+"_torchscript", batchOf(name+"_torchscript")), imported(t, name+"_dynamo", batchOf(name+"_dynamo"))
		same(t, name, forms(old.Network), forms(young.Network))
	}
}

func same(t *testing.T, name string, got, want map[string]int64) {
	t.Helper()
	for key, n := range got {
		if want[key] != n {
			t.Errorf("%s: %d layers of %q, want %d", name, n, key, want[key])
		}
	}
	for key, n := range want {
		if got[key] == 0 {
			t.Errorf("%s: no layer of %q, want %d", name, key, n)
		}
	}
}

// layerLines are the layers as the file has them, without widths.
func layerLines(t *testing.T, r *Result) string {
	t.Helper()
	var b bytes.Buffer
	if err := workload.Write(&b, r.Network, workload.Doc{}); err != nil {
		t.Fatal(err)
	}
	var out []string
	for line := range strings.Lines(b.String()) {
		if text, ok := strings.CutPrefix(line, "  - {name: "); ok {
			out = append(out, strings.TrimSuffix(text, "}\n"))
		}
	}
	return strings.Join(out, "\n")
}
