package timeloop

import (
	"strings"
	"testing"
)

// TestReadMapping reads the mapping alone for an imported architecture: the same as in the import, levels included.
func TestReadMapping(t *testing.T) {
	for _, name := range []string{"bypass.yaml", "spatial.yaml", "eyeriss.yaml"} {
		im, arch := read(t, example(t, name))
		m, _, err := ReadMapping([]byte(example(t, name)), name, arch, &im.Network.Layers[0].Einsum, Levels(im.Arch.Sources()))
		if err != nil {
			t.Fatal(err)
		}
		if m.Text("MAC") != im.Mapping.Text("MAC") {
			t.Errorf("%s:\n%s\nimported:\n%s", name, m.Text("MAC"), im.Mapping.Text("MAC"))
		}
		if len(m.Lines) != len(m.Nodes) {
			t.Errorf("%s: %d lines of %d nodes", name, len(m.Lines), len(m.Nodes))
		}
	}
}

// TestPlacement: reuse over loops that do not concern a tensor, and the window of the loop right above.
func TestPlacement(t *testing.T) {
	im, _ := read(t, example(t, "spatial.yaml"))
	want := `MainMemory keeps Weights Inputs Outputs
par PE.x: C in 16
  GlobalBuffer keeps Weights Inputs Outputs
  for C in 2
    for K in 32
      RegisterFile keeps Outputs Inputs
      for R in 3
        RegisterFile keeps Weights
        for P in 16
          MAC
`
	if got := im.Mapping.Text("MAC"); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// TestLostReuse: an architecture whose memories stand in an order that a mapping does not fit says what it costs.
func TestLostReuse(t *testing.T) {
	text := example(t, "eyeriss.yaml")
	text = strings.Replace(text, "  - !Parallel\n    nodes:\n", "", 1)
	text = strings.NewReplacer("    - !Component\n      name: ifmap", "  - !Component\n    name: ifmap", "    - !Component\n      name: weights", "  - !Component\n    name: weights",
		"    - !Component\n      name: psum", "  - !Component\n    name: psum", "      class: smartbuffer_RF", "    class: smartbuffer_RF", "      attributes: &", "    attributes: &",
		"      attributes: {<<", "    attributes: {<<", "      constraints: {dataspace: {keep: [Inputs]}}", "    constraints: {dataspace: {keep_only: [Inputs]}}",
		"      constraints: {dataspace: {keep: [Weights]}}", "    constraints: {dataspace: {keep_only: [Weights]}}",
		"      constraints: {dataspace: {keep: [Outputs]}}", "    constraints: {dataspace: {keep_only: [Outputs]}}").Replace(text)
	im, _ := read(t, text)
	found := false
	for _, n := range im.Notes.Approximated {
		found = found || strings.Contains(n.Text, "Weights stays in weights_spad over the loops P in 14, Q in 4")
	}
	if !found {
		t.Errorf("no note of lost reuse: %v", im.Notes.Approximated)
	}
}

// TestFactors: the spellings of factors and of what is left.
func TestFactors(t *testing.T) {
	base := example(t, "spatial.yaml")
	im, _ := read(t, base)
	want := im.Mapping.Text("MAC")
	for _, f := range []string{"R=3 P=1 K=32 C=2", `"R=3,P=1,K=32,C=2"`, "R3 P1 K32 C2", "R=3 K=0 C=2", "{R: 3, K: 32, C: 2}", `["R=3", "K=32", "C=0"]`, "R=3 K=32 C=2 N=1"} {
		im, _ := read(t, strings.Replace(base, "[R=3, P=1, K=32, C=2]", f, 1))
		if got := im.Mapping.Text("MAC"); got != want {
			t.Errorf("%s:\n%s", f, got)
		}
	}
}

// TestTwoDimensions: split tells which spatial loops run along x.
func TestTwoDimensions(t *testing.T) {
	text := strings.Replace(example(t, "spatial.yaml"), "meshX: 16}", "meshX: 8, meshY: 2}", 1)
	text = strings.Replace(text, "factors: [R=1, P=1, K=1, C=16], permutation: [P, R, K, C]}", "factors: [K=2, C=8], permutation: [C, P, R, K], split: 1}", 1)
	text = strings.Replace(text, "K=32, C=2]", "K=16, C=4]", 1)
	im, _ := read(t, text)
	if got := im.Mapping.Text("MAC"); !strings.Contains(got, "par PE.x: C in 8") || !strings.Contains(got, "par PE.y: K in 2") {
		t.Error(got)
	}
}
