package reports

import (
	"math"
	"strings"
	"testing"
)

// TestTicks: every axis has three labels or more, far enough apart to be read, in order and on round values, narrow ones too.
func TestTicks(t *testing.T) {
	for _, c := range []struct {
		low, high, factor, length, gap float64
		want                           string
	}{
		{7e-4, 3e-3, 1e-3, 405, 26, "0.7 1 2 3"},
		{2.8e-3, 3.2e-3, 1e-3, 405, 26, "2.6 2.8 3 3.2 3.4"},
		{5, 5, 1, 780, 45, "4.6 4.7 4.8 4.9 5 5.1 5.2 5.3 5.4"},
		{1.5, 9.7, 1, 780, 45, "2 3 5 7 10"},
		{1, 90, 1, 780, 45, "1 2 5 10 20 50 100"},
		{1e-9, 1e-6, 1e-6, 405, 26, "0.001 0.003 0.01 0.03 0.1 0.3 1"},
		{1e-12, 1e12, 1, 780, 45, "1e-12 1e-9 1e-6 0.001 1 1000 1e6 1e9 1e12"},
		{99, 101, 1, 405, 26, ""}, {0.3, 0.9, 1, 405, 26, ""}, {1e-3, 4.9e-3, 1e-6, 780, 45, ""}, {0, 0, 1, 780, 45, ""},
	} {
		a := newAxis()
		a.add(c.low)
		a.add(c.high)
		a.place(0, c.length)
		var texts []string
		last, blank := math.Inf(-1), 0
		for _, k := range a.ticksIn(c.factor, c.gap) {
			if k.At < -1e-6 || k.At > c.length+1e-6 {
				t.Errorf("%g to %g: %q at %g is off the axis", c.low, c.high, k.Text, k.At)
			}
			if k.Text == "" {
				blank++
				continue
			}
			if k.At-last < c.gap {
				t.Errorf("%g to %g: %s is %g from the label before", c.low, c.high, k.Text, k.At-last)
			}
			last = k.At
			texts = append(texts, k.Text)
		}
		if got := strings.Join(texts, " "); len(texts) < 3 || len(texts) > mostLabels || blank == 0 || c.want != "" && got != c.want {
			t.Errorf("%g to %g: labels %s, want %s; %d marks between", c.low, c.high, got, c.want, blank)
		}
	}
}
