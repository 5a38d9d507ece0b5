package results

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// question is a query of docs/sql.md with what it answers.
type question struct{ title, query string }

// questions reads the sql blocks of docs/sql.md.
func questions(t *testing.T) []question {
	t.Helper()
	text, err := os.ReadFile("../docs/sql.md")
	if err != nil {
		t.Fatal(err)
	}
	var out []question
	title := ""
	for i, block := range strings.Split(string(text), "```") {
		if query, ok := strings.CutPrefix(block, "sql\n"); ok && i%2 == 1 {
			out = append(out, question{title, query})
			continue
		}
		for line := range strings.Lines(block) {
			if rest, ok := strings.CutPrefix(line, "**"); ok {
				title, _, _ = strings.Cut(rest, "**")
			} else if strings.HasSuffix(line, ":\n") {
				title += " / " + strings.TrimSuffix(line, ":\n")
			}
		}
	}
	return out
}

// documented is a file for the questions: two sweeps, a run, costs, a skipped design.
func documented(t *testing.T) *Store {
	t.Helper()
	ctx := context.Background()
	s := twoSweeps(t)
	run, err := s.BeginRun(ctx, 1, Run{StartedAt: time.Unix(1e9, 0), Jobs: 2, Command: "tcmdse sweep", ToolVersion: "test", HostOS: "linux/amd64"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.EndRun(ctx, run, Run{EndedAt: time.Unix(1e9+60, 0), Stored: 200, Finished: 200, Outcome: RunFinished}); err != nil {
		t.Fatal(err)
	}
	best := member("first", 1000, 6)
	best.AreaMM2, best.Results[0].EDPJs = 3, 1e-12
	best.Costs = []ComponentCosts{{"GLB", 1, []CostFigure{{Field: "area", Value: 1e-6, Unit: "m2", Method: "table", Source: "CACTI 7", ErrorP95: 0.115}}}}
	skipped := member("first", 1001, 6)
	skipped.Results = []WorkloadResult{{Workload: "net", Status: Skipped, Reason: "idx 1000 is no larger", BoundEDPJs: 1e-11}}
	if err := s.Append(ctx, 1, []Candidate{best, skipped}); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestDocs runs every query of docs/sql.md; each has rows, and where a figure is known, the right one.
func TestDocs(t *testing.T) {
	s := documented(t)
	want := map[string]string{
		"Which sweeps are in the file, and what were they made with?":       "2 rows: [1 first edge [\"net\"] edp all 2001-09-09T01:46:40Z <nil> test 1 [] <nil>]",
		"I have 1 mm2. What is the best design?":                            "1 rows: " + bestWithin(t, s, 1),
		"I have 1 mm2. What is the best design? / Any other budget":         "1 rows: " + bestWithin(t, s, 1.7),
		"Why is my design missing?":                                         "2 rows: [infeasible 20 9 layer layer0: GLB is too small]",
		"How close did a design come?":                                      "1 rows: " + overBest(t, s, 37),
		"How is a layer mapped?":                                            "1 rows: [" + strings.Repeat("for p in 0..7\n", 40) + "]",
		"Which tensor causes the traffic of a component?":                   "18 rows: [layer0 W 333333.3333333333 0]",
		"Where do the cost figures come from, and how far may they be off?": "1 rows: [GLB area 1e-06 m2 table CACTI 7 0.115]",
		"Is the sweep whole, and was it ever interrupted?":                  "1 rows: [1 2001-09-09T01:46:40Z 2001-09-09T01:47:40Z finished 200 200 200 test tcmdse sweep]",
		"How do two sweeps compare? / Design by design, the same architecture or the same parameters on another one": "21 rows: ",
	}
	asked := map[string]bool{}
	for _, q := range questions(t) {
		if asked[q.title] {
			t.Errorf("%q has two queries of one title", q.title)
		}
		asked[q.title] = true
		r, err := s.Query(context.Background(), q.query)
		if err != nil || len(r.Values) == 0 {
			t.Errorf("%s: no rows, %v\n%s", q.title, err, q.query)
			continue
		}
		if got := fmt.Sprintf("%d rows: %v", len(r.Values), r.Values[0]); !strings.HasPrefix(got, want[q.title]) {
			t.Errorf("%s: %s, want %s", q.title, got, want[q.title])
		}
		for i, name := range r.Columns {
			if !hasValue(r.Values, i) && name != "overrides" && name != "seed" && name != "finished_at" {
				t.Errorf("%s: column %s is empty", q.title, name)
			}
		}
	}
	if len(asked) < 20 {
		t.Errorf("%d questions found", len(asked))
	}
	for title := range want {
		if !asked[title] {
			t.Errorf("docs/sql.md does not ask %q", title)
		}
	}
}

func hasValue(rows [][]any, column int) bool {
	for _, r := range rows {
		if r[column] != nil {
			return true
		}
	}
	return false
}

// bestWithin finds the best design of a budget by looking at all.
func bestWithin(t *testing.T, s *Store, budget float64) string {
	t.Helper()
	c := least(t, s, budget)
	return fmt.Sprintf("[%d %v %v ", c.ID, c.AreaMM2, c.EDPJs)
}

func overBest(t *testing.T, s *Store, idx int64) string {
	t.Helper()
	all, err := s.Candidates(context.Background(), 1, "net")
	if err != nil {
		t.Fatal(err)
	}
	c := all[idx]
	return fmt.Sprintf("[%d %v %v %v]", c.ID, c.AreaMM2, c.EDPJs, c.EDPJs/least(t, s, c.AreaMM2).EDPJs)
}

func least(t *testing.T, s *Store, budget float64) CandidateRow {
	t.Helper()
	all, err := s.Candidates(context.Background(), 1, "net")
	if err != nil {
		t.Fatal(err)
	}
	var best CandidateRow
	for _, c := range all {
		if c.Status == OK && c.AreaMM2 <= budget && (best.ID == 0 || c.EDPJs < best.EDPJs) {
			best = c
		}
	}
	return best
}
