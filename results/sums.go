package results

import "tcmdse/internal/compensated"

// componentSum is a component's share of a network: layers times their count.
type componentSum struct {
	Component
	position       int // in the architecture
	limitingS      float64
	limitingLayers int64

	energy, leakage, busy, read, write, limiting compensated.Sum
}

// settle takes over the sums.
func (t *componentSum) settle() {
	t.EnergyJ, t.LeakageJ, t.BusyS, t.limitingS = t.energy.Value(), t.leakage.Value(), t.busy.Value(), t.limiting.Value()
	t.ReadBits, t.WriteBits = t.read.Value(), t.write.Value()
}

// noComponent is the position of a bottleneck that is no component.
const noComponent = 1000

// sum adds layers up by component, in the order in which they come. schema/0003.sql does the same to older files.
func sum(layers []Layer) []componentSum {
	var out []componentSum
	at := func(name string, position int) *componentSum {
		for i := range out {
			if out[i].Name == name {
				return &out[i]
			}
		}
		out = append(out, componentSum{Component: Component{Name: name}, position: position})
		return &out[len(out)-1]
	}
	for i := range layers {
		l := &layers[i]
		n := float64(l.Count)
		for j := range l.Components {
			k := &l.Components[j]
			t := at(k.Name, j)
			t.position = min(t.position, j)
			t.energy.Add(n * k.EnergyJ)
			t.leakage.Add(n * k.LeakageJ)
			t.busy.Add(n * k.BusyS)
			t.read.Add(n * k.ReadBits)
			t.write.Add(n * k.WriteBits)
			t.AreaMM2 = max(t.AreaMM2, k.AreaMM2)
			t.Instances = max(t.Instances, k.Instances)
			t.PeakBits = max(t.PeakBits, k.PeakBits)
			t.SizeBits = max(t.SizeBits, k.SizeBits)
		}
		t := at(l.Bottleneck, noComponent)
		t.limiting.Add(n * l.LatencyS)
		t.limitingLayers++
	}
	for i := range out {
		out[i].settle()
	}
	return out
}
