package results

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// workKeyBytes is the length of a work key.
const workKeyBytes = 16

// recaller holds the statements of Recall, prepared once.
type recaller struct {
	layer, components, refusal *sql.Stmt
}

// newRecaller prepares the statements on the connections that read: they see all that was committed before. None joins
// or orders, for which SQLite would plan it anew with every key, four times the work: the index gives the first layer
// first, the primary key gives components by position.
func newRecaller(db *sql.DB) (r recaller, err error) {
	for _, q := range []struct {
		to  **sql.Stmt
		sql string
	}{
		{&r.layer, `SELECT layer_id, layer, count, energy_j, latency_s, edp_js, macs, utilization, bottleneck,
			(SELECT json FROM mappings m WHERE m.mapping_id = l.mapping_id), (SELECT text FROM mappings m WHERE m.mapping_id = l.mapping_id),
			optimal, mapspace_log10, evaluated, seconds FROM layers l WHERE work_key = ? LIMIT 1`},
		{&r.components, `SELECT component, energy_j, leakage_j, busy_s, area_mm2, instances, peak_bits, size_bits, read_bits,
			write_bits, tensors FROM components WHERE layer_id = ?`},
		{&r.refusal, "SELECT reason FROM refusals WHERE work_key = ?"},
	} {
		if *q.to, err = db.Prepare(q.sql); err != nil {
			r.close()
			return recaller{}, err
		}
	}
	return r, nil
}

func (r *recaller) close() {
	for _, st := range []*sql.Stmt{r.layer, r.components, r.refusal} {
		if st != nil {
			st.Close()
		}
	}
}

// Recall returns the layer that was stored first with that work key, whatever its sweep, as it was appended; its name,
// count and components' areas are those of the candidate that it was stored for, Templates and Nodes are 0. ok is
// false when there is none. It is for a store opened for writing, from any goroutine, and sees all that Append
// returned from.
func (s *Store) Recall(ctx context.Context, workKey []byte) (l Layer, ok bool, err error) {
	if err := s.recallable(ctx, workKey); err != nil {
		return Layer{}, false, err
	}
	// A context that can end costs more than the look-up, which is too short to be worth interrupting.
	ctx = context.WithoutCancel(ctx)
	var id int64
	err = s.recall.layer.QueryRowContext(ctx, workKey).Scan(&id, &l.Name, &l.Count, &l.EnergyJ, &l.LatencyS, &l.EDPJs, &l.MACs,
		&l.Utilization, &l.Bottleneck, &l.MappingJSON, &l.MappingText, &l.Optimal, &l.MapspaceLog10, &l.Evaluated, &l.Seconds)
	if errors.Is(err, sql.ErrNoRows) {
		return Layer{}, false, nil
	}
	if err != nil {
		return Layer{}, false, explain(s.path, err)
	}
	l.WorkKey = append([]byte(nil), workKey...)
	rows, err := s.recall.components.QueryContext(ctx, id)
	if err != nil {
		return Layer{}, false, explain(s.path, err)
	}
	defer rows.Close()
	for rows.Next() {
		var k Component
		var tensors sql.RawBytes
		if err := rows.Scan(&k.Name, &k.EnergyJ, &k.LeakageJ, &k.BusyS, &k.AreaMM2, &k.Instances, &k.PeakBits, &k.SizeBits,
			&k.ReadBits, &k.WriteBits, &tensors); err != nil {
			return Layer{}, false, explain(s.path, err)
		}
		if k.Tensors, err = parseTensors(tensors); err != nil {
			return Layer{}, false, fmt.Errorf("results: %s: layer %d: %w", s.path, id, err)
		}
		l.Components = append(l.Components, k)
	}
	if err := rows.Err(); err != nil {
		return Layer{}, false, explain(s.path, err)
	}
	return l, true, nil
}

func (s *Store) recallable(ctx context.Context, workKey []byte) error {
	switch {
	case s.readOnly:
		return fmt.Errorf("results: %s is open for reading only; work is recalled by the writer", s.path)
	case len(workKey) != workKeyBytes:
		return fmt.Errorf("results: a work key has %d bytes, not %d", workKeyBytes, len(workKey))
	}
	return ctx.Err()
}

// Refusal says that some work has no valid mapping.
type Refusal struct {
	WorkKey []byte // as of Layer
	Reason  string
}

// PutRefusals stores refusals in one transaction; what is stored for a work key already stays.
func (s *Store) PutRefusals(ctx context.Context, refusals []Refusal) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return explain(s.path, err)
	}
	defer tx.Rollback()
	w := &writer{ctx: ctx, tx: tx, s: s}
	for _, r := range refusals {
		if err := s.recallable(ctx, r.WorkKey); err != nil {
			return err
		}
		w.insert("INSERT INTO refusals VALUES (?, ?) ON CONFLICT DO NOTHING", r.WorkKey, r.Reason)
	}
	if w.err == nil {
		w.err = tx.Commit()
	}
	if w.err != nil {
		return explain(s.path, w.err)
	}
	return nil
}

// Refused returns why some work has no valid mapping, if it was stored.
func (s *Store) Refused(ctx context.Context, workKey []byte) (reason string, ok bool, err error) {
	if err := s.recallable(ctx, workKey); err != nil {
		return "", false, err
	}
	err = s.recall.refusal.QueryRowContext(context.WithoutCancel(ctx), workKey).Scan(&reason)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, explain(s.path, err)
	}
	return reason, true, nil
}
