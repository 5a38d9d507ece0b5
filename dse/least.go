package dse

import (
	"cmp"
	"math"
	"slices"

	"tcmdse/mapper"
)

// margin is taken off computed lower bounds: what rounding can add to a sum of products, with much to spare.
const margin = 1e-9

// layerLeast is what is proved of one layer: no mapping has less energy, less latency or less EDP. Count is how often
// the network runs it.
type layerLeast struct {
	count float64
	mapper.Least
}

// networkLeast returns a lower bound of (sum of energies) x (sum of latencies) over all choices of one mapping a layer.
//
// For positive E and T, the product E T is the least of (k E + T/k)^2 / 4 over k > 0. So the bound is the square of
// half the least over k of a sum over layers of the least k e + t/k, where e >= EnergyJ, t >= LatencyS and
// e t >= EDPJs. A layer's least lies on the hyperbola at t = k sqrt(EDPJs), or at the end that its other two bounds
// leave. Between the k at which a layer changes from one to the other the sum is k A + B/k + C, whose least is known.
func networkLeast(layers []layerLeast) float64 {
	var turns []float64
	for i := range layers {
		low, high := layers[i].latencies()
		if math.IsInf(low, 1) {
			return low
		}
		if root := math.Sqrt(layers[i].EDPJs); root > 0 {
			turns = append(turns, low/root, high/root)
		}
	}
	slices.Sort(turns)
	turns = append(turns, math.Inf(1))
	least, from := math.Inf(1), 0.0
	for _, to := range turns {
		if to <= from {
			continue
		}
		inside := from + 1
		if !math.IsInf(to, 1) {
			inside = (from + to) / 2
		}
		var a, b, c float64
		for i := range layers {
			x, y, z := layers[i].part(inside)
			a, b, c = a+x, b+y, c+z
		}
		k := math.Inf(1)
		if a > 0 {
			k = math.Sqrt(b / a)
		}
		k = min(max(k, from), to)
		switch {
		case k == 0:
			least = min(least, c) // b is 0
		case math.IsInf(k, 1):
			least = min(least, c) // a is 0
		default:
			least = min(least, k*a+b/k+c)
		}
		from = to
	}
	return least * least / 4 * (1 - margin)
}

// latencies returns between which latencies the layer's EDP bound binds; equal where the other two bounds imply it.
func (l *layerLeast) latencies() (low, high float64) {
	low = l.LatencyS
	if l.EnergyJ > 0 {
		return low, max(low, l.EDPJs/l.EnergyJ)
	}
	return low, math.Inf(1)
}

// part returns the layer's share of A, B and C at a k of the interval.
func (l *layerLeast) part(k float64) (a, b, c float64) {
	low, high := l.latencies()
	root := math.Sqrt(l.EDPJs)
	t := k * root
	switch {
	case t <= low && low > 0:
		return l.count * max(l.EnergyJ, l.EDPJs/low), l.count * low, 0
	case t >= high:
		return l.count * l.EnergyJ, l.count * high, 0
	}
	return 0, 0, 2 * l.count * root
}

// heaviest returns the layers by falling share of the network's bound.
func heaviest(layers []layerLeast) []int {
	order := make([]int, len(layers))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(layers[b].count*math.Sqrt(layers[b].EDPJs), layers[a].count*math.Sqrt(layers[a].EDPJs))
	})
	return order
}
