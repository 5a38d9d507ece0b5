package cli

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// slurmStub makes Slurm's programs of a few lines of shell, the only ones on the path beside the system's.
func slurmStub(t *testing.T, programs map[string]string) (path string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range programs {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// slurmTool runs the tool with a path, and returns its exit status and both outputs.
func slurmTool(t *testing.T, dir, path string, args ...string) (status int, out, errs string) {
	t.Helper()
	cmd := exec.Command(binary(t), args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+path)
	var o, e strings.Builder
	cmd.Stdout, cmd.Stderr = &o, &e
	if err := cmd.Run(); cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), o.String(), e.String()
}

const (
	stubConfig = "echo 'MaxArraySize            = 3'\n"
	stubBatch  = "echo \"$@\" >> asked; wc -l < asked | tr -d ' '\n"
)

// TestSlurmUsage: what cannot be run is refused, with 2 where the call is wrong, and nothing is written or submitted.
func TestSlurmUsage(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"s.yaml": smallSweep, "net.yaml": smallNet, "bad.yaml": "name: a\narch: edge\nworkloads: [net.yaml]\naxis: []\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	good := map[string]string{"scontrol": stubConfig, "sbatch": stubBatch}
	for _, c := range []struct {
		programs map[string]string
		args     []string
		status   int
		want     string
	}{
		{good, []string{"slurm", "s.yaml"}, 2, "--shards: given 0; allowed: 1 to 99999"},
		{good, []string{"slurm"}, 2, "accepts 1 arg"},
		{good, []string{"slurm", "bad.yaml", "--shards", "2"}, 2, "bad.yaml:4"},
		{good, []string{"slurm", "none.yaml", "--shards", "2"}, 2, "no file none.yaml and no embedded sweep"},
		{good, []string{"slurm", "s.yaml", "--shards", "2", "--cpus", "0"}, 2, "--cpus: given 0"},
		{good, []string{"slurm", "s.yaml", "--shards", "2", "--max-running", "-1"}, 2, "--max-running: given -1"},
		{good, []string{"slurm", "s.yaml", "--shards", "2", "--sbatch", "short"}, 2, `--sbatch: given "short"`},
		{good, []string{"slurm", "s.yaml", "--shards", "2", "--out", "a%b"}, 2, "--out: given"},
		{good, []string{"slurm", "s.yaml", "--shards", "2", "--set", "PE.q=3"}, 2, "PE.q"},
		{nil, []string{"slurm", "s.yaml", "--shards", "2"}, 1, "scontrol is not on the path"},
		{map[string]string{"scontrol": stubConfig}, []string{"slurm", "s.yaml", "--shards", "2", "--out", "half"}, 1, "sbatch is not on the path"},
		{good, []string{"status", "none"}, 2, "no run"},
		{good, []string{"resubmit", "none"}, 2, "no run"},
	} {
		status, out, errs := slurmTool(t, dir, slurmStub(t, c.programs), c.args...)
		if status != c.status || !strings.Contains(errs, c.want) || out != "" {
			t.Errorf("%v: exit %d, %s%s; want %d, %s", c.args, status, out, errs, c.status, c.want)
		}
	}
	for _, name := range []string{"tcmdse-run", "asked", "a%b"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			t.Errorf("%s was made", name)
		}
	}
}

// TestSlurmSubmits: what is submitted, told and refused, with programs in Slurm's place.
func TestSlurmSubmits(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"s.yaml": smallSweep, "net.yaml": smallNet} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	path := slurmStub(t, map[string]string{"scontrol": stubConfig, "sbatch": "PATH=/usr/bin:/bin\n" + stubBatch, "squeue": "exit 0\n"})
	args := []string{"slurm", "s.yaml", "--shards", "9", "--cpus", "2", "--set", "PE.x=2,4,8"}
	status, out, errs := slurmTool(t, dir, path, append(args, "--dry-run")...)
	if _, err := os.Stat(filepath.Join(dir, "tcmdse-run")); status != 0 || err == nil || !strings.Contains(out, "--array=0-2\n") || !strings.Contains(out, "'--set=PE.x=2,4,8'") ||
		!strings.Contains(errs, "note: 3 shards in place of 9") {
		t.Errorf("dry run: exit %d\n%s%s", status, out, errs)
	}
	status, out, errs = slurmTool(t, dir, path, args...)
	if status != 0 || !strings.Contains(out, "6 candidates in 3 shards") || !strings.Contains(out, "array job 1: 3 elements") || !strings.Contains(out, "merge job 2:") || !strings.Contains(out, "tcmdse status") {
		t.Errorf("exit %d\n%s%s", status, out, errs)
	}
	asked, _ := os.ReadFile(filepath.Join(dir, "asked"))
	if text := string(asked); !strings.Contains(text, "--array=0-2 ") || !strings.Contains(text, "--dependency=afterany:1 ") {
		t.Error(text)
	}
	if status, _, errs := slurmTool(t, dir, path, append(args, "--objective", "energy")...); status != 2 || !strings.Contains(errs, "another plan: objective is") {
		t.Errorf("another plan: exit %d, %s", status, errs)
	}
	// One shard is run by hand, as an element would; the fingerprints of plan and element agree.
	run := filepath.Join(dir, "tcmdse-run")
	if status, _, errs := slurmTool(t, dir, path, "sweep", filepath.Join(dir, "s.yaml"), "--shard", "1/3", "--publish", run, "--quiet", "--set=PE.x=2,4,8"); status != 0 {
		t.Errorf("element: exit %d, %s", status, errs)
	}
	if status, _, errs := slurmTool(t, dir, path, "sweep", filepath.Join(dir, "s.yaml"), "--shard", "1/3", "--publish", run, "--quiet"); status != 2 || !strings.Contains(errs, "planned with") {
		t.Errorf("an element of another sweep: exit %d, %s", status, errs)
	}
	status, out, _ = slurmTool(t, dir, path, "status", "tcmdse-run")
	if status != 0 || !strings.Contains(out, "1 finished") || !strings.Contains(out, "2 not begun") || !strings.Contains(out, "stored of 6") {
		t.Errorf("status: exit %d\n%s", status, out)
	}
	var doc struct {
		Counts     map[string]int
		Candidates int64
		Shards     []struct{ State string }
	}
	status, out, _ = slurmTool(t, dir, t.TempDir(), "status", "tcmdse-run", "--json")
	if err := json.Unmarshal([]byte(out), &doc); err != nil || status != 0 || doc.Counts["finished"] != 1 || doc.Candidates != 6 || len(doc.Shards) != 3 || !strings.Contains(out, "squeue is not on the path") {
		t.Errorf("status --json: exit %d, %v\n%s", status, err, out)
	}
	status, out, errs = slurmTool(t, dir, path, "resubmit", "tcmdse-run")
	if status != 0 || !strings.Contains(out, "2 of 3 shards are missing: 0,2\n") || !strings.Contains(out, "array job 3: 2 elements") {
		t.Errorf("resubmit: exit %d\n%s%s", status, out, errs)
	}
	if status, _, errs := slurmTool(t, dir, t.TempDir(), "resubmit", "tcmdse-run"); status != 1 || !strings.Contains(errs, "squeue is not on the path") {
		t.Errorf("resubmit without squeue: exit %d, %s", status, errs)
	}
	if status, out, _ := slurmTool(t, dir, path, append(args, "--out", "a $run")...); status != 0 || !strings.Contains(out, "tcmdse status '"+filepath.Join(dir, "a $run")+"' ") {
		t.Errorf("commands to copy are not quoted: exit %d\n%s", status, out)
	}
}
