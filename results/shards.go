package results

import (
	"context"
	"database/sql"
	"slices"
	"time"
)

// Shard is a part of a sweep that was run by itself (sweeps.Shard).
type Shard struct {
	SweepID    int64
	Index, Of  int
	Candidates int64     // that it has
	FinishedAt time.Time // zero until all of them are stored
}

// BeginShard notes that a shard of a sweep is begun.
func (s *Store) BeginShard(ctx context.Context, d Shard) error {
	_, err := s.db.ExecContext(ctx, "INSERT INTO shards (sweep_id, of, shard, candidates) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET candidates = excluded.candidates",
		d.SweepID, d.Of, d.Index, d.Candidates)
	if err != nil {
		return explain(s.path, err)
	}
	return nil
}

// FinishShard marks a shard as complete, and its sweep where it was the last of its cut.
func (s *Store) FinishShard(ctx context.Context, d Shard, at time.Time) error {
	_, err := s.db.ExecContext(ctx, "UPDATE shards SET finished_at = coalesce(finished_at, ?) WHERE sweep_id = ? AND of = ? AND shard = ?",
		stamp(at), d.SweepID, d.Of, d.Index)
	if err == nil {
		err = finishCuts(ctx, s.db)
	}
	if err != nil {
		return explain(s.path, err)
	}
	return nil
}

// finishCuts marks sweeps as complete of which all shards of one cut are.
func finishCuts(ctx context.Context, db interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}) error {
	_, err := db.ExecContext(ctx, `UPDATE sweeps SET finished_at = c.at FROM (SELECT sweep_id, max(finished_at) AS at FROM shards GROUP BY sweep_id, of
		HAVING count(finished_at) = of) c WHERE c.sweep_id = sweeps.sweep_id AND sweeps.finished_at IS NULL`)
	return err
}

// Shards lists the shards of all sweeps in the file; none in files of older schemas.
func (s *Store) Shards(ctx context.Context) ([]Shard, error) {
	if s.schema < 5 {
		return nil, nil
	}
	var out []Shard
	err := s.each(ctx, "SELECT sweep_id, shard, of, candidates, coalesce(finished_at, '') FROM shards ORDER BY sweep_id, of, shard", func(r *sql.Rows) error {
		var d Shard
		var at string
		if err := s.scan(r, &d.SweepID, &d.Index, &d.Of, &d.Candidates, &at); err != nil {
			return err
		}
		if at != "" {
			var err error
			if d.FinishedAt, err = time.Parse(time.RFC3339, at); err != nil {
				return err
			}
		}
		out = append(out, d)
		return nil
	})
	return out, err
}

// Missing lists the shards of a cut that are not finished in the file.
func Missing(all []Shard, sweepID int64, of int) []int {
	var out []int
	for i := range of {
		done := slices.ContainsFunc(all, func(d Shard) bool {
			return d.SweepID == sweepID && d.Of == of && d.Index == i && !d.FinishedAt.IsZero()
		})
		if !done {
			out = append(out, i)
		}
	}
	return out
}
