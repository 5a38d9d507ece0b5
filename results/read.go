package results

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// CandidateRow is one candidate and workload as the view candidate has it, with its parameters.
type CandidateRow struct {
	ID, Index                int64
	Arch, ArchYAML, Workload string
	AreaMM2                  float64
	Status, Reason           string
	EnergyJ, LatencyS, EDPJs float64 // 0 unless Status is OK
	BoundEDPJs               float64 // of Skipped: proved, its EDP is not less
	OnFront                  bool
	Params                   []Param
}

// LayerRow is a layer's result with the candidate and workload it belongs to.
type LayerRow struct {
	CandidateID, Index int64
	Workload           string
	Layer
}

// ComponentRow is a component's share of a layer.
type ComponentRow struct {
	CandidateID, Index int64
	Workload, Layer    string
	Count              int64
	Component
}

// Sweeps lists all sweeps of the file, oldest first.
func (s *Store) Sweeps(ctx context.Context) ([]Sweep, error) {
	since3 := "'[]', '{}', NULL, 'all'"
	if s.schema >= 3 {
		since3 = "overrides, cost_tables, seed, mode"
	}
	rows, err := s.read.QueryContext(ctx, `SELECT sweep_id, name, arch, workloads, objective, config, tool_version,
		model_version, started_at, coalesce(finished_at, ''), candidates_total, warnings, `+since3+` FROM sweeps ORDER BY sweep_id`)
	if err != nil {
		return nil, explain(s.path, err)
	}
	defer rows.Close()
	var out []Sweep
	for rows.Next() {
		var w Sweep
		var workloads, warnings, started, finished, overrides, tables string
		if err := rows.Scan(&w.ID, &w.Name, &w.Arch, &workloads, &w.Objective, &w.Config, &w.ToolVersion, &w.ModelVersion,
			&started, &finished, &w.CandidatesTotal, &warnings, &overrides, &tables, &w.Seed, &w.Mode); err != nil {
			return nil, explain(s.path, err)
		}
		for _, j := range []struct {
			text string
			to   any
		}{{workloads, &w.Workloads}, {warnings, &w.Warnings}, {overrides, &w.Overrides}, {tables, &w.CostTables}} {
			if err := json.Unmarshal([]byte(j.text), j.to); err != nil {
				return nil, fmt.Errorf("results: %s: sweep %d: %w", s.path, w.ID, err)
			}
		}
		w.StartedAt, _ = time.Parse(time.RFC3339, started)
		w.FinishedAt, _ = time.Parse(time.RFC3339, finished) // zero when empty
		out = append(out, w)
	}
	return out, rows.Err()
}

// Candidates lists a sweep's candidates for one workload, in the sweep's order.
func (s *Store) Candidates(ctx context.Context, sweepID int64, workload string) ([]CandidateRow, error) {
	bound := "0.0"
	if s.schema >= 3 {
		bound = "coalesce(bound_edp_js, 0)"
	}
	rows, err := s.read.QueryContext(ctx, `SELECT candidate_id, idx, arch, arch_yaml, workload, area_mm2, status, reason,
		coalesce(energy_j, 0), coalesce(latency_s, 0), coalesce(edp_js, 0), `+bound+`, on_front
		FROM candidate WHERE sweep_id = ? AND workload = ? ORDER BY idx`, sweepID, workload)
	if err != nil {
		return nil, explain(s.path, err)
	}
	defer rows.Close()
	var out []CandidateRow
	at := map[int64]int{}
	for rows.Next() {
		var c CandidateRow
		if err := rows.Scan(&c.ID, &c.Index, &c.Arch, &c.ArchYAML, &c.Workload, &c.AreaMM2, &c.Status, &c.Reason,
			&c.EnergyJ, &c.LatencyS, &c.EDPJs, &c.BoundEDPJs, &c.OnFront); err != nil {
			return nil, explain(s.path, err)
		}
		at[c.ID] = len(out)
		out = append(out, c)
	}
	if err := rows.Err(); err != nil {
		return nil, explain(s.path, err)
	}
	return out, s.params(ctx, sweepID, func(id int64, p Param) {
		if i, ok := at[id]; ok {
			out[i].Params = append(out[i].Params, p)
		}
	})
}

// Front lists the candidates on the front of area and EDP of one workload, by area.
func (s *Store) Front(ctx context.Context, sweepID int64, workload string) ([]CandidateRow, error) {
	all, err := s.Candidates(ctx, sweepID, workload)
	if err != nil {
		return nil, err
	}
	front := slices.DeleteFunc(all, func(c CandidateRow) bool { return !c.OnFront })
	slices.SortStableFunc(front, func(a, b CandidateRow) int { return cmp.Compare(a.AreaMM2, b.AreaMM2) })
	return front, nil
}

func (s *Store) params(ctx context.Context, sweepID int64, add func(int64, Param)) error {
	return s.each(ctx, `SELECT p.candidate_id, p.path, p.value, p.text FROM params p JOIN candidates USING (candidate_id)
		WHERE sweep_id = ? ORDER BY p.candidate_id, p.position`, func(r *sql.Rows) error {
		var id int64
		var p Param
		if err := s.scan(r, &id, &p.Path, &p.Value, &p.Text); err != nil {
			return err
		}
		add(id, p)
		return nil
	}, sweepID)
}

// scan is r.Scan with an error that names the file: a value that is none of its column's kind, NULL where nothing may be NULL.
func (s *Store) scan(r *sql.Rows, to ...any) error {
	if err := r.Scan(to...); err != nil {
		return explain(s.path, err)
	}
	return nil
}

func (s *Store) each(ctx context.Context, query string, f func(*sql.Rows) error, args ...any) error {
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return explain(s.path, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return explain(s.path, err)
	}
	return nil
}

// Costs returns what the components of a candidate cost and where each figure is from, with the warnings about them
// and the overhead factors; nothing for a file of before schema 2.
func (s *Store) Costs(ctx context.Context, candidateID int64) (costs []ComponentCosts, warnings []string, overhead string, err error) {
	if s.schema < 2 {
		return nil, nil, "", nil
	}
	var list string
	if err := s.read.QueryRowContext(ctx, "SELECT warnings, overhead FROM candidates WHERE candidate_id = ?", candidateID).Scan(&list, &overhead); err != nil {
		return nil, nil, "", explain(s.path, err)
	}
	if err := json.Unmarshal([]byte(list), &warnings); err != nil {
		return nil, nil, "", fmt.Errorf("results: %s: candidates, candidate_id %d: warnings: %w", s.path, candidateID, err)
	}
	err = s.each(ctx, "SELECT component, instances, figures FROM component_costs JOIN cost_sets USING (cost_id) WHERE candidate_id = ? ORDER BY position",
		func(r *sql.Rows) error {
			var k ComponentCosts
			var figures string
			if err := s.scan(r, &k.Component, &k.Instances, &figures); err != nil {
				return err
			}
			costs = append(costs, k)
			if err := json.Unmarshal([]byte(figures), &costs[len(costs)-1].Figures); err != nil {
				return fmt.Errorf("results: %s: component_costs, candidate_id %d, component %s: figures: %w", s.path, candidateID, k.Component, err)
			}
			return nil
		}, candidateID)
	return costs, warnings, overhead, err
}
