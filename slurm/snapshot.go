package slurm

import (
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
	"sync"
	"time"

	"tcmdse/results"
)

// snapshotName is what attempts publish; what begins with a dot is half written.
var snapshotName = regexp.MustCompile(`^shard-(\d{5})-of-(\d{5})\.(.+)\.db$`)

// snapshot is what one file says.
type snapshot struct {
	path      string
	index, of int
	at        time.Time
	err       error
	sweeps    []part // that have the shard: several where an attempt went on from those of another sweep
	part             // of the run's sweep
}

// part is how far a shard of a sweep is.
type part struct {
	sweep              string // fingerprint
	name               string
	stored, has, total int64
	finished           bool
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
		p.sweeps = append(p.sweeps, part{sweep: w.Fingerprint(), name: w.Name, total: w.CandidatesTotal, has: d.Candidates,
			finished: !d.FinishedAt.IsZero(), stored: min(n/int64(max(1, len(w.Workloads))), d.Candidates)})
	}
	if len(p.sweeps) == 0 {
		return fmt.Errorf("it has no shard %d of %d", p.index, p.of)
	}
	return nil
}

// choose takes what a snapshot has of a sweep; one that has others only is left out.
func (p *snapshot) choose(sweep string) {
	at := slices.IndexFunc(p.sweeps, func(w part) bool { return w.sweep == sweep })
	if at >= 0 {
		p.part = p.sweeps[at]
	} else if p.err == nil {
		p.err = fmt.Errorf("of another sweep, or of another mode of it, than this run: %s", p.sweeps[0].name)
	}
}
