package reports

import (
	"fmt"
	"math"
	"strings"
)

// xy is a place in the plane of area and EDP.
type xy struct{ area, edp float64 }

// stair is a front: the corners of its staircase, and the designs among them.
type stair struct {
	name, colour   string
	dash           string // SVG's stroke-dasharray; "": a line without gaps
	square         bool   // the shape of its markers
	corners, marks []xy
}

// legend is an entry under a panel's title.
type legend struct {
	name, colour, dash string
	dot, square        bool // a point alone; the shape of markers
}

// pointLabel is a design's name and its figures.
type pointLabel struct {
	at    xy
	lines [2]string
}

// panel is one workload's plot.
type panel struct {
	title  string
	empty  string // said instead of a plot
	cloud  []xy
	fronts []stair
	labels []pointLabel
	legend []legend
}

// edpScale is the prefix that all EDPs of a panel share.
func (p *panel) edpScale() scale {
	var vs []float64
	for i := range p.fronts {
		for _, m := range p.fronts[i].marks {
			vs = append(vs, m.edp)
		}
	}
	return scaleOf(vs)
}

func edpUnit(s scale) string { return strings.ReplaceAll(s.prefix, "u", "µ") + "J·s" }

// draw draws the panel into a rectangle.
func (p *panel) draw(d *drawing, left, top, width, height float64) {
	d.put("<g>\n")
	defer d.put("</g>\n")
	d.text(left+40, top+20, 18, inkColour, "start", ` font-weight="bold"`, fit(p.title, width-60, 18))
	f := box{left + 92, top + 62, left + width - 30, top + height - 58}
	if p.empty != "" {
		d.put(`<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="none" stroke="%s"/>`+"\n", f.x0, f.y0, f.x1-f.x0, f.y1-f.y0, gridColour)
		for i, line := range wrap(p.empty, (f.x1-f.x0)-40, 16, 4) {
			d.text((f.x0+f.x1)/2, (f.y0+f.y1)/2+22*float64(i), 16, softColour, "middle", "", line)
		}
		return
	}
	p.drawLegend(d, left+40, top+44, width-60)
	edp := p.edpScale()
	x, y := p.axes(f, edp)
	place := func(v xy) (float64, float64) { return x.at(v.area), y.at(v.edp / edp.factor) }
	drawAxes(d, f, x, y, "EDP ("+edpUnit(edp)+")")
	if len(p.cloud) > 0 {
		d.put(`<path class="cloud" fill="%s" fill-opacity="0.55" d="`, cloudColour)
		for _, v := range p.cloud {
			cx, cy := place(v)
			d.put("M%.1f %.1fa2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0", cx-2.5, cy)
		}
		d.put("\"/>\n")
	}
	for i := range p.fronts {
		p.fronts[i].draw(d, place)
	}
	p.drawLabels(d, f, place)
}

// axes fits the axes to all that is drawn; EDPs in the panel's unit.
func (p *panel) axes(f box, edp scale) (x, y *logAxis) {
	x, y = newAxis(), newAxis()
	add := func(vs []xy) {
		for _, v := range vs {
			x.add(v.area)
			y.add(v.edp / edp.factor)
		}
	}
	add(p.cloud)
	for i := range p.fronts {
		add(p.fronts[i].marks)
	}
	x.place(f.x0, f.x1)
	y.place(f.y1, f.y0)
	span := y.high - y.low // room for labels above and below the front's ends
	y.low, y.high = y.low-0.08*span, y.high+0.08*span
	return x, y
}

func drawAxes(d *drawing, f box, x, y *logAxis, yTitle string) {
	for _, t := range x.ticks() {
		d.put(`<path d="M%.1f %.1fV%.1f" stroke="%s"/>`+"\n", t.At, f.y0, f.y1, gridColour)
		d.text(t.At, f.y1+20, 14, inkColour, "middle", "", t.Text)
	}
	for _, t := range y.ticks() {
		d.put(`<path d="M%.1f %.1fH%.1f" stroke="%s"/>`+"\n", f.x0, t.At, f.x1, gridColour)
		d.text(f.x0-8, t.At+5, 14, inkColour, "end", "", t.Text)
	}
	d.put(`<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="none" stroke="%s"/>`+"\n", f.x0, f.y0, f.x1-f.x0, f.y1-f.y0, softColour)
	d.text((f.x0+f.x1)/2, f.y1+46, 15, inkColour, "middle", "", "area (mm²)")
	mx, my := f.x0-58, (f.y0+f.y1)/2
	d.text(mx, my, 15, inkColour, "middle", fmt.Sprintf(` transform="rotate(-90 %.1f %.1f)"`, mx, my), yTitle)
}

func (s *stair) draw(d *drawing, place func(xy) (x, y float64)) {
	var line strings.Builder
	for _, c := range s.corners {
		x, y := place(c)
		fmt.Fprintf(&line, "%.1f,%.1f ", x, y)
	}
	d.put(`<polyline class="front" fill="none" stroke="%s" stroke-width="2.5"%s points="%s"/>`+"\n", s.colour, dashed(s.dash), strings.TrimSpace(line.String()))
	for _, m := range s.marks {
		x, y := place(m)
		marker(d, x, y, s.colour, s.square)
	}
}

func dashed(dash string) string {
	if dash == "" {
		return ""
	}
	return fmt.Sprintf(` stroke-dasharray="%s"`, dash)
}

// marker draws a design of a front.
func marker(d *drawing, x, y float64, colour string, square bool) {
	if square {
		d.put(`<rect class="mark" x="%.1f" y="%.1f" width="9" height="9" fill="%s" stroke="#FFFFFF"/>`+"\n", x-4.5, y-4.5, colour)
		return
	}
	d.put(`<circle class="mark" cx="%.1f" cy="%.1f" r="5.5" fill="%s" stroke="#FFFFFF"/>`+"\n", x, y, colour)
}

func (p *panel) drawLegend(d *drawing, x, y, room float64) {
	for _, l := range p.legend {
		name := fit(l.name, room-34, 14)
		if l.dot {
			d.put(`<circle cx="%.1f" cy="%.1f" r="3" fill="%s"/>`+"\n", x+12, y-5, l.colour)
		} else {
			d.put(`<path d="M%.1f %.1fh24" stroke="%s" stroke-width="2.5"%s/>`+"\n", x, y-5, l.colour, dashed(l.dash))
			marker := map[bool]string{
				false: fmt.Sprintf(`<circle cx="%.1f" cy="%.1f" r="4.5" fill="%s"/>`, x+12, y-5, l.colour),
				true:  fmt.Sprintf(`<rect x="%.1f" y="%.1f" width="8" height="8" fill="%s"/>`, x+8, y-9, l.colour),
			}
			d.put("%s\n", marker[l.square])
		}
		d.text(x+30, y, 14, inkColour, "start", "", name)
		x += 54 + textWidth(name, 14)
		room -= 54 + textWidth(name, 14)
	}
}

// wrap breaks a text into at most so many lines of a width.
func wrap(s string, width, size float64, most int) []string {
	var out []string
	line := ""
	for _, word := range strings.Fields(oneLine(s)) {
		switch {
		case line == "":
			line = word
		case textWidth(line+" "+word, size) <= width:
			line += " " + word
		default:
			out, line = append(out, fit(line, width, size)), word
		}
	}
	if out = append(out, fit(line, width, size)); len(out) > most {
		out = append(out[:most-1], fit(out[most-1]+" …", math.Inf(1), size))
	}
	return out
}
