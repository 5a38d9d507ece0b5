package mapping

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
	"tcmdse/internal/boundtest"
	"tcmdse/internal/yamlsrc"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func read(t *testing.T, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if want := string(read(t, file)); got != want {
		t.Errorf("%s differs (-update rewrites it); got\n%s", file, got)
	}
}

// TestNest writes a mapping that a person wrote in YAML as a loop nest and as JSON.
func TestNest(t *testing.T) {
	m, err := Parse(read(t, "testdata/nest.yaml"), "nest.yaml")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/nest.txt", m.Text("MAC"))
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/nest.json", strings.ReplaceAll(string(text), "},", "},\n")+"\n")
	if again, err := Parse(read(t, "testdata/nest.json"), "nest.json"); err != nil || !reflect.DeepEqual(again.Nodes, m.Nodes) {
		t.Errorf("JSON read back: %v, %v", again, err)
	}
}

// TestLayer reads the mapping out of a layer of map --json, whose text field is what Text writes.
func TestLayer(t *testing.T) {
	data := read(t, "testdata/layer.json")
	m, err := Parse(data, "layer.json")
	if err != nil {
		t.Fatal(err)
	}
	want := &Mapping{Nodes: []Node{
		{Kind: Storage, Memory: "DRAM", Tensor: "I"},
		{Kind: Temporal, Var: "m", N: 4},
		{Kind: Spatial, Var: "m", N: 16, Array: "PE", Dim: "x"},
	}}
	if !reflect.DeepEqual(m.Nodes, want.Nodes) {
		t.Errorf("got %v, want %v", m.Nodes, want.Nodes)
	}
	var layer struct{ Text string }
	if err := json.Unmarshal(data, &layer); err != nil {
		t.Fatal(err)
	}
	if got := m.Text("MAC"); got != layer.Text {
		t.Errorf("Text:\n%s\nthe layer has:\n%s", got, layer.Text)
	}
}

func TestEmpty(t *testing.T) {
	m, err := Parse([]byte(`{"nodes": []}`), "m.json")
	if err != nil || len(m.Nodes) != 0 {
		t.Fatalf("got %v, %v", m, err)
	}
	text, err := json.Marshal(Mapping{})
	if err != nil || string(text) != `{"nodes":[]}` || m.Text("MAC") != "MAC\n" {
		t.Errorf("got %s, %q, %v", text, m.Text("MAC"), err)
	}
}

// TestBad checks that each mistake is told with its place and what is allowed.
func TestBad(t *testing.T) {
	const good = "nodes:\n- {keep: DRAM, tensor: I}\n"
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "m.yaml:1: the file is empty"},
		{"a list", "- {for: m, in: 2}\n", `m.yaml:1: not a mapping of keys to values; given "a list"`},
		{"no nodes", "node: []\n", `m.yaml:1: key "nodes" is missing`},
		{"nodes no list", "nodes: {for: m, in: 2}\n", `m.yaml:1: nodes: not a list; given "a mapping"`},
		{"nodes null", "nodes:\n", "m.yaml:1: nodes: no value given"},
		{"key beside nodes", good + "mapping: {}\n", `m.yaml:3: mapping: unknown key "mapping"; given "mapping"; allowed: imperfect, nodes`},
		{"key inside mapping", "layer: a\nmapping:\n  nodes: []\n  text: x\n", `m.yaml:4: mapping.text: unknown key "text"; given "text"; allowed: imperfect, nodes`},
		{"mapping null", "layer: a\nmapping:\n", `m.yaml:2: mapping: no value given`},
		{"scalar node", good + "- DRAM\n", `m.yaml:3: nodes[1]: not a mapping of keys to values; given "DRAM"`},
		{"no kind", good + "- {tensor: I}\n", "m.yaml:3: nodes[1]: not a node of a mapping; " +
			`given "a mapping"; allowed: {keep: MEMORY, tensor: T}, {for: VARIABLE, in: N}, {par: ARRAY.DIM, for: VARIABLE, in: N}`},
		{"two kinds", good + "- {keep: A, tensor: I, for: m}\n", `m.yaml:3: nodes[1].for: unknown key "for"; given "for"; allowed: keep, tensor`},
		{"typo", good + "- {for: m, inn: 2}\n", `m.yaml:3: nodes[1]: key "in" is missing`},
		{"more", good + "- {for: m, in: 2, tile: 3}\n", `m.yaml:3: nodes[1].tile: unknown key "tile"; given "tile"; allowed: for, in`},
		{"twice", good + "- {for: m, in: 2, in: 3}\n", `m.yaml:3: nodes[1].in: key given twice`},
		{"case", good + "- {for: m, in: 2, In: 3}\n", `m.yaml:3: nodes[1].In: key differs from "in" only in case`},
		{"no tensor", "nodes:\n- {keep: DRAM}\n", `m.yaml:2: nodes[0]: key "tensor" is missing`},
		{"zero", good + "- {for: m, in: 0}\n", `m.yaml:3: nodes[1].in: not a whole number in range; given "0"; allowed: whole numbers from 1 to 2^63-1`},
		{"fraction", good + "- {for: m, in: 2.5}\n", `given "2.5"`},
		{"overflow", good + "- {for: m, in: 9223372036854775808}\n", `given "9223372036854775808"`},
		{"no dimension", good + "- {par: PE, for: m, in: 2}\n", `m.yaml:3: nodes[1].par: not a dimension of an array; given "PE"; allowed: ARRAY.DIM such as PE.x`},
		{"par alone", good + "- {par: PE.x}\n", `m.yaml:3: nodes[1]: key "for" is missing`},
		{"two dots", good + "- {par: PE.x.y, for: m, in: 2}\n", `given "PE.x.y"`},
		{"no name", good + "- {for: 2m, in: 2}\n", `m.yaml:3: nodes[1].for: not a name; given "2m"; allowed: letters, digits, '_' and '-', a letter first`},
		{"list for a name", good + "- {for: [m], in: 2}\n", `m.yaml:3: nodes[1].for: not a plain value`},
		{"garbage", "nodes: [\x01", "m.yaml:1: not valid YAML"},
	} {
		m, err := Parse([]byte(c.text), "m.yaml")
		var bad *yamlsrc.Error
		if m != nil || !errors.As(err, &bad) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, %v; want %s", c.name, m, err, c.want)
		}
	}
}

// TestMarshalBad checks that what Parse would refuse is not written.
func TestMarshalBad(t *testing.T) {
	for _, n := range []Node{
		{Kind: 9}, {Kind: Storage, Memory: "DRAM"}, {Kind: Storage, Tensor: "I"}, {Kind: Temporal, Var: "m"},
		{Kind: Temporal, N: 2}, {Kind: Spatial, Array: "PE", Var: "m", N: 2}, {Kind: Spatial, Dim: "x", Var: "m", N: 2},
		{Kind: Spatial, Array: "PE", Dim: "x", Var: "m", N: -1},
	} {
		if text, err := json.Marshal(Mapping{Nodes: []Node{n}}); err == nil {
			t.Errorf("%+v was written as %s", n, text)
		}
	}
}

// TestRoundTrip writes random mappings and reads them back.
func TestRoundTrip(t *testing.T) {
	name := rapid.StringMatching(`[a-zA-Z][a-zA-Z0-9_-]{0,3}`)
	node := rapid.Custom(func(t *rapid.T) Node {
		n := Node{Kind: Kind(rapid.IntRange(0, 2).Draw(t, "kind"))}
		if n.Kind == Storage {
			n.Memory, n.Tensor = name.Draw(t, "memory"), name.Draw(t, "tensor")
			return n
		}
		n.Var, n.N = name.Draw(t, "var"), rapid.Int64Min(1).Draw(t, "n")
		if n.Kind == Spatial {
			n.Array, n.Dim = name.Draw(t, "array"), name.Draw(t, "dim")
		}
		return n
	})
	rapid.Check(t, func(t *rapid.T) {
		m := Mapping{Nodes: rapid.SliceOfN(node, 0, 12).Draw(t, "nodes")}
		text, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		indented, _ := json.MarshalIndent(m, "", "\t")
		for _, form := range [][]byte{text, indented, []byte(`{"layer":"x","mapping":` + string(text) + `}`)} {
			back, err := Parse(form, "m.json")
			if err != nil || !reflect.DeepEqual(back.Nodes, m.Nodes) && len(m.Nodes) > 0 {
				t.Fatalf("%s\nread back as %v, %v", form, back, err)
			}
		}
		var back Mapping
		if err := json.Unmarshal(text, &back); err != nil || back.Text("MAC") != m.Text("MAC") {
			t.Fatalf("json.Unmarshal of %s: %v, %v", text, back, err)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, file := range []string{"testdata/nest.yaml", "testdata/nest.json", "testdata/layer.json"} {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("nodes:\n- {par: PE.x, for: m, in: 1e3}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		defer boundtest.Cost{}.Start(t)()
		m, err := Parse(data, "m.yaml")
		if err != nil {
			var bad *yamlsrc.Error
			if !errors.As(err, &bad) {
				t.Fatalf("%T: %v", err, err)
			}
			return
		}
		text, err := json.Marshal(m)
		if err != nil {
			t.Fatalf("read as %v, but not written: %v", m.Nodes, err)
		}
		if back, err := Parse(text, "m.json"); err != nil || !reflect.DeepEqual(back.Nodes, m.Nodes) {
			t.Fatalf("%s\nread back as %v, %v", text, back, err)
		}
	})
}
