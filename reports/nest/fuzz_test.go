package nest

import (
	"encoding/json"
	"strings"
	"testing"

	"tcmdse/internal/boundtest"
	"tcmdse/results"
)

// FuzzRead: a database may be anyone's. Whatever stands in it as a mapping becomes text without control characters, or
// an error, in bounded time and memory.
func FuzzRead(f *testing.F) {
	f.Add(`{"nodes":[{"keep":"DRAM","tensor":"I"},{"keep":"DRAM","tensor":"W"},{"for":"q","in":16},{"par":"PE.x","for":"q","in":7},{"keep":"GLB","tensor":"W"}]}`,
		`[{"name":"DRAM"},{"name":"GLB","size_bits":400,"peak_bits":300,"instances":2},{"name":"MAC","busy_s":1}]`, `[{"tensor":"W","peak_bits":300,"read_bits":7}]`)
	f.Add(`{"imperfect":true,"nodes":[{"for":"m","in":9223372036854775807},{"for":"m","in":9223372036854775807}]}`, `[]`, `[]`)
	f.Fuzz(func(t *testing.T, mapping, components, tensors string) {
		var parts []results.Component
		var traffic []results.TensorTraffic
		if json.Unmarshal([]byte(components), &parts) != nil || json.Unmarshal([]byte(tensors), &traffic) != nil {
			t.Skip()
		}
		for i := range parts {
			parts[i].Tensors = traffic
		}
		defer boundtest.Cost{Bytes: 256<<20 + 200*uint64(len(parts)*len(traffic)*len(traffic))}.Start(t)()
		n, err := Read(mapping, parts)
		if err != nil {
			return
		}
		for i := range n.Lines {
			if l := &n.Lines[i]; l.Tile < 0 || l.Keep == "" && l.Tile == 0 {
				t.Errorf("tile %d of %s", l.Tile, l.Var)
			}
		}
		if text := n.Text(); strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\n' || r == 0x7f }) {
			t.Errorf("%q", text)
		}
	})
}

// TestReadLimits: mappings that no mapper makes.
func TestReadLimits(t *testing.T) {
	n, err := Read(`{"nodes":[{"for":"m","in":9223372036854775807},{"for":"m","in":4},{"for":"m","in":9223372036854775807}]}`, nil)
	if err != nil || n.Lines[0].Tile <= 0 || n.Lines[1].Tile <= 0 {
		t.Errorf("%+v, %v", n, err)
	}
	deep := `{"nodes":[` + strings.Repeat(`{"for":"m","in":1},`, 50_000) + `{"for":"m","in":1}]}`
	defer boundtest.Cost{Bytes: 64 << 20}.Start(t)()
	if n, err := Read(deep, nil); err == nil {
		t.Errorf("%d lines", len(n.Lines))
	}
}
