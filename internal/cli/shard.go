package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tcmdse/dse"
	"tcmdse/results"
	"tcmdse/sweeps"
)

// part limits a sweep to the shard that was asked for.
func (f *sweepFlags) part(s *sweeps.Sweep) (*sweeps.Sweep, error) {
	switch {
	case f.shard == "" && f.publish != "":
		return nil, errors.New("--publish is for shards: give --shard I/N, too")
	case f.shard == "":
		return s, nil
	case f.publish != "" && f.db != "":
		return nil, errors.New("--publish makes its own database; give --db or --publish")
	case f.publish != "" && f.estimator.command != "":
		return nil, errors.New("--publish and --estimator do not go together yet")
	case f.publishEvery <= 0 || f.publishEvery > time.Minute:
		return nil, fmt.Errorf("--publish-every: %v given; more than 0 and at most 1m is allowed", f.publishEvery)
	}
	h, err := sweeps.ParseShard(f.shard)
	if err != nil {
		return nil, fmt.Errorf("--shard: %w", err)
	}
	return s.Sharded(h), nil
}

// shardFile names a shard's database; whole is the name of a whole sweep's.
func shardFile(h sweeps.Shard, whole string) string {
	if h.Of == 0 {
		return whole
	}
	return fmt.Sprintf("shard-%05d-of-%05d.db", h.Index, h.Of)
}

// endShard tells what a shard has. Reports are of whole sweeps.
func endShard(e *env, store *results.Store, s *sweeps.Sweep, sum dse.Summary, f sweepFlags) error {
	if err := store.Close(); err != nil {
		return err
	}
	if f.json {
		enc := json.NewEncoder(e.out)
		enc.SetIndent("", "  ")
		return enc.Encode(map[string]any{"sweep": s.Name, "sweep_id": sum.SweepID, "shard": s.Part().Index, "of": s.Part().Of, "candidates": sum.Total, "reused": sum.Reused,
			"infeasible": sum.Infeasible, "over_budget": sum.OverBudget, "failed": sum.Failed, "skipped": sum.Skipped,
			"layers_mapped": sum.Mapped, "layers_equal": sum.Equal, "layers_recalled": sum.Recalled, "seconds": sum.Elapsed.Seconds(), "db": f.db})
	}
	fmt.Fprintf(e.out, "shard %v of %s: %d candidates in %.1f s%s\n  %s\n", s.Part(), shown(s.Name), sum.Total, sum.Elapsed.Seconds(), counts(&sum.Progress), f.db)
	if sum.Failed > 0 {
		return fmt.Errorf("%d candidates failed; their reasons are in the database, status 'failed'", sum.Failed)
	}
	return nil
}

// runPublished runs a shard on this machine's own disk and keeps its snapshot in the run's folder up to date. Attempts of a
// shard may overlap, as a scheduler may start one while another still runs: each has a database and a snapshot of its own, and
// begins with what others have published.
func runPublished(ctx context.Context, e *env, s *sweeps.Sweep, counted *dse.Counted, f sweepFlags) error {
	config := dse.Config{Sweep: s, Jobs: f.jobs, FrontOnly: f.frontOnly, Counted: counted, ToolVersion: toolVersion(), Command: strings.Join(os.Args, " ")}
	if err := samePlan(ctx, f.publish, config); err != nil {
		return usageError{err}
	}
	parts := filepath.Join(f.publish, "parts")
	if err := os.MkdirAll(parts, 0o755); err != nil {
		return usageError{fmt.Errorf("--publish: %w", err)}
	}
	clearAway(parts)
	clearNode(nodeDir())
	local, err := os.MkdirTemp(nodeDir(), nodeFolder)
	if err != nil {
		return err
	}
	f.db = filepath.Join(local, "results.db")
	store, err := results.Open(f.db)
	if err != nil {
		return errors.Join(err, os.RemoveAll(local))
	}
	if err := adopt(ctx, e, store, parts, s.Part()); err != nil {
		err = errors.Join(err, store.Close(), os.RemoveAll(local))
		if ctx.Err() != nil {
			return fmt.Errorf("%w: shard %v was not begun; what earlier attempts published stays", errInterrupted, s.Part())
		}
		return err
	}
	to := filepath.Join(parts, strings.TrimSuffix(shardFile(s.Part(), ""), ".db")+"."+attempt()+".db")
	p := newPublisher(e, store, to, f.publishEvery)
	show := newProgress(e, f.quiet)
	config.Store, config.Progress = store, show.show
	sum, err := dse.Run(ctx, config)
	show.end()
	if pubErr := p.end(); pubErr != nil { // what is only here must not be lost with the folder
		return errors.Join(err, fmt.Errorf("the last snapshot could not be published: %w; the results are in %s", pubErr, f.db), store.Close())
	}
	if err != nil {
		err = errors.Join(err, store.Close(), os.RemoveAll(local))
		if ctx.Err() != nil {
			return fmt.Errorf("%w: %d of %d candidates of shard %v are published; another attempt goes on from there", errInterrupted, sum.Done, counted.Total, s.Part())
		}
		return err
	}
	f.db = to
	return errors.Join(endShard(e, store, s, sum, f), os.RemoveAll(local))
}

// attempt names one run of a shard, unlike any other's.
func attempt() string {
	job := os.Getenv("SLURM_ARRAY_JOB_ID")
	if job == "" {
		job = os.Getenv("SLURM_JOB_ID")
	}
	host, err := os.Hostname()
	if err != nil {
		host = "host"
	}
	host = strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-' {
			return r
		}
		return '-'
	}, host)
	if job == "" {
		return fmt.Sprintf("%s-%d-%d", host, os.Getpid(), time.Now().UnixNano())
	}
	restart := os.Getenv("SLURM_RESTART_COUNT")
	if restart == "" {
		restart = "0"
	}
	return fmt.Sprintf("%s.%s.%s-%d", job, restart, host, os.Getpid())
}

// adopt joins what other attempts of the shard have published. A snapshot that cannot be read is told and left alone.
func adopt(ctx context.Context, e *env, store *results.Store, parts string, h sweeps.Shard) error {
	pattern := strings.TrimSuffix(shardFile(h, ""), ".db") + ".*.db"
	found, err := filepath.Glob(filepath.Join(escapeGlob(parts), pattern))
	if err != nil {
		return err
	}
	for _, path := range found {
		_, err := store.Merge(ctx, path)
		var conflict *results.ConflictError
		switch {
		case errors.As(err, &conflict), ctx.Err() != nil:
			return err
		case err != nil:
			fmt.Fprintf(e.err, "warning: a snapshot of an earlier attempt is left out: %v\n", err)
		}
	}
	return nil
}

// samePlan refuses a sweep that is not the one the run was planned with: a file changed while its jobs were waiting would mix
// two sweeps.
func samePlan(ctx context.Context, run string, config dse.Config) error {
	data, err := os.ReadFile(filepath.Join(run, "plan.json"))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("--publish: %w", err)
	}
	var plan struct {
		Config string `json:"config_sha256"`
		Shards int    `json:"shards"`
	}
	if err := json.Unmarshal(data, &plan); err != nil {
		return fmt.Errorf("--publish: %s: %w", filepath.Join(run, "plan.json"), err)
	}
	if of := config.Sweep.Part().Of; plan.Shards > 0 && plan.Shards != of {
		return fmt.Errorf("--shard: %d parts; the run in %s has %d", of, run, plan.Shards)
	}
	have, err := dse.Fingerprint(ctx, config)
	if err != nil {
		return err
	}
	if plan.Config != "" && plan.Config != have {
		return fmt.Errorf("%s, its architecture, a network, --set or a cost table of this build is not what the run in %s was planned with; restore it, or plan another run", config.Sweep.File, run)
	}
	return nil
}
