package cli

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// requireSlurm makes a missing Slurm a failure: set where Slurm has to be there, so that a skip cannot pass for a test.
const requireSlurm = "TCMDSE_REQUIRE_SLURM"

// slowSlurm asks for the tests that wait for Slurm's own timeouts and starts.
const slowSlurm = "TCMDSE_SLURM_SLOW"

// cluster is a private Slurm on this machine: 2 nodes of 2 CPUs.
type cluster struct{ dir, script string }

// startCluster starts one, and lets what the test runs find it. Where Slurm is not installed it skips the test, aloud.
func startCluster(t *testing.T, env ...string) *cluster {
	t.Helper()
	t.Setenv("PATH", os.Getenv("PATH")+":/usr/sbin:/sbin")
	for _, program := range []string{"bash", "slurmctld", "slurmd", "munged", "sbatch"} {
		if _, err := exec.LookPath(program); err != nil {
			why := fmt.Sprintf("NOT TESTED with Slurm: %v (apt-get install slurm-wlm munge; %s=1 makes this a failure)", err, requireSlurm)
			if os.Getenv(requireSlurm) != "" {
				t.Fatal(why)
			}
			t.Skip(why)
		}
	}
	binary(t) // before TMPDIR is this test's
	script, err := filepath.Abs("../../slurm/testdata/slurm_local.sh")
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "slurm") // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	c := &cluster{dir, script}
	t.Cleanup(func() {
		if out, err := exec.Command(script, "stop", dir).CombinedOutput(); err != nil {
			t.Errorf("stop: %v\n%s", err, out)
		}
		if t.Failed() {
			out, _ := exec.Command("tail", "-n", "40", filepath.Join(dir, "log", "slurmctld.log")).CombinedOutput()
			t.Logf("slurmctld:\n%s", out)
		}
		os.RemoveAll(dir)
	})
	cmd := exec.Command(script, "start", dir, "-n", "2", "-c", "2")
	cmd.Env = append(os.Environ(), env...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	conf, ok := strings.CutPrefix(strings.TrimSpace(string(out)), "export SLURM_CONF=")
	if err != nil || !ok {
		t.Fatalf("start: %v\n%s%s", err, out, said.String())
	}
	t.Setenv("SLURM_CONF", conf)
	t.Setenv("TMPDIR", t.TempDir()) // of elements, which an orphan may leave a folder in
	return c
}

func (c *cluster) do(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command(c.script, append([]string{args[0], c.dir}, args[1:]...)...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
}

// say runs one of Slurm's programs.
func say(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// until waits for something to come true.
func until(t *testing.T, limit time.Duration, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(limit); !is(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			out, _ := exec.Command("squeue", "-r").CombinedOutput()
			t.Fatalf("after %v still not: %s\n%s", limit, what, out)
		}
	}
}

// job returns what scontrol says of a job or an element.
func job(t *testing.T, id string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, word := range strings.Fields(say(t, "scontrol", "show", "job", "-o", id)) {
		if key, value, ok := strings.Cut(word, "="); ok {
			out[key] = value
		}
	}
	return out
}

// clusterRun is a run of the sweep of clusterFiles.
type clusterRun struct {
	dir, run, array, merge string
	shards                 int
}

// tool runs the tool as a program.
func (r *clusterRun) tool(t *testing.T, args ...string) (status int, out string) {
	t.Helper()
	cmd := exec.Command(binary(t), args...)
	cmd.Dir = r.dir
	text, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(text)
}

// submit runs a command that submits, and notes the jobs.
func (r *clusterRun) submit(t *testing.T, args ...string) string {
	t.Helper()
	status, out := r.tool(t, args...)
	ids := regexp.MustCompile(`(?s)array job (\d+):.*merge job (\d+):`).FindStringSubmatch(out)
	if status != 0 || ids == nil {
		t.Fatalf("%v: exit %d\n%s", args, status, out)
	}
	r.array, r.merge = ids[1], ids[2]
	return out
}

// done waits until the merge has ended and returns its exit status.
func (r *clusterRun) done(t *testing.T) string {
	t.Helper()
	until(t, 3*time.Minute, "the merge has ended", func() bool {
		switch job(t, r.merge)["JobState"] {
		case "PENDING", "RUNNING", "COMPLETING", "CONFIGURING":
			return false
		}
		return true
	})
	return job(t, r.merge)["ExitCode"]
}

// logs returns what elements and merges said.
func (r *clusterRun) logs() string {
	var b strings.Builder
	found, _ := filepath.Glob(filepath.Join(escapeGlob(r.run), "logs", "*"))
	for _, path := range found {
		data, _ := os.ReadFile(path)
		fmt.Fprintf(&b, "%s: %s\n", filepath.Base(path), data)
	}
	return b.String()
}

// published lists a shard's snapshots.
func (r *clusterRun) published(shard int) []string {
	found, _ := filepath.Glob(filepath.Join(escapeGlob(r.run), "parts", fmt.Sprintf("shard-%05d-of-%05d.*.db", shard, r.shards)))
	return found
}

// process returns the process of an element's attempt, once it has published something.
func (r *clusterRun) process(t *testing.T, shard int, restart string) int {
	t.Helper()
	id := 0
	until(t, time.Minute, fmt.Sprintf("shard %d runs and has published", shard), func() bool {
		for _, path := range r.published(shard) {
			if strings.Contains(path, "."+restart+".") {
				id = r.find(shard, restart)
			}
		}
		return id != 0
	})
	return id
}

// find looks for the process of an element's attempt; 0 where there is none. Its environment tells which it is.
func (r *clusterRun) find(shard int, restart string) int {
	all, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, path := range all {
		data, err := os.ReadFile(path)
		env := "\x00" + string(data)
		has := func(key, value string) bool { return strings.Contains(env, "\x00"+key+"="+value+"\x00") }
		if err != nil || !has("SLURM_ARRAY_JOB_ID", r.array) || !has("SLURM_ARRAY_TASK_ID", fmt.Sprint(shard)) || !has("SLURM_CONF", os.Getenv("SLURM_CONF")) {
			continue
		}
		if comm, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "comm")); strings.TrimSpace(string(comm)) != "tcmdse" {
			continue
		}
		if has("SLURM_RESTART_COUNT", restart) || restart == "0" && !strings.Contains(env, "\x00SLURM_RESTART_COUNT=") {
			id, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			return id
		}
	}
	return 0
}

// parent returns the process above one, with its name.
func parent(t *testing.T, id int) (int, string) {
	t.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", id))
	if err != nil {
		t.Fatal(err)
	}
	up, err := strconv.Atoi(strings.Fields(string(data[bytes.LastIndexByte(data, ')')+1:]))[1])
	if err != nil {
		t.Fatal(err)
	}
	comm, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", up))
	return up, strings.TrimSpace(string(comm))
}

// kill ends a process of ours at once.
func kill(t *testing.T, id int) {
	t.Helper()
	if err := syscall.Kill(id, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

// again lets a requeued element start now, not in the two minutes that Slurm makes it wait, and waits until it has. Not in
// the second of the requeue: slurmd takes the new start for the old one then and refuses it ("Job credential revoked").
func (r *clusterRun) again(t *testing.T, shard int, limit time.Duration) map[string]string {
	t.Helper()
	id := fmt.Sprintf("%s_%d", r.array, shard)
	var since time.Time
	until(t, limit, id+" is started again", func() bool {
		j := job(t, id)
		if j["Restarts"] == "0" {
			return false
		}
		if j["JobState"] == "PENDING" {
			if since.IsZero() {
				since = time.Now()
			}
			if time.Since(since) < 2*time.Second {
				return false
			}
			exec.Command("scontrol", "update", "JobId="+j["JobId"], "StartTime=now").Run()
			return false
		}
		return j["JobState"] == "RUNNING" || j["JobState"] == "COMPLETED"
	})
	return job(t, id)
}
