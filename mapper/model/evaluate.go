package model

import (
	"tcmdse/mapper/mapping"
)

// Cost is what a mapping costs, for one run of the Einsum.
type Cost struct {
	EnergyJ     float64
	LatencyS    float64
	EDPJs       float64 // EnergyJ x LatencyS
	MACs        float64
	Utilization float64     // compute instances used / all, 0..1
	Bottleneck  string      // name of the component that takes longest
	Components  []Component // memories and the compute in architecture order, then arrays whose network costs something
}

// Component is one memory's or the compute's part of a Cost, all instances together except where said.
type Component struct {
	Name      string
	EnergyJ   float64 // dynamic energy; for the compute that of all multiply-accumulates
	LeakageJ  float64 // all instances, used or not, over the latency
	BusyS     float64 // of each instance in use
	AreaM2    float64
	Instances int64
	PeakBits  float64 // occupancy of each instance; 0 for the compute
	SizeBits  int64   // capacity of each instance; 0: unlimited or the compute
	Tensors   []TensorTraffic

	leakageW float64
}

// TensorTraffic is what one tensor moves in one memory, in bits over all instances.
type TensorTraffic struct {
	Tensor              string
	ReadBits, WriteBits float64
	PeakBits            float64 // occupancy per instance
}

// Evaluate prices a mapping, or says by an *InvalidError which rule it breaks. Any valid mapping is accepted, in
// whatever form: several loops on one variable in one gap, loops of one pass.
func Evaluate(p *Problem, m *mapping.Mapping) (*Cost, error) {
	w, err := newWalk(p, m)
	if err != nil {
		return nil, err
	}
	if err := w.check(); err != nil {
		return nil, err
	}
	peak, used := w.peaks()
	for m := range p.Memories {
		if err := w.fits(m, peak[m]); err != nil {
			return nil, err
		}
	}
	total := NewTraffic(p)
	if m.Imperfect {
		one := NewTraffic(p)
		w.links(func(t, i, j int) { w.chargeImperfect(total, one, t, i, j) })
		return w.summarise(total, one, peak, nil), nil
	}
	w.links(func(t, i, j int) { w.charge(total, t, i, j) })
	return w.summarise(total, total, peak, used), nil
}

// links calls f for every tensor and two steps between which it moves: neighbouring storage nodes, the innermost one
// and the compute.
func (w *walk) links(f func(t, i, j int)) {
	for t := range w.p.Tensors {
		parent := -1
		for i := range w.steps {
			st := &w.steps[i]
			if st.kind == mapping.Storage && st.tensor == t {
				if parent >= 0 {
					f(t, parent, i)
				}
				parent = i
			}
		}
		f(t, parent, len(w.steps)-1)
	}
}

// charge adds the link from the storage node at step i to the node (or the compute) at step j.
func (w *walk) charge(total *Traffic, t, i, j int) {
	p, c := w.p, &w.steps[j]
	f := 1.0
	if c.kind == mapping.Storage {
		f = p.Footprint(t, c.extents)
	}
	flows := Flows{Fills: f * c.temporal * c.spatial}
	if p.Tensors[t].Output {
		flows.First = f * c.relevant * c.spatial
	}
	shared := 1.0
	for k := i + 1; k < j; k++ {
		if s := &w.steps[k]; s.kind == mapping.Spatial && s.shares[t] {
			shared *= float64(s.n)
		}
	}
	flows.Served, flows.ServedFirst = flows.Fills/shared, flows.First/shared
	p.Charge(total, Link{Tensor: t, Parent: w.steps[i].memory, Child: c.memory}, flows)
}

// occupancy returns the values that the storage node at step i holds at a time (definition.md section 4): its tile, less
// what a window sliding over the first partially relevant loop below need not hold yet.
func (w *walk) occupancy(i int) float64 {
	p, t := w.p, w.steps[i].tensor
	extents := w.steps[i].extents
	if w.steps[i].memory > 0 {
		for j := i + 1; w.steps[j].kind == mapping.Temporal; j++ {
			r := p.Relevance(t, w.steps[j].v)
			if r == Irrelevant {
				break
			}
			extents = w.steps[j+1].extents
			if r == Partial {
				break
			}
		}
	}
	return p.Footprint(t, extents)
}

// summarise turns traffic into energy and time (definition.md section 5). busy is the traffic of all instances that are
// in use, all alike, or, where used is nil, that of the one that is busiest.
func (w *walk) summarise(total, busy *Traffic, peak [][]float64, used []float64) *Cost {
	p := w.p
	instances, steps := w.computes(used == nil)
	c := &Cost{MACs: p.MACs, Utilization: instances / p.Computes, Components: append([]Component(nil), p.Resources...)}
	for m := range p.Memories {
		mem, k := &p.Memories[m], &c.Components[m]
		var read, write, busyRead, busyWrite float64
		k.Tensors = make([]TensorTraffic, 0, len(p.Tensors))
		for t := range p.Tensors {
			r, wr := total.ReadBits[m][t], total.WriteBits[m][t]
			read, write = read+r, write+wr
			busyRead, busyWrite = busyRead+busy.ReadBits[m][t], busyWrite+busy.WriteBits[m][t]
			if peak[m][t] > 0 {
				k.Tensors = append(k.Tensors, TensorTraffic{p.Tensors[t].Name, r, wr, peak[m][t]})
				k.PeakBits += peak[m][t]
			}
		}
		k.EnergyJ = read*mem.ReadJPerBit + write*mem.WriteJPerBit
		busyRead, busyWrite = busyRead*mem.ReadSPerBit, busyWrite*mem.WriteSPerBit
		if used != nil {
			busyRead, busyWrite = busyRead/used[m], busyWrite/used[m]
		}
		if mem.Separate {
			k.BusyS = max(busyRead, busyWrite)
		} else {
			k.BusyS = busyRead + busyWrite
		}
	}
	for i := range p.Arrays {
		if a := &p.Arrays[i]; a.resource >= 0 {
			c.Components[a.resource].EnergyJ = total.CrossedBits[i] * a.JPerBit
		}
	}
	compute := &c.Components[len(p.Memories)]
	compute.EnergyJ = p.ComputeJ
	compute.BusyS = steps * p.SPerStep
	// The compute comes first in ties: nothing outside it can be sped up to gain.
	c.LatencyS, c.Bottleneck = compute.BusyS, compute.Name
	for _, k := range c.Components {
		if k.BusyS > c.LatencyS {
			c.LatencyS, c.Bottleneck = k.BusyS, k.Name
		}
	}
	for i := range c.Components {
		k := &c.Components[i]
		k.LeakageJ = k.leakageW * c.LatencyS
		c.EnergyJ += k.EnergyJ + k.LeakageJ
	}
	c.EDPJs = c.EnergyJ * c.LatencyS
	return c
}

// computes returns the compute instances in use and the steps of the one that takes most.
func (w *walk) computes(imperfect bool) (instances, steps float64) {
	last := len(w.steps) - 1
	if !imperfect {
		return w.steps[last].spatial, w.steps[last].temporal
	}
	of := func(kind mapping.Kind) float64 {
		return w.moved(-1, last, func(k int) bool { return w.steps[k].kind != kind })
	}
	return of(mapping.Spatial), of(mapping.Temporal)
}

// peaks returns the occupancy in bits by memory and tensor, and the instances in use of every memory.
func (w *walk) peaks() (bits [][]float64, used []float64) {
	p := w.p
	used = make([]float64, len(p.Memories))
	for m := range p.Memories {
		bits = append(bits, make([]float64, len(p.Tensors)))
		used[m] = 1
	}
	for i := range w.steps[:len(w.steps)-1] {
		if s := &w.steps[i]; s.kind == mapping.Storage {
			bits[s.memory][s.tensor] = w.occupancy(i) * p.Memories[s.memory].Bits[s.tensor]
			used[s.memory] = s.spatial
		}
	}
	return bits, used
}
