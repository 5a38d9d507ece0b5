package dse

import (
	"context"

	"tcmdse/hwmodel"
	"tcmdse/mapper"
	"tcmdse/mapper/mapping"
	"tcmdse/mapper/model"
	"tcmdse/mapper/workload"
	"tcmdse/results"
)

// MapFunc maps one layer; the error of a layer without valid mapping is a *mapper.InfeasibleError.
type MapFunc func(ctx context.Context, arch *hwmodel.Arch, layer *workload.Layer, o mapper.Objective) (results.Layer, error)

// MapLayer is a MapFunc: the optimal mapping.
func MapLayer(ctx context.Context, arch *hwmodel.Arch, layer *workload.Layer, o mapper.Objective) (results.Layer, error) {
	return mapBy(new(mapper.Mapper))(ctx, arch, layer, o)
}

// mapBy returns the MapFunc that sweeps use: MapLayer, with what the mapper prepared for earlier layers.
func mapBy(by *mapper.Mapper) MapFunc {
	return func(ctx context.Context, arch *hwmodel.Arch, layer *workload.Layer, o mapper.Objective) (results.Layer, error) {
		m, err := MapWith(ctx, by, arch, layer, mapper.Options{Objective: o})
		if err != nil {
			return results.Layer{}, err
		}
		return m.Row, nil
	}
}

// prove copies what is stored of a search.
func prove(row *results.Layer, s *mapper.Stats) {
	row.Optimal, row.MapspaceLog10 = s.Optimal, s.MapspaceLog10
	row.Templates, row.Nodes, row.Evaluated, row.Seconds = s.Templates, s.Nodes, s.Evaluated, s.Elapsed.Seconds()
}

// Row turns a priced mapping into the row that is stored and printed.
func Row(arch *hwmodel.Arch, layer *workload.Layer, m *mapping.Mapping, c *model.Cost) (results.Layer, error) {
	data, err := m.MarshalJSON()
	if err != nil {
		return results.Layer{}, err
	}
	out := results.Layer{
		Name: layer.Name, Count: layer.Count, EnergyJ: c.EnergyJ, LatencyS: c.LatencyS, EDPJs: c.EDPJs, MACs: c.MACs,
		Utilization: c.Utilization, Bottleneck: c.Bottleneck, MappingJSON: string(data),
		MappingText: m.Text(arch.Nodes[len(arch.Nodes)-1].Name),
	}
	for _, k := range c.Components {
		row := results.Component{
			Name: k.Name, EnergyJ: k.EnergyJ, LeakageJ: k.LeakageJ, BusyS: k.BusyS, AreaMM2: k.AreaM2 * 1e6,
			Instances: k.Instances, PeakBits: k.PeakBits, SizeBits: k.SizeBits,
		}
		for _, t := range k.Tensors {
			row.Tensors = append(row.Tensors, results.TensorTraffic(t))
			row.ReadBits += t.ReadBits
			row.WriteBits += t.WriteBits
		}
		out.Components = append(out.Components, row)
	}
	return out, nil
}
