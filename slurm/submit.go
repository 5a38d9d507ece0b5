package slurm

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// MaxArraySize asks Slurm how many elements an array may have; 0 where it does not say.
func MaxArraySize(ctx context.Context, run Commander) (int, error) {
	out, err := run.Run(ctx, "scontrol", "show", "config")
	if err != nil {
		return 0, err
	}
	for _, line := range strings.Split(out, "\n") {
		key, value, _ := strings.Cut(line, "=")
		if strings.TrimSpace(key) != "MaxArraySize" {
			continue
		}
		n, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil {
			return 0, fmt.Errorf("slurm: MaxArraySize of scontrol show config: %w", err)
		}
		return n, nil
	}
	return 0, nil
}

// Free refuses a run folder that was made for another plan, or for this one and submitted, and what JSON would change: *InputError.
func (p *Plan) Free(run string) error {
	for _, text := range append([]string{p.File}, p.Sets...) {
		if !utf8.ValidString(text) {
			return &InputError{Msg: fmt.Sprintf("%q is not UTF-8, and plan.json could not hold it", text), Allowed: "names in UTF-8"}
		}
	}
	old, err := readPlan(run)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	}
	if d := p.Same(old); d != "" {
		return &InputError{File: planPath(run), Msg: "the folder holds another plan: " + d, Allowed: "another --out, or the plan that is there"}
	}
	if len(old.Jobs) > 0 {
		return &InputError{File: planPath(run), Msg: fmt.Sprintf("submitted already as job %s; tcmdse status %s tells how far it is, tcmdse resubmit %s submits what is missing", old.Jobs[0].Array, ShellWord(run), ShellWord(run))}
	}
	return nil
}

// Prepare makes the run folder with its scripts and plan. Nothing is submitted yet.
func (p *Plan) Prepare(o *Options) error {
	for _, dir := range []string{"logs", "parts"} {
		if err := os.MkdirAll(filepath.Join(o.Run, dir), 0o755); err != nil {
			return &InputError{Key: "--out", Msg: err.Error()}
		}
	}
	for _, f := range []struct{ name, text string }{{"shard.sh", p.ShardScript(o)}, {"merge.sh", p.MergeScript(o)}} {
		if err := writeFile(filepath.Join(o.Run, f.name), []byte(f.text), 0o755); err != nil {
			return err
		}
	}
	return p.Write(o.Run)
}

// MergeError says that the array was submitted and the merge behind it was not. The array is left running: what its elements
// find is kept and can be joined by hand.
type MergeError struct {
	Run, Array string
	Err        error
}

func (e *MergeError) Error() string {
	return fmt.Sprintf("%v\nthe array is submitted as job %s and goes on, without a merge behind it; when it has ended: tcmdse merge %s %s --complete; to end it: scancel %s",
		e.Err, e.Array, ShellWord(filepath.Join(e.Run, "results.db")), ShellWord(filepath.Join(e.Run, "parts")), e.Array)
}

func (e *MergeError) Unwrap() error { return e.Err }

// Submit submits an array of shards (nil: all) and the merge behind it and behind the jobs of after, and notes both in the
// plan. The scripts are taken as they are in the run folder, so that one may change their limits before a resubmission.
// Where another process submits the run at the same time, or has since the plan was read, the error is *InputError.
func (p *Plan) Submit(ctx context.Context, cmd Commander, run string, shards ShardSet, after []string) (Job, error) {
	list := []int(shards)
	if shards == nil {
		list = all(p.Shards)
	}
	unlock, err := lockRun(run)
	if err != nil {
		return Job{}, err
	}
	defer unlock()
	if err := p.unsubmitted(run); err != nil {
		return Job{}, err
	}
	array, err := sbatch(ctx, cmd, "--array="+ArrayList(list, p.MaxRunning), filepath.Join(run, "shard.sh"))
	if err != nil {
		return Job{}, err
	}
	p.Jobs = append(p.Jobs, Job{Array: array, Shards: shards, SubmittedAt: time.Now().UTC().Truncate(time.Second)})
	job := &p.Jobs[len(p.Jobs)-1]
	if err := p.Write(run); err != nil {
		return *job, &MergeError{run, array, err}
	}
	behind := strings.Join(append([]string{array}, after...), ":")
	job.Merge, err = sbatch(ctx, cmd, "--dependency=afterany:"+behind, filepath.Join(run, "merge.sh"))
	if err != nil {
		return *job, &MergeError{run, array, err}
	}
	return *job, p.Write(run)
}

// sbatch submits a script and returns the job's number.
func sbatch(ctx context.Context, cmd Commander, option, script string) (string, error) {
	out, err := cmd.Run(ctx, "sbatch", "--parsable", option, script)
	if err != nil {
		return "", err
	}
	id, _, _ := strings.Cut(strings.TrimSpace(out), ";") // ID, or ID;CLUSTER
	if !jobID(id) {
		return "", fmt.Errorf("sbatch --parsable %s %s: %q is no job's number", option, script, out)
	}
	return id, nil
}
