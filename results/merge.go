package results

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// Merged is what joining a file added.
type Merged struct {
	Sweeps     int64 // that the file did not have
	Candidates int64 // new
	Outcomes   int64 // new: a candidate on a workload
	Equal      int64 // outcomes that both have
}

// ConflictError tells that two files have different results for one candidate: of the same sweep, model and
// architecture, which no mapper of one version makes. Nothing of the second file is joined then.
type ConflictError struct {
	Into, From string
	N          int // differing figures
	First      []Conflict
}

// Conflict is one figure that differs.
type Conflict struct {
	Sweep, Settings, Workload, Layer string // Layer is "" for figures of the network
	Figure                           string
	Into, From                       string // the two values
}

func (e *ConflictError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s and %s disagree in %d figures; one of them is of another build or is damaged, and nothing of %s was joined", e.Into, e.From, e.N, e.From)
	for _, c := range e.First {
		fmt.Fprintf(&b, "\n  %s, %s", c.Sweep, c.Workload)
		if c.Layer != "" {
			fmt.Fprintf(&b, ", layer %s", c.Layer)
		}
		fmt.Fprintf(&b, " on %s: %s is %s in %s and %s in %s", c.Settings, c.Figure, c.Into, e.Into, c.From, e.From)
	}
	if e.N > len(e.First) {
		fmt.Fprintf(&b, "\n  and %d more", e.N-len(e.First))
	}
	return b.String()
}

// Merge joins another results file to this one, in one transaction: sweeps of the same configuration, model and mode are one
// sweep, candidates of the same architecture one candidate. Results that both have are stored once, if they are equal
// (figures within 1e-12 of each other; the same result on another processor may differ in its last bit) and else are a
// ConflictError. A result replaces a failure, and both replace that a candidate was skipped. Files of older schemas are
// joined as they would be migrated; the other file is never changed. It is checked before: a DamagedError, an InfiniteError or,
// where it was written to meanwhile by one who did not have it open before, a ChangedError says what is wrong with it.
func (s *Store) Merge(ctx context.Context, path string) (Merged, error) {
	before, err := os.Stat(path)
	if err != nil {
		return Merged{}, fmt.Errorf("results: %w", err)
	}
	from, err := openToJoin(path)
	if err != nil {
		return Merged{}, err
	}
	defer from.Close()
	uri, options := path, joinOptions(path)
	unlocked := options != ""
	if from.schema < SchemaVersion {
		dir, err := os.MkdirTemp("", "tcmdse-merge")
		if err != nil {
			return Merged{}, err
		}
		defer os.RemoveAll(dir)
		if uri, err = from.migratedIn(ctx, dir); err != nil {
			return Merged{}, err
		}
		options = joinOptions(uri)
	}
	s.appendMu.Lock()
	defer s.appendMu.Unlock()
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return Merged{}, explain(s.path, err)
	}
	defer conn.Close()
	uri = (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: uri}).EscapedPath()}).String() + "?mode=ro" + options
	if _, err := conn.ExecContext(ctx, "ATTACH ? AS src", uri); err != nil {
		return Merged{}, explain(path, err)
	}
	defer conn.ExecContext(context.WithoutCancel(ctx), "DETACH src")
	m := merger{ctx: ctx, into: s.path, from: path}
	if m.tx, err = conn.BeginTx(ctx, nil); err != nil {
		return Merged{}, explain(s.path, err)
	}
	defer m.tx.Rollback()
	m.err = checkWhole(ctx, m.tx, "src", path)
	if m.err == nil {
		m.err = checkFinite(ctx, m.tx, path)
	}
	m.run()
	if m.err == nil && unlocked {
		m.err = unchanged(path, before)
	}
	if m.err == nil {
		m.err = m.tx.Commit()
	}
	if m.err != nil {
		if unlocked && unchanged(path, before) != nil { // whatever else was found: that may be why
			return Merged{}, &ChangedError{path}
		}
		switch m.err.(type) {
		case *ConflictError, *DamagedError, *ChangedError, *InfiniteError:
			return Merged{}, m.err
		}
		return Merged{}, fmt.Errorf("joining %s: %w", path, explain(s.path, m.err))
	}
	return m.out, nil
}

// migratedIn makes a copy of a file of an older schema in a folder and migrates that. The file itself is never changed.
func (s *Store) migratedIn(ctx context.Context, dir string) (path string, err error) {
	if err := checkWhole(ctx, s.read, "main", s.path); err != nil {
		return "", err
	}
	path = filepath.Join(dir, "migrated.db")
	if err := s.copyTo(ctx, path); err != nil {
		return "", err
	}
	m, err := Open(path)
	if err != nil {
		return "", err
	}
	return path, m.Close()
}

// merger joins the attached file src in one transaction and keeps the first error. Its joins are CROSS JOINs, which SQLite
// makes in the order written: it knows nothing of how long the maps are, and compared 100,000 candidates that both files have
// for longer than ten minutes in an order of its own; in this one it takes 5 s.
type merger struct {
	ctx        context.Context
	tx         *sql.Tx
	into, from string
	out        Merged
	err        error
}

func (m *merger) exec(query string, args ...any) int64 {
	if m.err != nil {
		return 0
	}
	r, err := m.tx.ExecContext(m.ctx, query, args...)
	if err != nil {
		m.err = err
		return 0
	}
	n, err := r.RowsAffected()
	m.err = err
	return n
}

func (m *merger) run() {
	maps := []string{"sweep_map", "candidate_map", "outcome_map", "mapping_map", "cost_map"}
	for _, t := range append(maps, "joined") {
		m.exec("CREATE TEMP TABLE IF NOT EXISTS " + t + " (src INTEGER PRIMARY KEY, dst INTEGER NOT NULL, fresh INTEGER NOT NULL DEFAULT 0)")
		m.exec("DELETE FROM temp." + t)
	}
	for m.sweeps() { // once, but for files in which two sweeps are one here
		m.candidates()
		m.conflicts()
		m.outcomes()
		m.layers()
		m.rest()
		m.exec("INSERT INTO temp.joined (src, dst) SELECT src, dst FROM temp.sweep_map")
		for _, t := range maps {
			m.exec("DELETE FROM temp." + t)
		}
	}
	if m.err == nil {
		m.err = m.tx.QueryRowContext(m.ctx, "SELECT (SELECT count(*) FROM src.outcomes) - ?", m.out.Outcomes).Scan(&m.out.Equal)
	}
	if m.err == nil {
		m.err = finishCuts(m.ctx, m.tx)
	}
}

// sweeps finds the sweep that each of the other file goes to, by the rule of Begin, and whether any is left to join. Of two
// that go to one (a whole run of a file with another comment, and a part of the file as it is here) the second is left for
// later: candidates of both would be made twice.
func (m *merger) sweeps() bool {
	const columns = "name, arch, workloads, objective, config, tool_version, model_version, started_at, finished_at, candidates_total, warnings, overrides, cost_tables, seed, mode, identity"
	const same = `iif(m.identity IS NULL OR w.identity IS NULL, m.config = w.config, m.identity = w.identity) AND m.model_version = w.model_version AND m.mode = w.mode`
	m.exec(`INSERT INTO temp.sweep_map (src, dst) SELECT w.sweep_id, min(m.sweep_id) FROM src.sweeps w CROSS JOIN main.sweeps m ON ` + same + ` WHERE w.sweep_id NOT IN (SELECT src FROM temp.joined) GROUP BY w.sweep_id`)
	m.exec(`INSERT INTO temp.sweep_map SELECT sweep_id, sweep_id + (SELECT coalesce(max(sweep_id), 0) FROM main.sweeps), 1 FROM src.sweeps
		WHERE sweep_id NOT IN (SELECT src FROM temp.sweep_map UNION ALL SELECT src FROM temp.joined)`)
	m.exec(`DELETE FROM temp.sweep_map WHERE src NOT IN (SELECT min(src) FROM temp.sweep_map GROUP BY dst)`)
	m.out.Sweeps += m.exec(`INSERT INTO main.sweeps (sweep_id, ` + columns + `) SELECT dst, ` + columns + ` FROM src.sweeps CROSS JOIN temp.sweep_map ON src = sweep_id WHERE fresh`)
	m.exec(`UPDATE main.sweeps SET finished_at = coalesce(finished_at, w.at), identity = coalesce(identity, w.id)
		FROM (SELECT dst, max(finished_at) AS at, max(identity) AS id FROM src.sweeps CROSS JOIN temp.sweep_map ON src = sweep_id WHERE NOT fresh GROUP BY dst) w WHERE w.dst = sweep_id`)
	left := 0
	if m.err == nil {
		m.err = m.tx.QueryRowContext(m.ctx, "SELECT count(*) FROM temp.sweep_map").Scan(&left)
	}
	return m.err == nil && left > 0
}

func (m *merger) candidates() {
	m.exec(`INSERT INTO temp.candidate_map (src, dst) SELECT c.candidate_id, k.candidate_id FROM src.candidates c CROSS JOIN temp.sweep_map w ON w.src = c.sweep_id
		CROSS JOIN main.candidates k ON k.sweep_id = w.dst AND k.key = c.key`)
	m.exec(`INSERT INTO temp.candidate_map SELECT candidate_id, candidate_id + (SELECT coalesce(max(candidate_id), 0) FROM main.candidates), 1
		FROM src.candidates c CROSS JOIN temp.sweep_map w ON w.src = c.sweep_id WHERE candidate_id NOT IN (SELECT src FROM temp.candidate_map)`)
	m.out.Candidates += m.exec(`INSERT INTO main.candidates (candidate_id, sweep_id, key, idx, arch, arch_yaml, area_mm2, warnings, overhead, settings)
		SELECT k.dst, w.dst, key, idx, arch, arch_yaml, area_mm2, warnings, overhead, settings FROM temp.candidate_map k CROSS JOIN src.candidates c ON c.candidate_id = k.src
		CROSS JOIN temp.sweep_map w ON w.src = c.sweep_id WHERE k.fresh ORDER BY k.dst`)
	m.exec(`INSERT INTO main.params SELECT k.dst, position, path, value, text FROM temp.candidate_map k CROSS JOIN src.params p ON p.candidate_id = k.src WHERE k.fresh`)
	m.exec(`INSERT INTO main.cost_sets (hash, figures) SELECT hash, figures FROM src.cost_sets WHERE true ON CONFLICT DO NOTHING`)
	m.exec(`INSERT INTO temp.cost_map (src, dst) SELECT a.cost_id, b.cost_id FROM src.cost_sets a CROSS JOIN main.cost_sets b USING (hash)`)
	m.exec(`INSERT INTO main.component_costs SELECT k.dst, position, component, instances, c.dst FROM temp.candidate_map k CROSS JOIN src.component_costs x ON x.candidate_id = k.src
		CROSS JOIN temp.cost_map c ON c.src = x.cost_id WHERE k.fresh`)
}

// firm orders what may replace what: a result or a reason why there is none, a skipped candidate, a failure. A candidate that one
// file skipped is off the front of the joined one, too: the mapped design that beats it, no larger and of less EDP than its bound
// (dse/front.go, rule "beaten box"), is joined with it (dse's TestShardsJoined compares the fronts).
const firm = "CASE %s.status WHEN 'failed' THEN 1 WHEN 'skipped' THEN 2 ELSE 3 END"

func (m *merger) outcomes() {
	rank := fmt.Sprintf("("+firm+") > ("+firm+")", "o", "mo")
	m.exec(`DELETE FROM main.outcomes WHERE outcome_id IN (SELECT mo.outcome_id FROM temp.candidate_map k CROSS JOIN src.outcomes o ON o.candidate_id = k.src
		CROSS JOIN main.outcomes mo ON mo.candidate_id = k.dst AND mo.workload = o.workload WHERE NOT k.fresh AND ` + rank + `)`)
	m.exec(`INSERT INTO temp.outcome_map SELECT o.outcome_id, o.outcome_id + (SELECT coalesce(max(outcome_id), 0) FROM main.outcomes), 1
		FROM temp.candidate_map k CROSS JOIN src.outcomes o ON o.candidate_id = k.src
		WHERE k.fresh OR NOT EXISTS (SELECT 1 FROM main.outcomes mo WHERE mo.candidate_id = k.dst AND mo.workload = o.workload)`)
	m.out.Outcomes += m.exec(`INSERT INTO main.outcomes (outcome_id, candidate_id, workload, status, reason, energy_j, latency_s, edp_js, bound_edp_js, sweep_id, area_mm2, idx)
		SELECT x.dst, k.dst, o.workload, o.status, o.reason, o.energy_j, o.latency_s, o.edp_js, o.bound_edp_js, c.sweep_id, c.area_mm2, c.idx
		FROM temp.outcome_map x CROSS JOIN src.outcomes o ON o.outcome_id = x.src CROSS JOIN temp.candidate_map k ON k.src = o.candidate_id CROSS JOIN main.candidates c ON c.candidate_id = k.dst ORDER BY x.dst`)
}

func (m *merger) layers() {
	m.exec(`INSERT INTO main.mappings (hash, json, text) SELECT hash, json, text FROM src.mappings WHERE true ON CONFLICT DO NOTHING`)
	m.exec(`INSERT INTO temp.mapping_map (src, dst) SELECT a.mapping_id, b.mapping_id FROM src.mappings a CROSS JOIN main.mappings b USING (hash)`)
	var offset int64
	if m.err == nil {
		m.err = m.tx.QueryRowContext(m.ctx, "SELECT coalesce(max(layer_id), 0) FROM main.layers").Scan(&offset)
	}
	m.exec(`INSERT INTO main.layers (layer_id, outcome_id, position, layer, count, energy_j, latency_s, edp_js, macs, utilization, bottleneck, mapping_id, optimal,
			mapspace_log10, evaluated, seconds, work_key, sweep_id, candidate_id, workload, energy_share, latency_share)
		SELECT l.layer_id + ?, x.dst, l.position, layer, count, l.energy_j, l.latency_s, l.edp_js, macs, utilization, bottleneck, p.dst, optimal,
			mapspace_log10, evaluated, seconds, work_key, o.sweep_id, o.candidate_id, l.workload, energy_share, latency_share
		FROM temp.outcome_map x CROSS JOIN src.layers l ON l.outcome_id = x.src CROSS JOIN main.outcomes o ON o.outcome_id = x.dst CROSS JOIN temp.mapping_map p ON p.src = l.mapping_id ORDER BY l.layer_id`, offset)
	m.exec(`INSERT INTO main.components SELECT k.layer_id + ?, k.position, component, k.energy_j, leakage_j, busy_s, area_mm2, instances, peak_bits, size_bits, read_bits, write_bits, tensors
		FROM temp.outcome_map x CROSS JOIN src.layers l ON l.outcome_id = x.src CROSS JOIN src.components k ON k.layer_id = l.layer_id`, offset)
	m.exec(`INSERT INTO main.outcome_components SELECT x.dst, component, position, energy_j, leakage_j, busy_s, area_mm2, instances, peak_bits, size_bits, read_bits, write_bits, limiting_s, limiting_layers
		FROM temp.outcome_map x CROSS JOIN src.outcome_components k ON k.outcome_id = x.src`)
}

// rest joins what stands beside the results: runs, shards, what need not be searched or asked again.
func (m *merger) rest() {
	m.exec(`INSERT INTO main.runs (sweep_id, started_at, ended_at, tool_version, jobs, command, host_os, stored, finished, outcome, config)
		SELECT w.dst, r.started_at, r.ended_at, r.tool_version, r.jobs, r.command, r.host_os, r.stored, r.finished, r.outcome, r.config FROM src.runs r CROSS JOIN temp.sweep_map w ON w.src = r.sweep_id
		WHERE NOT EXISTS (SELECT 1 FROM main.runs x WHERE x.sweep_id = w.dst AND (x.started_at, x.jobs, x.command, x.host_os) = (r.started_at, r.jobs, r.command, r.host_os))`)
	m.exec(`INSERT INTO main.shards SELECT w.dst, of, shard, candidates, finished_at FROM src.shards d CROSS JOIN temp.sweep_map w ON w.src = d.sweep_id WHERE true
		ON CONFLICT DO UPDATE SET finished_at = coalesce(shards.finished_at, excluded.finished_at)`)
	m.exec(`INSERT INTO main.refusals SELECT * FROM src.refusals WHERE true ON CONFLICT DO NOTHING`)
	m.exec(`INSERT INTO main.estimates SELECT * FROM src.estimates WHERE true ON CONFLICT DO NOTHING`)
}
