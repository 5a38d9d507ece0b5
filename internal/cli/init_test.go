package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tcmdse/dse"
	"tcmdse/results"
	"tcmdse/sweeps"
)

func called(args ...string) (status int, out, errs string) {
	var o, e bytes.Buffer
	status = Main(context.Background(), args, &o, &e)
	return status, o.String(), e.String()
}

// TestInit: the starter is a sweep as it stands, with every line that is commented out in it, too, and replaces no file.
func TestInit(t *testing.T) {
	t.Chdir(t.TempDir())
	if status, out, errs := called("init"); status != 0 || !strings.Contains(out, "tcmdse check sweep.yaml") {
		t.Fatalf("exit %d: %s%s", status, out, errs)
	}
	size := func(path string) int64 {
		s, err := sweeps.Load(path, nil)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		n, err := s.Total(context.Background())
		if _, netErr := dse.Networks(s); err != nil || netErr != nil || len(s.Warnings) > 0 {
			t.Errorf("%s: %v %v %v", path, err, netErr, s.Warnings)
		}
		return n
	}
	if n := size("sweep.yaml"); n != 12 {
		t.Errorf("%d candidates", n)
	}
	for from, to := range map[string]string{"#  - {path: clock": "  - {path: clock", "#  - {path: RF": "  - {path: RF", "#sample": "sample", "#include": "include",
		"workloads: [mobilenetv2]\n#": "workloads:\n"} {
		if !strings.Contains(starter, from) {
			t.Fatalf("no %q", from)
		}
		path := filepath.Join(t.TempDir(), "s.yaml")
		os.WriteFile(path, []byte(strings.Replace(starter, from, to, 1)), 0o644)
		if n := size(path); n < 12 {
			t.Errorf("%s: %d candidates", to, n)
		}
	}
	os.WriteFile("mine.yaml", []byte("mine"), 0o644)
	if status, _, errs := called("init", "mine.yaml"); status != 2 || !strings.Contains(errs, "is there already") {
		t.Errorf("exit %d: %s", status, errs)
	}
	if data, _ := os.ReadFile("mine.yaml"); string(data) != "mine" {
		t.Error("a file was replaced")
	}
	if status, _, errs := called("init", "none/x.yaml"); status != 2 || !strings.Contains(errs, "none/x.yaml") {
		t.Errorf("exit %d: %s", status, errs)
	}
}

func TestVersion(t *testing.T) {
	status, out, _ := called("version", "--json")
	var b build
	if err := json.Unmarshal([]byte(out), &b); status != 0 || err != nil || b.Version == "" || b.Model == "" || b.Schema != results.SchemaVersion || len(b.CostTables) == 0 || b.Go == "" {
		t.Errorf("exit %d, %v: %s", status, err, out)
	}
	if status, out, _ = called("version"); status != 0 || !strings.HasPrefix(out, "tcmdse "+b.Version+", "+b.Model+", schema ") {
		t.Errorf("exit %d: %s", status, out)
	}
}
