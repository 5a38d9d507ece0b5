package reports

import (
	"encoding/json"
	"io"
	"time"

	"tcmdse/results"
)

// WriteJSON writes one document for scripts: the sweep, and for each workload its counts, its front with all digits, and
// the designs of the front that a summary names (docs/json.md). Lists are empty rather than null.
func WriteJSON(w io.Writer, d *Data) error {
	doc := struct {
		Sweep     sweepDoc      `json:"sweep"`
		Workloads []workloadDoc `json:"workloads"`
		Warnings  []string      `json:"warnings"`
		Notes     []string      `json:"notes"`
	}{newSweepDoc(&d.Sweep), []workloadDoc{}, list(d.warnings()), list(d.notes())}
	for i := range d.Workloads {
		doc.Workloads = append(doc.Workloads, newWorkloadDoc(&d.Workloads[i]))
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(doc)
}

type sweepDoc struct {
	ID           int64             `json:"sweep_id"`
	Name         string            `json:"name"`
	Arch         string            `json:"arch"`
	Workloads    []string          `json:"workloads"`
	Objective    string            `json:"objective"`
	Mode         string            `json:"mode"`
	Overrides    []string          `json:"overrides"`
	CostTables   map[string]string `json:"cost_tables"`
	Seed         *int64            `json:"seed"`
	ToolVersion  string            `json:"tool_version"`
	ModelVersion string            `json:"model_version"`
	StartedAt    time.Time         `json:"started_at"`
	FinishedAt   *time.Time        `json:"finished_at"` // null while unfinished
	Total        int64             `json:"candidates_total"`
}

func newSweepDoc(s *results.Sweep) sweepDoc {
	doc := sweepDoc{ID: s.ID, Name: s.Name, Arch: s.Arch, Workloads: list(s.Workloads), Objective: s.Objective, Mode: s.Mode,
		Overrides: list(s.Overrides), CostTables: s.CostTables, Seed: s.Seed, ToolVersion: s.ToolVersion, ModelVersion: s.ModelVersion,
		StartedAt: s.StartedAt.UTC(), Total: s.CandidatesTotal}
	if doc.CostTables == nil {
		doc.CostTables = map[string]string{}
	}
	if !s.FinishedAt.IsZero() {
		at := s.FinishedAt.UTC()
		doc.FinishedAt = &at
	}
	return doc
}

type workloadDoc struct {
	Workload   string         `json:"workload"`
	Candidates int            `json:"candidates"` // stored
	Status     map[string]int `json:"status"`
	Layers     int            `json:"layers"`
	Unproved   int            `json:"layers_not_proved"`
	Smallest   *int64         `json:"smallest"` // idx
	Knee       *int64         `json:"knee"`
	LeastEDP   *int64         `json:"least_edp"`
	Front      []designDoc    `json:"front"`
}

type designDoc struct {
	Index       int64               `json:"idx"`
	CandidateID int64               `json:"candidate_id"`
	Area        *float64            `json:"area_mm2"`
	Energy      *float64            `json:"energy_j"`
	Latency     *float64            `json:"latency_s"`
	EDP         *float64            `json:"edp_js"`
	Bottleneck  string              `json:"bottleneck"`
	Parameters  map[string]paramDoc `json:"parameters"`
}

type paramDoc struct {
	Text  string   `json:"text"`
	Value *float64 `json:"value"` // SI, sizes in bits; null where it is not finite
}

func newWorkloadDoc(w *Workload) workloadDoc {
	doc := workloadDoc{Workload: w.Name, Candidates: w.all.n, Status: w.all.statuses(), Layers: w.all.layers, Unproved: w.all.unproved, Front: []designDoc{}}
	limits := w.bottlenecks()
	for _, at := range w.Front {
		c := &w.Candidates[at]
		doc.Front = append(doc.Front, newDesignDoc(c, limits[c.ID]))
	}
	if n := len(w.Front); n > 0 {
		doc.Smallest, doc.LeastEDP = &w.Candidates[w.Front[0]].Index, &w.Candidates[w.Front[n-1]].Index
	}
	if k := w.knee(); k >= 0 {
		doc.Knee = &w.Candidates[w.Front[k]].Index
	}
	return doc
}

func newDesignDoc(c *results.CandidateRow, bottleneck string) designDoc {
	doc := designDoc{Index: c.Index, CandidateID: c.ID, Area: finite(c.AreaMM2), Energy: finite(c.EnergyJ), Latency: finite(c.LatencyS),
		EDP: finite(c.EDPJs), Bottleneck: bottleneck, Parameters: map[string]paramDoc{}}
	for _, p := range c.Params {
		doc.Parameters[p.Path] = paramDoc{p.Text, finite(p.Value)}
	}
	return doc
}

// statuses counts by status; all that there are have a count.
func (t *tally) statuses() map[string]int {
	out := map[string]int{results.OK: 0, results.Infeasible: 0, results.OverBudget: 0, results.Skipped: 0, results.Failed: 0}
	for _, k := range t.kinds {
		out[k.status] += k.n
	}
	return out
}

// finite is a number, or null for one that JSON has no notation for.
func finite(v float64) *float64 {
	if number(v) == nil {
		return nil
	}
	return &v
}

// list is never null in JSON.
func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
