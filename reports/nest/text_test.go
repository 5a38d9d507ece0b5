package nest

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tcmdse/results"
)

var update = flag.Bool("update", false, "rewrite golden files")

// real reads a mapping as map --json printed it (testdata says with which arguments).
func real(t *testing.T, name string) (mapping string, components []results.Component) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var f struct {
		Mapping    json.RawMessage
		Components []struct {
			results.Component
			Tensors []results.TensorTraffic
		}
	}
	if err := json.Unmarshal(data, &f); err != nil {
		t.Fatal(err)
	}
	for _, k := range f.Components {
		k.Component.Tensors = k.Tensors
		components = append(components, k.Component)
	}
	return string(f.Mapping), components
}

func TestText(t *testing.T) {
	for _, name := range []string{"eyeriss-l1", "simba-l2", "tpu-qk", "eyeriss-imperfect", "eyeriss-network"} {
		mapping, components := real(t, name)
		n, err := Read(mapping, components)
		if err != nil {
			t.Fatal(err)
		}
		got, path := n.Text(), filepath.Join("testdata", name+".txt")
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(path); err != nil || string(want) != got {
			t.Errorf("%s (%v):\n%s\nwant\n%s", name, err, got, want)
		}
		for _, line := range strings.Split(got, "\n") {
			if len(line) > 110 || strings.TrimRight(line, " ") != line {
				t.Errorf("%s: %d characters: %q", name, len(line), line)
			}
		}
	}
}

func TestTextEdges(t *testing.T) {
	const mapping = `{"nodes":[{"keep":"DRAM","tensor":"W"},{"keep":"DRAM","tensor":"O"},{"for":"m","in":4},{"keep":"GLB","tensor":"W"},{"par":"PE.x","for":"m","in":2}]}`
	whole := []results.Component{
		{Name: "DRAM", Instances: 1, PeakBits: 9e6, Tensors: []results.TensorTraffic{{Tensor: "W", ReadBits: 8e6, PeakBits: 8e6}, {Tensor: "O", WriteBits: 1e6, PeakBits: 1e6}}},
		{Name: "L2", Instances: 1, SizeBits: 8 << 20},
		{Name: "GLB", Instances: 2, PeakBits: 12, SizeBits: 16, Tensors: []results.TensorTraffic{{Tensor: "W", ReadBits: 24, WriteBits: 12, PeakBits: 12}}},
		{Name: "MAC", Instances: 8},
	}
	brief := []results.Component{{Name: "DRAM"}, {Name: "GLB", PeakBits: 12, SizeBits: 16}, {Name: "MAC"}}
	hostile := []results.Component{{Name: "DRAM"}, {Name: "M\x1b[31m\nAC\u009b"}}
	for _, c := range []struct {
		name    string
		mapping string
		ks      []results.Component
		want    []string
		not     []string
	}{
		{"whole", mapping, whole, []string{"\n  GLB keeps W ", "12b  75.0 %", "\n  par PE.x: m in 2     1\n    MAC\n", "not used", "unlimited", "O read", "\nMAC            8\n"}, []string{"at most"}},
		{"mapping only", mapping, nil, []string{"DRAM keeps W O\nfor m in 4             2\n"}, []string{"full", "level", "%", "MAC"}},
		{"no traffic", mapping, brief, []string{"GLB keeps W\n", "MAC\n", "75.0 %"}, []string{"read"}},
		{"remainders", strings.Replace(mapping, `"nodes"`, `"imperfect":true,"nodes"`, 1), whole, []string{"tile at most"}, nil},
		{"a network behind the compute unit", mapping, append(whole, results.Component{Name: "PE", Instances: 1}), []string{"\n    MAC\n", "\nMAC            8\n", "PE             1              network\n"}, nil},
		{"no compute unit", mapping, whole[:3], []string{"par PE.x: m in 2     1\n\n"}, []string{"MAC"}},
		{"hostile", mapping, hostile, []string{"\n    M?[31m?AC?\n"}, []string{"\x1b", "\u009b"}},
		{"empty", `{"nodes":[]}`, nil, []string{"loop nest  tile\n"}, []string{"\n\n"}},
	} {
		n, err := Read(c.mapping, c.ks)
		if err != nil {
			t.Fatal(err)
		}
		got := n.Text()
		for _, want := range c.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: no %q in\n%s", c.name, want, got)
			}
		}
		for _, not := range c.not {
			if strings.Contains(got, not) {
				t.Errorf("%s: %q in\n%s", c.name, not, got)
			}
		}
	}
}
