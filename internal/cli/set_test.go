package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMapSet: what map finds on an architecture changed by --set is what a sweep stores of that candidate, and evaluate
// prices the mapping alike.
func TestMapSet(t *testing.T) {
	dir := t.TempDir()
	file, db := filepath.Join(dir, "s.yaml"), filepath.Join(dir, "r.db")
	text := "name: s\narch: edge\nworkloads: [{name: resnet18, layers: [l1]}]\naxes: [{path: GLB.size, values: [32KiB]}, {path: PE.x, values: [8]}]\n"
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if status, _, errs := call(t, "sweep", file, "--db", db, "--out", dir, "--quiet"); status != 0 {
		t.Fatal(errs)
	}
	var stored []struct {
		E float64 `json:"energy_j"`
		L float64 `json:"latency_s"`
		M string  `json:"mapping_json"`
	}
	_, rows, _ := call(t, "query", db, "SELECT energy_j, latency_s, mapping_json FROM layer_result", "--format", "json")
	if err := json.Unmarshal([]byte(rows), &stored); err != nil || len(stored) != 1 {
		t.Fatalf("%v: %s", err, rows)
	}
	nest := filepath.Join(dir, "m.json")
	if err := os.WriteFile(nest, []byte(stored[0].M), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, command := range [][]string{{"map"}, {"evaluate", "--mapping", nest}} {
		_, out, errs := call(t, append(command, "--arch", "edge", "--workload", "resnet18", "--layer", "l1", "--set", "GLB.size=32KiB", "--set", "PE.x=8", "--json")...)
		var got struct {
			Layers []struct {
				EnergyJ  float64 `json:"energy_j"`
				LatencyS float64 `json:"latency_s"`
			} `json:"layers"`
		}
		if err := json.Unmarshal([]byte(out), &got); err != nil || len(got.Layers) != 1 {
			t.Fatalf("%v: %v: %s%s", command, err, out, errs)
		}
		if l := got.Layers[0]; l.EnergyJ != stored[0].E || l.LatencyS != stored[0].L {
			t.Errorf("%v: %+v, the sweep has %+v", command, l, stored[0])
		}
	}
	for set, want := range map[string]string{"PE.x=9.5": "--set PE.x=9.5", "GLB": "--set GLB is not PATH=VALUE", "GLB.sise=1KiB": `did you mean "GLB.size"`} {
		status, _, errs := call(t, "map", "--arch", "edge", "--workload", "resnet18", "--layer", "l1", "--set", set)
		if status != 2 || !strings.Contains(errs, want) {
			t.Errorf("--set %s: status %d, %s", set, status, errs)
		}
	}
}
