package cli

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// besideAccelForge runs adapters/accelforge/compare.py, whose cases need no package.
func besideAccelForge(t *testing.T, args ...string) string {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3")
	}
	cmd := exec.Command(python, append([]string{"-B", "../../adapters/accelforge/compare.py"}, args...)...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("compare.py %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// TestBesideAccelForge: the cases of compare.py are the same for the same seed, whatever their number, and valid files;
// mappings turned into AccelForge's form and back have the same price.
func TestBesideAccelForge(t *testing.T) {
	dir := t.TempDir()
	list := besideAccelForge(t, "--list", "--count", "100", "--seed", "1")
	if few := besideAccelForge(t, "--list", "--count", "30", "--seed", "1"); !strings.HasPrefix(list, few) || strings.Count(few, "\n") != 30 {
		t.Errorf("30 cases are not the first of 100:\n%s", few)
	}
	if besideAccelForge(t, "--list", "--count", "100", "--seed", "2") == list {
		t.Error("another seed, the same cases")
	}
	besideAccelForge(t, "--write", dir, "--count", "100", "--seed", "1")
	names, err := filepath.Glob(filepath.Join(dir, "*.arch.yaml"))
	if err != nil || len(names) != 100 {
		t.Fatalf("%d architectures, %v", len(names), err)
	}
	for _, arch := range names {
		if status, _, errs := called("check", arch, strings.TrimSuffix(arch, ".arch.yaml")+".workload.yaml"); status != 0 {
			t.Errorf("check: exit %d: %s", status, errs)
		}
	}
	out := besideAccelForge(t, "--tcmdse", binary(t), "--only-ours", "--count", "12", "--seed", "1")
	if !strings.Contains(out, "12 cases, 36 searches") || !strings.Contains(out, "36  mapped") {
		t.Errorf("not all mapped, there and back:\n%s", out)
	}
}
