package reports

import (
	"fmt"
	"strings"
	"testing"

	"tcmdse/results"
)

// TestMappingsSheet: nests with tiles and shares, their traffic beside them, in columns and rows with room for all of it; what
// cannot be read stands as it is stored, and nests with more lines than the highest row get a smaller font.
func TestMappingsSheet(t *testing.T) {
	s, cs := sampleSweep()
	cs = cs[:8]
	deep := strings.Repeat(`{"for":"m","in":2},`, 44)
	for i := range cs {
		for k := range cs[i].Results[0].Layers {
			l := &cs[i].Results[0].Layers[k]
			l.Components[0].Tensors = []results.TensorTraffic{{Tensor: "I", ReadBits: 8192, PeakBits: 16384}}
			l.Components[1].Tensors = []results.TensorTraffic{{Tensor: "W", ReadBits: 8, WriteBits: 16, PeakBits: 1 << 17}}
			switch k {
			case 0:
				l.MappingJSON = `{"nodes":[{"keep":"DRAM","tensor":"I"},{"for":"m","in":4},{"keep":"GLB","tensor":"W"}]}`
			case 1:
				l.MappingJSON = `{"nodes":[` + deep + `{"keep":"GLB","tensor":"W"}]}`
			case 2:
				l.MappingJSON = "{" // stored by something else
			}
		}
	}
	d := stored(t, s, cs)
	for i, c := range d.Workloads[0].Components {
		if on := d.Workloads[0].frontIDs()[c.CandidateID]; (len(c.Tensors) > 0) != (on && c.Name != "MAC") {
			t.Errorf("component %d, on the front %v, has the traffic of %d tensors", i, on, len(c.Tensors))
		}
	}
	f, _ := workbook(t, d)
	const sheet = "Mappings"
	rows := rowsOf(t, f, sheet)
	if got := strings.Join(rows[0], " "); got != "workload candidate_id idx layer mapping traffic mapping_json design to Candidates" {
		t.Fatalf("columns %s", got)
	}
	for i, want := range map[int][2]string{
		1: {"for m in 4        1\n  GLB keeps W              16KiB  50.0 %  97.7 %", "I read  written  W read  written"},
		2: {strings.Repeat("  ", 43) + "for m in 2 ", "GLB "}, 3: {"DRAM: I, W, O\n  for m in 4", ""}} {
		if !strings.Contains(rows[i][4], want[0]) || !strings.Contains(rows[i][5], want[1]) || want[1] == "" && rows[i][5] != "" {
			t.Errorf("row %d: %q, %q", i, rows[i][4], rows[i][5])
		}
	}
	area := false
	for _, n := range f.GetDefinedName() {
		area = area || n.Name == "_xlnm.Print_Area" && n.Scope == sheet && n.RefersTo == fmt.Sprintf("'Mappings'!$A$1:$F$%d", len(rows))
	}
	if !area {
		t.Errorf("the JSON is printed: %v", f.GetDefinedName())
	}
	for i := 2; i <= 3; i++ {
		id, err := f.GetCellStyle(sheet, fmt.Sprintf("E%d", i))
		if err != nil {
			t.Fatal(err)
		}
		style, err := f.GetStyle(id)
		h, err2 := f.GetRowHeight(sheet, i)
		if err != nil || err2 != nil || float64(countLines(rows[i-1][4]))*style.Font.Size*12/9 > h {
			t.Errorf("row %d: %d lines at %v points in %v", i, countLines(rows[i-1][4]), style.Font.Size, h)
		}
	}
	w, err := f.GetColWidth(sheet, "E")
	if err != nil || w < float64(longest(rows[2][4])) {
		t.Errorf("a column of width %v for lines of %d, %v", w, longest(rows[2][4]), err)
	}
}
