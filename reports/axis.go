package reports

import "math"

// logAxis maps values to places on a logarithmic axis.
type logAxis struct {
	dataLow, dataHigh float64 // log10 of the data's ends
	low, high         float64 // log10 of the axis' ends
	from, to          float64 // places of the axis' ends
}

func newAxis() *logAxis { return &logAxis{dataLow: math.Inf(1), dataHigh: math.Inf(-1)} }

// add widens the axis to a value; values that are not above zero have no place on it.
func (a *logAxis) add(v float64) {
	if positive(v) {
		a.dataLow, a.dataHigh = min(a.dataLow, math.Log10(v)), max(a.dataHigh, math.Log10(v))
	}
}

// place fixes the axis' ends, with a margin of a twentieth and at least a factor of 1.2 in all.
func (a *logAxis) place(from, to float64) {
	a.from, a.to = from, to
	a.low, a.high = a.dataLow, a.dataHigh
	if a.low > a.high {
		a.low, a.high = 0, 1
	}
	margin := max((a.high-a.low)/20, 0.04)
	a.low, a.high = a.low-margin, a.high+margin
}

func (a *logAxis) at(v float64) float64 {
	if !positive(v) {
		return a.from
	}
	return a.from + (math.Log10(v)-a.low)/(a.high-a.low)*(a.to-a.from)
}

// decades returns ends on powers of ten around the data: spreadsheets write labels at ten times the lowest end,
// whatever that is.
func (a *logAxis) decades() (low, high float64) {
	if a.dataLow > a.dataHigh {
		return 0.1, 10
	}
	return power(math.Floor(a.dataLow + 1e-9)), power(math.Ceil(a.dataHigh + 1e-9))
}

// power is ten to a whole number, exactly the float64 that its decimal notation stands for.
func power(exp float64) float64 {
	if exp < 0 {
		return 1 / math.Pow(10, -exp)
	}
	return math.Pow(10, exp)
}
