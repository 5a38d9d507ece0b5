package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"tcmdse/results"
)

// sides describes the two sweeps: a row each of what, A, B.
func (c *Comparison) sides() [][3]string {
	a, b := &c.a.Sweep, &c.b.Sweep
	when := func(s *results.Sweep) string {
		if s.FinishedAt.IsZero() {
			return "begun " + s.StartedAt.UTC().Format("2006-01-02") + ", NOT finished"
		}
		return s.FinishedAt.UTC().Format("2006-01-02")
	}
	return [][3]string{
		{"sweep", fmt.Sprintf("%d %s", a.ID, a.Name), fmt.Sprintf("%d %s", b.ID, b.Name)},
		{"architecture", a.Arch, b.Arch},
		{"workloads", strings.Join(a.Workloads, ", "), strings.Join(b.Workloads, ", ")},
		{"date", when(a), when(b)},
		{"tool, model", a.ToolVersion + ", " + a.ModelVersion, b.ToolVersion + ", " + b.ModelVersion},
	}
}

// differing lists what differs in the settings, the parameters' values and the configuration: what, A, B.
func (c *Comparison) differing() [][3]string {
	var out [][3]string
	for _, s := range c.Settings {
		if strings.HasPrefix(s.Name, "cost table ") { // hashes
			s.A, s.B = s.A[:min(12, len(s.A))], s.B[:min(12, len(s.B))]
		}
		out = append(out, [3]string{s.Name, s.A, s.B})
	}
	for _, p := range c.Params {
		side := func(axis bool, only []string) string {
			switch {
			case !axis:
				return "no parameter"
			case len(only) == 0:
				return ""
			case len(only) > 12:
				return fmt.Sprintf("also %s, ... %s (%d values)", strings.Join(only[:6], ", "), only[len(only)-1], len(only))
			}
			return "also " + strings.Join(only, ", ")
		}
		out = append(out, [3]string{p.Path, side(p.AxisA, p.OnlyA), side(p.AxisB, p.OnlyB)})
	}
	if len(c.ConfigA)+len(c.ConfigB) > 0 {
		out = append(out, [3]string{"configuration", linesText(len(c.ConfigA)), linesText(len(c.ConfigB))})
	}
	return out
}

func linesText(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "1 line of its own"
	}
	return fmt.Sprintf("%d lines of its own", n)
}

// fact is a figure of both sweeps. NaN: there is none.
type fact struct {
	name string
	unit string // mm2, J, s, Js; "": a count
	a, b float64
}

// facts lists a workload's figures.
func (w *WorkloadChange) facts() []fact {
	sa, sb := w.a.all.statuses(), w.b.all.statuses()
	out := []fact{{"candidates", "", float64(w.a.all.n), float64(w.b.all.n)}}
	for _, s := range []string{results.OK, results.Infeasible, results.OverBudget, results.Skipped, results.Failed} {
		if s == results.OK || sa[s]+sb[s] > 0 {
			out = append(out, fact{strings.ReplaceAll(s, "_", " "), "", float64(sa[s]), float64(sb[s])})
		}
	}
	end := func(w *Workload, last bool) *results.CandidateRow {
		switch {
		case len(w.Front) == 0:
			return &results.CandidateRow{AreaMM2: math.NaN(), EDPJs: math.NaN()}
		case last:
			return &w.Candidates[w.Front[len(w.Front)-1]]
		}
		return &w.Candidates[w.Front[0]]
	}
	a0, b0, a1, b1 := end(w.a, false), end(w.b, false), end(w.a, true), end(w.b, true)
	return append(out, fact{"on the front", "", float64(len(w.a.Front)), float64(len(w.b.Front))},
		fact{"smallest area", "mm2", a0.AreaMM2, b0.AreaMM2}, fact{"its EDP", "Js", a0.EDPJs, b0.EDPJs},
		fact{"least EDP", "Js", a1.EDPJs, b1.EDPJs}, fact{"its area", "mm2", a1.AreaMM2, b1.AreaMM2})
}

// text is what, A, B and the change for people.
func (f *fact) text() [4]string {
	if f.unit == "" {
		return [4]string{f.name, strconv.FormatFloat(f.a, 'f', -1, 64), strconv.FormatFloat(f.b, 'f', -1, 64), ""}
	}
	s := scaleOf([]float64{f.a, f.b})
	if f.unit == "mm2" {
		s = scale{"", 1}
	}
	return [4]string{f.name + "/" + s.prefix + f.unit, s.of(f.a), s.of(f.b), changeText(f.a, f.b)}
}

// changeText is by how much b differs from a.
func changeText(a, b float64) string {
	switch r := b/a - 1; {
	case math.IsNaN(r) || math.IsInf(r, 0):
		return ""
	case math.Abs(r) <= tolerance:
		return "same"
	case math.Abs(r) < 0.0005:
		return fmt.Sprintf("%+.2g %%", 100*r)
	default:
		return fmt.Sprintf("%+.1f %%", 100*r)
	}
}

// sentences says what changed in a workload beyond its figures.
func (w *WorkloadChange) sentences() []string {
	var out []string
	if r := w.Ratio; r != nil {
		out = append(out, fmt.Sprintf("EDP of B's front by A's at equal area (below 1: B is better): geometric mean %s over the logarithm of area from %s to %s mm2; "+
			"least %s at %s mm2, most %s at %s mm2. At an area counts the best design of at most that area.",
			three(r.GeometricAvg), three(r.From), three(r.To), three(r.Min), three(r.MinAt), three(r.Max), three(r.MaxAt)))
	} else {
		out = append(out, "The fronts have no area in common: there is no EDP ratio at equal area.")
	}
	out = append(out, fmt.Sprintf("Designs on both fronts: %d; on A's alone: %d; on B's alone: %d.", len(w.Kept), len(w.Gone), len(w.New)))
	same := fmt.Sprintf("%d candidates are in both sweeps with the same parameters", w.Both)
	switch l := w.Largest; {
	case w.Both == 0:
		same = "No candidate is known to be in both sweeps with the same parameters."
	case l == nil:
		same += "; the figures of all that are mapped in both agree."
	default:
		same += fmt.Sprintf("; the figures of %d of them differ by more than %g, most %s of idx %d, in B idx %d: %s to %s (%s).",
			w.Changed, tolerance, l.name(), l.A.Index, l.B.Index, l.text(l.VA), l.text(l.VB), changeText(l.VA, l.VB))
	}
	if w.Status > 0 {
		same += fmt.Sprintf(" %d have another status.", w.Status)
	}
	return append(out, same)
}

// name is the figure's name for people.
func (d *Difference) name() string {
	name, _, _ := strings.Cut(d.Figure, "_")
	if name == "edp" {
		return "EDP"
	}
	return name
}

// text writes a value of the figure with its unit.
func (d *Difference) text(v float64) string {
	switch d.Figure {
	case "area_mm2":
		return three(v) + " mm2"
	case "latency_s":
		return seconds(v)
	case "edp_js":
		return joules(v) + "s"
	}
	return joules(v)
}

// designRow is a design of one of the fronts.
type designRow struct {
	front string                // both, A only, B only
	a, b  *results.CandidateRow // the design in each sweep; nil: it is not there
	why   string
}

// at is the design where it is on a front, in A before B.
func (r *designRow) at() *results.CandidateRow {
	if r.front == "B only" {
		return r.b
	}
	return r.a
}

// designs lists the designs of both fronts by area.
func (w *WorkloadChange) designs() []designRow {
	var out []designRow
	for _, p := range w.Kept {
		out = append(out, designRow{"both", p.A, p.B, ""})
	}
	for _, g := range w.Gone {
		out = append(out, designRow{"A only", g.A, g.B, g.Reason})
	}
	for _, n := range w.New {
		out = append(out, designRow{"B only", n.A, n.B, n.Reason})
	}
	slices.SortStableFunc(out, func(a, b designRow) int { return cmp.Compare(a.at().AreaMM2, b.at().AreaMM2) })
	return out
}

// shown lists the parameters for tables that have little room: those of either sweep.
func (c *Comparison) shown() []paramColumn {
	out := slices.Clone(c.a.shown())
	for _, p := range c.b.shown() {
		if !slices.ContainsFunc(out, func(o paramColumn) bool { return o.path == p.path }) {
			out = append(out, p)
		}
	}
	return out
}

// designText lists the designs of both fronts as text, a header first.
func (c *Comparison) designText(w *WorkloadChange) [][]string {
	rows, shown := w.designs(), c.shown()
	var edps []float64
	for i := range rows {
		edps = append(edps, rows[i].at().EDPJs)
	}
	edp := scaleOf(edps)
	head := []string{"on front", "idx A", "idx B"}
	for _, p := range shown {
		head = append(head, oneLine(p.path))
	}
	out := [][]string{append(head, "area/mm2", "EDP/"+edp.prefix+"Js A", "B", "change", "remark")}
	for i := range rows {
		r := &rows[i]
		row := []string{r.front, "", ""}
		var va, vb string
		change := ""
		if r.a != nil {
			row[1] = strconv.FormatInt(r.a.Index, 10)
		}
		if r.b != nil {
			row[2] = strconv.FormatInt(r.b.Index, 10)
		}
		if r.a != nil && r.a.Status == results.OK {
			va = edp.of(r.a.EDPJs)
		}
		if r.b != nil && r.b.Status == results.OK {
			vb = edp.of(r.b.EDPJs)
		}
		if va != "" && vb != "" {
			change = changeText(r.a.EDPJs, r.b.EDPJs)
		}
		for _, p := range shown {
			row = append(row, oneLine(p.text(r.at().Params)))
		}
		out = append(out, append(row, three(r.at().AreaMM2), va, vb, change, oneLine(r.why)))
	}
	return out
}
