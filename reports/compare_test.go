package reports

import (
	"bytes"
	"context"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tcmdse/results"
)

// twoSweeps are two sweeps in one file: the second has another tool version and cost table, no 8 x 8 arrays, one more
// buffer size, a better large buffer and a workload less.
func twoSweeps(t *testing.T) (a, b *Data) {
	t.Helper()
	ctx := context.Background()
	db, err := results.Open(filepath.Join(t.TempDir(), "r.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	add := func(s results.Sweep, cs []results.Candidate) *Data {
		id, _, err := db.Begin(ctx, s)
		if err == nil {
			err = db.Append(ctx, id, cs)
		}
		if err == nil {
			err = db.Finish(ctx, id, s.FinishedAt)
		}
		if err != nil {
			t.Fatal(err)
		}
		d, err := Read(ctx, db, id)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	s, cs := sampleSweep()
	s.CostTables = map[string]string{"dram": "0123456789abcdef", "mac": "same"}
	a = add(s, cs)
	s.Name, s.ToolVersion, s.Workloads, s.Overrides = "buffers, new board", "test2", []string{"netA"}, []string{"GLB.size=512KiB"}
	s.Config = strings.Replace(s.Config, "108 KiB", "216 KiB", 1)
	s.CostTables = map[string]string{"dram": "fedcba9876543210", "mac": "same"}
	s.StartedAt, s.FinishedAt = s.StartedAt.Add(24*time.Hour), s.FinishedAt.Add(24*time.Hour)
	cs = cs[12:] // 8 x 8 are first
	for k, x := range []int{16, 32} {
		cs = append(cs, sampleCandidate(int64(200+k), x, 16, 512, 12.8))
	}
	s.CandidatesTotal = int64(len(cs))
	for i := range cs {
		c := &cs[i]
		c.Results = c.Results[:1]
		if r := &c.Results[0]; r.Status == results.OK && c.Params[2].Value == 256*8192 {
			r.EnergyJ, r.EDPJs = r.EnergyJ*0.9, 0
			r.EDPJs = float64(r.EnergyJ * r.LatencyS)
		}
	}
	return a, add(s, cs)
}

func TestCompareText(t *testing.T) {
	a, b := twoSweeps(t)
	var out bytes.Buffer
	if err := WriteCompareText(&out, Compare(a, b)); err != nil {
		t.Fatal(err)
	}
	golden(t, "compare.txt", out.String())
}

func TestCompare(t *testing.T) {
	a, b := twoSweeps(t)
	c := Compare(a, b)
	if len(c.OnlyA) != 1 || c.OnlyA[0] != "netB" || c.OnlyB != nil || len(c.Workloads) != 1 || len(c.ConfigA) != 1 || !strings.Contains(c.ConfigB[0], "216 KiB") {
		t.Errorf("%+v", c)
	}
	var names []string
	for _, s := range c.Settings {
		names = append(names, s.Name)
	}
	if got := strings.Join(names, ","); got != "workloads,candidates,--set,tool version,cost table dram" {
		t.Errorf("settings: %s", got)
	}
	for _, p := range c.Params {
		if p.Path == "GLB.size" && (strings.Join(p.OnlyA, ",") != "" || strings.Join(p.OnlyB, ",") != "512KiB") || p.Path == "PE.x" {
			t.Errorf("%+v", p)
		}
	}
	w := &c.Workloads[0]
	if w.Both != 96 || w.Status != 0 || w.Changed != 21 {
		t.Errorf("%d in both, %d with another status, %d changed", w.Both, w.Status, w.Changed)
	}
	if l := w.Largest; l == nil || l.Figure != "energy_j" && l.Figure != "edp_js" || math.Abs(l.Relative-0.1) > 1e-9 {
		t.Errorf("%+v", l)
	}
	if len(w.Kept)+len(w.Gone) != len(a.Workloads[0].Front) || len(w.Kept)+len(w.New) != len(b.Workloads[0].Front) || len(w.Gone) == 0 || len(w.New) == 0 || len(w.Kept) == 0 {
		t.Errorf("%d kept, %d gone, %d new", len(w.Kept), len(w.Gone), len(w.New))
	}
	for _, g := range w.Gone {
		small := g.A.Params[0].Value == 8 && g.A.Params[1].Value == 8
		if small != (g.B == nil) || small != strings.HasPrefix(g.Reason, "not among B's candidates; ") || !small && g.By == nil {
			t.Errorf("%+v", g)
		}
	}
	back := Compare(b, a)
	if r := back.Workloads[0].Ratio; math.Abs(r.GeometricAvg*w.Ratio.GeometricAvg-1) > 1e-12 || math.Abs(r.Min*w.Ratio.Max-1) > 1e-12 || len(back.OnlyB) != 1 {
		t.Errorf("back: %+v, there: %+v", r, w.Ratio)
	}
	self := Compare(a, a)
	if len(self.Settings)+len(self.Params)+len(self.ConfigA)+len(self.ConfigB)+len(self.Notes) > 0 {
		t.Errorf("with itself: %+v", self)
	}
	for _, w := range self.Workloads {
		if w.Changed+w.Status+len(w.Gone)+len(w.New) > 0 || w.Ratio.Min != 1 || w.Ratio.Max != 1 || w.Ratio.GeometricAvg != 1 {
			t.Errorf("with itself: %+v", w)
		}
	}
}

// TestRatio: fronts of known steps.
func TestRatio(t *testing.T) {
	front := func(ps ...xy) *Workload {
		w := &Workload{}
		for i, p := range ps {
			w.Candidates = append(w.Candidates, results.CandidateRow{ID: int64(i), Status: results.OK, OnFront: true, AreaMM2: p.area, EDPJs: p.edp})
		}
		w.findFront()
		return w
	}
	a := front(xy{1, 8}, xy{4, 4}, xy{16, 2})
	for _, c := range []struct {
		name string
		b    *Workload
		want *Ratio
	}{
		{"half everywhere", front(xy{1, 4}, xy{4, 2}, xy{16, 1}), &Ratio{1, 16, 0.5, 1, 0.5, 1, 0.5}},
		// 1..2: 8/8; 2..4: 4/8; 4..16: 4/4. Of log2 16 = 4, one is at a half.
		{"a step earlier", front(xy{1, 8}, xy{2, 4}, xy{16, 2}), &Ratio{1, 16, 0.5, 2, 1, 1, math.Pow(0.5, 0.25)}},
		// 0.8 of each is no 0.8 in float64: the first area counts
		{"rounded", front(xy{1, 8. / 3 * 0.8}, xy{4, 8. / 7 * 0.8}, xy{16, 8. / 11 * 0.8}), &Ratio{1, 16, 0.8, 1, 0.8, 1, 0.8}},
		{"one area", front(xy{4, 8}), &Ratio{4, 4, 2, 4, 2, 4, 2}},
		{"a part", front(xy{0.5, 16}, xy{2, 16}, xy{8, 4}), &Ratio{1, 8, 1, 8, 4, 4, math.Exp((2*math.Log(2)*math.Log(2) + math.Log(4)*math.Log(2)) / math.Log(8))}},
		{"larger", front(xy{17, 1}), nil},
		{"none", front(), nil},
	} {
		a := a
		if c.name == "rounded" {
			a = front(xy{1, 8. / 3}, xy{4, 8. / 7}, xy{16, 8. / 11})
		}
		got := ratioOf(a, c.b)
		if (got == nil) != (c.want == nil) {
			t.Errorf("%s: %+v", c.name, got)
			continue
		}
		if got != nil && (math.Abs(got.GeometricAvg-c.want.GeometricAvg) > 1e-12 || got.From != c.want.From || got.To != c.want.To || math.Abs(got.Min-c.want.Min) > 1e-12 ||
			got.MinAt != c.want.MinAt || math.Abs(got.Max-c.want.Max) > 1e-12 || got.MaxAt != c.want.MaxAt) {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

// TestMatch: which candidates count as the same.
func TestMatch(t *testing.T) {
	with := func(ps ...results.Param) *Data {
		n := 0
		return built(2, func(i int, c *results.CandidateRow) {
			n++
			c.Params = []results.Param{{Path: "x", Value: float64(n), Text: strings.Repeat("1", n)}}
			for _, p := range ps {
				p.Value *= float64(n)
				if p.Value == 0 {
					p.Text += strings.Repeat("a", n)
				}
				c.Params = append(c.Params, p)
			}
		})
	}
	size := func(text string, v float64) results.Param { return results.Param{Path: "size", Text: text, Value: v} }
	for _, c := range []struct {
		name string
		a, b *Data
		both int
		note string
	}{
		{"equal", with(), with(), 2, ""},
		{"other units", with(size("1KiB", 8192)), with(size("1024B", 8192)), 2, ""},
		{"words", with(size("int", 0)), with(size("bf", 0)), 0, ""},
		{"varies in one", with(size("1KiB", 8192)), with(), 0, "size varies in sweep A only"},
	} {
		cmp := Compare(c.a, c.b)
		if cmp.Workloads[0].Both != c.both || !strings.Contains(strings.Join(cmp.Notes, ""), c.note) || c.note == "" && len(cmp.Notes) > 0 {
			t.Errorf("%s: %d, %q", c.name, cmp.Workloads[0].Both, cmp.Notes)
		}
	}
	one := with()
	for i := range one.Workloads[0].Candidates {
		c := &one.Workloads[0].Candidates[i]
		c.Params = append(c.Params, results.Param{Path: "fixed", Value: 4, Text: "4"})
	}
	if c := Compare(with(), one); c.Workloads[0].Both != 2 || len(c.Notes) != 1 || !strings.Contains(c.Notes[0], "with one value") {
		t.Errorf("%d, %q", c.Workloads[0].Both, c.Notes)
	}
}
