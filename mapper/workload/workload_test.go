package workload

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tcmdse/internal/boundtest"
)

var update = flag.Bool("update", false, "rewrite golden files")

// TestTotals checks the first embedded networks (exactTotals has the others) against the totals published for it. The exact figures are sums over the
// published shapes; near is the figure that papers and model zoos print, within percent.
func TestTotals(t *testing.T) {
	known := map[string]bool{}
	for _, c := range exactTotals() {
		known[c.name] = true
	}
	for _, c := range []struct {
		name          string
		macs, weights string
		nearMACs      float64 // published
		nearWeights   float64 // published parameters, biases and norms included
		percent       float64
		why           string
	}{
		{"resnet18", "1814073344", "11678912", 1.81e9, 11689512, 0.5, "torchvision: 1.81 GMACs, 11,689,512 parameters = weights + 9,600 batch norm + 1,000 bias"},
		{"resnet50", "4089184256", "25502912", 4.09e9, 25557032, 0.5, "torchvision: 4.09 GMACs, 25,557,032 parameters = weights + 53,120 batch norm + 1,000 bias"},
		{"vgg16", "15470264320", "138344128", 15.47e9, 138357544, 0.5, "torchvision: 15.47 GMACs, 138,357,544 parameters = weights + 13,416 biases"},
		{"alexnet", "714188480", "61090496", 0.714e9, 61100840, 0.5, "torchvision: 0.71 GMACs, 61,100,840 parameters = weights + 10,344 biases"},
		{"mobilenetv2", "300774272", "3469760", 300e6, 3504872, 1.1, "paper Table 4: 300 M multiply-adds, 3.4 M parameters; torchvision: 3,504,872 = weights + 34,112 batch norm + 1,000 bias"},
		// 12 x (384 x 7,077,888 + 2 x 12 x 384 x 384 x 64); 84.9 M weights of the 110 M, the rest embeddings. The
		// attention's K and V, 2 x 12 x 384 x 768 values, are under the role weights too.
		{"bert-base", "35332816896", "92012544", 35.3e9, 84934656 + 7077888, 0.5, "Devlin et al.: 110 M parameters with 23.8 M of embeddings and 0.6 M of pooler"},
		// 12 x (1024 x 7,077,888 + 2 x 12 x 1024 x 1024 x 64) + 38,597,376.
		// 123,532,032 weights + 786,432 positions + 121,344 biases and norms = 124,439,808 published; K and V add
		// 2 x 12 x 1024 x 768 = 18,874,368 values.
		{"gpt2-prefill", "106339037952", "142406400", 106.3e9, 124439808 + 18874368, 1, "Radford et al. as released: 124 M parameters"},
		{"gpt2-decode", "142406400", "142406400", 142.4e6, 124439808 + 18874368, 1, "one token: every weight and every K and V value is used once"},
	} {
		known[c.name] = true
		n, err := Open(c.name, t.TempDir())
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		m, w := n.TotalMACs(), n.TotalWeights()
		if m.String() != c.macs || w.String() != c.weights {
			t.Errorf("%s: %v MACs, %v weights; want %s and %s (%s)", c.name, m, w, c.macs, c.weights, c.why)
		}
		mf, _ := m.Float64()
		wf, _ := w.Float64()
		for _, r := range []float64{mf / c.nearMACs, wf / c.nearWeights} {
			if r < 1-c.percent/100 || r > 1+c.percent/100 {
				t.Errorf("%s: %g of the published figure (%s)", c.name, r, c.why)
			}
		}
	}
	for _, name := range Names() {
		if !known[name] {
			t.Errorf("%s: add a row here or to exactTotals", name)
		}
	}
}

func TestReferenceLayers(t *testing.T) {
	n, err := Open("../testdata/reference/layers.yaml", "")
	if err != nil {
		t.Fatal(err)
	}
	l := n.Layers[len(n.Layers)-1] // mb_dw112s2
	if g := l.Einsum.Vars[1]; g.Size != 64 || l.Einsum.Vars[2].Size != 1 || l.Einsum.Tensors[0].Dims[3][0].Coef != 2 {
		t.Errorf("%+v", l)
	}
}

func TestParseEinsum(t *testing.T) {
	e, err := ParseEinsum("O[n,P] = I[n, c, 2*P+r+r] * W[c,r]")
	if err != nil || len(e.Vars) != 4 || e.Tensors[0].Dims[2][0].Coef != 2 || e.Tensors[0].Dims[2][1].Coef != 2 || !e.Tensors[2].Output {
		t.Errorf("%+v %v", e, err)
	}
	for bad, want := range map[string]string{
		"O[n = I[n]": "expected", "O[n] I[n]": `expected "="`, "": "expected a name", "O[n] = O[n]": "twice",
		"O[0*n] = I[n]": "factor", "O[n] = I[n] + W[n]": `expected "*"`, "O[n] = I[n-1]": "expected",
	} {
		if _, err := ParseEinsum(bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", bad, err, want)
		}
	}
}

// TestBad compares the message for each file of testdata/bad with its golden.
func TestBad(t *testing.T) {
	files, _ := filepath.Glob("testdata/bad/*.yaml")
	if len(files) == 0 {
		t.Fatal("no files in testdata/bad")
	}
	for _, f := range files {
		data, _ := os.ReadFile(f)
		_, err := Parse(data, filepath.Base(f))
		if err == nil {
			t.Errorf("%s was accepted", f)
			continue
		}
		golden := strings.TrimSuffix(f, ".yaml") + ".err"
		if *update {
			os.WriteFile(golden, []byte(err.Error()+"\n"), 0o644)
		}
		if want, _ := os.ReadFile(golden); string(want) != err.Error()+"\n" {
			t.Errorf("%s:\n got %v\nwant %s", f, err, want)
		}
	}
}

// TestManyBits: widths by name at the top of a file are read once, not once a layer.
func TestManyBits(t *testing.T) {
	var b strings.Builder
	b.WriteString("name: w\nbits: {Z0: 1")
	for i := range 9000 {
		fmt.Fprintf(&b, ", Z%d: 2", i+1)
	}
	b.WriteString("}\nlayers:\n")
	for i := range 9001 {
		fmt.Fprintf(&b, "  - {name: l%d, einsum: 'Z%[1]d[m] = A[m]', sizes: {m: 2}}\n", i)
	}
	defer boundtest.Cost{}.Start(t)()
	n, err := Parse([]byte(b.String()), "w.yaml")
	if err != nil || n.Layers[0].Einsum.Tensors[1].Bits != 1 || n.Layers[9000].Einsum.Tensors[1].Bits != 2 {
		t.Errorf("%v", err)
	}
}

func FuzzParse(f *testing.F) {
	for _, name := range Names() {
		data, _ := NetYAML(name)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		defer boundtest.Cost{}.Start(t)()
		n, err := Parse(data, "f.yaml")
		if err != nil {
			return
		}
		macs, weights := n.TotalMACs(), n.TotalWeights()
		n.Layers[0].Einsum.ShapeKey()
		var text bytes.Buffer
		if err := Write(&text, n, Doc{}); err != nil {
			return // an Einsum that no file can tell, such as a third operand that alone has a role
		}
		back, err := Parse(text.Bytes(), "g.yaml")
		if err != nil {
			t.Fatalf("written, and not read: %v\n%s", err, text.String())
		}
		if back.TotalMACs().Cmp(macs) != 0 || back.TotalWeights().Cmp(weights) != 0 || len(back.Layers) != len(n.Layers) {
			t.Errorf("written with %v multiply-accumulates and %v weights, read with %v and %v\n%s", macs, weights, back.TotalMACs(), back.TotalWeights(), text.String())
		}
	})
}

func FuzzParseEinsum(f *testing.F) {
	f.Add("O[n,p] = I[n, 2*p+r] * W[r]")
	f.Fuzz(func(t *testing.T, text string) {
		defer boundtest.Cost{}.Start(t)()
		ParseEinsum(text)
	})
}
