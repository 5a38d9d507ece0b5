package cli

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// pandas finds a Python with pandas and matplotlib: $TCMDSE_PYTHON, where it is set, has to be one.
func pandas(t *testing.T) string {
	named := os.Getenv("TCMDSE_PYTHON")
	for _, python := range []string{named, "python3", "/usr/bin/python3"} {
		if python != "" && exec.Command(python, "-c", "import pandas, matplotlib").Run() == nil {
			return python
		}
		if python != "" && python == named {
			t.Fatalf("TCMDSE_PYTHON: %s has no pandas and matplotlib", named)
		}
	}
	t.Skip("no Python with pandas and matplotlib")
	return ""
}

// TestPandas runs examples/python/front.py on a sweep of two networks: it tells the front as the database has it, and
// energies that add up to the candidates'.
func TestPandas(t *testing.T) {
	python := pandas(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "two.yaml")
	text := "name: two\narch: edge\nworkloads: [{name: resnet18, layers: [conv1, l1]}, {name: mlperf-tiny-resnet8, layers: [conv1]}]\naxes: [{path: GLB.size, pow2: [32KiB, 64KiB]}, {path: PE.x, values: [8, 16]}]\n"
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	db := filepath.Join(dir, "r.db")
	if status, _, errs := call(t, "sweep", file, "--db", db, "--out", dir, "--quiet"); status != 0 {
		t.Fatal(errs)
	}
	png := filepath.Join(dir, "front.png")
	cmd := exec.Command(python, "../../examples/python/front.py", db, png)
	cmd.Env = append(os.Environ(), "MPLCONFIGDIR="+dir)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s%s", err, out, errs.String())
	}
	_, want, _ := call(t, "query", db, "SELECT workload, printf('%.6g', area_mm2) FROM front ORDER BY workload, area_mm2", "--format", "csv")
	head, _, _ := strings.Cut(string(out), "count") // the front stands first
	table := strings.Join(strings.Fields(head), " ")
	rows := strings.Split(strings.TrimSpace(want), "\n")[1:]
	for _, row := range rows {
		if !strings.Contains(table, strings.ReplaceAll(strings.TrimSpace(row), ",", " ")+" ") {
			t.Errorf("no line of the front with %s in\n%s", row, head)
		}
	}
	if lines := strings.Count(head, "\n"); len(rows) < 2 || lines != len(rows)+1 { // a heading above
		t.Errorf("%d lines for a front of %d:\n%s", lines, len(rows), head)
	}
	if data, err := os.ReadFile(png); err != nil || !bytes.HasPrefix(data, []byte("\x89PNG")) {
		t.Errorf("no picture: %v", err)
	}
}
