package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"tcmdse/results"
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

// TestReportsApart: no report is written over the database, by whatever name, nor over another report.
func TestReportsApart(t *testing.T) {
	files(t, map[string]string{"net.yaml": smallNet, "s.yaml": smallSweep})
	const db = "tcmdse-out/results.db"
	for _, name := range []string{"report.html", "report.xlsx"} {
		if status, _, errs := call(t, "sweep", "s.yaml", "--quiet", "--db", "tcmdse-out/../tcmdse-out/"+name); status != 2 || !strings.Contains(errs, "is the database") {
			t.Errorf("--db %s: exit %d, %s", name, status, errs)
		}
	}
	if status, _, errs := call(t, "sweep", "s.yaml", "--quiet"); status != 0 {
		t.Fatal(errs)
	}
	if err := os.Symlink(db, "link.db"); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(db)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ args, want string }{
		{"report " + db + " --html tcmdse-out/../" + db, "is the database; a report would be written over it"},
		{"report link.db --svg " + db, "is the database"},
		{"report " + db + " -o " + db + "-wal", "is the database"},
		{"report " + db + " --compare 1,1 -o link.db", "is the database"},
		{"report " + db + " --svg a.out --html ./a.out", "is to be written twice"},
	} {
		if status, out, errs := call(t, strings.Fields(c.args)...); status != 2 || out != "" || !strings.Contains(errs, c.want) {
			t.Errorf("%s: exit %d, %s%s", c.args, status, out, errs)
		}
	}
	if after, err := os.ReadFile(db); err != nil || !bytes.Equal(after, before) {
		t.Errorf("the database is another: %v", err)
	}
}

// TestCompare: two sweeps of one file by number or name, in all forms; mistakes list what there is.
func TestCompare(t *testing.T) {
	files(t, map[string]string{"net.yaml": smallNet, "s.yaml": smallSweep})
	for _, set := range []string{"name=small", "PE.x=2,8", "name=other"} {
		if status, _, errs := call(t, "sweep", "s.yaml", "--quiet", "--out", "o", "--db", "r.db", "--set", set); status != 0 {
			t.Fatal(errs)
		}
	}
	for _, c := range []struct {
		args   string
		status int
		want   string // on standard output, or standard error where the status is not 0
		note   string
	}{
		{"r.db --compare 1 2", 0, "PE.x also 4 also 8", ""},
		{"r.db --compare 2,1", 0, "PE.x also 8 also 4", ""},
		{"--compare 1 r.db 2", 0, "sweep 1 small 2 small", ""},
		{"r.db --compare small other", 0, "sweep 2 small 3 other", "note: 2 sweeps are called small; sweep 2, the newest, is taken"},
		{"r.db --compare other,1", 0, "sweep 3 other 1 small", ""},
		{"r.db --compare 1 2 --json", 0, `"workloads_only_a": []`, ""},
		{"r.db --compare 1", 2, "r.db has 1 (small), 2 (small), 3 (other)", ""},
		{"r.db --compare 1 none", 2, "--compare: r.db has no sweep none; there are 1 (small), 2 (small), 3 (other)", ""},
		{"r.db --compare 9,1", 2, "has no sweep 9; there are 1 (small)", ""},
		{"r.db 2", 2, "goes with --compare only", ""},
		{"r.db --compare 1 2 --sweep 1", 2, "--sweep does not go with --compare", ""},
		{"r.db --compare 1 2 --csv x", 2, "--csv does not go with --compare", ""},
		{"r.db --compare 1 2 --weights net=1", 2, "--weights does not go with --compare", ""},
		{"r.db --compare 1 2 --svg none/x.svg", 1, "none", ""},
	} {
		status, out, errs := call(t, append([]string{"report"}, strings.Fields(c.args)...)...)
		got := out
		if c.status != 0 {
			got = errs
		}
		got = strings.Join(strings.Fields(got), " ")
		if status != c.status || !strings.Contains(got, c.want) || c.status != 0 && out != "" || !strings.Contains(errs, c.note) || c.status == 0 && c.note == "" && errs != "" {
			t.Errorf("%s: exit %d\n%s%s", c.args, status, out, errs)
		}
	}
	if status, _, errs := call(t, "report", "r.db", "--compare", "1", "2", "-o", "c.xlsx", "--html", "c.html", "--svg", "c.svg"); status != 0 {
		t.Fatal(errs)
	}
	for name, start := range map[string]string{"c.xlsx": "PK", "c.html": "<!DOCTYPE html>", "c.svg": "<svg "} {
		if data, err := os.ReadFile(name); err != nil || !strings.HasPrefix(string(data), start) {
			t.Errorf("%s: %v, %.40s", name, err, data)
		}
	}
}

// TestTwoOf: names of old files may have commas and be numbers; a number is a sweep_id first.
func TestTwoOf(t *testing.T) {
	sweeps := []results.Sweep{{ID: 1, Name: "a,b"}, {ID: 2, Name: "9"}, {ID: 3, Name: "1"}}
	for _, c := range []struct {
		first, second string
		a, b          int64
	}{{"a,b,9", "", 1, 2}, {"9,a,b", "", 2, 1}, {"a,b", "1", 1, 1}, {"1", "3", 1, 3}, {"a,b", "", 0, 0}, {",", "", 0, 0}} {
		var second []string
		if c.second != "" {
			second = []string{c.second}
		}
		var errs bytes.Buffer
		a, b, err := twoOf(&env{err: &errs}, "r.db", sweeps, c.first, second)
		if a != c.a || b != c.b || (err != nil) != (c.a == 0) || errs.Len() > 0 {
			t.Errorf("%s %s: %d, %d, %v, %s", c.first, c.second, a, b, err, errs.String())
		}
	}
}
