package results

import (
	"context"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
)

// TestStreamed: what is read by parts is what is read at once, over several parts, with another sweep in the file.
func TestStreamed(t *testing.T) {
	ctx := context.Background()
	s, err := Open(filepath.Join(t.TempDir(), "r.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	population(t, s, "other", 20, 1)
	id := population(t, s, "this", 2*partSize+7, 2)
	want, err := s.Candidates(ctx, id, "net")
	if err != nil {
		t.Fatal(err)
	}
	var got []CandidateRow
	if err := s.EachCandidate(ctx, id, "net", func(c CandidateRow) error { got = append(got, c); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(got) != len(want) || got[0].Params != nil || got[0].ArchYAML != "" {
		t.Fatalf("%d candidates, want %d; the first is %+v", len(got), len(want), got[0])
	}
	all := make([]*CandidateRow, len(got))
	for i := range got {
		all[i] = &got[i]
	}
	if err := s.AddParams(ctx, got); err != nil {
		t.Fatal(err)
	}
	if err := s.AddArch(ctx, all); err != nil {
		t.Fatal(err)
	}
	for i := range want {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Fatalf("candidate %d: %+v, want %+v", i, got[i], want[i])
		}
	}
	of, err := s.Order(ctx, id)
	if err != nil || len(of) != len(want) || !slices.IsSortedFunc(of, func(a, b Place) int { return int(a.Index - b.Index) }) {
		t.Fatalf("order of %d, %v", len(of), err)
	}
	few := []Place{of[partSize+3], of[2], of[9], of[5]} // in this order; the third has no mapping
	var rows []string
	for _, p := range []Part{{"net", few, true}, {"", few, false}, {"elsewhere", few, true}, {"net", nil, true}} {
		var texts, tensors, components int
		err := s.LayersOf(ctx, p, func(l LayerRow) error {
			rows = append(rows, fmt.Sprint(l.Index, " ", l.Name))
			texts += len(l.MappingJSON) + len(l.MappingText)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.ComponentsOf(ctx, p, func(k ComponentRow) error { components++; tensors += len(k.Tensors); return nil }); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, fmt.Sprintf("%d components, tensors %v, mappings %v", components, tensors > 0, texts > 0))
	}
	layers := []string{fmt.Sprint(partSize+3, " layer0"), fmt.Sprint(partSize+3, " layer1"), "2 layer0", "2 layer1", "5 layer0", "5 layer1"}
	list := slices.Concat(layers, []string{"24 components, tensors true, mappings true"}, layers, []string{"24 components, tensors false, mappings false",
		"0 components, tensors false, mappings false", "0 components, tensors false, mappings false"})
	if !slices.Equal(rows, list) {
		t.Errorf("%q,\nwant %q", rows, list)
	}
}

// TestSweepTotals: texts of parameters and counts of layers are of one sweep, whole and once.
func TestSweepTotals(t *testing.T) {
	ctx := context.Background()
	s, err := Open(filepath.Join(t.TempDir(), "r.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	population(t, s, "other", 64, 3)
	c := member("this", 0, 2)
	c.Results[0].Layers[1].Optimal = false
	id, _, err := s.Begin(ctx, Sweep{Name: "this", Config: "this", Workloads: []string{"net"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []Candidate{member("this", 6, 2), c} { // stored out of order
		if err := s.Append(ctx, id, []Candidate{c}); err != nil {
			t.Fatal(err)
		}
	}
	var texts []string
	if err := s.EachParamText(ctx, id, func(path, text string) error { texts = append(texts, path+"="+text); return nil }); err != nil {
		t.Fatal(err)
	}
	if want := []string{"PE.x=8", "GLB.size=16KiB", "DRAM.bandwidth=0.1GB/s", "PE.x=16", "GLB.size=32KiB"}; !slices.Equal(texts, want) {
		t.Errorf("%q, want %q", texts, want)
	}
	if layers, unproved, err := s.Proofs(ctx, id); err != nil || layers["net"] != 4 || unproved["net"] != 1 || len(layers) != 1 {
		t.Errorf("%v, %v, %v: want 4 layers, 1 not proved", layers, unproved, err)
	}
}
