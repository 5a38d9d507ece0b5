package dse

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tcmdse/results"
	"tcmdse/sweeps"
)

func pilotsOf(n int64) *pilots {
	var p pilots
	for i := range n {
		p.add(&sweeps.Candidate{Nth: i, Index: i})
	}
	return &p
}

// TestPilots: one of each range, anywhere in it, the same each time; ranges cover the sweep.
func TestPilots(t *testing.T) {
	for _, n := range []int64{0, 1, 5, 63, 64, 65, 127, 1000, 4097, 100_000} {
		p := pilotsOf(n)
		if ranges := int64(len(p.at)); n > 0 && (ranges > maxPilots || ranges*p.stride < n || (ranges-1)*p.stride >= n || n > 64 && ranges < maxPilots/2) {
			t.Errorf("%d candidates: %d ranges of %d", n, ranges, p.stride)
		}
		found := 0
		for i := range n {
			if p.has(i) {
				found++
			}
		}
		if found != len(p.at) || !slices.Equal(p.order(), pilotsOf(n).order()) || len(p.order()) != found {
			t.Errorf("%d candidates: %d are pilots, %d ranges, order %v", n, found, len(p.at), p.order())
		}
		eighths := map[int64]bool{}
		for _, x := range p.spread(8) {
			eighths[8*(x.nth/p.stride)/int64(len(p.at))] = true
		}
		if few := min(8, len(p.at)); len(eighths) != few {
			t.Errorf("%d candidates: %v are spread over %d parts, want %d", n, p.spread(8), len(eighths), few)
		}
		var sum float64
		for k, x := range p.at {
			if x.nth < int64(k)*p.stride || x.nth >= min(n, int64(k+1)*p.stride) {
				t.Errorf("%d candidates: pilot %d of range %d", n, x.nth, k)
			}
			sum += float64(x.nth%p.stride) / float64(p.stride)
		}
		if mean := sum / float64(len(p.at)); n > 50_000 && math.Abs(mean-0.5) > 0.15 {
			t.Errorf("%d candidates: pilots stand at %.2f of their ranges", n, mean)
		}
	}
}

// TestTimeLeft: on grids that run from fast to slow designs, with an inner axis of its own habit and neighbours that
// share work, the time left is about right from the pilots on.
func TestTimeLeft(t *testing.T) {
	const total = 4096
	for name, cost := range map[string]func(i int64) float64{
		"equal":           func(int64) float64 { return 1 },
		"grows":           func(i int64) float64 { return math.Exp2(float64(i) / total * 7) },
		"falls":           func(i int64) float64 { return math.Exp2(7 - float64(i)/total*7) },
		"inner axis":      func(i int64) float64 { return math.Exp2(float64(i)/total*4) * []float64{1, 2, 4, 8}[i%4] },
		"three of four":   func(i int64) float64 { return math.Exp2(float64(i) / total * 5) }, // equal to a neighbour, below
		"half infeasible": func(i int64) float64 { return float64(i / (total / 2)) },
	} {
		c := Counted{Total: total}
		for i := range int64(total) {
			c.pilots.add(&sweeps.Candidate{Nth: i, Index: i})
		}
		start := time.Unix(1e9, 0)
		m := newMeter(start, 1, &c)
		var elapsed, all float64
		known := map[int64]bool{}
		takes := func(i int64) float64 {
			if name == "three of four" && (known[i-1] || known[i-2] || known[i-3]) {
				return cost(i) / 100
			}
			return cost(i)
		}
		var order []int64
		for _, p := range c.pilots.order() {
			order = append(order, p.index)
		}
		for i := range int64(total) {
			if !c.pilots.has(i) {
				order = append(order, i)
			}
		}
		spent := make([]float64, total)
		for at, i := range order {
			x := takes(i)
			known[i] = x == cost(i)
			spent[at], all = x, all+x
		}
		for at, i := range order {
			elapsed += spent[at]
			m.finish(&finished{nth: i, Candidate: results.Candidate{Results: []results.WorkloadResult{{Status: results.OK}}}, seconds: spent[at]})
			percent := 100 * elapsed / all
			left := all - elapsed
			if at+1 < len(c.pilots.at) || percent > 95 || name == "three of four" && at < total/5 {
				continue
			}
			if eta := m.now(start.Add(time.Duration(elapsed * 1e9))).ETA.Seconds(); eta < left/1.6 || eta > left*1.6 {
				t.Errorf("%s: after %d candidates and %.0f s, %.0f s are told, %.0f s left", name, at+1, elapsed, eta, left)
				break
			}
		}
	}
}

// TestTimeLeftResumed: what is stored takes no time, and ranges of which nothing is known count with the mean.
func TestTimeLeftResumed(t *testing.T) {
	c := Counted{Total: 1000}
	for i := range int64(1000) {
		c.pilots.add(&sweeps.Candidate{Nth: i, Index: i})
	}
	start := time.Unix(1e9, 0)
	m := newMeter(start, 1, &c)
	r := rand.New(rand.NewPCG(1, 1))
	n := 0.0
	for i := range int64(1000) {
		stored := i < 400
		if !stored && r.IntN(2) == 0 {
			continue
		}
		m.finish(&finished{nth: i, Candidate: results.Candidate{Results: []results.WorkloadResult{{Status: results.OK}}}, stored: stored, seconds: 2})
		if !stored {
			n++
		}
	}
	p := m.now(start.Add(time.Duration(n) * time.Second)) // two at once
	if want := 600 - n; math.Abs(p.ETA.Seconds()-want) > 1 || p.Reused != 400 {
		t.Errorf("%v left, want %.0f s; %d reused", p.ETA, want, p.Reused)
	}
}
