package mapper

import (
	"context"
	"testing"

	"tcmdse/hwmodel"
	"tcmdse/mapper/model"
	"tcmdse/mapper/workload"
)

// TestClassesInsideArrays: 20 points, three instances. Tiles of 5 and of 6 points are of one class, four tiles each,
// but with tiles of 6 the busiest instance does 6 + 2 points, with tiles of 5 it does 5 + 5. So inside an array the
// rule by class must not drop the larger tile; outside it may.
func TestClassesInsideArrays(t *testing.T) {
	busiest := func(tile int64) float64 {
		return model.Visits(20, []model.Cut{{Below: 3 * tile}, {Below: tile, Fixed: true}}, 1, func(int64) float64 { return 1 })
	}
	if busiest(5) != 10 || busiest(6) != 8 {
		t.Fatalf("busiest instance: %g and %g points, want 10 and 8", busiest(5), busiest(6))
	}
	s := looseSpace(t, "Z[m] = A[m] * B[k]", "m", 20)
	order := []int{1} // B, in which m is irrelevant
	rows := func(under bool) map[int64]bool {
		g := &s.groups[0]
		found := map[int64]bool{}
		for _, r := range s.buildTable(order, -1, 0, 0, under, false).rows {
			found[g.extent(int(r.out), 0)] = true
		}
		return found
	}
	if in := rows(true); !in[5] || !in[6] {
		t.Errorf("inside an array rows reach %v; both 5 and 6 matter", in)
	}
	if out := rows(false); !out[5] || out[6] {
		t.Errorf("outside all arrays rows reach %v; 5 serves for 6", out)
	}
}

// TestWidthsInsideArrays: of two rows that reach 6 points of 7, one with tiles of 2 and one with tiles of 3 of an
// irrelevant tensor, there are four and three tiles in all; the row with the smaller tiles never serves for the other,
// whatever the counts.
func TestWidthsInsideArrays(t *testing.T) {
	s := looseSpace(t, "Z[m] = A[m] * B[k]", "m", 7)
	a, b := row{out: 5, first: 1, tile: [maxTensors]int32{1}}, row{out: 5, first: 1, tile: [maxTensors]int32{2}}
	g := &s.groups[0]
	if kept := s.undominatedLoose(g, []row{a, b}, []int{1}, true); len(kept) != 2 {
		t.Errorf("%d rows kept of equal counts and other widths, want 2: the first row, with smaller tiles, must not drop the second", len(kept))
	}
	if kept := s.undominatedLoose(g, []row{b, a}, []int{1}, true); len(kept) != 1 {
		t.Errorf("%d rows kept, want 1: larger tiles serve for smaller ones", len(kept))
	}
}

// looseSpace prepares an Einsum whose variable v has the given size, all others 1.
func looseSpace(t *testing.T, einsum, v string, size int64) *space {
	t.Helper()
	e, err := workload.ParseEinsum(einsum)
	if err != nil {
		t.Fatal(err)
	}
	for i := range e.Vars {
		if e.Vars[i].Size = 1; e.Vars[i].Name == v {
			e.Vars[i].Size = size
		}
	}
	arch := &hwmodel.Arch{Nodes: []hwmodel.Node{
		{Kind: hwmodel.Memory, Name: "M", Keep: hwmodel.TensorSet{"all"}},
		{Kind: hwmodel.Compute, Name: "MAC"},
	}}
	p, err := model.Compile(arch, &e)
	if err != nil {
		t.Fatal(err)
	}
	s, err := newSpace(context.Background(), p, soundRules(), true)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
