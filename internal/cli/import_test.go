package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestImportTimeloop imports an architecture, a problem and a mapping, and evaluates both the mapping written and
// Timeloop's own: the same figures, and those of `check` are valid files.
func TestImportTimeloop(t *testing.T) {
	from, err := filepath.Abs("../../interop/timeloop/testdata/eyeriss.yaml")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	status, out, errs := called("import", "timeloop", from, "--out", "got")
	if status != 0 || !strings.Contains(out, "approximated (") || !strings.Contains(out, "left out (") || !strings.Contains(out, "eyeriss.yaml:") {
		t.Fatalf("exit %d: %s%s", status, out, errs)
	}
	if status, out, errs = called("check", "got/eyeriss.arch.yaml", "got/eyeriss.workload.yaml"); status != 0 {
		t.Fatalf("exit %d: %s%s", status, out, errs)
	}
	var prints []string
	for _, m := range []string{"got/eyeriss.mapping.yaml", from} {
		status, out, errs = called("evaluate", "--arch", "got/eyeriss.arch.yaml", "--workload", "got/eyeriss.workload.yaml", "--layer", "conv2D", "--mapping", m, "--json")
		if status != 0 {
			t.Fatalf("%s: exit %d: %s%s", m, status, out, errs)
		}
		prints = append(prints, out)
	}
	if prints[0] != prints[1] {
		t.Errorf("%s\nTimeloop's form:\n%s", prints[0], prints[1])
	}
	if status, _, errs = called("import", "timeloop", from, "--out", "got"); status != 2 || !strings.Contains(errs, "--force") {
		t.Errorf("overwrites: exit %d, %s", status, errs)
	}
	status, out, errs = called("import", "timeloop", from, "--out", "got", "--force", "--json")
	var doc struct {
		Files []struct{ Kind, Path, From string }
		Left  []struct {
			File, Key, Text string
			Line            int
		} `json:"left_out"`
	}
	if err := json.Unmarshal([]byte(out), &doc); status != 0 || err != nil || len(doc.Files) != 3 || len(doc.Left) == 0 || doc.Left[0].Line == 0 {
		t.Errorf("exit %d, %v: %s%s", status, err, out, errs)
	}
}

// TestEvaluateTimeloop: mistakes in a mapping of Timeloop name its file, line and what is allowed.
func TestEvaluateTimeloop(t *testing.T) {
	t.Chdir(t.TempDir())
	text := "mapping:\n- {target: DRAM, type: temporal, factors: C=64 M=64 P=56 Q=56 R=3 S=3, permutation: CMPQRS}\n- {target: GBL, type: temporal, factors: C=1}\n"
	if err := os.WriteFile("m.yaml", []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	status, out, errs := called("evaluate", "--arch", "edge", "--workload", "resnet18", "--layer", "l2", "--mapping", "m.yaml")
	if status != 2 || !strings.Contains(errs, "m.yaml:3") || !strings.Contains(errs, "no memory of this name") {
		t.Errorf("exit %d: %s%s", status, out, errs)
	}
}

// TestImportNothing: a mapping alone makes no file, and says what it needs.
func TestImportNothing(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("m.yaml", []byte("mapping:\n- {target: DRAM, type: temporal, factors: C=64}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	status, out, errs := called("import", "timeloop", "m.yaml", "--out", "got")
	if _, err := os.Stat("got"); status != 2 || err == nil || !strings.Contains(errs, "m.yaml:2") || !strings.Contains(errs, "evaluate --mapping") {
		t.Errorf("exit %d: %s%s", status, out, errs)
	}
	if status, _, errs = called("import", "timelop", "m.yaml"); status != 2 || !strings.Contains(errs, `did you mean "timeloop"`) {
		t.Errorf("exit %d: %s", status, errs)
	}
}

func TestImportAccelForge(t *testing.T) {
	t.Chdir(t.TempDir())
	text := "workload:\n  rank_sizes: {M: 8, N: 8, K: {{SIZE}}}\n  einsums: ['Z[m, n] = A[m, k] * B[k, n]']\n  odd: 1\n"
	if err := os.WriteFile("mm.yaml", []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if status, _, errs := called("import", "accelforge", "mm.yaml"); status != 2 || !strings.Contains(errs, "mm.yaml:2") || !strings.Contains(errs, "--set") {
		t.Errorf("without SIZE: exit %d, %s", status, errs)
	}
	status, out, errs := called("import", "accelforge", "mm.yaml", "--set", "SIZE=16")
	if status != 0 || !strings.Contains(out, "mm.yaml:4: workload.odd: not taken: 1") {
		t.Fatalf("exit %d: %s%s", status, out, errs)
	}
	if status, out, errs = called("check", "mm.workload.yaml"); status != 0 || !strings.Contains(out, "1024 multiply-accumulates") {
		t.Errorf("exit %d: %s%s", status, out, errs)
	}
	if status, _, errs := called("import", "accelforge", "mm.yaml", "--set", "SIZE"); status != 2 || !strings.Contains(errs, "NAME=VALUE") {
		t.Errorf("--set without a value: exit %d, %s", status, errs)
	}
}
