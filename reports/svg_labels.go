package reports

import "math"

// box is a rectangle, y downwards.
type box struct{ x0, y0, x1, y1 float64 }

func (b box) meets(o box) bool { return b.x0 < o.x1 && o.x0 < b.x1 && b.y0 < o.y1 && o.y0 < b.y1 }

func (b box) within(o box) bool { return b.x0 >= o.x0 && b.x1 <= o.x1 && b.y0 >= o.y0 && b.y1 <= o.y1 }

func (b box) holds(x, y float64) bool { return x > b.x0 && x < b.x1 && y > b.y0 && y < b.y1 }

const labelSize = 14.0

// drawLabels writes the labels of designs beside them where they hide least, with a thin line to the design.
func (p *panel) drawLabels(d *drawing, f box, place func(xy) (x, y float64)) {
	var taken []box
	for _, l := range p.labels {
		px, py := place(l.at)
		b := p.room(l, f, px, py, taken, place)
		taken = append(taken, b)
		cx, cy := min(max(px, b.x0), b.x1), min(max(py, b.y0), b.y1) // the box's nearest place to the design
		d.put(`<path d="M%.1f %.1fL%.1f %.1f" stroke="%s" stroke-width="1"/>`+"\n", px, py, cx, cy, inkColour)
		d.put(`<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="3" fill="#FFFFFF" fill-opacity="0.88" stroke="%s" stroke-width="0.7"/>`+"\n", b.x0, b.y0, b.x1-b.x0, b.y1-b.y0, softColour)
		d.text(b.x0+6, b.y0+17, labelSize, inkColour, "start", ` class="label" font-weight="bold"`, l.lines[0])
		d.text(b.x0+6, b.y0+35, labelSize, inkColour, "start", "", l.lines[1])
		marker(d, px, py, inkColour, false)
	}
}

// room finds the place of a label: within the plot, over no other label, hiding as few designs and lines of fronts as can
// be, and near.
func (p *panel) room(l pointLabel, f box, px, py float64, taken []box, place func(xy) (x, y float64)) box {
	w, h := max(textWidth(l.lines[0], labelSize)*1.06, textWidth(l.lines[1], labelSize))+12, 42.0
	best, least := box{px, py, px + w, py + h}, math.Inf(1)
	for _, away := range []float64{14, 34, 60, 95, 140} {
		for k := range 16 {
			sin, cos := math.Sincos(float64(k) * math.Pi / 8)
			// the box's corner or side that is nearest to the design stands at that distance
			cx, cy := px+away*cos+w/2*cos*1.2, py-away*sin-h/2*sin*1.2
			b := box{cx - w/2, cy - h/2, cx + w/2, cy + h/2}
			if cost := away/4 + p.hidden(b, f, px, py, taken, place); cost < least {
				best, least = b, cost
			}
		}
	}
	return best
}

// hidden is what a label in a place would cost.
func (p *panel) hidden(b, f box, px, py float64, taken []box, place func(xy) (x, y float64)) float64 {
	cost := 0.0
	if !b.within(f) {
		cost += 1e6
	}
	if b.holds(px, py) {
		cost += 1e5
	}
	for _, o := range taken {
		if b.meets(o) {
			cost += 1e5
		}
	}
	near := box{b.x0 - 6, b.y0 - 6, b.x1 + 6, b.y1 + 6}
	for i := range p.fronts {
		last := xy{}
		for k, c := range p.fronts[i].corners {
			x, y := place(c)
			if near.holds(x, y) {
				cost += 40
			}
			if k > 0 {
				x0, y0 := place(last)
				if b.meets(box{min(x, x0) - 1, min(y, y0) - 1, max(x, x0) + 1, max(y, y0) + 1}) {
					cost += 60
				}
			}
			last = c
		}
	}
	for _, l := range p.labels {
		if x, y := place(l.at); near.holds(x, y) {
			cost += 1e4
		}
	}
	dots := 0.0
	for _, v := range p.cloud {
		if b.holds(place(v)) {
			dots++
		}
	}
	return cost + min(dots, 60)/3
}
