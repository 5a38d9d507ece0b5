package results

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"
)

// two sweeps, the second with every tenth candidate of the first under other keys and one equal one.
func twoSweeps(t *testing.T) *Store {
	t.Helper()
	s, err := Open(filepath.Join(t.TempDir(), "r.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	population(t, s, "first", 200, 6)
	second := population(t, s, "second", 20, 6)
	same := member("first", 150, 6)
	same.Results[0].EDPJs *= 2
	if err := s.Append(context.Background(), second, []Candidate{same}); err != nil {
		t.Fatal(err)
	}
	return s
}

func rows(t *testing.T, s *Store, query string) [][]any {
	t.Helper()
	r, err := s.Query(context.Background(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return r.Values
}

// none fails with the rows of a query that should have none.
func none(t *testing.T, s *Store, what, query string) {
	t.Helper()
	if got := rows(t, s, query); len(got) > 0 {
		t.Errorf("%s: %d rows, the first %v", what, len(got), got[0])
	}
}

// TestShares: shares of a network sum to one, layers to the network, and agree with what the layers say.
func TestShares(t *testing.T) {
	s := twoSweeps(t)
	if n := rows(t, s, "SELECT (SELECT count(*) FROM component_share), (SELECT count(*) FROM layer_breakdown), (SELECT count(*) FROM bottleneck)"); fmt.Sprint(n) != "[[796 1194 199]]" {
		t.Errorf("rows %v", n)
	}
	none(t, s, "energy by component", "SELECT candidate_id, sum(energy_share) e, sum(limiting_share) l FROM component_share GROUP BY 1 HAVING abs(e-1) > 1e-9 OR abs(l-1) > 1e-9")
	none(t, s, "layers", "SELECT candidate_id, sum(energy_share) e, sum(latency_share) l FROM layer_breakdown GROUP BY 1 HAVING abs(e-1) > 1e-9 OR abs(l-1) > 1e-9")
	none(t, s, "layers' sums", `SELECT candidate_id FROM layer_breakdown b JOIN candidate c USING (candidate_id, workload) GROUP BY 1
		HAVING abs(sum(b.energy_j) / c.energy_j - 1) > 1e-9 OR abs(sum(b.latency_s) / c.latency_s - 1) > 1e-9 OR max(b.sweep_id <> c.sweep_id)`)
	none(t, s, "components' figures", `WITH k AS (SELECT candidate_id, workload, component, sum(count * (energy_j + leakage_j)) e, sum(count * busy_s) b, max(area_mm2) a
		FROM component_result GROUP BY 1, 2, 3)
		SELECT * FROM k JOIN candidate c USING (candidate_id, workload) LEFT JOIN component_share s USING (candidate_id, workload, component)
		WHERE s.component IS NULL OR abs(s.energy_share - e / c.energy_j) > 1e-9 OR abs(s.busy_share - b / c.latency_s) > 1e-9 OR abs(s.area_share - a / c.area_mm2) > 1e-9`)
	none(t, s, "bottleneck", `WITH l AS (SELECT candidate_id, workload, bottleneck, sum(latency_s) s, count(*) n FROM layer_breakdown GROUP BY 1, 2, 3)
		SELECT * FROM bottleneck b LEFT JOIN l ON l.candidate_id = b.candidate_id AND l.workload = b.workload AND l.bottleneck = b.component
		WHERE l.n IS NULL OR l.n <> b.limiting_layers OR abs(l.s / b.limiting_s - 1) > 1e-9
			OR EXISTS (SELECT 1 FROM l m WHERE m.candidate_id = b.candidate_id AND m.workload = b.workload AND m.s > l.s * (1 + 1e-9))`)
}

// TestBestPerBudget compares each rung with all designs, and the ends of the ladder with the front's.
func TestBestPerBudget(t *testing.T) {
	s := twoSweeps(t)
	ctx := context.Background()
	all, err := s.Candidates(ctx, 1, "net")
	if err != nil {
		t.Fatal(err)
	}
	got := rows(t, s, "SELECT budget_mm2, area_mm2, edp_js, settings FROM best_per_budget WHERE sweep_id = 1")
	if len(got) < 3 {
		t.Fatalf("%d rungs", len(got))
	}
	least, best, bestArea := math.Inf(1), math.Inf(1), 0.0
	for _, c := range all {
		if c.Status == OK {
			least = min(least, c.AreaMM2)
			if c.EDPJs < best {
				best, bestArea = c.EDPJs, c.AreaMM2
			}
		}
	}
	for i, r := range got {
		budget, want := r[0].(float64), math.Inf(1)
		for _, c := range all {
			if c.Status == OK && c.AreaMM2 <= budget {
				want = min(want, c.EDPJs)
			}
		}
		if r[2] != want || r[1].(float64) > budget || r[3] == "" {
			t.Errorf("%v, want %g", r, want)
		}
		if last := i == len(got)-1; (budget >= bestArea) != last || last && r[2] != best {
			t.Errorf("the ladder ends at %v, the front at %g mm2", r, bestArea)
		}
		if i == 0 && budget/2.5 >= least {
			t.Errorf("the ladder starts at %g, the smallest design has %g", budget, least)
		}
	}
}

// TestBudgetOfNothing: designs without area fit the first rung.
func TestBudgetOfNothing(t *testing.T) {
	s, id, _ := create(t)
	defer s.Close()
	if err := s.Append(context.Background(), id, []Candidate{sample(0, 0, 2), sample(1, 0, 1)}); err != nil {
		t.Fatal(err)
	}
	if got := rows(t, s, "SELECT budget_mm2, edp_js FROM best_per_budget"); fmt.Sprint(got) != "[[0.01 1]]" {
		t.Errorf("%v", got)
	}
}

// TestComparison: equal keys first, then equal settings, both ways; fronts by their ends.
func TestComparison(t *testing.T) {
	s := twoSweeps(t)
	got := rows(t, s, "SELECT sweep_a, equal_by, count(*), sum(settings = ''), sum(candidate_a = candidate_b), sum(edp_ratio = 2) FROM candidate_comparison GROUP BY 1, 2")
	if fmt.Sprint(got) != "[[1 key 1 0 0 1] [1 settings 20 0 0 0] [2 key 1 0 0 0] [2 settings 20 0 0 0]]" {
		t.Errorf("%v", got)
	}
	got = rows(t, s, `SELECT c.sweep_a, front_a = (SELECT count(*) FROM front WHERE sweep_id = sweep_a), least_edp_js_a = (SELECT min(edp_js) FROM candidate WHERE sweep_id = sweep_a),
		least_area_mm2_b = (SELECT min(area_mm2) FROM candidate WHERE sweep_id = sweep_b AND status = 'ok'), least_edp_ratio = least_edp_js_b / least_edp_js_a,
		edp_js_at_least_area_a = (SELECT edp_js FROM front WHERE sweep_id = sweep_a ORDER BY area_mm2 LIMIT 1) FROM sweep_comparison c ORDER BY 1`)
	if fmt.Sprint(got) != "[[1 1 1 1 1 1] [2 1 1 1 1 1]]" {
		t.Errorf("%v", got)
	}
}

// TestFailure: every design without result, with why and its settings.
func TestFailure(t *testing.T) {
	s := twoSweeps(t)
	got := rows(t, s, "SELECT sweep_id, status, reason, min(settings), count(*) FROM failure GROUP BY 1, 2, 3")
	if len(got) != 2 || got[0][4] != int64(20) || got[1][4] != int64(2) || !strings.Contains(fmt.Sprint(got[0]), "GLB is too small") || !strings.Contains(fmt.Sprint(got[0][3]), "PE.x=128") {
		t.Errorf("%v", got)
	}
}

// TestPlans: asked about a sweep or a candidate, no view reads a whole table of others.
func TestPlans(t *testing.T) {
	s := twoSweeps(t)
	byCandidate := []string{"candidate_param", "layer_result", "component_result", "component_cost", "layer_breakdown", "component_share", "bottleneck", "failure"}
	bySweep := []string{"candidate", "front", "layer_breakdown", "component_share", "bottleneck", "failure", "best_per_budget", "run"}
	ask := func(view, where string) {
		t.Helper()
		var plan []string
		for _, r := range rows(t, s, "EXPLAIN QUERY PLAN SELECT * FROM "+view+" WHERE "+where) {
			plan = append(plan, fmt.Sprint(r[3]))
		}
		for _, line := range plan {
			for _, table := range []string{"candidates", "outcomes", "layers", "components", "outcome_components", "mappings", "params", "component_costs", "c", "o", "l", "k", "m", "p", "r", "ca", "cb", "a", "b"} {
				if strings.HasPrefix(line+" ", "SCAN "+table+" ") {
					t.Errorf("%s by %s reads all of a table:\n%s", view, where, strings.Join(plan, "\n"))
				}
			}
		}
	}
	for _, v := range byCandidate {
		ask(v, "candidate_id = 7")
	}
	for _, v := range bySweep {
		ask(v, "sweep_id = 1")
	}
	for _, v := range []string{"layer_result", "component_result", "candidate_param"} { // not the front anew for each layer
		ask(v+" x JOIN candidate USING (candidate_id)", "sweep_id = 1")
		ask(v+" x JOIN front USING (candidate_id)", "sweep_id = 1")
	}
	ask("candidate_comparison", "sweep_a = 1 AND sweep_b = 2")
	ask("candidate_comparison", "candidate_a = 7")
}

// TestSizesForPlanner: a closed file tells SQLite how large its tables are, one that is opened again and not changed
// stays as it is.
func TestSizesForPlanner(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.db")
	var told []string
	for range 2 {
		s, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if len(told) == 0 {
			population(t, s, "first", 50, 6)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if s, err = OpenReadOnly(path); err != nil {
			t.Fatal(err)
		}
		told = append(told, fmt.Sprint(rows(t, s, "SELECT tbl, idx, stat FROM sqlite_stat1 ORDER BY 1, 2")))
		s.Close()
	}
	if !strings.Contains(told[0], "components") || told[0] != told[1] {
		t.Errorf("%v", told)
	}
}
