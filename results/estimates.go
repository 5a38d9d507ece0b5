package results

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Estimate returns what an external estimator answered to the query of that key, if it was asked before.
func (s *Store) Estimate(ctx context.Context, key string) (answer []byte, ok bool, err error) {
	err = s.read.QueryRowContext(ctx, "SELECT answer FROM estimates WHERE key = ?", key).Scan(&answer)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, explain(s.path, err)
	}
	return answer, true, nil
}

// PutEstimate stores an answer; a later one for the same key takes its place.
func (s *Store) PutEstimate(ctx context.Context, key string, query, answer []byte) error {
	_, err := s.db.ExecContext(ctx, "INSERT OR REPLACE INTO estimates VALUES (?, ?, ?, ?)", key, string(query), string(answer), time.Now().UTC().Format(time.RFC3339))
	if err != nil {
		return explain(s.path, err)
	}
	return nil
}
