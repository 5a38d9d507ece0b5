package onnx

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"tcmdse/mapper/workload"
)

// rawTensor is an initializer of raw data.
func rawTensor(name string, typ int64, raw []byte, dims ...int64) []byte {
	var b []byte
	for _, d := range dims {
		b = append(b, number(1, d)...)
	}
	return field(5, cat(b, number(2, typ), text(8, name), field(9, raw)))
}

func longs(xs ...int64) []byte {
	var b []byte
	for _, x := range xs {
		b = binary.LittleEndian.AppendUint64(b, uint64(x))
	}
	return b
}

// weightOf is an initializer without its contents.
func weightOf(name string, dims ...int64) []byte { return rawTensor(name, typeFloat, nil, dims...) }

func resultOf(t *testing.T, data []byte) *Result {
	t.Helper()
	m, err := Read(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	r, err := Import(m, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// layerTexts are the layers as a file has them.
func layerTexts(t *testing.T, data []byte) string {
	t.Helper()
	var out bytes.Buffer
	r := resultOf(t, data)
	if err := workload.Write(&out, r.Network, workload.Doc{}); err != nil {
		t.Fatal(err)
	}
	_, layers, _ := strings.Cut(out.String(), "layers:\n")
	return layers
}

// TestOldBroadcast: before opset 7 the second operand was placed by axis, which contents do not follow.
func TestOldBroadcast(t *testing.T) {
	attr := func(name string, x int64) []byte { return field(5, cat(text(1, name), number(3, x))) }
	data := cat(modelOf(input("x", 2, 3), weightOf("w", 3, 4), rawTensor("a", typeInt64, longs(0, 1, 2, 3, 4, 5), 2, 3),
		rawTensor("b", typeInt64, longs(1, 2), 2), nodeOf("Add", []string{"a", "b"}, "c", attr("broadcast", 1), attr("axis", 0)),
		nodeOf("MatMul", []string{"x", "w"}, "y")), field(8, number(2, 6)))
	if got := layerTexts(t, data); !strings.Contains(got, "M: 2, K: 3, N: 4") {
		t.Error(got)
	}
}

// TestConstantCondition: a condition that is a raw constant chooses its branch; what the branch takes from around it is not
// constant for that, and so does not become the weights of the product that follows.
func TestConstantCondition(t *testing.T) {
	branch := func(op string) []byte { return cat(nodeOf(op, []string{"q"}, "t"), field(12, text(1, "t"))) }
	data := modelOf(input("q", 2, 5, 3), input("k", 2, 3, 7), rawTensor("c", typeBool, []byte{1}),
		nodeOf("If", []string{"c"}, "r", field(5, cat(text(1, "then_branch"), field(6, branch("Identity")))),
			field(5, cat(text(1, "else_branch"), field(6, branch("Neg"))))),
		nodeOf("MatMul", []string{"r", "k"}, "y"))
	if got := layerTexts(t, data); !strings.Contains(got, "B: 2, M: 5, K: 3, N: 7") {
		t.Error(got)
	}
	for _, o := range resultOf(t, data).Report.Operators {
		if o.Name == "Neg" {
			t.Error("the branch that is not taken was walked")
		}
	}
}

// TestConstantProduct: products of constants alone stay layers: published totals have them, DETR's first queries for one.
func TestConstantProduct(t *testing.T) {
	r := resultOf(t, modelOf(input("x", 2, 3), weightOf("u", 3, 5), weightOf("v", 5, 4), nodeOf("MatMul", []string{"u", "v"}, "w"),
		nodeOf("MatMul", []string{"x", "w"}, "y")))
	if r.Report.MACs.Int64() != 60+24 || len(r.Network.Layers) != 2 || len(r.Report.Missing) != 0 {
		t.Error(r.Report.MACs, len(r.Network.Layers), r.Report.Missing)
	}
}

// TestSumOfSkipNorm: the fourth output, the sum that is normalised, goes on to the next block.
func TestSumOfSkipNorm(t *testing.T) {
	norm := func(a, b, out, sum string) []byte {
		return nodeOf("SkipLayerNormalization", []string{a, b, "g"}, out, text(2, ""), text(2, ""), text(2, sum), text(7, "com.microsoft"))
	}
	r := resultOf(t, modelOf(input("x", 1, 6, 8), weightOf("g", 8), weightOf("w", 8, 8), norm("x", "x", "n", "s"),
		nodeOf("MatMul", []string{"n", "w"}, "m"), norm("s", "m", "n2", "s2"), nodeOf("MatMul", []string{"n2", "w"}, "y")))
	if r.Report.Expressed.Int64() != 2*6*8*8 || len(r.Report.Missing) != 0 {
		t.Error(r.Report.Expressed, r.Report.Missing)
	}
}

// TestClippedPads: padding of type SAME as timm computes it in graphs of PyTorch's older exporter.
func TestClippedPads(t *testing.T) {
	data := modelOf(input("x", 1, 3, 8, 8), weightOf("w", 4, 3, 3, 3), rawTensor("p", typeInt64, longs(0, 0, -3, -3, 0, 0, 1, 9), 8),
		rawTensor("low", typeInt64, longs(0)), rawTensor("high", typeInt64, longs(1)), nodeOf("Clip", []string{"p", "low", "high"}, "pads"),
		nodeOf("Pad", []string{"x", "pads"}, "px"), nodeOf("Conv", []string{"px", "w"}, "y"))
	if got := layerTexts(t, data); !strings.Contains(got, "C: 3, M: 4, P: 7, Q: 7") {
		t.Error(got)
	}
}

// TestContents: halves in int32_data are bits, not numbers; 0.5 is true.
func TestContents(t *testing.T) {
	half := &tensor{typ: typeHalf, dims: []int64{1}, ints: []int64{0x3800}}
	if half.settle(); half.ints != nil {
		t.Error(half.ints)
	}
	truth := &tensor{typ: typeBool, dims: []int64{2}, raw: []byte{1, 0}}
	if truth.settle(); !slices.Equal(truth.ints, []int64{1, 0}) {
		t.Error(truth.ints)
	}
	if ints, _ := converted(&value{floats: []float64{0.5, 0, -3}}, typeBool); !slices.Equal(ints, []int64{1, 0, 1}) {
		t.Error(ints)
	}
}
