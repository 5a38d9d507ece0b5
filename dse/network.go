package dse

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"tcmdse/hwmodel"
	"tcmdse/internal/compensated"
	"tcmdse/mapper"
	"tcmdse/mapper/workload"
	"tcmdse/results"
)

// Mapped is a layer with its mapping, the proof, and, where asked for, the whole front of energy and latency.
type Mapped struct {
	Row    results.Layer
	Front  []results.Layer // by rising latency; empty unless the objective is a front
	Search mapper.Stats
}

// MapWith maps one layer as the options ask, with a mapper that may have mapped others before.
func MapWith(ctx context.Context, by *mapper.Mapper, arch *hwmodel.Arch, layer *workload.Layer, o mapper.Options) (*Mapped, error) {
	r, err := by.Optimal(ctx, arch, &layer.Einsum, o)
	if err != nil {
		return nil, err
	}
	m := &Mapped{Search: r.Search}
	if m.Row, err = Row(arch, layer, &r.Mapping, &r.Cost); err != nil {
		return nil, err
	}
	prove(&m.Row, &r.Search)
	for i := range r.Front {
		row, err := Row(arch, layer, &r.Front[i].Mapping, &r.Front[i].Cost)
		if err != nil {
			return nil, err
		}
		m.Front = append(m.Front, row)
	}
	return m, nil
}

// Totals are a network's energy and time, its layers run one after another, each as often as it occurs.
type Totals struct{ EnergyJ, LatencyS float64 }

// EDPJs is total energy times total latency.
func (t Totals) EDPJs() float64 { return t.EnergyJ * t.LatencyS }

// Total adds up rows, each Count times.
func Total(rows []results.Layer) Totals {
	var energy, latency compensated.Sum
	for i := range rows {
		energy.Add(rows[i].EnergyJ * float64(rows[i].Count))
		latency.Add(rows[i].LatencyS * float64(rows[i].Count))
	}
	return Totals{energy.Value(), latency.Value()}
}

// MapNetwork maps every layer of a network as the options ask and returns a row for each. With the objective Front the
// mappings are chosen together, so that the network's EDP is the least possible (NetworkEDP). Errors name the layer.
func MapNetwork(ctx context.Context, arch *hwmodel.Arch, net *workload.Network, o mapper.Options) ([]results.Layer, Totals, error) {
	by := new(mapper.Mapper)
	rows := make([]results.Layer, len(net.Layers))
	fronts := make([][]results.Layer, len(net.Layers))
	for i := range net.Layers {
		m, err := MapWith(ctx, by, arch, &net.Layers[i], o)
		if err != nil {
			return nil, Totals{}, fmt.Errorf("layer %s: %w", net.Layers[i].Name, err)
		}
		rows[i], fronts[i] = m.Row, m.Front
	}
	if o.Objective == mapper.Front {
		for i, at := range NetworkEDP(fronts) {
			rows[i] = fronts[i][at]
		}
	}
	return rows, Total(rows), nil
}

// NetworkEDP chooses from every layer's front the mapping that makes (sum of energies) x (sum of latencies) least,
// each layer counted Count times, and returns their indexes. The result is exact: the product is quasi-concave where
// both are positive, so its least value over the convex hull of the Minkowski sum of the fronts lies on a vertex of
// the lower left hull, and at a vertex every occurrence of every layer stands on a vertex of its own lower hull, all
// for one ratio at which energy is traded for time. So the layers' hull edges, sorted by that ratio, are walked once.
// Solving layers anew for each ratio gives the same and took 7 and 2.3 times as long on two architectures (docs/decisions.md).
func NetworkEDP(fronts [][]results.Layer) []int {
	type edge struct {
		layer         int
		from, to      int
		saved, slower float64 // energy less, time more, all occurrences
	}
	var edges []edge
	pick := make([]int, len(fronts))
	var energy, latency compensated.Sum // what is saved may be nearly all
	for l, front := range fronts {
		hull := lowerHull(front)
		pick[l] = hull[0]
		n := float64(front[hull[0]].Count)
		energy.Add(n * front[hull[0]].EnergyJ)
		latency.Add(n * front[hull[0]].LatencyS)
		for k := 1; k < len(hull); k++ {
			a, b := &front[hull[k-1]], &front[hull[k]]
			edges = append(edges, edge{l, hull[k-1], hull[k], n * (a.EnergyJ - b.EnergyJ), n * (b.LatencyS - a.LatencyS)})
		}
	}
	// Within a layer the ratio falls from edge to edge, so the stable order keeps each layer's edges in turn.
	slices.SortStableFunc(edges, func(a, b edge) int { return cmp.Compare(b.saved*a.slower, a.saved*b.slower) })
	best, at := energy.Value()*latency.Value(), slices.Clone(pick)
	for _, e := range edges {
		pick[e.layer] = e.to
		was, is := &fronts[e.layer][e.from], &fronts[e.layer][e.to]
		n := float64(is.Count)
		energy.Add(-n * was.EnergyJ) // exactly what was added: e.saved is rounded
		energy.Add(n * is.EnergyJ)
		latency.Add(-n * was.LatencyS)
		latency.Add(n * is.LatencyS)
		if edp := energy.Value() * latency.Value(); edp < best {
			best, at = edp, slices.Clone(pick)
		}
	}
	return at
}

// lowerHull returns the indexes of the vertices of a front's lower left hull, by rising latency. The front is sorted
// by rising latency and falling energy.
func lowerHull(front []results.Layer) []int {
	var hull []int
	for i := range front {
		for len(hull) > 1 {
			a, b, c := &front[hull[len(hull)-2]], &front[hull[len(hull)-1]], &front[i]
			if (b.EnergyJ-a.EnergyJ)*(c.LatencyS-a.LatencyS) < (c.EnergyJ-a.EnergyJ)*(b.LatencyS-a.LatencyS) {
				break
			}
			hull = hull[:len(hull)-1]
		}
		hull = append(hull, i)
	}
	return hull
}
