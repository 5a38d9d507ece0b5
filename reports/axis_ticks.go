package reports

import "math"

// tick is a mark of an axis; those between the labelled ones have no text.
type tick struct {
	At   float64
	Text string
}

// mostLabels is how many labels an axis has at most.
const mostLabels = 9

// ticks are the labels of an axis 45 apart, in the values' own unit.
func (a *logAxis) ticks() []tick {
	var out []tick
	for _, t := range a.ticksIn(1, 45) {
		if t.Text != "" {
			out = append(out, t)
		}
	}
	return out
}

// ticksIn marks round values, in units of factor: labels at least gap apart, three or more where the axis has room, and
// unlabelled marks between them. Below two thirds of a decade the labels are at even steps; powers of ten would leave
// one or none.
func (a *logAxis) ticksIn(factor, gap float64) []tick {
	if a.high-a.low < 0.7 {
		return a.evenTicks(factor, gap)
	}
	nine := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9}
	for _, steps := range [][]float64{{1, 2, 3, 5, 7}, {1, 2, 5}, {1, 3}, {1}} {
		if labels := a.marks(steps, 1, factor); apart(labels, gap) {
			return append(labels, a.blank(nine, labels, factor)...)
		}
	}
	for every := 2.0; ; every++ {
		if labels := a.marks([]float64{1}, every, factor); apart(labels, gap) || every > 300 {
			return append(labels, a.blank([]float64{1}, labels, factor)...)
		}
	}
}

// marks are labels at steps of every so many decades.
func (a *logAxis) marks(steps []float64, every, factor float64) []tick {
	low, high := a.low-math.Log10(factor), a.high-math.Log10(factor)
	var out []tick
	for e := math.Floor(low/every) * every; e <= high; e += every {
		for _, s := range steps {
			if l := e + math.Log10(s); l >= low && l <= high {
				out = append(out, tick{a.at(s * power(e) * factor), tickText(s * power(e))})
			}
		}
	}
	return out
}

// blank are marks without text where no label stands.
func (a *logAxis) blank(steps []float64, labels []tick, factor float64) []tick {
	var out []tick
	for _, t := range a.marks(steps, 1, factor) {
		if !near(t, labels) {
			out = append(out, tick{At: t.At})
		}
	}
	return out
}

func near(t tick, labels []tick) bool {
	for _, l := range labels {
		if math.Abs(l.At-t.At) < 0.5 {
			return true
		}
	}
	return false
}

// apart tells whether labels are few and far enough from each other.
func apart(labels []tick, gap float64) bool {
	for i := 1; i < len(labels); i++ {
		if math.Abs(labels[i].At-labels[i-1].At) < gap {
			return false
		}
	}
	return len(labels) <= mostLabels
}

// evenTicks are labels at multiples of 1, 2 or 5 times a power of ten, the finest that fit, with marks that halve or fifth
// the steps.
func (a *logAxis) evenTicks(factor, gap float64) []tick {
	low, high := math.Pow(10, a.low)/factor, math.Pow(10, a.high)/factor
	at := func(step float64) (out []tick) {
		for k := math.Ceil(low / step); k*step <= high; k++ {
			out = append(out, tick{a.at(k * step * factor), tickText(k * step)})
		}
		return out
	}
	for e := math.Floor(math.Log10(high-low)) - 1; ; e++ {
		for _, s := range []float64{1, 2, 5} {
			labels := at(s * power(e))
			if !apart(labels, gap) {
				continue
			}
			parts := 5.0
			if s == 2 {
				parts = 4
			}
			for _, t := range at(s * power(e) / parts) {
				if !near(t, labels) {
					labels = append(labels, tick{At: t.At})
				}
			}
			return labels
		}
	}
}

// tickText writes a round value: 0.005, 20, 1e-7.
func tickText(v float64) string {
	if v >= 1e-4 && v < 1e5 {
		return trimZeros(v)
	}
	e := math.Floor(math.Log10(v) + 1e-9)
	return trimZeros(v/math.Pow(10, e)) + "e" + trimZeros(e)
}
