package cli

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"tcmdse/results"
)

// tool runs the tool in a folder and returns what it printed and its exit status.
func tool(t *testing.T, dir string, args ...string) (out, errs string, status int) {
	t.Helper()
	cmd := exec.Command(binary(t), args...)
	var o, e strings.Builder
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &o, &e
	cmd.Run()
	return o.String(), e.String(), cmd.ProcessState.ExitCode()
}

// TestShardsMerged: shards run one by one and joined are the sweep that ran at once; what lacks is told.
func TestShardsMerged(t *testing.T) {
	dir := killFiles(t, killSweep)
	want := uninterrupted(t, killSweep)
	for i := range 3 {
		out, errs, status := tool(t, dir, "sweep", "s.yaml", "--quiet", "--out", "o", "--shard", fmt.Sprintf("%d/3", i))
		if status != 0 || !strings.HasPrefix(out, fmt.Sprintf("shard %d/3 of kill: ", i)) || !strings.Contains(out, "shard-0000") {
			t.Fatalf("exit %d: %s%s", status, out, errs)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "o", "*")); len(left) != 3 {
		t.Errorf("three shards left %v", left)
	}
	out, errs, status := tool(t, dir, "merge", "part.db", "o/shard-00000-of-00003.db", "o/shard-00002-of-00003.db")
	if status != 0 || !strings.Contains(out, "unfinished; of 3 shards 1 are not finished: 1") {
		t.Errorf("exit %d: %s%s", status, out, errs)
	}
	if _, errs, status = tool(t, dir, "merge", "part.db", "o/shard-00000-of-00003.db", "--complete"); status != 1 || !strings.Contains(errs, "not complete: sweep 1 (kill): shards 1 of 3") {
		t.Errorf("exit %d: %s", status, errs)
	}
	if out, errs, status = tool(t, dir, "merge", "db/r.db", "o", "--complete"); status != 0 || !strings.Contains(out, "3 files joined; 1 sweeps, 120 candidates") {
		t.Fatalf("exit %d: %s%s", status, out, errs)
	}
	if d := difference(finish(t, dir, sweepArgs()...), want); d != "" { // the whole sweep finds all there
		t.Error(d)
	}
}

// TestMergeRefuses: what cannot be joined, and how it is told.
func TestMergeRefuses(t *testing.T) {
	dir := killFiles(t, killSweep)
	if _, errs, status := tool(t, dir, "sweep", "s.yaml", "--quiet", "--out", "o", "--shard", "0/4"); status != 0 {
		t.Fatal(errs)
	}
	const shard = "o/shard-00000-of-00004.db"
	data, err := os.ReadFile(filepath.Join(dir, shard))
	if err != nil {
		t.Fatal(err)
	}
	os.WriteFile(filepath.Join(dir, "other.db"), data, 0o644)
	execute(t, filepath.Join(dir, "other.db"), "UPDATE outcomes SET edp_js = 2 * edp_js WHERE outcome_id = (SELECT min(outcome_id) FROM outcomes WHERE status = 'ok')")
	os.WriteFile(filepath.Join(dir, "text.db"), []byte("a text"), 0o644)
	os.Mkdir(filepath.Join(dir, "empty"), 0o755)
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"merge", "all.db"}, 2, "requires at least 2"},
		{[]string{"merge", "all.db", "none.db"}, 2, "none.db"},
		{[]string{"merge", "all.db", "empty"}, 2, "empty has no *.db"},
		{[]string{"merge", "all.db", "text.db"}, 2, "text.db"},
		{[]string{"merge", shard, shard}, 2, "is both joined and written to"},
		{[]string{"merge", "all.db", shard, "other.db"}, 1, "disagree in 1 figures"},
		{[]string{"sweep", "s.yaml", "--shard", "4/4"}, 2, `"4/4" is no shard; I/N is`},
		{[]string{"sweep", "s.yaml", "--publish", "run"}, 2, "give --shard I/N"},
		{[]string{"sweep", "s.yaml", "--shard", "0/2", "--publish", "run", "--publish-every", "2m"}, 2, "at most 1m"},
		{[]string{"sweep", "s.yaml", "--shard", "0/2", "--publish", "run", "--db", "x.db"}, 2, "--db or --publish"},
	} {
		out, errs, status := tool(t, dir, c.args...)
		if status != c.status || !strings.Contains(errs, c.want) {
			t.Errorf("%v: exit %d, want %d; %s%s has no %q", c.args, status, c.status, out, errs, c.want)
		}
	}
	tool(t, dir, "merge", "made/new.db", "text.db")
	if left, _ := filepath.Glob(filepath.Join(dir, "made", "*")); len(left) > 0 {
		t.Errorf("a merge of nothing left %v", left)
	}
	_, errs, _ := tool(t, dir, "merge", "all.db", shard, "other.db")
	if strings.Count(errs, "edp_js is ") != 1 || !strings.Contains(errs, " in all.db and ") || !strings.Contains(errs, " in other.db") || !strings.Contains(errs, "P.x=") {
		t.Errorf("both values should be told: %s", errs)
	}
}

// TestPublished: a shard's results are on the shared folder while it runs, after SIGTERM and after SIGKILL; another attempt
// goes on from them in a file of its own; nothing is left on the node; and the joined file is the one of a single machine.
func TestPublished(t *testing.T) {
	dir := killFiles(t, strings.NewReplacer("[2, 5]", "[2, 4, 5]", "axes:\n", "axes:\n  - {path: D.area, values: [1mm2, 1.1mm2]}\n").Replace(killSweep))
	node := filepath.Join(dir, "node")
	os.Mkdir(node, 0o755)
	binary(t) // not built there
	t.Setenv("TMPDIR", node)
	t.Setenv("SLURM_TMPDIR", "")
	run := func(shard string) []string {
		return []string{"sweep", "s.yaml", "--jobs", "1", "--shard", shard, "--publish", "run", "--publish-every", "20ms"}
	}
	parts := func(shard string) []string {
		found, _ := filepath.Glob(filepath.Join(dir, "run", "parts", shard+".*.db"))
		return found
	}
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		p := start(t, dir, run("0/2")...)
		p.until(0.2)
		for until := time.Now().Add(10 * time.Second); len(parts("shard-00000-of-00002")) == 0 && time.Now().Before(until); {
			time.Sleep(5 * time.Millisecond)
		}
		p.cmd.Process.Signal(sig)
		<-p.done
		switch status := p.cmd.ProcessState.ExitCode(); {
		case status == 0:
			t.Skip("the shard ended before it was asked to")
		case sig == syscall.SIGTERM && status != 130:
			t.Fatalf("%v: exit %d", sig, status)
		}
	}
	if n := len(parts("shard-00000-of-00002")); n != 2 {
		t.Errorf("two attempts published %d snapshots", n)
	}
	for _, shard := range []string{"1/2", "0/2"} {
		out, errs, status := tool(t, dir, run(shard)...)
		if status != 0 || shard == "0/2" && !strings.Contains(out, "stored before") {
			t.Errorf("exit %d: %s%s", status, out, errs)
		}
	}
	if n := len(parts("shard-00000-of-00002")); n != 3 {
		t.Errorf("three attempts published %d snapshots", n)
	}
	if left, _ := os.ReadDir(node); len(left) > 1 { // that of the killed process
		t.Errorf("left on the node: %v", left)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "run", "parts", ".tcmdse-*")); len(left) > 1 {
		t.Errorf("left in the shared folder: %v", left)
	}
	if out, errs, status := tool(t, dir, "merge", "db/r.db", "run/parts", "--complete"); status != 0 {
		t.Fatalf("%s%s", out, errs)
	}
	sweep, err := os.ReadFile(filepath.Join(dir, "s.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if d := difference(finish(t, dir, sweepArgs()...), uninterrupted(t, string(sweep))); d != "" {
		t.Error(d)
	}
}

// TestPlanKept: an element whose sweep is not what was planned refuses to mix the two.
func TestPlanKept(t *testing.T) {
	dir := killFiles(t, killSweep)
	os.MkdirAll(filepath.Join(dir, "run"), 0o755)
	for plan, want := range map[string]string{
		`{"shards": 2, "config_sha256": "00"}`: "is not what the run in run was planned with",
		`{"shards": 3}`:                        "--shard: 2 parts; the run in run has 3",
		`{`:                                    "plan.json",
	} {
		os.WriteFile(filepath.Join(dir, "run", "plan.json"), []byte(plan), 0o644)
		if _, errs, status := tool(t, dir, "sweep", "s.yaml", "--quiet", "--shard", "0/2", "--publish", "run"); status != 2 || !strings.Contains(errs, want) {
			t.Errorf("%s: exit %d, %s", plan, status, errs)
		}
	}
}

// TestClearNode: what a killed attempt left on the node is removed after a day; not what a living one or one that could not
// publish has there.
func TestClearNode(t *testing.T) {
	dir := t.TempDir()
	old := time.Now().Add(-25 * time.Hour)
	for name, c := range map[string]struct {
		files []string
		at    time.Time
	}{
		"tcmdse-shard-killed": {[]string{"results.db", "results.db-wal", "results.db.lock"}, old},
		"tcmdse-shard-recent": {[]string{"results.db", "results.db-wal", "results.db.lock"}, time.Now()},
		"tcmdse-shard-closed": {[]string{"results.db"}, old},
		"tcmdse-else":         {[]string{"results.db", "results.db.lock"}, old},
	} {
		os.Mkdir(filepath.Join(dir, name), 0o700)
		for _, f := range c.files {
			path := filepath.Join(dir, name, f)
			if err := errors.Join(os.WriteFile(path, nil, 0o644), os.Chtimes(path, c.at, c.at)); err != nil {
				t.Fatal(err)
			}
		}
	}
	lives := filepath.Join(dir, "tcmdse-shard-lives", "results.db")
	s, err := results.Open(lives)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, f := range []string{"", "-wal", "-shm", ".lock"} {
		os.Chtimes(lives+f, old, old) // not all of them are there
	}
	clearNode(dir)
	var left []string
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		left = append(left, e.Name())
	}
	if want := "[tcmdse-else tcmdse-shard-closed tcmdse-shard-lives tcmdse-shard-recent]"; fmt.Sprint(left) != want {
		t.Errorf("%v, want %s", left, want)
	}
}
