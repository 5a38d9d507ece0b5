package cli

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// TestReportForms: report writes a picture and prints one document, and refuses a path that cannot be written before it
// writes anything.
func TestReportForms(t *testing.T) {
	files(t, map[string]string{"net.yaml": smallNet, "s.yaml": smallSweep})
	if status, _, errs := call(t, "sweep", "s.yaml", "--quiet"); status != 0 {
		t.Fatal(errs)
	}
	const db = "tcmdse-out/results.db"
	status, out, errs := call(t, "report", db, "--svg", "f.svg", "--json")
	var doc struct {
		Sweep     struct{ Name string }
		Workloads []struct{ Front []map[string]any }
	}
	if err := json.Unmarshal([]byte(out), &doc); status != 0 || err != nil || doc.Sweep.Name != "small" || len(doc.Workloads) != 1 || len(doc.Workloads[0].Front) == 0 || errs != "" {
		t.Errorf("exit %d, %v, %s%s", status, err, out, errs)
	}
	svg, err := os.ReadFile("f.svg")
	if err != nil || !strings.HasPrefix(string(svg), "<svg ") || !strings.HasSuffix(string(svg), "</svg>\n") {
		t.Errorf("%v: %.100s", err, svg)
	}
	os.Mkdir("folder", 0o755)
	before, _ := os.ReadDir(".")
	for _, c := range []struct{ args, want string }{
		{"--html r.html --svg none/f.svg", "none"},
		{"--html r.html --svg folder", "folder is a folder"},
		{"--svg g.svg -o folder", "folder is a folder"},
	} {
		if status, out, errs := call(t, append([]string{"report", db}, strings.Fields(c.args)...)...); status != 1 || out != "" || !strings.Contains(errs, c.want) {
			t.Errorf("%s: exit %d, %s%s", c.args, status, out, errs)
		}
	}
	if after, _ := os.ReadDir("."); len(after) != len(before) {
		t.Errorf("refused reports left files: %v", after)
	}
}
