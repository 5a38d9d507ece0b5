package dse

import (
	"math"
	"math/rand/v2"
	"testing"

	"tcmdse/mapper"
)

// TestNetworkLeast: the bound is below the product of sums for every choice of one point a layer, whatever points the
// layers' bounds come from, and attains it where a layer has one point.
func TestNetworkLeast(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 3))
	tight := 0
	for range 3000 {
		layers := make([]layerLeast, 1+r.IntN(4))
		points := make([][][2]float64, len(layers))
		single := true
		for i := range layers {
			l := &layers[i]
			*l = layerLeast{float64(1 + r.IntN(3)), mapper.Least{EnergyJ: math.Inf(1), LatencyS: math.Inf(1), EDPJs: math.Inf(1)}}
			for range 1 + r.IntN(4)*r.IntN(2) {
				e, s := math.Exp(3*r.NormFloat64()), math.Exp(3*r.NormFloat64())
				points[i] = append(points[i], [2]float64{e, s})
				l.EnergyJ, l.LatencyS, l.EDPJs = min(l.EnergyJ, e), min(l.LatencyS, s), min(l.EDPJs, e*s)
			}
			single = single && len(points[i]) == 1
			switch r.IntN(6) { // weaker bounds are bounds too
			case 0:
				l.EnergyJ = 0
			case 1:
				l.LatencyS = 0
			case 2:
				l.EDPJs *= r.Float64()
			}
			single = single && l.EnergyJ > 0 && l.LatencyS > 0
		}
		bound, least := networkLeast(layers), leastProduct(layers, points, 0, 0, 0)
		if bound > least || math.IsNaN(bound) {
			t.Fatalf("bound %g above %g: %+v", bound, least, layers)
		}
		if single {
			tight++
			if bound < least*(1-1e-6) {
				t.Fatalf("bound %g, one mapping a layer gives %g: %+v", bound, least, layers)
			}
		}
	}
	if tight < 100 {
		t.Errorf("%d cases of one point a layer", tight)
	}
}

func leastProduct(layers []layerLeast, points [][][2]float64, i int, e, s float64) float64 {
	if i == len(layers) {
		return e * s
	}
	least := math.Inf(1)
	for _, p := range points[i] {
		least = min(least, leastProduct(layers, points, i+1, e+layers[i].count*p[0], s+layers[i].count*p[1]))
	}
	return least
}

// TestNetworkLeastEdges: layers that cost nothing in one respect, and layers without mapping.
func TestNetworkLeastEdges(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		layers []layerLeast
		want   float64
	}{
		{nil, 0},
		{[]layerLeast{{1, mapper.Least{}}}, 0},
		{[]layerLeast{{2, mapper.Least{EnergyJ: 3}}}, 0},
		{[]layerLeast{{2, mapper.Least{LatencyS: 3}}}, 0},
		{[]layerLeast{{1, mapper.Least{EDPJs: 4}}}, 4},
		{[]layerLeast{{1, mapper.Least{EDPJs: 4}}, {2, mapper.Least{EDPJs: 9}}}, 64},
		{[]layerLeast{{1, mapper.Least{EnergyJ: 2, LatencyS: 3, EDPJs: 6}}, {1, mapper.Least{EnergyJ: 1, LatencyS: 1, EDPJs: 1}}}, 12},
		{[]layerLeast{{1, mapper.Least{EnergyJ: inf, LatencyS: inf, EDPJs: inf}}}, inf},
	} {
		if got := networkLeast(c.layers); !(got <= c.want && got >= c.want*(1-1e-8)) && got != c.want {
			t.Errorf("%+v: %g, want %g", c.layers, got, c.want)
		}
	}
}
