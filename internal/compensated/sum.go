// Package compensated adds up figures so that the order in which they come does not show.
//
// A plain sum of n numbers of one sign is off by up to (n-1) x 2^-53 relative: 1e-12 is reached at 9,000 terms, and
// networks of more layers are allowed. Sum keeps what each addition loses beside the sum (Neumaier, Rundungsfehleranalyse
// einiger Verfahren zur Summation endlicher Summen, ZAMM 54, 1974; with the error-free addition of Knuth in place of a
// comparison). Its error is at most 2^-53 |s| + n^2 x 2^-106 x (sum of magnitudes), so that of ten million terms of one sign
// it is below 2^-52 relative.
//
// Sums of a handful of terms, the tensors of a memory or the nodes of an architecture, are plain: docs/exactness.md,
// section "Numbers", says which and how far off they can be.
package compensated

import "math"

// Sum is a sum of float64, 0 at first. Its value is not finite where a term is not, or where the sum is beyond a float64.
type Sum struct{ sum, lost float64 }

// Add adds a term.
func (s *Sum) Add(x float64) {
	t := s.sum + x
	part := t - s.sum
	s.lost += (s.sum - (t - part)) + (x - part)
	s.sum = t
}

// Value returns the sum so far.
func (s *Sum) Value() float64 {
	if math.IsInf(s.sum, 0) || math.IsNaN(s.sum) { // what was lost then means nothing
		return s.sum
	}
	return s.sum + s.lost
}

// ByName is a sum for each name. The zero value is not ready: use make, or ByName{}.
type ByName map[string]*Sum

// Add adds a term to a name's sum.
func (b ByName) Add(name string, x float64) {
	s := b[name]
	if s == nil {
		s = new(Sum)
		b[name] = s
	}
	s.Add(x)
}

// Value returns a name's sum, 0 where it has no terms.
func (b ByName) Value(name string) float64 {
	if s := b[name]; s != nil {
		return s.Value()
	}
	return 0
}
