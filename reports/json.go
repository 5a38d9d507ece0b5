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
		Question  []string      `json:"question"`
		Workloads []workloadDoc `json:"workloads"`
		Mean      *workloadDoc  `json:"mean"` // over several workloads
		Warnings  []string      `json:"warnings"`
		Notes     []string      `json:"notes"`
	}{newSweepDoc(&d.Sweep), []string{}, []workloadDoc{}, nil, list(d.warnings()), list(d.notes())}
	for _, q := range d.question() {
		doc.Question = append(doc.Question, q[0]+": "+q[1])
	}
	axes := d.axes()
	for i := range d.Workloads {
		doc.Workloads = append(doc.Workloads, newWorkloadDoc(&d.Workloads[i], axes))
	}
	if d.Mean != nil {
		mean := newWorkloadDoc(d.Mean, axes)
		doc.Mean = &mean
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
	Budgets    []budgetDoc    `json:"best_per_budget"`
	Axes       []axisDoc      `json:"axes"`
}

// budgetDoc is the best design for an area.
type budgetDoc struct {
	MM2   float64 `json:"budget_mm2"`
	Index int64   `json:"idx"`
}

// axisDoc is what an axis does: ratios of one step up and from end to end, all other axes equal; null where there are no
// such candidates.
type axisDoc struct {
	Path   string     `json:"path"`
	With   []string   `json:"with"`
	Pairs  int        `json:"pairs"`
	EDP    *float64   `json:"edp_ratio_a_step"`
	Area   *float64   `json:"area_ratio_a_step"`
	Ends   *float64   `json:"edp_ratio_end_to_end"`
	Values []valueDoc `json:"values"`
}

type valueDoc struct {
	Text       string   `json:"text"`
	Candidates int      `json:"candidates"`
	LeastEDP   *float64 `json:"least_edp_js"`
	Least      int64    `json:"least_idx"`
	Median     *float64 `json:"median_edp_js"`
}

func newAxisDoc(w *Workload, e *effect) axisDoc {
	doc := axisDoc{Path: e.axis.column.path, With: list(e.axis.with), Pairs: e.pairs, EDP: finite(e.edpStep.median),
		Area: finite(e.areaStep.median), Ends: finite(e.edpEnds.median)}
	for _, v := range e.values {
		doc.Values = append(doc.Values, valueDoc{v.text, v.n, finite(v.leastEDP), w.Candidates[v.least].Index, finite(v.median)})
	}
	return doc
}

// limitDoc is what holds a design back; shares are 0..1.
type limitDoc struct {
	Compute     bool    `json:"compute"` // the bottleneck is the compute unit, not the bandwidth of a memory
	Share       float64 `json:"bottleneck_share"`
	Energy      string  `json:"most_energy"`
	EnergyShare float64 `json:"most_energy_share"`
	Leakage     float64 `json:"leakage_share"`
	Full        string  `json:"nearly_full"` // "": no memory
	FullShare   float64 `json:"nearly_full_share"`
}

type designDoc struct {
	Index       int64               `json:"idx"`
	CandidateID int64               `json:"candidate_id"`
	Area        *float64            `json:"area_mm2"`
	Energy      *float64            `json:"energy_j"`
	Latency     *float64            `json:"latency_s"`
	EDP         *float64            `json:"edp_js"`
	Bottleneck  string              `json:"bottleneck"`
	Limits      *limitDoc           `json:"limits"` // null without layers
	Parameters  map[string]paramDoc `json:"parameters"`
}

type paramDoc struct {
	Text  string   `json:"text"`
	Value *float64 `json:"value"` // SI, sizes in bits; null where it is not finite
}

func newWorkloadDoc(w *Workload, axes []axis) workloadDoc {
	doc := workloadDoc{Budgets: []budgetDoc{}, Axes: []axisDoc{}, Workload: w.Name, Candidates: w.all.n, Status: w.all.statuses(), Layers: w.all.layers, Unproved: w.all.unproved, Front: []designDoc{}}
	limits := w.limits()
	for _, at := range w.Front {
		c := &w.Candidates[at]
		l := limits[c.ID]
		if l == nil {
			doc.Front = append(doc.Front, newDesignDoc(c, ""))
			continue
		}
		one := newDesignDoc(c, l.time)
		one.Limits = &limitDoc{l.compute, l.timeShare, l.energy, l.energyShare, l.leakageShare, l.full, l.fullShare}
		doc.Front = append(doc.Front, one)
	}
	for _, b := range w.budgets() {
		doc.Budgets = append(doc.Budgets, budgetDoc{b.mm2, w.Candidates[w.Front[b.at]].Index})
	}
	effects := w.effects(axes)
	for i := range effects {
		doc.Axes = append(doc.Axes, newAxisDoc(w, &effects[i]))
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
