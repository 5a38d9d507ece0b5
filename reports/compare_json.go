package reports

import (
	"encoding/json"
	"io"

	"tcmdse/results"
)

type compareDoc struct {
	A             sweepDoc           `json:"a"`
	B             sweepDoc           `json:"b"`
	Settings      []settingDoc       `json:"settings"`
	Parameters    []paramChangeDoc   `json:"parameters"`
	Configuration configDoc          `json:"configuration"`
	Workloads     []workloadCompared `json:"workloads"`
	OnlyA         []string           `json:"workloads_only_a"`
	OnlyB         []string           `json:"workloads_only_b"`
	Notes         []string           `json:"notes"`
}

type settingDoc struct {
	Name string `json:"name"`
	A    string `json:"a"`
	B    string `json:"b"`
}

type paramChangeDoc struct {
	Path  string   `json:"path"`
	InA   bool     `json:"in_a"`
	InB   bool     `json:"in_b"`
	OnlyA []string `json:"only_a"`
	OnlyB []string `json:"only_b"`
}

type configDoc struct {
	OnlyA []string `json:"only_a"`
	OnlyB []string `json:"only_b"`
}

type workloadCompared struct {
	Workload string         `json:"workload"`
	Ratio    *ratioDoc      `json:"edp_ratio"` // null: no area in common
	Kept     []fateDoc      `json:"kept"`
	Gone     []fateDoc      `json:"gone"`
	New      []fateDoc      `json:"new"`
	Both     int            `json:"in_both"`
	Status   int            `json:"other_status"`
	Changed  int            `json:"changed"`
	Largest  *differenceDoc `json:"largest_difference"`
	A        workloadDoc    `json:"a"`
	B        workloadDoc    `json:"b"`
}

type ratioDoc struct {
	From  float64 `json:"from_area_mm2"`
	To    float64 `json:"to_area_mm2"`
	Mean  float64 `json:"geometric_mean"`
	Min   float64 `json:"min"`
	MinAt float64 `json:"min_at_area_mm2"`
	Max   float64 `json:"max"`
	MaxAt float64 `json:"max_at_area_mm2"`
}

// fateDoc is a design of one of the fronts; indexes are null where a sweep has no such design.
type fateDoc struct {
	A      *int64 `json:"a_idx"`
	B      *int64 `json:"b_idx"`
	By     *int64 `json:"beaten_by_b_idx,omitempty"`
	Reason string `json:"reason,omitempty"`
}

type differenceDoc struct {
	A        int64   `json:"a_idx"`
	B        int64   `json:"b_idx"`
	Figure   string  `json:"figure"`
	VA       float64 `json:"a"`
	VB       float64 `json:"b"`
	Relative float64 `json:"relative"`
}

// WriteCompareJSON writes a comparison as one document with all digits (docs/json.md). Lists are empty rather than null.
func WriteCompareJSON(w io.Writer, c *Comparison) error {
	doc := compareDoc{A: newSweepDoc(&c.a.Sweep), B: newSweepDoc(&c.b.Sweep), Settings: []settingDoc{}, Parameters: []paramChangeDoc{},
		Configuration: configDoc{list(c.ConfigA), list(c.ConfigB)}, Workloads: []workloadCompared{}, OnlyA: list(c.OnlyA), OnlyB: list(c.OnlyB), Notes: list(c.Notes)}
	for _, s := range c.Settings {
		doc.Settings = append(doc.Settings, settingDoc(s))
	}
	for _, p := range c.Params {
		doc.Parameters = append(doc.Parameters, paramChangeDoc{p.Path, p.AxisA, p.AxisB, list(p.OnlyA), list(p.OnlyB)})
	}
	for i := range c.Workloads {
		doc.Workloads = append(doc.Workloads, newWorkloadCompared(&c.Workloads[i]))
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(doc)
}

func newWorkloadCompared(w *WorkloadChange) workloadCompared {
	doc := workloadCompared{Workload: w.Name, Kept: []fateDoc{}, Gone: []fateDoc{}, New: []fateDoc{}, Both: w.Both, Status: w.Status, Changed: w.Changed,
		A: newWorkloadDoc(w.a, nil), B: newWorkloadDoc(w.b, nil)}
	if r := w.Ratio; r != nil {
		doc.Ratio = &ratioDoc{r.From, r.To, r.GeometricAvg, r.Min, r.MinAt, r.Max, r.MaxAt}
	}
	if l := w.Largest; l != nil {
		doc.Largest = &differenceDoc{l.A.Index, l.B.Index, l.Figure, l.VA, l.VB, l.Relative}
	}
	for _, p := range w.Kept {
		doc.Kept = append(doc.Kept, fateDoc{A: indexOf(p.A), B: indexOf(p.B)})
	}
	for _, g := range w.Gone {
		doc.Gone = append(doc.Gone, fateDoc{indexOf(g.A), indexOf(g.B), indexOf(g.By), g.Reason})
	}
	for _, n := range w.New {
		doc.New = append(doc.New, fateDoc{A: indexOf(n.A), B: indexOf(n.B), Reason: n.Reason})
	}
	return doc
}

func indexOf(c *results.CandidateRow) *int64 {
	if c == nil {
		return nil
	}
	return &c.Index
}
