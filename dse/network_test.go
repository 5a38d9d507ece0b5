package dse

import (
	"math"
	"math/rand/v2"
	"testing"

	"tcmdse/results"
)

// TestNetworkEDP compares with all combinations, on random fronts, points off the hulls among them.
func TestNetworkEDP(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 11))
	gains := 0
	for range 3000 {
		var fronts [][]results.Layer
		for range 1 + r.IntN(4) {
			count, e, l := 1+r.Int64N(4), 10*r.Float64(), 10*r.Float64()
			var front []results.Layer
			for range 1 + r.IntN(6) {
				front = append(front, results.Layer{Count: count, EnergyJ: e + 100, LatencyS: l + 1})
				e, l = e-20*r.Float64(), l+10*r.Float64()
			}
			fronts = append(fronts, front)
		}
		got := product(fronts, NetworkEDP(fronts))
		want, alone := math.Inf(1), make([]int, len(fronts))
		pick := make([]int, len(fronts))
		var try func(l int)
		try = func(l int) {
			if l == len(fronts) {
				want = min(want, product(fronts, pick))
				return
			}
			for i, p := range fronts[l] {
				if b := fronts[l][alone[l]]; p.EnergyJ*p.LatencyS < b.EnergyJ*b.LatencyS {
					alone[l] = i
				}
				pick[l] = i
				try(l + 1)
			}
		}
		try(0)
		if math.Abs(got-want) > 1e-9*want {
			t.Fatalf("%v: %v, all combinations %v", fronts, got, want)
		}
		if want < product(fronts, alone)*(1-1e-9) {
			gains++
		}
	}
	if gains == 0 {
		t.Error("no case where layers have to be chosen together")
	}
	t.Logf("%d of 3000 networks gain over their layers' own optima", gains)
}

func product(fronts [][]results.Layer, pick []int) float64 {
	var e, l float64
	for i, p := range pick {
		e += float64(fronts[i][p].Count) * fronts[i][p].EnergyJ
		l += float64(fronts[i][p].Count) * fronts[i][p].LatencyS
	}
	return e * l
}
