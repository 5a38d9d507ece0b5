package reports

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"tcmdse/results"
)

// WriteFrontTable writes the fronts for a terminal: one row a design, by area, three significant digits, a unit for
// each column. The column idx is the place in the sweep's order, as idx in SQL and in the sheets.
func WriteFrontTable(w io.Writer, d *Data) error {
	shown := d.shown()
	for _, wl := range d.all() {
		if _, err := fmt.Fprintf(w, "%s on %s: %d of %d candidates on the front of area and EDP (%d mapped)\n",
			oneLine(wl.Name), oneLine(d.Sweep.Arch), len(wl.Front), wl.all.n, wl.all.mapped); err != nil {
			return err
		}
		if len(wl.Front) == 0 {
			if err := writeWhyEmpty(w, wl); err != nil {
				return err
			}
			continue
		}
		tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
		for _, row := range wl.frontText(shown) {
			fmt.Fprintln(tw, strings.Join(row, "\t")+"\t")
		}
		if err := tw.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// writeWhyEmpty tells what became of the candidates of a front without designs.
func writeWhyEmpty(w io.Writer, wl *Workload) error {
	for _, o := range wl.outcomes() {
		if _, err := fmt.Fprintf(w, "  %d %s: %s\n", o.n, strings.ReplaceAll(o.status, "_", " "), oneLine(o.reason)); err != nil {
			return err
		}
	}
	return nil
}

// frontText lists the front as text, a header first.
func (w *Workload) frontText(shown []paramColumn) [][]string {
	energy := w.scale(func(c *results.CandidateRow) float64 { return c.EnergyJ })
	latency := w.scale(func(c *results.CandidateRow) float64 { return c.LatencyS })
	edp := w.scale(func(c *results.CandidateRow) float64 { return c.EDPJs })
	head := []string{"idx"}
	for _, p := range shown {
		head = append(head, oneLine(p.path))
	}
	out := [][]string{append(head, "area/mm2", "energy/"+energy.prefix+"J", "latency/"+latency.prefix+"s", "EDP/"+edp.prefix+"Js", "bound by")}
	limits := w.bottlenecks()
	for _, at := range w.Front {
		c := &w.Candidates[at]
		row := []string{strconv.FormatInt(c.Index, 10)}
		for _, p := range shown {
			row = append(row, oneLine(p.text(c.Params)))
		}
		out = append(out, append(row, three(c.AreaMM2), energy.of(c.EnergyJ), latency.of(c.LatencyS), edp.of(c.EDPJs), oneLine(limits[c.ID])))
	}
	return out
}

// oneLine keeps names from breaking a table or a picture, from sending control characters to a terminal and from turning the direction
// of writing, by which a name can look like another.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if Obeyed(r) {
			return ' '
		}
		return r
	}, s)
}

// Obeyed is true of what a terminal obeys rather than shows: control characters, those of eight bits included, and the marks that
// turn the direction of writing.
func Obeyed(r rune) bool {
	switch {
	case r < ' ', r >= 0x7f && r < 0xa0:
		return true
	case r == 0x061c, r == 0x200e, r == 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
		return true
	}
	return false
}
