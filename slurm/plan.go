package slurm

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Plan is what a run folder was made for. Scripts and plan together are all that a resubmission needs.
type Plan struct {
	Name         string    `json:"name"` // of the sweep
	File         string    `json:"file"` // absolute path of the sweep file, or the name of an embedded sweep
	Sets         []string  `json:"sets"`
	Objective    string    `json:"objective"` // "": the file's
	FrontOnly    bool      `json:"front_only"`
	Shards       int       `json:"shards"`
	Candidates   int64     `json:"candidates,omitempty"`  // of the whole sweep; 0: not known
	MaxRunning   int       `json:"max_running,omitempty"` // elements that run at once; 0: no limit
	ConfigSHA256 string    `json:"config_sha256"`         // "" when unknown
	ToolVersion  string    `json:"tool_version"`
	CreatedAt    time.Time `json:"created_at"`
	Jobs         []Job     `json:"jobs"`
}

// Job is one submission: an array and the merge behind it.
type Job struct {
	Array       string    `json:"array"`
	Merge       string    `json:"merge"` // "" where its submission failed
	Shards      ShardSet  `json:"shards"`
	SubmittedAt time.Time `json:"submitted_at"`
}

// ShardSet is which shards an array runs; in JSON a list, or "all" for nil.
type ShardSet []int

// MarshalJSON writes the list or "all".
func (s ShardSet) MarshalJSON() ([]byte, error) {
	if s == nil {
		return []byte(`"all"`), nil
	}
	return json.Marshal([]int(s))
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *ShardSet) UnmarshalJSON(data []byte) error {
	var list []int
	if string(data) == `"all"` {
		*s = nil
		return nil
	}
	if err := json.Unmarshal(data, &list); err != nil || list == nil {
		return fmt.Errorf(`shards: neither a list of numbers nor "all": %s`, data)
	}
	*s = list
	return nil
}

// InputError is a mistake in what was given: an option, or a file of the run folder.
type InputError struct {
	File, Key, Msg string
	Allowed        string
}

func (e *InputError) Error() string {
	text := e.Msg
	if e.Key != "" {
		text = e.Key + ": " + text
	}
	if e.File != "" {
		text = e.File + ": " + text
	}
	if e.Allowed != "" {
		text += "; allowed: " + e.Allowed
	}
	return text
}

// MaxShards is more than any Slurm runs, and what the names of snapshots have room for.
const MaxShards = 99_999

// planPath is where the plan of a run is.
func planPath(run string) string { return filepath.Join(run, "plan.json") }

// readPlan reads a run's plan. Where there is none the error is fs.ErrNotExist, a plan that cannot be one *InputError.
func readPlan(run string) (*Plan, error) {
	path := planPath(run)
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("slurm: %w", err)
	}
	return parsePlan(data, path)
}

func parsePlan(data []byte, path string) (*Plan, error) {
	var p Plan
	if err := json.Unmarshal(data, &p); err != nil {
		e := &InputError{File: path, Msg: "not a plan: " + err.Error()}
		var kind *json.UnmarshalTypeError
		if errors.As(err, &kind) {
			e.Key, e.Msg = kind.Field, fmt.Sprintf("a JSON %s; a %s is wanted", kind.Value, kind.Type)
		}
		return nil, e
	}
	return &p, p.check(path)
}

// check finds what is wrong with a plan from a file.
func (p *Plan) check(path string) error {
	bad := func(key, msg, allowed string) error { return &InputError{path, key, msg, allowed} }
	switch {
	case p.Name == "":
		return bad("name", "missing", "the sweep's name")
	case p.File == "":
		return bad("file", "missing", "the sweep file's path")
	case p.Shards < 1 || p.Shards > MaxShards:
		return bad("shards", fmt.Sprintf("given %d", p.Shards), fmt.Sprintf("1 to %d", MaxShards))
	case p.MaxRunning < 0:
		return bad("max_running", fmt.Sprintf("given %d", p.MaxRunning), "0 (no limit) or more")
	}
	for i, j := range p.Jobs {
		at := fmt.Sprintf("jobs[%d].", i)
		if !jobID(j.Array) {
			return bad(at+"array", fmt.Sprintf("given %q", j.Array), "the number of a job")
		}
		if j.Merge != "" && !jobID(j.Merge) {
			return bad(at+"merge", fmt.Sprintf("given %q", j.Merge), "the number of a job")
		}
		for _, s := range j.Shards {
			if s < 0 || s >= p.Shards {
				return bad(at+"shards", fmt.Sprintf("given %d", s), fmt.Sprintf("0 to %d", p.Shards-1))
			}
		}
	}
	return nil
}

// jobID tells whether a word can be a job's number: it goes into other commands.
func jobID(s string) bool {
	return s != "" && len(s) < 20 && !slices.ContainsFunc([]byte(s), func(b byte) bool { return b < '0' || b > '9' })
}

// Same tells in what two plans ask for different results, "" where they do not. Jobs and times do not count.
func (p *Plan) Same(o *Plan) string {
	for _, d := range []struct {
		differ bool
		key    string
		a, b   any
	}{
		{p.Name != o.Name, "name", p.Name, o.Name},
		{p.File != o.File, "file", p.File, o.File},
		{!slices.Equal(p.Sets, o.Sets), "sets", p.Sets, o.Sets},
		{p.Objective != o.Objective, "objective", p.Objective, o.Objective},
		{p.FrontOnly != o.FrontOnly, "front_only", p.FrontOnly, o.FrontOnly},
		{p.Shards != o.Shards, "shards", p.Shards, o.Shards},
		{p.ConfigSHA256 != "" && o.ConfigSHA256 != "" && p.ConfigSHA256 != o.ConfigSHA256, "config_sha256", p.ConfigSHA256, o.ConfigSHA256},
		{p.Candidates != 0 && o.Candidates != 0 && p.Candidates != o.Candidates, "candidates", p.Candidates, o.Candidates},
	} {
		if d.differ {
			return fmt.Sprintf("%s is %v there and %v here", d.key, d.b, d.a)
		}
	}
	return ""
}

// Write writes the plan into a run folder: whole, or not at all.
func (p *Plan) Write(run string) error {
	data, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(planPath(run), append(data, '\n'), 0o644)
}

// writeFile replaces a file at once, and sees that it is on the disk.
func writeFile(path string, data []byte, mode fs.FileMode) error {
	w, err := os.CreateTemp(filepath.Dir(path), ".tcmdse-*")
	if err != nil {
		return fmt.Errorf("slurm: %w", err)
	}
	defer os.Remove(w.Name()) // gone when all went well
	_, err = bytes.NewReader(data).WriteTo(w)
	if err := errors.Join(err, w.Chmod(mode), w.Sync(), w.Close()); err != nil {
		return fmt.Errorf("slurm: %s: %w", path, err)
	}
	if err := os.Rename(w.Name(), path); err != nil {
		return fmt.Errorf("slurm: %w", err)
	}
	return nil
}
