package slurm

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
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

// snapshotName is what attempts publish; what begins with a dot is half written.
var snapshotName = regexp.MustCompile(`^shard-(\d{5})-of-(\d{5})\.(.+)\.db$`)

// snapshot is what one file says.
type snapshot struct {
	path        string
	index, of   int
	stored, has int64
	total       int64
	name        string
	finished    bool
	at          time.Time
	err         error
}

// ReadState tells how far a run is, from its files alone. Files that cannot be read are in Unreadable. A run without a
// plan is taken as having as many shards as its snapshots say; one without snapshots, too, is an error (*InputError).
func ReadState(ctx context.Context, run string) (*State, error) {
	plan, err := ReadPlan(run)
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
	for i := range parts {
		s.add(&parts[i])
	}
	for i := range s.Shards {
		s.Stored += s.Shards[i].Stored
	}
	s.count()
	if path := filepath.Join(run, "results.db"); s.merged(ctx, path) {
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
func (s *State) merged(ctx context.Context, path string) bool {
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
	return err == nil && slices.ContainsFunc(shards, func(d results.Shard) bool {
		return d.Of == len(s.Shards) && len(results.Missing(shards, d.SweepID, d.Of)) == 0
	})
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

// snapshots lists the files of a run that look like snapshots.
func snapshots(run string) ([]snapshot, error) {
	dir := filepath.Join(run, "parts")
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("slurm: %w", err)
	}
	var out []snapshot
	for _, e := range entries {
		m := snapshotName.FindStringSubmatch(e.Name())
		if m == nil {
			continue
		}
		index, _ := strconv.Atoi(m[1]) // five digits
		of, _ := strconv.Atoi(m[2])
		if index >= of {
			continue // none that an attempt ever wrote
		}
		out = append(out, snapshot{path: filepath.Join(dir, e.Name()), index: index, of: of})
	}
	return out, nil
}

// readAll opens snapshots, several at a time: on a shared file system each takes some round trips.
func readAll(ctx context.Context, parts []snapshot) error {
	next := make(chan *snapshot)
	var g sync.WaitGroup
	for range max(4, runtime.NumCPU()) {
		g.Go(func() {
			for p := range next {
				p.err = p.read(ctx)
			}
		})
	}
	for i := range parts {
		if ctx.Err() != nil {
			break
		}
		next <- &parts[i]
	}
	close(next)
	g.Wait()
	return ctx.Err()
}

func (p *snapshot) read(ctx context.Context) error {
	st, err := os.Stat(p.path)
	if err != nil {
		return err
	}
	p.at = st.ModTime()
	s, err := results.OpenSnapshot(p.path)
	if err != nil {
		return err
	}
	defer s.Close()
	shards, err := s.Shards(ctx)
	if err != nil {
		return err
	}
	sweeps, err := s.Sweeps(ctx)
	if err != nil {
		return err
	}
	found := false
	for _, d := range shards {
		at := slices.IndexFunc(sweeps, func(w results.Sweep) bool { return w.ID == d.SweepID })
		if d.Index != p.index || d.Of != p.of || at < 0 {
			continue
		}
		n, err := s.Outcomes(ctx, d.SweepID)
		if err != nil {
			return err
		}
		w := &sweeps[at]
		found, p.name, p.total, p.has, p.finished = true, w.Name, w.CandidatesTotal, d.Candidates, !d.FinishedAt.IsZero()
		p.stored = min(n/int64(max(1, len(w.Workloads))), d.Candidates)
		if p.finished {
			break
		}
	}
	if !found {
		return fmt.Errorf("it has no shard %d of %d", p.index, p.of)
	}
	return nil
}
