package results

import (
	"bytes"
	"context"
	"encoding/hex"
	"slices"
)

// Keys is a set of candidates' keys that takes 16 bytes for each key of 32 hex digits. The zero value is empty.
type Keys struct {
	hashes [][16]byte // sorted
	others []string   // keys of another form, sorted
}

// Len returns how many keys there are.
func (k *Keys) Len() int { return len(k.hashes) + len(k.others) }

// Has tells whether the set has the key.
func (k *Keys) Has(key string) bool {
	if h, ok := hash(key); ok {
		_, found := slices.BinarySearchFunc(k.hashes, h, compare)
		return found
	}
	_, found := slices.BinarySearch(k.others, key)
	return found
}

func compare(a, b [16]byte) int { return bytes.Compare(a[:], b[:]) }

// hash returns the bytes of a key of 32 lower-case hex digits; any other key would not come back from its bytes.
func hash(key string) (h [16]byte, ok bool) {
	if len(key) != 32 || bytes.ContainsAny([]byte(key), "ABCDEF") {
		return h, false
	}
	_, err := hex.Decode(h[:], []byte(key))
	return h, err == nil
}

// Outcomes counts what is stored of a sweep: candidates times workloads.
func (s *Store) Outcomes(ctx context.Context, sweepID int64) (n int64, err error) {
	if err := s.read.QueryRowContext(ctx, "SELECT count(*) FROM outcomes WHERE sweep_id = ?", sweepID).Scan(&n); err != nil {
		return 0, explain(s.path, err)
	}
	return n, nil
}

// Done returns the keys of the candidates that are stored with all workloads of the sweep, whatever their status.
func (s *Store) Done(ctx context.Context, sweepID int64) (Keys, error) {
	var out Keys
	var n int
	if err := s.read.QueryRowContext(ctx, "SELECT count(*) FROM candidates WHERE sweep_id = ?", sweepID).Scan(&n); err != nil {
		return out, explain(s.path, err)
	}
	rows, err := s.read.QueryContext(ctx, `SELECT c.key FROM candidates c WHERE c.sweep_id = ?1
		AND (SELECT count(*) FROM outcomes o WHERE o.candidate_id = c.candidate_id
			AND o.workload IN (SELECT w.value FROM sweeps s, json_each(s.workloads) w WHERE s.sweep_id = ?1))
		= (SELECT count(DISTINCT w.value) FROM sweeps s, json_each(s.workloads) w WHERE s.sweep_id = ?1)`, sweepID)
	if err != nil {
		return out, explain(s.path, err)
	}
	defer rows.Close()
	out.hashes = make([][16]byte, 0, n)
	for rows.Next() {
		var key string
		if err := rows.Scan(&key); err != nil {
			return Keys{}, explain(s.path, err)
		}
		if h, ok := hash(key); ok {
			out.hashes = append(out.hashes, h)
		} else {
			out.others = append(out.others, key)
		}
	}
	if err := rows.Err(); err != nil {
		return Keys{}, explain(s.path, err)
	}
	slices.SortFunc(out.hashes, compare)
	slices.Sort(out.others)
	return out, nil
}
