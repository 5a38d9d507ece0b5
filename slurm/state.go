package slurm

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tcmdse/results"
)

// The phases of a shard.
const (
	Finished = "finished"
	Running  = "running"   // squeue says so
	Waiting  = "waiting"   // squeue says so
	Stopped  = "stopped"   // has published something, is not finished, and Slurm does not know it any more
	Begun    = "begun"     // has published something and is not finished; whether it runs is not known
	NotBegun = "not_begun" // has published nothing, and does not wait or run as far as is known
)

// Shard is how far one shard is.
type Shard struct {
	Index         int       `json:"shard"`
	Phase         string    `json:"state"`
	Stored        int64     `json:"stored"`     // candidates in the best snapshot
	Candidates    int64     `json:"candidates"` // of the shard; 0: not known yet
	Attempts      int       `json:"attempts"`   // that have published something
	LastPublished time.Time `json:"last_published,omitzero"`
}

// Unreadable is a file among the snapshots that is none of this run.
type Unreadable struct {
	File string `json:"file"`
	Why  string `json:"error"`
}

// State is how far a run is.
type State struct {
	Run           string         `json:"run"`
	Name          string         `json:"name"`
	Plan          *Plan          `json:"-"`      // nil: the run was not made by tcmdse slurm
	Shards        []Shard        `json:"shards"` // by index
	Counts        map[string]int `json:"counts"` // of each phase
	Stored        int64          `json:"stored"`
	Total         int64          `json:"candidates"` // of the sweep; 0: not known yet
	LastPublished time.Time      `json:"last_published,omitzero"`
	Queue         string         `json:"queue"`   // "" where squeue answered, else why not
	Merge         string         `json:"merge"`   // "", waiting or running: the job behind the array
	Results       string         `json:"results"` // the merged database, once it has all shards
	Unreadable    []Unreadable   `json:"unreadable"`
}

// ReadState tells how far a run is, from its files alone. Files that cannot be read are in Unreadable. A run without a
// plan is taken as having as many shards as its snapshots say; one without snapshots, too, is an error (*InputError).
func ReadState(ctx context.Context, run string) (*State, error) {
	plan, err := readPlan(run)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err != nil {
		plan = nil
	}
	parts, err := snapshots(run)
	if err != nil {
		return nil, err
	}
	if plan == nil && len(parts) == 0 {
		return nil, &InputError{File: run, Msg: "no run: neither plan.json nor snapshots in parts/", Allowed: "a folder that tcmdse slurm --out or tcmdse sweep --publish made"}
	}
	if err := readAll(ctx, parts); err != nil {
		return nil, err
	}
	s := &State{Run: run, Plan: plan, Unreadable: []Unreadable{}, Counts: map[string]int{}}
	n := 0
	if plan != nil {
		n, s.Name, s.Total = plan.Shards, plan.Name, plan.Candidates
	} else {
		n = slices.MaxFunc(parts, func(a, b snapshot) int { return cmp.Compare(a.of, b.of) }).of
	}
	s.Shards = make([]Shard, n)
	for i := range s.Shards {
		s.Shards[i] = Shard{Index: i, Phase: NotBegun}
	}
	sweep := s.sweepOf(parts)
	for i := range parts {
		parts[i].choose(sweep)
		s.add(&parts[i])
	}
	for i := range s.Shards {
		s.Stored += s.Shards[i].Stored
	}
	s.count()
	if path := filepath.Join(run, "results.db"); s.merged(ctx, path, sweep) {
		s.Results = path
	}
	return s, nil
}

// add takes a snapshot into account: a finished one is the best, then the one with most candidates.
func (s *State) add(p *snapshot) {
	if p.err == nil && (p.of != len(s.Shards) || p.index >= p.of) {
		p.err = fmt.Errorf("a shard of %d; this run has %d", p.of, len(s.Shards))
	}
	if p.err != nil {
		s.Unreadable = append(s.Unreadable, Unreadable{p.path, strings.TrimPrefix(p.err.Error(), p.path+" ")})
		return
	}
	d := &s.Shards[p.index]
	d.Attempts++
	d.Stored, d.Candidates = max(d.Stored, p.stored), max(d.Candidates, p.has)
	if p.finished {
		d.Phase = Finished
	} else if d.Phase != Finished {
		d.Phase = Begun
	}
	d.LastPublished = later(d.LastPublished, p.at)
	s.LastPublished = later(s.LastPublished, p.at)
	if s.Name == "" {
		s.Name = p.name
	}
	if s.Total == 0 {
		s.Total = p.total
	}
}

// merged tells whether a database has all shards of the run. One that is being written, or was left so, has not.
func (s *State) merged(ctx context.Context, path, sweep string) bool {
	for _, beside := range []string{".lock", "-wal", "-journal"} {
		if _, err := os.Stat(path + beside); err == nil {
			return false
		}
	}
	db, err := results.OpenSnapshot(path)
	if err != nil {
		return false
	}
	defer db.Close()
	shards, err := db.Shards(ctx)
	sweeps, err2 := db.Sweeps(ctx)
	return err == nil && err2 == nil && slices.ContainsFunc(shards, func(d results.Shard) bool {
		return d.Of == len(s.Shards) && len(results.Missing(shards, d.SweepID, d.Of)) == 0 &&
			slices.ContainsFunc(sweeps, func(w results.Sweep) bool { return w.ID == d.SweepID && w.Fingerprint() == sweep })
	})
}

// sweepOf tells which sweep the run is of: the planned one, else that of most snapshots, of the latest of these.
func (s *State) sweepOf(parts []snapshot) string {
	if s.Plan != nil && s.Plan.ConfigSHA256 != "" {
		return s.Plan.ConfigSHA256
	}
	n, at := map[string]int{}, map[string]time.Time{}
	best := ""
	for i := range parts {
		for _, w := range parts[i].sweeps {
			n[w.sweep]++
			at[w.sweep] = later(at[w.sweep], parts[i].at)
		}
	}
	for sweep := range n {
		if c := cmp.Or(cmp.Compare(n[sweep], n[best]), at[sweep].Compare(at[best]), cmp.Compare(sweep, best)); c > 0 {
			best = sweep
		}
	}
	return best
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func (s *State) count() {
	clear(s.Counts)
	for _, phase := range []string{Finished, Running, Waiting, Stopped, Begun, NotBegun} {
		s.Counts[phase] = 0
	}
	for i := range s.Shards {
		s.Counts[s.Shards[i].Phase]++
	}
}
