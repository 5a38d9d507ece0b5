package slurm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"tcmdse/results"
)

// fake answers for Slurm's programs, and notes what was asked.
type fake struct {
	asked  []string
	answer map[string]string // by program
	fail   map[string]string // what a program says as it fails, by program, or program and its nth call
	calls  map[string]int
}

func (f *fake) Run(_ context.Context, name string, args ...string) (string, error) {
	f.asked = append(f.asked, name+" "+strings.Join(args, " "))
	if f.calls == nil {
		f.calls = map[string]int{}
	}
	f.calls[name]++
	for _, key := range []string{name, fmt.Sprintf("%s %d", name, f.calls[name])} {
		if said, ok := f.fail[key]; ok {
			return "", &CommandError{Name: name, Said: said, Err: errors.New("exit status 1")}
		}
	}
	if name == "sbatch" {
		return fmt.Sprintf("%d;cluster\n", 99+f.calls[name]), nil
	}
	return f.answer[name], nil
}

func plan(shards int) *Plan {
	return &Plan{Name: "edge", File: "/w/my sweep.yaml", Sets: []string{"GLB.size=64KiB,128KiB", `note=it's "$HOME"`}, Objective: "energy", FrontOnly: true,
		Shards: shards, ToolVersion: "v1", CreatedAt: time.Unix(1, 0).UTC(), Jobs: []Job{}}
}

// snap makes a snapshot of a shard as an attempt would publish it.
func snap(t *testing.T, run string, index, of int, attempt string, stored int, has int64, finished bool) {
	t.Helper()
	snapOf(t, run, "c", index, of, attempt, stored, has, finished)
}

// snapOf is snap for a sweep of some configuration.
func snapOf(t *testing.T, run, config string, index, of int, attempt string, stored int, has int64, finished bool) {
	t.Helper()
	ctx := context.Background()
	dir := t.TempDir()
	s, err := results.Open(filepath.Join(dir, "r.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	id, _, err := s.Begin(ctx, results.Sweep{Name: "edge", Config: config, Workloads: []string{"a", "b"}, CandidatesTotal: 100, StartedAt: time.Unix(1, 0)})
	if err != nil {
		t.Fatal(err)
	}
	d := results.Shard{SweepID: id, Index: index, Of: of, Candidates: has}
	if err := s.BeginShard(ctx, d); err != nil {
		t.Fatal(err)
	}
	for i := range stored {
		c := results.Candidate{Key: fmt.Sprintf("%064x", i), Index: int64(i), Arch: "x", Results: []results.WorkloadResult{{Workload: "a", Status: results.Infeasible}, {Workload: "b", Status: results.Infeasible}}}
		if err := s.Append(ctx, id, []results.Candidate{c}); err != nil {
			t.Fatal(err)
		}
	}
	if finished {
		if err := s.FinishShard(ctx, d, time.Unix(100, 0)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(run, "parts"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := s.Publish(ctx, filepath.Join(run, "parts", fmt.Sprintf("shard-%05d-of-%05d.%s.db", index, of, attempt))); err != nil {
		t.Fatal(err)
	}
}

// TestPlan: what is written is read back, and mistakes name file and key.
func TestPlan(t *testing.T) {
	run := t.TempDir()
	p := plan(4)
	p.Jobs = []Job{{Array: "1", Merge: "2", SubmittedAt: time.Unix(2, 0).UTC()}, {Array: "3", Shards: ShardSet{1, 3}, SubmittedAt: time.Unix(3, 0).UTC()}}
	if err := p.Write(run); err != nil {
		t.Fatal(err)
	}
	got, err := readPlan(run)
	if err != nil || !reflect.DeepEqual(got, p) {
		t.Errorf("%+v, %v", got, err)
	}
	data, _ := os.ReadFile(planPath(run))
	if text := string(data); !strings.Contains(text, `"shards": "all"`) || !strings.Contains(text, `"config_sha256"`) || !strings.Contains(text, `"front_only": true`) {
		t.Error(text)
	}
	if left, _ := os.ReadDir(run); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
	if _, err := readPlan(t.TempDir()); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	for _, c := range []struct{ text, want string }{
		{`{`, "plan.json: not a plan: unexpected end"},
		{`{"name": 3}`, "plan.json: name: a JSON number; a string is wanted"},
		{`{}`, "plan.json: name: missing"},
		{`{"name": "a"}`, "plan.json: file: missing"},
		{`{"name": "a", "file": "f"}`, "plan.json: shards: given 0; allowed: 1 to 99999"},
		{`{"name": "a", "file": "f", "shards": 100000}`, "given 100000"},
		{`{"name": "a", "file": "f", "shards": 2, "max_running": -1}`, "max_running: given -1"},
		{`{"name": "a", "file": "f", "shards": 2, "jobs": [{"array": "1 -x"}]}`, `jobs[0].array: given "1 -x"`},
		{`{"name": "a", "file": "f", "shards": 2, "jobs": [{"array": "1", "merge": "x"}]}`, `jobs[0].merge: given "x"`},
		{`{"name": "a", "file": "f", "shards": 2, "jobs": [{"array": "1", "shards": [2]}]}`, "jobs[0].shards: given 2; allowed: 0 to 1"},
		{`{"name": "a", "file": "f", "shards": 2, "jobs": [{"array": "1", "shards": "some"}]}`, `neither a list of numbers nor "all"`},
	} {
		if err := os.WriteFile(planPath(run), []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		var bad *InputError
		if _, err := readPlan(run); !errors.As(err, &bad) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.text, err, c.want)
		}
	}
}

func TestSame(t *testing.T) {
	for _, c := range []struct {
		key    string
		change func(*Plan)
	}{
		{"", func(p *Plan) { p.Jobs, p.ToolVersion, p.MaxRunning, p.ConfigSHA256 = nil, "v2", 3, "ff" }},
		{"name", func(p *Plan) { p.Name = "x" }},
		{"file", func(p *Plan) { p.File = "x" }},
		{"sets", func(p *Plan) { p.Sets = nil }},
		{"objective", func(p *Plan) { p.Objective = "" }},
		{"front_only", func(p *Plan) { p.FrontOnly = false }},
		{"shards", func(p *Plan) { p.Shards = 9 }},
	} {
		p := plan(4)
		c.change(p)
		if d := plan(4).Same(p); (d == "") != (c.key == "") || !strings.HasPrefix(d, c.key) {
			t.Errorf("%s: %q", c.key, d)
		}
	}
	a, b := plan(4), plan(4)
	if a.ConfigSHA256, b.ConfigSHA256 = "aa", "bb"; a.Same(b) == "" {
		t.Error("another configuration is the same plan")
	}
}

// TestScripts runs the scripts under bash with a program in tcmdse's place: it gets the very words that were given, and
// replaces the shell.
func TestScripts(t *testing.T) {
	dir := filepath.Join(t.TempDir(), `my $HOME "dir" it's`)
	o := &Options{CPUs: 2, Time: "4:00:00", Partition: "short", Memory: "4G", Account: "a b", QOS: "q", Extra: []string{"--constraint=avx2"},
		Run: filepath.Join(dir, "run"), Program: filepath.Join(dir, "tc mdse"), Dir: dir}
	if err := os.MkdirAll(o.Run, 0o755); err != nil {
		t.Fatal(err)
	}
	program := "#!/bin/bash\nprintf '%s\\n' \"$PWD\" \"$$\" \"$@\"\n"
	if err := os.WriteFile(o.Program, []byte(program), 0o755); err != nil {
		t.Fatal(err)
	}
	p := plan(64)
	p.MaxRunning = 16
	text := p.ShardScript(o)
	for _, line := range []string{"--job-name=tcmdse-edge", "--array=0-63%16", "--requeue", "--open-mode=append", "--signal=B:TERM@60", "--cpus-per-task=2",
		"--time=4:00:00", "--partition=short", "--mem=4G", `--account="a b"`, "--qos=q", "--constraint=avx2", "--output=logs/shard-%a.%A.log",
		`--chdir="` + strings.ReplaceAll(o.Run, `"`, `\"`) + `"`} {
		if !strings.Contains(text, "\n#SBATCH "+line+"\n") {
			t.Errorf("no %s in\n%s", line, text)
		}
	}
	run := func(text string) (int, []string) {
		path := filepath.Join(o.Run, "s.sh")
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("bash", path)
		cmd.Env = append(os.Environ(), "SLURM_ARRAY_TASK_ID=7", "SLURM_CPUS_PER_TASK=2")
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		return cmd.ProcessState.Pid(), strings.Split(strings.TrimSpace(string(out)), "\n")
	}
	pid, got := run(text)
	want := []string{dir, fmt.Sprint(pid), "sweep", p.File, "--shard", "7/64", "--publish", o.Run, "--jobs", "2", "--quiet",
		"--set=" + p.Sets[0], "--set=" + p.Sets[1], "--objective=energy", "--front-only"}
	if !slices.Equal(got, want) {
		t.Errorf("shard.sh runs\n%q\nwant\n%q", got, want)
	}
	_, got = run(p.MergeScript(o))
	at := func(name string) string { return filepath.Join(o.Run, name) }
	want = []string{"report", at("results.db"), "-o", at("report.xlsx"), "--html", at("report.html")}
	if len(got) != 14 || !slices.Equal(got[2:6], []string{"merge", at("results.db"), at("parts"), "--complete"}) || !slices.Equal(got[8:], want) {
		t.Errorf("merge.sh runs %q", got)
	}
}

func TestArrayList(t *testing.T) {
	for want, c := range map[string]struct {
		shards []int
		most   int
	}{"0-63": {all(64), 0}, "0": {all(1), 0}, "3,17,40%4": {[]int{40, 3, 17, 3}, 4}, "0-1,3,5-7%1": {[]int{0, 1, 3, 5, 6, 7}, 1}} {
		if got := ArrayList(c.shards, c.most); got != want {
			t.Errorf("%v: %s, want %s", c.shards, got, want)
		}
	}
}

func TestOptions(t *testing.T) {
	for _, c := range []struct {
		key    string
		change func(*Options)
	}{
		{"", func(*Options) {}},
		{"--cpus", func(o *Options) { o.CPUs = 0 }},
		{"--time", func(o *Options) { o.Time = "1\nrm" }},
		{"--out", func(o *Options) { o.Run = `/a\b` }},
		{"--out", func(o *Options) { o.Run = `/a%b` }},
		{"--sbatch", func(o *Options) { o.Extra = []string{"constraint=x"} }},
		{"--sbatch", func(o *Options) { o.Extra = []string{"--x\nrm -r"} }},
	} {
		o := &Options{CPUs: 1, Run: "/r", Program: "/p", Dir: "/"}
		c.change(o)
		err := o.Check()
		if (err == nil) != (c.key == "") || err != nil && !strings.HasPrefix(err.Error(), c.key) {
			t.Errorf("%s: %v", c.key, err)
		}
	}
}

// TestPlanUTF8: a plan that its file could not hold is refused, since it would never be the same plan again.
func TestPlanUTF8(t *testing.T) {
	run := t.TempDir()
	for _, change := range []func(*Plan){func(p *Plan) { p.File = "/a\xff.yaml" }, func(p *Plan) { p.Sets = []string{"workloads=\xff.yaml"} }} {
		p := plan(4)
		change(p)
		if err := p.Free(run); err == nil || !strings.Contains(err.Error(), `\xff.yaml" is not UTF-8`) {
			t.Errorf("%v", err)
		}
	}
}

// TestSubmit: what is asked of sbatch, and what is left behind when it refuses.
func TestSubmit(t *testing.T) {
	ctx := context.Background()
	o := &Options{CPUs: 1, Run: filepath.Join(t.TempDir(), "run"), Program: "/p", Dir: "/"}
	p := plan(4)
	if err := p.Free(o.Run); err != nil {
		t.Error(err)
	}
	if err := p.Prepare(o); err != nil {
		t.Fatal(err)
	}
	f := &fake{fail: map[string]string{"sbatch 1": "sbatch: error: Batch job submission failed: Invalid partition name specified"}}
	if _, err := p.Submit(ctx, f, o.Run, nil, nil); err == nil || err.Error() != "sbatch: Batch job submission failed: Invalid partition name specified" {
		t.Error(err)
	}
	if err := p.Free(o.Run); err != nil {
		t.Errorf("nothing was submitted, and yet: %v", err)
	}
	f = &fake{fail: map[string]string{"sbatch 2": "sbatch: error: no merge"}}
	var half *MergeError
	if _, err := p.Submit(ctx, f, o.Run, nil, nil); !errors.As(err, &half) || half.Array != "100" || !strings.Contains(err.Error(), "scancel 100") {
		t.Error(err)
	}
	if q, err := readPlan(o.Run); err != nil || len(q.Jobs) != 1 || q.Jobs[0].Array != "100" || q.Jobs[0].Merge != "" {
		t.Errorf("%+v, %v", q, err)
	}
	f = &fake{}
	job, err := p.Submit(ctx, f, o.Run, ShardSet{1, 3}, []string{"7", "8"})
	want := []string{"sbatch --parsable --array=1,3 " + filepath.Join(o.Run, "shard.sh"), "sbatch --parsable --dependency=afterany:100:7:8 " + filepath.Join(o.Run, "merge.sh")}
	if err != nil || job.Array != "100" || job.Merge != "101" || !slices.Equal(f.asked, want) {
		t.Errorf("%+v, %v, %q", job, err, f.asked)
	}
	if err := p.Free(o.Run); err == nil || !strings.Contains(err.Error(), "submitted already as job 100") {
		t.Error(err)
	}
	if err := plan(5).Free(o.Run); err == nil || !strings.Contains(err.Error(), "another plan: shards is 4 there and 5 here") {
		t.Error(err)
	}
}

// TestSubmitOnce: two commands do not submit a run at the same time, and none from a plan that is not the present one.
func TestSubmitOnce(t *testing.T) {
	ctx := context.Background()
	o := &Options{CPUs: 1, Run: filepath.Join(t.TempDir(), "a run"), Program: "/p", Dir: "/"}
	p, late := plan(4), plan(4)
	if err := p.Prepare(o); err != nil {
		t.Fatal(err)
	}
	var bad *InputError
	f := &fake{}
	unlock, err := lockRun(o.Run)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Submit(ctx, f, o.Run, nil, nil); !errors.As(err, &bad) || !strings.Contains(err.Error(), "submit.lock: another command is submitting this run (process ") {
		t.Error(err)
	}
	unlock()
	if len(f.asked) > 0 {
		t.Errorf("%q", f.asked)
	}
	if _, err := p.Submit(ctx, f, o.Run, nil, nil); err != nil {
		t.Fatal(err)
	}
	asked := len(f.asked)
	if _, err := late.Submit(ctx, f, o.Run, nil, nil); !errors.As(err, &bad) || !strings.Contains(err.Error(), "jobs: 1 submissions, 0 a moment ago") || !strings.Contains(err.Error(), "/a run' tells") || len(f.asked) != asked {
		t.Errorf("%v, %q", err, f.asked)
	}
	if left, err := os.ReadDir(o.Run); err != nil || slices.ContainsFunc(left, func(e os.DirEntry) bool { return e.Name() == "submit.lock" }) {
		t.Errorf("%v, %v", left, err)
	}
}

func TestMaxArraySize(t *testing.T) {
	f := &fake{answer: map[string]string{"scontrol": "Configuration data\nLaunchType              = x\nMaxArraySize            = 1001\n"}}
	if n, err := MaxArraySize(context.Background(), f); n != 1001 || err != nil {
		t.Error(n, err)
	}
	f = &fake{answer: map[string]string{"scontrol": "nothing"}}
	if n, err := MaxArraySize(context.Background(), f); n != 0 || err != nil {
		t.Error(n, err)
	}
	if _, err := (System{}).Run(context.Background(), "no-such-program-here"); err == nil || !strings.Contains(err.Error(), "not on the path") {
		t.Error(err)
	}
	if _, err := (System{Timeout: 50 * time.Millisecond}).Run(context.Background(), "sleep", "5"); err == nil || !strings.Contains(err.Error(), "no answer within 50ms") {
		t.Error(err)
	}
}

// TestState: shards are told from their snapshots, squeue adds what waits and runs, and only what is missing is resubmitted.
func TestState(t *testing.T) {
	ctx := context.Background()
	run := t.TempDir()
	if _, err := ReadState(ctx, run); err == nil || !strings.Contains(err.Error(), "no run") {
		t.Error(err)
	}
	p := plan(7)
	p.Jobs = []Job{{Array: "10", Merge: "11"}, {Array: "12", Merge: "13", Shards: ShardSet{2}}}
	if err := p.Write(run); err != nil {
		t.Fatal(err)
	}
	snap(t, run, 0, 7, "10.0.h-1", 3, 3, true)
	snap(t, run, 0, 7, "10.1.h-1", 1, 3, false)
	snap(t, run, 1, 7, "10.0.h-2", 1, 4, false)
	snap(t, run, 1, 7, "10.1.h-3", 2, 4, false)
	snap(t, run, 2, 7, "10.0.h-4", 2, 5, false)
	snap(t, run, 3, 7, "10.0.h-5", 0, 5, false)
	snap(t, run, 4, 8, "10.0.h-6", 1, 5, true) // of another cut
	part := func(name string) string { return filepath.Join(run, "parts", name) }
	for name, data := range map[string]string{"shard-00005-of-00007.x.db": "no database", ".tcmdse-1": "half", "notes.txt": "mine"} {
		if err := os.WriteFile(part(name), []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s, err := ReadState(ctx, run)
	if err != nil {
		t.Fatal(err)
	}
	if s.Stored != 3+2+2+0 || s.Total != 100 || s.Shards[0].Attempts != 2 || s.Shards[0].Stored != 3 || s.Shards[1].Candidates != 4 || s.LastPublished.IsZero() || len(s.Unreadable) != 2 {
		t.Errorf("%+v", s)
	}
	phases := func() (out []string) {
		for _, d := range s.Shards {
			out = append(out, d.Phase)
		}
		return out
	}
	if got := phases(); !slices.Equal(got, []string{Finished, Begun, Begun, Begun, NotBegun, NotBegun, NotBegun}) {
		t.Error(got)
	}
	s.AskQueue(ctx, &fake{fail: map[string]string{"squeue": "cannot contact"}})
	if got := phases(); s.Queue != "squeue: cannot contact" || s.Counts[Begun] != 3 || s.Counts[NotBegun] != 3 {
		t.Error(got, s.Queue)
	}
	f := &fake{answer: map[string]string{"squeue": "12 2 RUNNING\n10 2 PENDING\n10 4 PENDING\n10 0 RUNNING\n13 N/A PENDING\n10 5 FAILED\n"}}
	s.Queue = ""
	s.AskQueue(ctx, f)
	if got := phases(); s.Merge != Waiting || !slices.Equal(got, []string{Finished, Stopped, Running, Stopped, Waiting, NotBegun, NotBegun}) {
		t.Error(got, s.Merge)
	}
	if !strings.Contains(f.asked[0], "--jobs=10,11,12,13 ") {
		t.Error(f.asked)
	}
	if data, err := json.Marshal(s); err != nil || !strings.Contains(string(data), `"counts":{"begun":0,"finished":1,"not_begun":2,"running":1,"stopped":2,"waiting":1}`) {
		t.Errorf("%s, %v", data, err)
	}
	m, err := FindMissing(ctx, f, run)
	if err != nil || !slices.Equal(m.Shards, []int{1, 3, 5, 6}) || m.Busy != 2 || !m.Merge || !slices.Equal(m.After, []string{"10", "12", "13"}) {
		t.Errorf("%+v, %v", m, err)
	}
	if _, err := FindMissing(ctx, &fake{fail: map[string]string{"squeue": "down"}}, run); err == nil {
		t.Error("resubmitted without knowing what runs")
	}
	gone := &fake{fail: map[string]string{"squeue": "slurm_load_jobs error: Invalid job id specified"}}
	if m, err := FindMissing(ctx, gone, run); err != nil || len(m.Shards) != 6 || m.Merge || len(m.After) != 0 {
		t.Errorf("%+v, %v", m, err)
	}
}

// TestStateWithoutPlan: a run by hand, or on another scheduler, is told from its snapshots.
func TestStateWithoutPlan(t *testing.T) {
	run := t.TempDir()
	snap(t, run, 2, 3, "host-1-2", 4, 4, true)
	for _, junk := range []string{"shard-00000-of-00000.x.db", "shard-00007-of-00005.x.db"} { // no shard there can be
		if err := os.WriteFile(filepath.Join(run, "parts", junk), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s, err := ReadState(context.Background(), run)
	if err != nil || len(s.Shards) != 3 || s.Name != "edge" || s.Counts[Finished] != 1 || s.Counts[NotBegun] != 2 {
		t.Errorf("%+v, %v", s, err)
	}
	for shard := range 2 {
		snap(t, run, shard, 3, "host-1-2", 4, 4, true)
	}
	out := filepath.Join(run, "results.db")
	for i, want := range []string{"", "", out} { // of three files, one a round
		db, err := results.Open(out)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Merge(context.Background(), filepath.Join(run, "parts", fmt.Sprintf("shard-%05d-of-00003.host-1-2.db", i))); err != nil {
			t.Fatal(err)
		}
		if s, err := ReadState(context.Background(), run); err != nil || s.Results != "" {
			t.Errorf("%q while it is written, %v", s.Results, err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if s, err := ReadState(context.Background(), run); err != nil || s.Results != want {
			t.Errorf("%q after %d files, %v", s.Results, i+1, err)
		}
	}
	f := &fake{}
	if s.AskQueue(context.Background(), f); s.Queue == "" || len(f.asked) != 0 {
		t.Errorf("%q, %q", s.Queue, f.asked)
	}
	if _, err := FindMissing(context.Background(), f, run); err == nil || !strings.Contains(err.Error(), "plan.json") {
		t.Error(err)
	}
}

// TestStateOfThousand: a thousand shards are read within seconds.
// TestStateOfOneSweep: what another sweep published is no part of the run, planned or not.
func TestStateOfOneSweep(t *testing.T) {
	for _, planned := range []bool{false, true} {
		run := t.TempDir()
		snap(t, run, 0, 3, "a", 4, 4, true)
		snap(t, run, 1, 3, "a", 1, 4, false)
		snapOf(t, run, "edited", 2, 3, "a", 4, 4, true)
		want := map[string]int{Finished: 1, Begun: 1, NotBegun: 1, Running: 0, Waiting: 0, Stopped: 0}
		if planned { // the minority's
			p := plan(3)
			p.ConfigSHA256 = (&results.Sweep{Config: "edited"}).Fingerprint()
			if err := p.Write(run); err != nil {
				t.Fatal(err)
			}
			want = map[string]int{Finished: 1, Begun: 0, NotBegun: 2, Running: 0, Waiting: 0, Stopped: 0}
		}
		s, err := ReadState(context.Background(), run)
		if err != nil || !maps.Equal(s.Counts, want) || len(s.Unreadable) == 0 || !strings.Contains(s.Unreadable[0].Why, "of another sweep") {
			t.Errorf("planned %v: %+v, %v", planned, s, err)
		}
	}
}

func TestStateOfThousand(t *testing.T) {
	run := t.TempDir()
	snap(t, run, 0, 1000, "1.0.h-1", 10, 10, true)
	data, err := os.ReadFile(filepath.Join(run, "parts", "shard-00000-of-01000.1.0.h-1.db"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 1000 { // all but the first are refused at the end, as they say that they are shard 0
		if err := os.WriteFile(filepath.Join(run, "parts", fmt.Sprintf("shard-%05d-of-01000.2.0.h-1.db", i)), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	begun := time.Now()
	s, err := ReadState(context.Background(), run)
	took := time.Since(begun)
	t.Logf("%d snapshots of %d KB in %.2f s", 1001, len(data)/1000, took.Seconds())
	if err != nil || s.Counts[Finished] != 1 || s.Shards[0].Attempts != 2 || len(s.Unreadable) != 999 || took > 10*time.Second {
		t.Errorf("%v, %v, %d, %v", s.Counts, err, len(s.Unreadable), took)
	}
}
