package reports

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// svgPoints bounds the points that a slide draws in one panel.
const svgPoints = 5000

// The colours of pictures for slides, those of the workbook's charts.
const (
	cloudColour = "#7F7F7F"
	frontColour = "#D55E00"
	inkColour   = "#222222"
	softColour  = "#666666"
	gridColour  = "#E3E3E3"
)

// WriteSVG writes the fronts as one picture for slides, which stands alone: a panel for each workload, in at most two
// columns, with both axes logarithmic, the candidates as points, the front as a staircase and its key designs labelled.
func WriteSVG(w io.Writer, d *Data) error {
	s := slide{title: d.Sweep.Name, sub: "area and EDP on " + d.Sweep.Arch, foot: d.footnote()}
	for _, w := range d.all() {
		s.panels = append(s.panels, d.panel(w))
	}
	return s.write(w)
}

// panel makes the picture of one workload.
func (d *Data) panel(w *Workload) panel {
	p := panel{title: fmt.Sprintf("%s: %d of %d candidates on the front", w.Name, len(w.Front), w.all.n)}
	if w == d.Mean { // the footnote has the weights
		p.title = fmt.Sprintf("geometric mean: %d of %d candidates on the front", len(w.Front), w.all.n)
	}
	if areas, _ := w.staircase(); len(areas) == 0 {
		p.empty = w.nothing()
		return p
	}
	points, all := thin(w, svgPoints)
	for _, at := range points {
		if c := &w.Candidates[at]; !c.OnFront {
			p.cloud = append(p.cloud, xy{c.AreaMM2, c.EDPJs})
		}
	}
	cloud := fmt.Sprintf("%d others that are mapped", w.all.drawable-len(w.Front))
	if len(points) < all {
		cloud = fmt.Sprintf("others that are mapped, %d of %d drawn", len(p.cloud), all-len(points)+len(p.cloud))
	}
	if len(p.cloud) > 0 {
		p.legend = append(p.legend, legend{name: cloud, colour: cloudColour, dot: true})
	}
	p.fronts = []stair{w.stair("front", frontColour)}
	p.legend = append(p.legend, legend{name: "front", colour: frontColour})
	edp := p.edpScale()
	for _, k := range w.keyDesigns() {
		if c := &w.Candidates[w.Front[k.at]]; drawable(c) {
			p.labels = append(p.labels, pointLabel{xy{c.AreaMM2, c.EDPJs}, [2]string{fmt.Sprintf("%s (idx %d)", k.name, c.Index),
				fmt.Sprintf("%s mm², %s %s", three(c.AreaMM2), edp.of(c.EDPJs), edpUnit(edp))}})
		}
	}
	return p
}

// stair is the front as it is drawn.
func (w *Workload) stair(name, colour string) stair {
	s := stair{name: name, colour: colour}
	areas, edps := w.staircase()
	for i := range areas {
		s.corners = append(s.corners, xy{areas[i], edps[i]})
		if i%2 == 0 {
			s.marks = append(s.marks, xy{areas[i], edps[i]})
		}
	}
	return s
}

// nothing says why there is no front to draw.
func (w *Workload) nothing() string {
	if len(w.Front) > 0 {
		return "No design of the front has an area and an EDP above zero, as logarithmic axes need."
	}
	for _, o := range w.outcomes() {
		if o.reason != "" {
			return fmt.Sprintf("No candidate is on the front. %d %s: %s", o.n, strings.ReplaceAll(o.status, "_", " "), o.reason)
		}
	}
	return "No candidate has a valid mapping of every layer."
}

// footnote says what the figures are, who computed them and when.
func (d *Data) footnote() string {
	front, all, unproved, skipped := 0, 0, 0, 0
	for i := range d.Workloads {
		w := &d.Workloads[i]
		front, all, unproved, skipped = front+len(w.Front), all+w.all.n, unproved+w.all.unproved, skipped+w.all.skipped
	}
	out := fmt.Sprintf("%d of %d candidates on the front", front, all)
	if n := len(d.Workloads); n > 1 {
		out = fmt.Sprintf("%d workloads on each candidate", n)
		if d.Mean != nil {
			out += ", " + d.Mean.Name
		}
	}
	out += "; mappings optimal for " + d.Sweep.Objective
	if unproved > 0 {
		out += fmt.Sprintf(", %d layers' not proved", unproved)
	}
	if skipped > 0 {
		out += fmt.Sprintf("; %d proved to be off the front, not mapped", skipped)
	}
	at := d.Sweep.FinishedAt
	if at.IsZero() {
		out, at = out+"; sweep NOT finished", d.Sweep.StartedAt
	}
	return fmt.Sprintf("%s; tcmdse %s, %s", out, d.Sweep.ToolVersion, at.UTC().Format("2006-01-02"))
}

// slide is a picture of panels under a title.
type slide struct {
	title, sub, foot string
	panels           []panel
}

func (s *slide) write(out io.Writer) error {
	const width, top, foot = 1280.0, 64.0, 40.0
	columns, high := 1, 616.0
	if len(s.panels) > 1 {
		columns, high = 2, 440
	}
	rows := (len(s.panels) + columns - 1) / columns
	height := top + float64(rows)*high + foot
	d, sub := drawing{out: out}, fit(s.sub, 480, 17)
	d.put(`<svg xmlns="http://www.w3.org/2000/svg" width="%g" height="%g" viewBox="0 0 %g %g" font-family="Helvetica, Arial, sans-serif" role="img">`+"\n", width, height, width, height)
	d.put("<title>%s</title>\n", escape(s.title+": "+s.sub))
	d.put(`<rect width="%g" height="%g" fill="#FFFFFF"/>`+"\n", width, height)
	d.text(40, 40, 26, inkColour, "start", ` font-weight="bold"`, fit(s.title, width-110-textWidth(sub, 17), 26))
	d.text(width-40, 40, 17, softColour, "end", "", sub)
	for i := range s.panels {
		w := width / float64(columns)
		s.panels[i].draw(&d, float64(i%columns)*w, top+float64(i/columns)*high, w, high)
	}
	d.text(40, height-14, 13, softColour, "start", "", fit(s.foot, width-80, 13))
	d.put("</svg>\n")
	return d.err
}

// drawing writes SVG; the first error is kept.
type drawing struct {
	out io.Writer
	err error
}

func (d *drawing) put(format string, args ...any) {
	if d.err == nil {
		_, d.err = fmt.Fprintf(d.out, format, args...)
	}
}

// text writes a line of text, escaped; more holds attributes with a space before each.
func (d *drawing) text(x, y, size float64, colour, anchor, more, text string) {
	d.put(`<text x="%.1f" y="%.1f" font-size="%g" fill="%s" text-anchor="%s"%s>%s</text>`+"\n", x, y, size, colour, anchor, more, escape(text))
}

// escape makes any text fit for XML; control characters become marks.
func escape(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(oneLine(s))) // a builder gives no errors
	return b.String()
}

// textWidth is about how wide a text is: sans-serif letters are a little over half as wide as they are high.
func textWidth(s string, size float64) float64 { return 0.56 * size * float64(len([]rune(s))) }

// fit cuts a text at a width.
func fit(s string, width, size float64) string {
	r := []rune(s)
	if most := int(width / (0.56 * size)); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
