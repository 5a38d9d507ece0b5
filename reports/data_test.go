package reports

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"tcmdse/results"
)

func TestThree(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 0.85: "0.850", 1: "1.00", 9.996: "10.0", 10.44: "10.4", 264.4: "264", 1234: "1234",
		123456: "1.23e+05", 0.0012: "0.00120", 0.00012: "1.20e-04", -2.5: "-2.50", math.Inf(1): "-", math.NaN(): "-"} {
		if got := three(v); got != want {
			t.Errorf("three(%g) = %s, want %s", v, got, want)
		}
	}
}

func TestScale(t *testing.T) {
	for _, c := range []struct {
		values []float64
		prefix string
		first  string
	}{
		{[]float64{4.26e-3, 0.46e-3}, "m", "4.26"}, {[]float64{0, 3}, "", "0"}, {nil, "", ""}, {[]float64{5e-25}, "a", "5.00e-07"},
		{[]float64{2e3, math.Inf(1)}, "k", "2.00"}, {[]float64{7e-6}, "u", "7.00"},
	} {
		s := scaleOf(c.values)
		if s.prefix != c.prefix || len(c.values) > 0 && s.of(c.values[0]) != c.first {
			t.Errorf("%v: prefix %q, %v", c.values, s.prefix, s)
		}
	}
}

func TestParams(t *testing.T) {
	texts := map[string][]string{
		"GLB.size":       {"512KiB", "1MiB", "64KiB"},
		"GLB.other":      {"512KiB", "unlimited", "64KiB"},
		"PE.x":           {"8", "16", "1e3"},
		"DRAM.bandwidth": {"25.6GB/s", "12.8GB/s", "500MB/s"},
		"GLB.energy":     {"0.5pJ/bit", "0.25pJ/bit", "1pJ/bit"},
		"clock":          {"200MHz", "1GHz", "1e3kHz"},
		"GLB.rate":       {"64B/cycle", "25.6GB/s", "1GB/s"},
		"name":           {"a", "b", "2c"},
	}
	want := map[string][]any{
		"GLB.size_KiB": {512.0, 1024.0, 64.0}, "GLB.other_KiB": {512.0, "unlimited", 64.0}, "PE.x": {8.0, 16.0, 1000.0},
		"DRAM.bandwidth_MB_per_s": {25600.0, 12800.0, 500.0}, "GLB.energy_pJ_per_bit": {0.5, 0.25, 1.0}, "clock_kHz": {200000.0, 1e6, 1000.0},
		"GLB.rate": {"64B/cycle", "25.6GB/s", "1GB/s"}, "name": {"a", "b", "2c"},
	}
	d := built(3, func(i int, c *results.CandidateRow) {
		for path, ts := range texts {
			c.Params = append(c.Params, results.Param{Path: path, Text: ts[i]})
		}
	})
	ps := d.params()
	if len(ps) != len(want) {
		t.Fatalf("%d columns", len(ps))
	}
	for i := range ps {
		for k, w := range want[ps[i].header] {
			if got := ps[i].cell(d.Workloads[0].Candidates[k].Params); got != w {
				t.Errorf("%s: %v, want %v", ps[i].header, got, w)
			}
		}
		if want[ps[i].header] == nil {
			t.Errorf("header %s", ps[i].header)
		}
	}
	if got := ps[0].cell(nil); got != nil {
		t.Errorf("a candidate without the parameter has %v", got)
	}
}

// TestShown: a cost that follows a size has no column in short tables, a cost that varies by itself has.
func TestShown(t *testing.T) {
	for name, c := range map[string]struct {
		area func(i int) string
		n    int
	}{
		"follows": {func(i int) string { return []string{"1mm2", "2mm2"}[i%2] }, 1},
		"varies":  {func(i int) string { return fmt.Sprintf("%dmm2", i) }, 2},
	} {
		d := built(6, func(i int, r *results.CandidateRow) {
			r.Params = []results.Param{{Path: "GLB.size", Text: []string{"1KiB", "2KiB"}[i%2]}, {Path: "GLB.area", Text: c.area(i)}}
		})
		if got := len(d.shown()); got != c.n {
			t.Errorf("%s: %d columns, want %d", name, got, c.n)
		}
	}
}

func TestKnee(t *testing.T) {
	at := func(points ...[2]float64) *Workload {
		return &built(len(points), func(i int, c *results.CandidateRow) { c.AreaMM2, c.EDPJs = points[i][0], points[i][1] }).Workloads[0]
	}
	for i, c := range []struct {
		w    *Workload
		want int
	}{
		{at(), -1}, {at([2]float64{1, 1}, [2]float64{2, .5}), -1},
		{at([2]float64{1, 100}, [2]float64{2, 2}, [2]float64{100, 1}), 1},
		{at([2]float64{1, 100}, [2]float64{10, 10}, [2]float64{100, 1}), -1},                     // a straight line has none
		{at([2]float64{1, 100}, [2]float64{50, 90}, [2]float64{60, 50}, [2]float64{100, 1}), -1}, // nor one that bends outwards
		{at([2]float64{0, 100}, [2]float64{2, 2}, [2]float64{100, 1}), -1},
	} {
		if got := c.w.knee(); got != c.want {
			t.Errorf("case %d: %d, want %d", i, got, c.want)
		}
	}
}

// TestStaircase: every design is a corner, steps are level or upright, and the line is never below a design's EDP
// where that design is the best for its area.
func TestStaircase(t *testing.T) {
	w := &realistic(t).Workloads[0]
	areas, edps := w.staircase()
	if len(areas) != 2*len(w.Front)-1 || len(w.Front) < 4 {
		t.Fatalf("%d corners of %d designs", len(areas), len(w.Front))
	}
	for i := range areas {
		if i%2 == 0 {
			if c := w.Candidates[w.Front[i/2]]; c.AreaMM2 != areas[i] || c.EDPJs != edps[i] {
				t.Errorf("corner %d is not design %d", i, i/2)
			}
		} else if areas[i] != areas[i+1] || edps[i] != edps[i-1] {
			t.Errorf("step %d is slanted", i)
		}
	}
}

func TestThin(t *testing.T) {
	d := built(3000, func(i int, c *results.CandidateRow) {
		c.OnFront = i < 40
		c.EDPJs = math.Exp(math.Sin(float64(i) * 12.9898)) // scattered, the same every time
		if i == 50 {
			c.Status = results.Failed
		}
	})
	w := &d.Workloads[0]
	if got, all := thin(w, 5000); len(got) != 2999 || all != 2999 {
		t.Errorf("%d of %d, want all 2999", len(got), all)
	}
	for _, limit := range []int{100, 1000, 2998} {
		got, all := thin(w, limit)
		again, _ := thin(w, limit)
		if all != 2999 || len(got) > limit || len(got) < limit/2 || !slices.IsSorted(got) || !slices.Equal(got, again) {
			t.Errorf("limit %d: %d of %d", limit, len(got), all)
		}
		for i := range 40 {
			if !slices.Contains(got, i) {
				t.Errorf("limit %d: design %d of the front is missing", limit, i)
			}
		}
	}
	if got, _ := thin(w, 10); len(got) != 10 || got[0] != 0 || got[9] != 39 {
		t.Errorf("a front above the limit: %v", got)
	}
}

func TestDecades(t *testing.T) {
	for _, c := range [][4]float64{{0.85, 10.4, 0.1, 100}, {4.6e-4, 4.86e-3, 1e-4, 1e-2}, {3, 3, 1, 10}, {10, 10, 10, 100}, {1e-12, 2e-12, 1e-12, 1e-11}} {
		a := newAxis()
		a.add(c[0])
		a.add(c[1])
		a.add(-1)
		if low, high := a.decades(); low != c[2] || high != c[3] {
			t.Errorf("%g to %g: ends %g, %g, want %g, %g", c[0], c[1], low, high, c[2], c[3])
		}
	}
	if low, high := newAxis().decades(); low <= 0 || high <= low {
		t.Errorf("an axis without data: %g to %g", low, high)
	}
}

func TestOutcomes(t *testing.T) {
	d := built(40, func(i int, c *results.CandidateRow) {
		switch {
		case i < 3:
			c.Status, c.Reason = results.OverBudget, "too large"
		case i < 9:
			c.Status, c.Reason = results.Infeasible, fmt.Sprintf("GLB is %d.5 bits short", i)
		case i < 11:
			c.Status, c.Reason = results.Infeasible, "RF is short"
		}
	})
	var got []string
	for _, o := range d.Workloads[0].outcomes() {
		got = append(got, fmt.Sprintf("%d %s %s %d", o.n, o.status, o.reason, o.first))
	}
	want := []string{"29 ok  11", "6 infeasible GLB is 3.5 bits short 3", "2 infeasible RF is short 9", "3 over_budget too large 0"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	many := built(60, func(i int, c *results.CandidateRow) {
		c.Status, c.Reason = results.Failed, "reason "+string(rune('a'+i%20))+string(rune('a'+i/20))
	})
	o := many.Workloads[0].outcomes()
	if len(o) != maxReasons || o[maxReasons-1].status != various || o[maxReasons-1].n != 60-maxReasons+1 {
		t.Errorf("%+v", o)
	}
}

func TestSources(t *testing.T) {
	got := fmt.Sprint(sources(sampleConfig))
	if want := "[{architecture a page: of a book} {DRAM dram.csv row 2} {GLB 108 KiB; the board's link}]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestFrontOrder: fronts go by area, whatever the sweep's order.
func TestFrontOrder(t *testing.T) {
	d := built(5, func(i int, c *results.CandidateRow) { c.AreaMM2, c.EDPJs = float64(10-i), float64(1+i) })
	if got := d.Workloads[0].Front; !slices.Equal(got, []int{4, 3, 2, 1, 0}) {
		t.Errorf("front %v", got)
	}
}
