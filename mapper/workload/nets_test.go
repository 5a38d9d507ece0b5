package workload

import (
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
)

// netTotals is what the layers of a network have to add up to. weights leaves out the attention's K and V, which have
// the role weights too; params is the published count of parameters, and has to be weights + left exactly.
type netTotals struct {
	name              string
	macs, weights, kv int64
	published, within float64 // MACs as printed, and half a unit of the last digit; 0: none is published
	params, left      int64
	why               string
}

// exactTotals has the networks whose published parameters come out to the last one. Soft-max, normalisation, activations,
// pooling, biases, embeddings and sums of branches cost no MACs here; left has their parameters.
func exactTotals() []netTotals {
	const d, llamaEmbedding = 768, 128256 * 4096
	return []netTotals{
		// 14 x 14 x 768 x 768 patches + 12 x (197 x 7,077,888 + 2 x 197 x 197 x 768) + 768,000. Dosovitskiy et al. print
		// 86 M parameters. Tools that see modules only leave out the two products of the attention, 715 M, and tell 16.85 G.
		// Left: positions, class token, bias of the patches, per layer 9 biases and 4 of norms, last norm, bias of the head.
		{"vit-b16", 17563828224, 86292480, 3631104, 17.564e9, 0.5e6,
			86567656, 197*d + d + d + 12*13*d + 2*d + 1000, "torchvision vit_b_16: 17.564 G, 86,567,656 parameters"},
		// Tan and Le print 0.39 G and 5.3 M. Left: 21,008 normed channels x 2, biases of squeeze and excitation, of the head.
		{"efficientnet-b0", 385814752, 5236192, 0, 0.386e9, 0.5e6,
			5288548, 2*21008 + 9340 + 1000, "torchvision efficientnet_b0: 0.386 G, 5,288,548 parameters"},
		// 3000 x 184,320 + 1500 x 1,769,472 + 12 x (1500 x 7,077,888 + 2 x 1500 x 1500 x 768). The whole model has 244 M as
		// printed, 241,734,912 as released, of which 153,580,800 are the decoder's. Exports of 102 M have the decoder's
		// projections to K and V in the encoder, 12 x (2 x 768 x 768 + 768) = 14,164,992, which are left out here: that explains them to the digits printed.
		// Left: positions, biases of both convolutions, per layer 8 biases (keys have none) and 4 of norms, last norm.
		{"whisper-small-encoder", 172081152000, 86888448, 27648000, 0, 0,
			88154112, 1500*d + 2*d + 12*12*d + 2*d, "openai/whisper-small, encoder: 88,154,112 parameters"},
		// 2048 x 6,979,321,856 + 2 x 32 x 2048 x 2048 x 4096 + 525,336,576: the rule of one MAC for each parameter and token
		// gives 2048 x 8.03 G = 16.4 T; it counts the embedding and 2047 more output heads (2.15 T), and no attention (1.10 T).
		{"llama3-8b-prefill", 15393688125440, 7504658432, 134217728, 0, 0,
			8030261248, llamaEmbedding + 65*4096, "Meta-Llama-3-8B: 8,030,261,248 parameters; left are the embedding and 65 norms"},
		// Every weight once, and every value of K and V for each of the 4 query heads that share it.
		{"llama3-8b-decode", 7504658432 + 4*134217728, 7504658432, 134217728, 0, 0,
			8030261248, llamaEmbedding + 65*4096, "as prefill"},
		// The sum over the maps of the paper's Figure 1, which prints no totals. An up-convolution of 2x2 and stride 2 takes
		// M x C x 4 MACs for each of its inputs; tools that multiply its weights by its outputs count four times as many
		// (here 16.9 G more). Left: biases.
		{"unet", 150428424448, 31023808, 0, 0, 0,
			31030658, 2*(64+128+256+512+1024) + 3*(512+256+128+64) + 2, "the paper's network in Keras and PyTorch: 31,030,658 parameters"},
		// Counts of Keras on the reference models: biases of convolutions and 4 values for each normed channel, both gone in
		// the released int8 files.
		{"mlperf-tiny-resnet8", 12501632, 77360, 0, 12501632, 0.5,
			78666, 3*16 + 3*32 + 3*64 + 10 + 4*240, "MACs as counted in TensorFlow Lite Micro; 78,666 parameters"},
		{"mlperf-tiny-dscnn", 2656768, 22016, 0, 0, 0,
			24908, 9*64 + 12 + 4*9*64, "Keras: 24,908 parameters"},
		{"mlperf-tiny-mobilenet", 7489664, 208112, 0, 0, 0,
			221794, 5*2736 + 2, "2,736 channels with bias and norm: 221,794 parameters"},
		{"mlperf-tiny-autoencoder", 264192, 264192, 0, 0, 0,
			269992, 5*(8*128+8) + 640, "one MAC for each weight; 269,992 parameters"},
	}
}

// TestExactTotals: layers add up to the published totals, parameters exactly.
func TestExactTotals(t *testing.T) {
	for _, c := range exactTotals() {
		n, err := Open(c.name, t.TempDir())
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		macs, weights, kv := totals(n)
		if macs != c.macs || weights != c.weights || kv != c.kv {
			t.Errorf("%s: %d MACs, %d weights, %d of K and V; want %d, %d, %d", c.name, macs, weights, kv, c.macs, c.weights, c.kv)
		}
		if c.published != 0 && math.Abs(float64(macs)-c.published) > c.within {
			t.Errorf("%s: %d MACs, published %g (%s)", c.name, macs, c.published, c.why)
		}
		if weights+c.left != c.params {
			t.Errorf("%s: %d weights and %d others, published %d (%s)", c.name, weights, c.left, c.params, c.why)
		}
	}
}

// totals returns MACs, weights without K and V, and K and V.
func totals(n *Network) (macs, weights, kv int64) {
	for i := range n.Layers {
		l := &n.Layers[i]
		for t, tensor := range l.Einsum.Tensors {
			if tensor.Role == "weights" && (tensor.Name == "K" || tensor.Name == "V") {
				kv += l.Count * l.Einsum.Values(t).Int64()
			}
		}
	}
	return n.TotalMACs().Int64(), n.TotalWeights().Int64() - kv, kv
}

// TestNetsDescribed: every embedded network names its source, and docs/presets.md has its totals.
func TestNetsDescribed(t *testing.T) {
	docs, err := os.ReadFile("../../docs/presets.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range Names() {
		text, _ := NetYAML(name)
		if !strings.Contains(string(text), "\nsource: ") || !strings.Contains(string(text), "\ndescription: ") {
			t.Errorf("%s: no source or no description", name)
		}
		n, err := Open(name, t.TempDir())
		if err != nil || n.Name != name {
			t.Errorf("%s: %+v, %v", name, n, err)
			continue
		}
		macs, weights, kv := totals(n)
		row := fmt.Sprintf("\n| %s | %s | %s | %s | ", name, commas(macs), commas(weights), commas(kv))
		if !strings.Contains(string(docs), row) {
			t.Errorf("docs/presets.md has no row %q", row)
		}
	}
}

// TestGroupedQuery: the query heads of a group share keys and values, so K has no variable of the head.
func TestGroupedQuery(t *testing.T) {
	n, err := Open("llama3-8b-decode", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for i := range n.Layers {
		e := &n.Layers[i].Einsum
		if name := e.Tensors[1].Name; (name == "K" || name == "V") && e.Values(1).Int64() != 8*2048*128 {
			t.Errorf("%s: %v values of %s, want 8 heads x 2048 x 128", n.Layers[i].Name, e.Values(1), name)
		}
	}
}

// commas writes thousands apart.
func commas(x int64) string {
	s := strconv.FormatInt(x, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
