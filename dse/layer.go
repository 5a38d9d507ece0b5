package dse

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"sync"

	"golang.org/x/sync/singleflight"

	"tcmdse/hwmodel"
	"tcmdse/mapper"
	"tcmdse/mapper/mapping"
	"tcmdse/mapper/model"
	"tcmdse/mapper/workload"
	"tcmdse/results"
)

// MapFunc maps one layer; the error of a layer without valid mapping is a *mapper.InfeasibleError.
type MapFunc func(ctx context.Context, arch *hwmodel.Arch, layer *workload.Layer, o mapper.Objective) (results.Layer, error)

// MapLayer is the MapFunc that sweeps use: the optimal mapping.
func MapLayer(ctx context.Context, arch *hwmodel.Arch, layer *workload.Layer, o mapper.Objective) (results.Layer, error) {
	m, err := MapWith(ctx, arch, layer, mapper.Options{Objective: o})
	if err != nil {
		return results.Layer{}, err
	}
	return m.Row, nil
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

// memo remembers mapped layers by what the mapper sees: the architecture without names and areas, the layer's shape
// and the objective. Equal work that runs at once is done once.
type memo struct {
	mapLayer MapFunc
	flight   singleflight.Group
	mu       sync.Mutex
	done     map[string]memoEntry
	order    []string // keys of done, oldest first
}

// memoSize bounds what is remembered: enough for the layers of hundreds of candidates around the current ones, which
// are those that differ in area only, and no more however long the sweep.
const memoSize = 4096

func (m *memo) keep(key string, e memoEntry) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.order) == memoSize {
		delete(m.done, m.order[0])
		m.order = m.order[1:]
	}
	m.done[key] = e
	m.order = append(m.order, key)
}

type memoEntry struct {
	row results.Layer
	err error
}

// archKey hashes what the mapper sees of an architecture.
func archKey(arch *hwmodel.Arch) (string, error) {
	seen := *arch
	seen.Name, seen.TechM, seen.ClockHz = "", 0, 0
	seen.Nodes = append([]hwmodel.Node(nil), arch.Nodes...)
	for i := range seen.Nodes {
		seen.Nodes[i].AreaM2 = 0
	}
	data, err := json.Marshal(seen)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(data)
	return string(sum[:]), nil
}

// layer maps a layer or recalls it. Areas, names and counts are those of the asking candidate.
func (m *memo) layer(ctx context.Context, arch *hwmodel.Arch, key string, l *workload.Layer, o mapper.Objective) (results.Layer, error) {
	key += string(rune(o)) + l.Einsum.ShapeKey()
	m.mu.Lock()
	e, ok := m.done[key]
	m.mu.Unlock()
	if !ok {
		v, _, _ := m.flight.Do(key, func() (any, error) {
			row, err := m.mapLayer(ctx, arch, l, o)
			e := memoEntry{row, err}
			var none *mapper.InfeasibleError
			if err == nil || errors.As(err, &none) {
				m.keep(key, e)
			}
			return e, nil
		})
		e = v.(memoEntry)
	}
	if e.err != nil {
		return results.Layer{}, e.err
	}
	row := e.row
	row.Name, row.Count = l.Name, l.Count
	row.Components = append([]results.Component(nil), row.Components...)
	areas := make(map[string]float64, len(arch.Nodes))
	instances := arch.Instances()
	for i := range arch.Nodes {
		areas[arch.Nodes[i].Name] = arch.Nodes[i].AreaM2 * float64(instances[i]) * 1e6
	}
	for i := range row.Components {
		row.Components[i].AreaMM2 = areas[row.Components[i].Name]
	}
	return row, nil
}
