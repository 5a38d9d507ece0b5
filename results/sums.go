package results

// componentSum is a component's share of a network: layers times their count.
type componentSum struct {
	Component
	position       int // in the architecture
	limitingS      float64
	limitingLayers int64
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
			t.EnergyJ += n * k.EnergyJ
			t.LeakageJ += n * k.LeakageJ
			t.BusyS += n * k.BusyS
			t.ReadBits += n * k.ReadBits
			t.WriteBits += n * k.WriteBits
			t.AreaMM2 = max(t.AreaMM2, k.AreaMM2)
			t.Instances = max(t.Instances, k.Instances)
			t.PeakBits = max(t.PeakBits, k.PeakBits)
			t.SizeBits = max(t.SizeBits, k.SizeBits)
		}
		t := at(l.Bottleneck, noComponent)
		t.limitingS += n * l.LatencyS
		t.limitingLayers++
	}
	return out
}
