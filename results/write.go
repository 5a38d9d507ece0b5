package results

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"
)

// Begin starts a sweep, or finds the one to go on with, of which nothing changes: of the same model version, mode and
// identity, or the same configuration to the letter where one of them has no identity.
func (s *Store) Begin(ctx context.Context, sw Sweep) (id int64, resumed bool, err error) {
	if sw.Mode == "" {
		sw.Mode = ModeAll
	}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return 0, false, explain(s.path, err)
	}
	defer tx.Rollback()
	err = tx.QueryRowContext(ctx, `SELECT sweep_id FROM sweeps WHERE iif(identity IS NULL OR ?4 IS NULL, config = ?1, identity = ?4)
		AND model_version = ?2 AND mode = ?3 ORDER BY sweep_id LIMIT 1`, sw.Config, sw.ModelVersion, sw.Mode, sw.Identity).Scan(&id)
	if err == nil {
		return id, true, nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return 0, false, explain(s.path, err)
	}
	tables, _ := json.Marshal(sw.CostTables) // strings always marshal
	if sw.CostTables == nil {
		tables = []byte("{}")
	}
	r, err := tx.ExecContext(ctx, `INSERT INTO sweeps (name, arch, workloads, objective, config, tool_version,
		model_version, started_at, candidates_total, warnings, overrides, cost_tables, seed, mode, identity)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		sw.Name, sw.Arch, text(sw.Workloads), sw.Objective, sw.Config, sw.ToolVersion, sw.ModelVersion, stamp(sw.StartedAt),
		sw.CandidatesTotal, text(sw.Warnings), text(sw.Overrides), string(tables), sw.Seed, sw.Mode, sw.Identity)
	if err != nil {
		return 0, false, explain(s.path, err)
	}
	if id, err = r.LastInsertId(); err == nil {
		err = tx.Commit()
	}
	if err != nil {
		return 0, false, explain(s.path, err)
	}
	return id, false, nil
}

func text(list []string) string {
	if list == nil {
		list = []string{}
	}
	b, _ := json.Marshal(list) // strings always marshal
	return string(b)
}

// Retry forgets the outcomes of a sweep that failed, so that Done no longer counts their candidates and they are tried
// again; if there are any, the sweep is unfinished again. What is infeasible or over budget stays: it would be so again.
func (s *Store) Retry(ctx context.Context, sweepID int64) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return explain(s.path, err)
	}
	defer tx.Rollback()
	r, err := tx.ExecContext(ctx, `DELETE FROM outcomes WHERE status = 'failed'
		AND candidate_id IN (SELECT candidate_id FROM candidates WHERE sweep_id = ?)`, sweepID)
	if err != nil {
		return explain(s.path, err)
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 {
		return err
	}
	for _, table := range []string{"sweeps", "shards"} {
		if _, err := tx.ExecContext(ctx, "UPDATE "+table+" SET finished_at = NULL WHERE sweep_id = ?", sweepID); err != nil {
			return explain(s.path, err)
		}
	}
	if err := tx.Commit(); err != nil {
		return explain(s.path, err)
	}
	return nil
}

// Finish marks a sweep as complete, unless it was before: a later run that finds nothing to do changes no date.
func (s *Store) Finish(ctx context.Context, id int64, at time.Time) error {
	_, err := s.db.ExecContext(ctx, "UPDATE sweeps SET finished_at = ? WHERE sweep_id = ? AND finished_at IS NULL", stamp(at), id)
	if err != nil {
		return explain(s.path, err)
	}
	return nil
}

// Append stores candidates in one transaction: all or none. What a candidate has of a workload already is left as it
// is; a workload that it lacks is added. Numbers that are not finite are refused.
func (s *Store) Append(ctx context.Context, sweepID int64, cs []Candidate) error {
	s.appendMu.Lock()
	defer s.appendMu.Unlock()
	for i := range cs {
		if err := cs[i].check(); err != nil {
			return err
		}
	}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return explain(s.path, err)
	}
	defer tx.Rollback()
	w := &writer{ctx: ctx, tx: tx, s: s, fresh: map[[32]byte]int64{}, queries: map[rowKey]string{}}
	for i := range cs {
		w.candidate(sweepID, &cs[i])
	}
	if w.err != nil {
		return explain(s.path, w.err)
	}
	if err := tx.Commit(); err != nil {
		return explain(s.path, err)
	}
	for h, id := range w.fresh {
		s.mappings[h] = id
	}
	return nil
}

// writer inserts rows in one transaction and keeps the first error.
type writer struct {
	ctx   context.Context
	tx    *sql.Tx
	s     *Store
	stmts map[string]*sql.Stmt
	fresh map[[32]byte]int64
	err   error

	queries map[rowKey]string
	values  []any // of the rows to insert next
}

// insert returns the new row's id, 0 when the row was there already.
func (w *writer) insert(query string, args ...any) int64 {
	if w.err != nil {
		return 0
	}
	if w.stmts == nil {
		w.stmts = map[string]*sql.Stmt{}
	}
	st := w.stmts[query]
	if st == nil {
		if st, w.err = w.tx.PrepareContext(w.ctx, query); w.err != nil {
			return 0
		}
		w.stmts[query] = st
	}
	r, err := st.ExecContext(w.ctx, args...)
	if err != nil {
		w.err = err
		return 0
	}
	if n, _ := r.RowsAffected(); n == 0 {
		return 0
	}
	id, err := r.LastInsertId()
	w.err = err
	return id
}

func (w *writer) candidate(sweepID int64, c *Candidate) {
	id := w.insert("INSERT INTO candidates (sweep_id, key, idx, arch, arch_yaml, area_mm2, warnings, overhead, settings) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
		sweepID, c.Key, c.Index, c.Arch, c.ArchYAML, c.AreaMM2, text(c.Warnings), c.Overhead, settings(c.Params))
	if id == 0 && w.err == nil { // stored earlier: its parameters are the same, workloads may be new
		w.err = w.tx.QueryRowContext(w.ctx, "SELECT candidate_id FROM candidates WHERE sweep_id = ? AND key = ?", sweepID, c.Key).Scan(&id)
	} else {
		for i, p := range c.Params {
			w.insert("INSERT INTO params VALUES (?, ?, ?, ?, ?)", id, i, p.Path, p.Value, p.Text)
		}
		for i := range c.Costs {
			k := &c.Costs[i]
			w.insert("INSERT INTO component_costs VALUES (?, ?, ?, ?, ?)", id, i, k.Component, k.Instances, w.costs(k.Figures))
		}
	}
	for i := range c.Results {
		w.outcome(sweepID, id, &c.Results[i])
	}
}

// settings writes parameters as one text, by path, so that equal ones have equal texts whatever the order of the axes.
func settings(params []Param) string {
	sorted := slices.Clone(params)
	slices.SortStableFunc(sorted, func(a, b Param) int { return strings.Compare(a.Path, b.Path) })
	var b strings.Builder
	for i, p := range sorted {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(p.Path + "=" + p.Text)
	}
	return b.String()
}

func (w *writer) outcome(sweepID, candidate int64, r *WorkloadResult) {
	var e, t, edp, bound any
	switch r.Status {
	case OK:
		e, t, edp = r.EnergyJ, r.LatencyS, r.EDPJs
	case Skipped:
		bound = r.BoundEDPJs
	}
	id := w.insert(`INSERT INTO outcomes (candidate_id, workload, status, reason, energy_j, latency_s, edp_js, bound_edp_js, sweep_id, area_mm2, idx)
		SELECT candidate_id, ?, ?, ?, ?, ?, ?, ?, sweep_id, area_mm2, idx FROM candidates WHERE candidate_id = ? ON CONFLICT DO NOTHING`,
		r.Workload, r.Status, r.Reason, e, t, edp, bound, candidate)
	if id == 0 {
		return
	}
	for i := range r.Layers {
		l := &r.Layers[i]
		var key any
		if len(l.WorkKey) > 0 {
			key = l.WorkKey
		}
		layer := w.insert(`INSERT INTO layers (outcome_id, position, layer, count, energy_j, latency_s, edp_js, macs,
			utilization, bottleneck, mapping_id, optimal, mapspace_log10, evaluated, seconds, work_key,
			sweep_id, candidate_id, workload, energy_share, latency_share)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, id, i, l.Name, l.Count, l.EnergyJ, l.LatencyS, l.EDPJs,
			l.MACs, l.Utilization, l.Bottleneck, w.mapping(l), l.Optimal, l.MapspaceLog10, l.Evaluated, l.Seconds, key,
			sweepID, candidate, r.Workload, share(l.Count, l.EnergyJ, r.EnergyJ), share(l.Count, l.LatencyS, r.LatencyS))
		for j := range l.Components {
			k := &l.Components[j]
			tensors, _ := json.Marshal(k.Tensors) // checked finite
			w.values = append(w.values, layer, j, k.Name, k.EnergyJ, k.LeakageJ, k.BusyS, k.AreaMM2, k.Instances, k.PeakBits,
				k.SizeBits, k.ReadBits, k.WriteBits, string(tensors))
		}
		w.insertRows("components", len(l.Components))
	}
	sums := sum(r.Layers)
	for i := range sums {
		t := &sums[i]
		w.values = append(w.values, id, t.Name, t.position, t.EnergyJ, t.LeakageJ, t.BusyS, t.AreaMM2, t.Instances, t.PeakBits,
			t.SizeBits, t.ReadBits, t.WriteBits, t.limitingS, t.limitingLayers)
	}
	w.insertRows("outcome_components", len(sums))
}

// share is what all runs of a layer take of the network's total; NULL where that is 0, as in schema/0004.sql.
func share(count int64, layer, network float64) any {
	if network == 0 {
		return nil
	}
	return float64(count) * layer / network
}

// insertRows inserts w.values, which are those of n rows, by one statement: half the time of a statement each.
func (w *writer) insertRows(table string, n int) {
	if n == 0 {
		return
	}
	k := rowKey{table, n}
	query, ok := w.queries[k]
	if !ok {
		row := "(?" + strings.Repeat(", ?", len(w.values)/n-1) + ")"
		query = "INSERT INTO " + table + " VALUES " + row + strings.Repeat(", "+row, n-1)
		w.queries[k] = query
	}
	w.insert(query, w.values...)
	w.values = w.values[:0]
}

// rowKey names a statement that inserts several rows.
type rowKey struct {
	table string
	rows  int
}

// costs stores a component's figures once, however many candidates share them, and returns their id.
func (w *writer) costs(figures []CostFigure) int64 {
	data, err := json.Marshal(figures)
	if err != nil && w.err == nil {
		w.err = err
	}
	h := sha256.Sum256(data)
	for _, known := range []map[[32]byte]int64{w.fresh, w.s.mappings} {
		if id, ok := known[h]; ok {
			return id
		}
	}
	id := w.insert("INSERT INTO cost_sets (hash, figures) VALUES (?, ?) ON CONFLICT DO NOTHING", h[:], string(data))
	if id == 0 && w.err == nil {
		w.err = w.tx.QueryRowContext(w.ctx, "SELECT cost_id FROM cost_sets WHERE hash = ?", h[:]).Scan(&id)
	}
	w.fresh[h] = id
	return id
}

// mapping stores a mapping once and returns its id.
func (w *writer) mapping(l *Layer) int64 {
	h := sha256.Sum256([]byte(l.MappingJSON + "\x00" + l.MappingText))
	for _, known := range []map[[32]byte]int64{w.fresh, w.s.mappings} {
		if id, ok := known[h]; ok {
			return id
		}
	}
	id := w.insert("INSERT INTO mappings (hash, json, text) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", h[:], l.MappingJSON, l.MappingText)
	if id == 0 && w.err == nil {
		w.err = w.tx.QueryRowContext(w.ctx, "SELECT mapping_id FROM mappings WHERE hash = ?", h[:]).Scan(&id)
	}
	w.fresh[h] = id
	return id
}
