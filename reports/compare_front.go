package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"tcmdse/results"
)

// WorkloadChange is what changed for one network.
type WorkloadChange struct {
	Name    string
	Ratio   *Ratio       // nil: the fronts have no area in common
	Kept    []Pair       // designs of A's front that are on B's
	Gone    []GoneDesign // those that are not
	New     []NewDesign  // designs of B's front that are not on A's
	Both    int          // candidates in both sweeps, with the same parameters
	Status  int          // of these, with another status
	Changed int          // of these, mapped in both, with a figure that differs by more than tolerance
	Largest *Difference  // the largest of these differences

	a, b *Workload
}

// Pair is one design in both sweeps.
type Pair struct{ A, B *results.CandidateRow }

// GoneDesign is a design of A's front that is not on B's.
type GoneDesign struct {
	A      *results.CandidateRow
	B      *results.CandidateRow // the same design in B; nil: it has none
	By     *results.CandidateRow // the best of B's front that is no larger and no worse; nil: none
	Reason string                // in words
}

// NewDesign is a design of B's front that is not on A's.
type NewDesign struct {
	B, A   *results.CandidateRow // A: the same design in A, nil: it has none
	Reason string
}

// Difference is a figure that a design has differently in the two sweeps.
type Difference struct {
	A, B     *results.CandidateRow
	Figure   string // area_mm2, energy_j, latency_s, edp_js
	VA, VB   float64
	Relative float64 // |VB - VA| by the larger of both
}

// tolerance is the relative difference up to which figures count as equal.
const tolerance = 1e-9

func compareWorkload(a, b *Workload, m *matcher) WorkloadChange {
	w := WorkloadChange{Name: a.Name, Ratio: ratioOf(a, b), a: a, b: b}
	ofA, ofB := m.index(a), m.index(b)
	for i := range a.Candidates {
		ca := &a.Candidates[i]
		key := m.key(ca)
		cb := ofB[key]
		if cb == nil || ofA[key] != ca {
			continue
		}
		w.Both++
		if ca.Status != cb.Status {
			w.Status++
		} else if ca.Status == results.OK {
			w.compareFigures(ca, cb)
		}
	}
	for _, at := range a.Front {
		ca := &a.Candidates[at]
		cb := ofB[m.key(ca)]
		if cb != nil && cb.OnFront {
			w.Kept = append(w.Kept, Pair{ca, cb})
		} else {
			w.Gone = append(w.Gone, goneDesign(ca, cb, b))
		}
	}
	for _, at := range b.Front {
		cb := &b.Candidates[at]
		ca := ofA[m.key(cb)]
		if ca != nil && ca.OnFront {
			continue
		}
		n := NewDesign{B: cb, A: ca, Reason: "not among A's candidates"}
		if ca != nil {
			n.Reason = strings.ReplaceAll(ca.Status, "_", " ") + " in A"
			if ca.Status == results.OK {
				n.Reason = "in A, off the front"
			}
		}
		w.New = append(w.New, n)
	}
	return w
}

// compareFigures counts a candidate whose figures differ and keeps the largest difference.
func (w *WorkloadChange) compareFigures(a, b *results.CandidateRow) {
	differs := false
	for _, f := range []struct {
		name   string
		va, vb float64
	}{{"area_mm2", a.AreaMM2, b.AreaMM2}, {"energy_j", a.EnergyJ, b.EnergyJ}, {"latency_s", a.LatencyS, b.LatencyS}, {"edp_js", a.EDPJs, b.EDPJs}} {
		if f.va == f.vb {
			continue
		}
		r := math.Abs(f.vb-f.va) / max(math.Abs(f.va), math.Abs(f.vb))
		if !(r > tolerance) {
			continue
		}
		differs = true
		if w.Largest == nil || r > w.Largest.Relative {
			w.Largest = &Difference{a, b, f.name, f.va, f.vb, r}
		}
	}
	if differs {
		w.Changed++
	}
}

// goneDesign says what became of a design of A's front in B.
func goneDesign(a, b *results.CandidateRow, w *Workload) GoneDesign {
	g := GoneDesign{A: a, B: b}
	at := a // with B's figures where it has any
	if b != nil && b.Status == results.OK {
		at = b
	}
	for _, i := range w.Front {
		if c := &w.Candidates[i]; c.AreaMM2 <= at.AreaMM2 && c.EDPJs <= at.EDPJs && (g.By == nil || c.EDPJs < g.By.EDPJs) {
			g.By = c
		}
	}
	beaten := "nothing on B's front is as small and as good"
	if g.By != nil {
		beaten = fmt.Sprintf("beaten by B's idx %d", g.By.Index)
	}
	switch {
	case b == nil:
		g.Reason = "not among B's candidates; " + beaten
	case b.Status == results.OK || b.Status == results.Skipped:
		g.Reason = beaten
	default:
		g.Reason = fmt.Sprintf("%s in B: %s", strings.ReplaceAll(b.Status, "_", " "), b.Reason)
	}
	return g
}

// Ratio is the EDP of B's front by that of A's at equal area: the least EDP of a design of at most that area, at every area
// from the larger of the two fronts' smallest to the smaller of their largest. Below 1, B is better.
type Ratio struct {
	From, To     float64 // mm2
	Min, MinAt   float64 // the least ratio and the smallest area with it
	Max, MaxAt   float64
	GeometricAvg float64 // over the logarithm of area
}

// ratioOf compares two fronts; nil where they have no area in common.
func ratioOf(a, b *Workload) *Ratio {
	fa, fb := a.corners(), b.corners()
	if len(fa) == 0 || len(fb) == 0 {
		return nil
	}
	r := &Ratio{From: max(fa[0].area, fb[0].area), To: min(fa[len(fa)-1].area, fb[len(fb)-1].area)}
	if r.From > r.To {
		return nil
	}
	areas := []float64{r.From, r.To}
	for _, c := range slices.Concat(fa, fb) {
		if c.area > r.From && c.area < r.To {
			areas = append(areas, c.area)
		}
	}
	slices.Sort(areas)
	sum := 0.0
	for i, area := range areas {
		v := best(fb, area) / best(fa, area)
		if v < r.Min*(1-tolerance) || i == 0 { // quotients of equal steps differ in their last digit
			r.Min, r.MinAt = v, area
		}
		if v > r.Max*(1+tolerance) || i == 0 {
			r.Max, r.MaxAt = v, area
		}
		if i+1 < len(areas) {
			sum += math.Log(v) * (math.Log(areas[i+1]) - math.Log(area))
		}
	}
	r.GeometricAvg = best(fb, r.From) / best(fa, r.From)
	if r.To > r.From {
		r.GeometricAvg = math.Exp(sum / (math.Log(r.To) - math.Log(r.From)))
	}
	return r
}

// corners lists the designs of the front that have a place on logarithmic axes, by area.
func (w *Workload) corners() []xy {
	var out []xy
	for _, at := range w.Front {
		if c := &w.Candidates[at]; drawable(c) {
			out = append(out, xy{c.AreaMM2, c.EDPJs})
		}
	}
	return out
}

// best is the least EDP of a front's designs of at most an area.
func best(front []xy, area float64) float64 {
	out := math.Inf(1)
	for _, c := range front {
		if c.area <= area {
			out = min(out, c.edp)
		}
	}
	return out
}
