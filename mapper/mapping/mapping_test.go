package mapping

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func example() Mapping {
	return Mapping{Nodes: []Node{
		{Kind: Storage, Memory: "DRAM", Tensor: "I"}, {Kind: Storage, Memory: "DRAM", Tensor: "O"},
		{Kind: Temporal, Var: "m", N: 4}, {Kind: Storage, Memory: "GLB", Tensor: "I"},
		{Kind: Spatial, Array: "PE", Dim: "x", Var: "k", N: 8},
	}}
}

func TestRoundTrip(t *testing.T) {
	m := example()
	for _, wrap := range []string{"%", `{"layer": "a", "mapping": %}`} {
		data, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Parse([]byte(strings.ReplaceAll(wrap, "%", string(data))), "m.json")
		if err != nil || !reflect.DeepEqual(*got, m) {
			t.Errorf("%v, %v", got, err)
		}
	}
}

func TestText(t *testing.T) {
	m := example()
	want := "DRAM keeps I O\nfor m in 4\n  GLB keeps I\n  par PE.x: k in 8\n    MAC\n"
	if got := m.Text("MAC"); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestParseBad(t *testing.T) {
	for text, want := range map[string]string{
		"nodes: [{for: m}]":                       `"in" is missing`,
		"nodes: [{for: m, in: 0}]":                "whole number",
		"nodes: [{par: x, for: m, in: 2}]":        "ARRAY.DIM",
		"nodes: [{keep: GLB}]":                    `"tensor" is missing`,
		"nodes: [{keep: GLB, tensor: I, fro: 2}]": "unknown key",
		"node: []":                                `"nodes" is missing`,
	} {
		if _, err := Parse([]byte(text), "m.yaml"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("nodes: [{keep: GLB, tensor: I}, {par: PE.x, for: m, in: 2}]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if m, err := Parse(data, "f"); err == nil {
			m.Text("MAC")
		}
	})
}
