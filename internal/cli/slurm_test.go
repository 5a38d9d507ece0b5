package cli

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// clusterSweep takes some 0.6 s of one core a candidate, so that what is done to an element meets it at work.
const clusterSweep = `
name: cluster
arch: simba
workloads: [resnet18]
axes:
  - {path: GB.bandwidth, linspace: {from: 100GB/s, to: 123GB/s, count: 24}}
`

// newRun makes a folder with clusterSweep.
func newRun(t *testing.T, shards int) *clusterRun {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "s.yaml"), []byte(clusterSweep), 0o644); err != nil {
		t.Fatal(err)
	}
	return &clusterRun{dir: dir, run: filepath.Join(dir, "run"), shards: shards}
}

// equal compares the merged database with that of one machine, value for value.
func (r *clusterRun) equal(t *testing.T, want string) {
	t.Helper()
	if d := difference(dump(t, filepath.Join(r.run, "results.db")), want); d != "" {
		t.Errorf("not what one machine finds: %s", d)
	}
	for _, name := range []string{"report.xlsx", "report.html"} {
		if _, err := os.Stat(filepath.Join(r.run, name)); err != nil {
			t.Error(err)
		}
	}
	if status, out := r.tool(t, "status", r.run); status != 0 || !strings.Contains(out, "24 stored of 24") || !strings.Contains(out, "results: "+r.run) {
		t.Errorf("status: exit %d\n%s", status, out)
	}
	if t.Failed() {
		t.Log(r.logs())
	}
}

// TestSlurm runs a sweep on a real Slurm on this machine, and breaks its elements. Whatever happens, the merged database is
// that of one machine, value for value.
func TestSlurm(t *testing.T) {
	if testing.Short() {
		t.Skip("a minute or more")
	}
	c := startCluster(t)
	one := newRun(t, 1)
	if status, out := one.tool(t, "sweep", "s.yaml", "--out", "run", "--jobs", "2", "--quiet"); status != 0 {
		t.Fatalf("exit %d\n%s", status, out)
	}
	want := dump(t, filepath.Join(one.run, "results.db"))
	for _, s := range []struct {
		name string
		slow bool // half a minute beside other tests
		test func(*testing.T, *cluster, string)
	}{{"whole", false, slurmWhole}, {"killed", false, slurmKilled}, {"requeued", true, slurmRequeued}, {"orphan", true, slurmOrphan}} {
		t.Run(s.name, func(t *testing.T) {
			if s.slow && os.Getenv(slowSlurm) == "" {
				t.Skipf("%s=1 runs it, as .ci/run does", slowSlurm)
			}
			begun := time.Now()
			s.test(t, c, want)
			t.Logf("%.1f s", time.Since(begun).Seconds())
		})
	}
}

// slurmWhole: nothing happens. The run folder has a name that shells and Slurm would take apart.
func slurmWhole(t *testing.T, _ *cluster, want string) {
	r := newRun(t, 8)
	r.run = filepath.Join(r.dir, `run $HOME "it's" #1`)
	out := r.submit(t, "slurm", "s.yaml", "--shards", "8", "--out", r.run, "--time", "10", "--mem", "100", "--max-running", "3", "--sbatch=--comment=test")
	if !strings.Contains(out, "24 candidates in 8 shards") {
		t.Error(out)
	}
	if j := job(t, r.merge); j["TimeLimit"] != "00:10:00" || j["Comment"] != "test" {
		t.Errorf("merge job %v", j)
	}
	if code := r.done(t); code != "0:0" {
		t.Errorf("merge ended with %s\n%s", code, r.logs())
	}
	r.equal(t, want)
	for shard := range 8 {
		if n := len(r.published(shard)); n != 1 {
			t.Errorf("shard %d has %d snapshots", shard, n)
		}
	}
	if status, out := r.tool(t, "resubmit", r.run); status != 0 || !strings.Contains(out, "all 8 shards are finished") || !strings.Contains(out, "results.db has them all") {
		t.Errorf("resubmit: exit %d\n%s", status, out)
	}
	if status, out := r.tool(t, "slurm", "s.yaml", "--shards", "8", "--out", r.run); status != 2 || !strings.Contains(out, "submitted already as job "+r.array) {
		t.Errorf("submitted twice: exit %d\n%s", status, out)
	}
}

// slurmKilled: an element's program is killed, another element is cancelled, which tells it so. The merge fails, status names
// both shards, resubmit submits them alone.
func slurmKilled(t *testing.T, _ *cluster, want string) {
	r := newRun(t, 4)
	r.submit(t, "slurm", "s.yaml", "--shards", "4", "--out", "run")
	kill(t, r.process(t, 2, "0"))
	r.process(t, 0, "0")
	say(t, "scancel", r.array+"_0")
	if code := r.done(t); code == "0:0" {
		t.Errorf("merge without two shards ended with %s", code)
	}
	if status, out := r.tool(t, "status", "run"); status != 0 || !strings.Contains(out, "2 finished") || !strings.Contains(out, "shard 2: stopped") || !strings.Contains(out, "shard 0: stopped") || strings.Count(out, "  shard ") != 2 {
		t.Errorf("status: exit %d\n%s", status, out)
	}
	if !strings.Contains(r.logs(), "interrupted: ") {
		t.Errorf("SIGTERM of scancel did not reach the program:\n%s", r.logs())
	}
	first := r.array
	if status, out := r.tool(t, "resubmit", "run", "--dry-run"); status != 0 || !strings.Contains(out, "2 of 4 shards: 0,2;") {
		t.Errorf("resubmit --dry-run: exit %d\n%s", status, out)
	}
	if out := r.submit(t, "resubmit", "run"); !strings.Contains(out, "2 of 4 shards are missing: 0,2\n") || r.array == first {
		t.Error(out)
	}
	if code := r.done(t); code != "0:0" {
		t.Errorf("merge ended with %s\n%s", code, r.logs())
	}
	if n := len(r.published(2)); n != 2 {
		t.Errorf("%d snapshots of the shard that was killed", n)
	}
	r.equal(t, want)
}

// slurmRequeued: Slurm requeues an element. It is told so, publishes and ends, and goes on when it is started again.
func slurmRequeued(t *testing.T, _ *cluster, want string) {
	r := newRun(t, 4)
	r.submit(t, "slurm", "s.yaml", "--shards", "4", "--out", "run")
	r.process(t, 1, "0")
	say(t, "scontrol", "requeue", r.array+"_1")
	j := r.again(t, 1, time.Minute)
	t.Logf("restarts %s", j["Restarts"])
	if code := r.done(t); code != "0:0" {
		t.Errorf("merge ended with %s\n%s", code, r.logs())
	}
	if !strings.Contains(r.logs(), "interrupted: ") {
		t.Errorf("SIGTERM did not reach the program:\n%s", r.logs())
	}
	if n := len(r.published(1)); n != 2 {
		t.Errorf("%d snapshots of the shard that was requeued", n)
	}
	r.equal(t, want)
}

// slurmOrphan: the process above an element's program dies, and Slurm starts a second attempt while the first runs on.
func slurmOrphan(t *testing.T, _ *cluster, want string) {
	r := newRun(t, 4)
	r.submit(t, "slurm", "s.yaml", "--shards", "4", "--out", "run")
	orphan := r.process(t, 3, "0")
	step, name := parent(t, orphan)
	if name != "slurmstepd" {
		t.Fatalf("%s is above the program, not slurmstepd", name)
	}
	kill(t, step)
	until(t, 10*time.Second, "the program has lost its parent", func() bool { up, _ := parent(t, orphan); return up != step })
	if err := syscall.Kill(orphan, syscall.SIGSTOP); err != nil { // so that it is not done before the second attempt starts; a parent's end would wake it
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Kill(orphan, syscall.SIGKILL) })
	say(t, "scontrol", "requeue", r.array+"_3") // by itself Slurm notices after a minute or so
	r.again(t, 3, 2*time.Minute)
	until(t, time.Minute, "the second attempt runs", func() bool { return r.find(3, "1") != 0 })
	if err := syscall.Kill(orphan, syscall.SIGCONT); err != nil {
		t.Fatalf("the orphan is gone: %v", err)
	}
	if code := r.done(t); code != "0:0" {
		t.Errorf("merge ended with %s\n%s", code, r.logs())
	}
	until(t, time.Minute, "the orphan has ended", func() bool { return r.find(3, "0") == 0 })
	if found := r.published(3); len(found) != 2 {
		t.Errorf("snapshots %v", found)
	}
	r.equal(t, want)
	if status, out := r.tool(t, "merge", filepath.Join("run", "results.db"), filepath.Join("run", "parts"), "--complete"); status != 0 {
		t.Errorf("merge with all the orphan found: exit %d\n%s", status, out)
	}
	r.equal(t, want)
}

// TestSlurmDeadNode: a node dies. Its elements start again on the other one, and go on from what they had published.
func TestSlurmDeadNode(t *testing.T) {
	if os.Getenv(slowSlurm) == "" {
		t.Skipf("waits for Slurm's timeouts, half a minute or more; %s=1 runs it, as .ci/run does", slowSlurm)
	}
	c := startCluster(t, "SLURMD_TIMEOUT=5")
	one := newRun(t, 1)
	if status, out := one.tool(t, "sweep", "s.yaml", "--out", "run", "--jobs", "2", "--quiet"); status != 0 {
		t.Fatalf("exit %d\n%s", status, out)
	}
	r := newRun(t, 4)
	r.submit(t, "slurm", "s.yaml", "--shards", "4", "--out", "run")
	r.process(t, 0, "0")
	was := job(t, r.array+"_0")["BatchHost"]
	c.do(t, "kill-node", was)
	begun := time.Now()
	j := r.again(t, 0, 2*time.Minute)
	t.Logf("on %s, dead; %.1f s later on %s, restarts %s", was, time.Since(begun).Seconds(), j["BatchHost"], j["Restarts"])
	if j["BatchHost"] == was {
		t.Errorf("started on the dead node %s", was)
	}
	for shard := range 4 { // the others of that node, too
		if job(t, r.array+"_"+string(rune('0'+shard)))["Restarts"] != "0" {
			r.again(t, shard, time.Minute)
		}
	}
	if code := r.done(t); code != "0:0" {
		t.Errorf("merge ended with %s\n%s", code, r.logs())
	}
	r.equal(t, dump(t, filepath.Join(one.run, "results.db")))
}
