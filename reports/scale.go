package reports

import (
	"math"
	"strconv"
)

// scale is an SI prefix that a whole column shares, so that its figures can be compared at a glance.
type scale struct {
	prefix string
	factor float64
}

// scaleOf picks the prefix that brings the largest of the values between 1 and 1000. Zeros and values that are not
// finite have no say.
func scaleOf(values []float64) scale {
	top := 0.0
	for _, v := range values {
		if v = math.Abs(v); positive(v) {
			top = max(top, v)
		}
	}
	if top == 0 {
		return scale{"", 1}
	}
	const prefixes = "afpnum kMGTP"
	exp := int(math.Floor(math.Log10(top) / 3))
	exp = min(max(exp, -6), 5)
	s := scale{prefixes[exp+6 : exp+7], math.Pow(1000, float64(exp))}
	if s.prefix == " " {
		s.prefix = ""
	}
	return s
}

// of writes a value in the scale, three significant digits.
func (s scale) of(v float64) string { return three(v / s.factor) }

// trimZeros writes a number without an exponent or trailing zeros, six digits at most.
func trimZeros(v float64) string {
	v, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 6, 64), 64)
	if err != nil {
		return "-"
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// three writes three significant digits, trailing zeros kept, and "-" for what is not finite.
func three(v float64) string {
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return "-"
	case v == 0:
		return "0"
	case math.Abs(v) >= 1e5 || math.Abs(v) < 1e-3:
		return strconv.FormatFloat(v, 'e', 2, 64)
	}
	// the exponent after rounding: 9.996 has three digits as 10.0
	e := strconv.FormatFloat(v, 'e', 2, 64)
	exp, err := strconv.Atoi(e[len(e)-3:])
	if err != nil {
		return e
	}
	return strconv.FormatFloat(v, 'f', max(0, 2-exp), 64)
}
