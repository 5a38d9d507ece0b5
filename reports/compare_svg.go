package reports

import (
	"fmt"
	"io"
	"strings"

	"tcmdse/results"
)

// The other front's colour, which is told from the first one's with any colour vision; dashes and squares as well, for
// prints without colours.
const (
	otherColour = "#0072B2"
	otherDash   = "7 4"
)

// WriteCompareSVG writes both fronts of each workload that the sweeps share as one picture for slides.
func WriteCompareSVG(w io.Writer, c *Comparison) error {
	s := slide{title: c.sideName(c.a, "A") + "; " + c.sideName(c.b, "B"), sub: "fronts of area and EDP; B / A: geometric mean",
		foot: "A: " + c.a.origin() + ". B: " + c.b.origin() + "."}
	if name := c.a.Sweep.Name; name == c.b.Sweep.Name {
		s.title = fmt.Sprintf("%s: A is sweep %d, B is sweep %d", name, c.a.Sweep.ID, c.b.Sweep.ID)
	}
	for i := range c.Workloads {
		s.panels = append(s.panels, c.panel(&c.Workloads[i]))
	}
	if len(s.panels) == 0 {
		s.panels = []panel{{title: "No workload in common", empty: "A has " + strings.Join(c.OnlyA, ", ") + "; B has " + strings.Join(c.OnlyB, ", ") + "."}}
	}
	return s.write(w)
}

// origin says in few words what a sweep's figures are.
func (d *Data) origin() string {
	all, unproved := 0, 0
	for i := range d.Workloads {
		all, unproved = max(all, d.Workloads[i].all.n), unproved+d.Workloads[i].all.unproved
	}
	out, at := fmt.Sprintf("%d candidates on %s, mapped for %s", all, d.Sweep.Arch, d.Sweep.Objective), d.Sweep.FinishedAt
	if unproved > 0 {
		out += fmt.Sprintf(", %d layers' not proved", unproved)
	}
	if at.IsZero() {
		out, at = out+", NOT finished", d.Sweep.StartedAt
	}
	return fmt.Sprintf("%s, tcmdse %s, %s", out, d.Sweep.ToolVersion, at.UTC().Format("2006-01-02"))
}

// sideName names a sweep; its number is needed where both have one name.
func (c *Comparison) sideName(d *Data, side string) string {
	if c.a.Sweep.Name == c.b.Sweep.Name {
		return fmt.Sprintf("%s: %s, sweep %d", side, d.Sweep.Name, d.Sweep.ID)
	}
	return side + ": " + d.Sweep.Name
}

func (c *Comparison) panel(w *WorkloadChange) panel {
	p := panel{title: w.Name}
	if w.Ratio != nil {
		p.title += fmt.Sprintf(": EDP of B / A %s at equal area", three(w.Ratio.GeometricAvg))
	}
	for _, side := range []struct {
		w *Workload
		s stair
	}{{w.a, w.a.stair("A", frontColour)}, {w.b, w.b.stair("B", otherColour)}} {
		s := side.s
		if s.name == "B" {
			s.dash, s.square = otherDash, true
		}
		if len(s.marks) == 0 {
			p.title += ", nothing of " + s.name + " to draw"
			continue
		}
		p.fronts = append(p.fronts, s)
		p.legend = append(p.legend, legend{name: fmt.Sprintf("%s (%d designs)", s.name, len(s.marks)), colour: s.colour, dash: s.dash, square: s.square})
	}
	if len(p.fronts) == 0 {
		p.empty = "A: " + w.a.nothing() + " B: " + w.b.nothing()
		return p
	}
	edp := p.edpScale()
	add := func(name string, c *results.CandidateRow) {
		p.labels = append(p.labels, pointLabel{xy{c.AreaMM2, c.EDPJs}, [2]string{name, fmt.Sprintf("%s mm², %s %s", three(c.AreaMM2), edp.of(c.EDPJs), edpUnit(edp))}})
	}
	for _, last := range []bool{false, true} {
		what := map[bool]string{false: "smallest", true: "least EDP"}[last]
		a, b := w.a.end(last), w.b.end(last)
		switch {
		case a != nil && b != nil && a.AreaMM2 == b.AreaMM2 && a.EDPJs == b.EDPJs:
			add("A and B, "+what, a)
		default:
			if a != nil {
				add(fmt.Sprintf("A, %s (idx %d)", what, a.Index), a)
			}
			if b != nil {
				add(fmt.Sprintf("B, %s (idx %d)", what, b.Index), b)
			}
		}
	}
	return p
}

// end is the smallest design of the front that can be drawn, or the one of least EDP; nil: there is none.
func (w *Workload) end(last bool) *results.CandidateRow {
	var out *results.CandidateRow
	for _, at := range w.Front {
		if c := &w.Candidates[at]; drawable(c) && (out == nil || last) {
			out = c
		}
	}
	return out
}
