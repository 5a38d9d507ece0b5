package nest

import (
	"testing"

	"tcmdse/results"
)

func TestRead(t *testing.T) {
	n, err := Read(`{"nodes":[{"keep":"DRAM","tensor":"I"},{"keep":"DRAM","tensor":"W"},{"for":"q","in":16},{"par":"PE.x","for":"q","in":7},{"keep":"GLB","tensor":"W"},{"for":"c","in":3},{"for":"q","in":2}]}`,
		[]results.Component{{Name: "DRAM"}, {Name: "GLB", SizeBits: 400, PeakBits: 300, Tensors: []results.TensorTraffic{{Tensor: "W", PeakBits: 300}}}})
	if err != nil {
		t.Fatal(err)
	}
	if len(n.Lines) != 6 || n.Lines[1].Tile != 14 || n.Lines[2].Tile != 2 || n.Lines[2].Array != "PE.x" || n.Lines[5].Tile != 1 {
		t.Errorf("%+v", n.Lines)
	}
	if k := n.Lines[3]; k.Keep != "GLB" || k.Depth != 3 || len(k.Kept) != 1 || k.Kept[0].Bits != 300 || len(n.Lines[0].Kept) != 2 {
		t.Errorf("%+v", n.Lines)
	}
	if f := n.Levels[1].Fill(); f != 0.75 {
		t.Errorf("GLB is full to %v", f)
	}
	if f := n.Levels[0].Fill(); f != -1 {
		t.Errorf("an unlimited memory is full to %v", f)
	}
	for _, bad := range []string{"", "{", `{"nodes":[{}]}`, `{"nodes":[{"for":"m"}]}`} {
		if _, err := Read(bad, nil); err == nil {
			t.Errorf("%q is no mapping and was read", bad)
		}
	}
}
