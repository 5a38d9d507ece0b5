package results

import (
	"context"
	"fmt"
	"time"
)

// Run is one run of a sweep, from the start or going on with it.
type Run struct {
	ID, SweepID int64
	StartedAt   time.Time
	EndedAt     time.Time // zero while it runs, and for ever if it was killed
	ToolVersion string
	Jobs        int    // candidates at once
	Command     string // as it was typed
	HostOS      string // linux/amd64
	Config      string // as this run had it, "" for the sweep's; of BeginRun only
	Stored      int64  // candidates that this run stored
	Finished    int64  // candidates of the sweep that were stored at its end
	Outcome     string // "" before its end, RunFinished, RunInterrupted, or why it failed
}

// The outcomes of a run that did not fail.
const (
	RunFinished    = "finished"
	RunInterrupted = "interrupted"
)

// BeginRun stores that a run of a sweep starts and returns its id. Only StartedAt, ToolVersion, Jobs, Command,
// HostOS and Config of r count.
func (s *Store) BeginRun(ctx context.Context, sweepID int64, r Run) (int64, error) {
	done, err := s.db.ExecContext(ctx, "INSERT INTO runs (sweep_id, started_at, tool_version, jobs, command, host_os, config) VALUES (?, ?, ?, ?, ?, ?, "+
		"nullif(nullif(?, ''), (SELECT config FROM sweeps WHERE sweep_id = ?1)))",
		sweepID, stamp(r.StartedAt), r.ToolVersion, r.Jobs, r.Command, r.HostOS, r.Config)
	if err != nil {
		return 0, explain(s.path, err)
	}
	id, err := done.LastInsertId()
	if err != nil {
		return 0, explain(s.path, err)
	}
	return id, nil
}

// EndRun stores how a run ended. Only EndedAt, Stored, Finished and Outcome of r count.
func (s *Store) EndRun(ctx context.Context, id int64, r Run) error {
	done, err := s.db.ExecContext(ctx, "UPDATE runs SET ended_at = ?, stored = ?, finished = ?, outcome = ? WHERE run_id = ?",
		stamp(r.EndedAt), r.Stored, r.Finished, r.Outcome, id)
	if err != nil {
		return explain(s.path, err)
	}
	if n, err := done.RowsAffected(); err == nil && n == 0 {
		return fmt.Errorf("results: %s has no run %d", s.path, id)
	}
	return nil
}

// Runs lists the runs of a sweep, oldest first; none of a file of before schema 3.
func (s *Store) Runs(ctx context.Context, sweepID int64) ([]Run, error) {
	if s.schema < 3 {
		return nil, nil
	}
	rows, err := s.read.QueryContext(ctx, `SELECT run_id, sweep_id, started_at, coalesce(ended_at, ''), tool_version, jobs, command,
		host_os, stored, finished, outcome FROM runs WHERE sweep_id = ? ORDER BY run_id`, sweepID)
	if err != nil {
		return nil, explain(s.path, err)
	}
	defer rows.Close()
	var out []Run
	for rows.Next() {
		var r Run
		var started, ended string
		if err := rows.Scan(&r.ID, &r.SweepID, &started, &ended, &r.ToolVersion, &r.Jobs, &r.Command, &r.HostOS, &r.Stored,
			&r.Finished, &r.Outcome); err != nil {
			return nil, explain(s.path, err)
		}
		r.StartedAt, _ = time.Parse(time.RFC3339, started)
		r.EndedAt, _ = time.Parse(time.RFC3339, ended) // zero when empty
		out = append(out, r)
	}
	return out, rows.Err()
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
