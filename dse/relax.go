package dse

import (
	"maps"
	"math"
	"slices"

	"tcmdse/hwmodel"
)

// A relaxation stands for a set of architectures of one structure: in every number that a mapping's cost depends on it
// is as good as the best of them. Each mapping that is valid on one of them is valid on it (its memories hold no less,
// its arrays have no fewer instances and demand no more to be used) and costs no more energy and no more time on it
// (energies, leakage of all instances together and seconds per bit or step are no larger, and definition.md sections 3 to 5
// use nothing else, non-decreasingly in each). So lower bounds on the relaxation are lower bounds on every one of them.

// figures lists the numbers of an architecture on which the cost of mappings depends, each so that less is better:
// capacities, rates and array sizes negated, leakage as the sum over instances.
func figures(a *hwmodel.Arch, out []float64) []float64 {
	out = out[:0]
	for i, instances := range a.Instances() {
		n := &a.Nodes[i]
		switch n.Kind {
		case hwmodel.Memory:
			out = append(out, -orUnlimited(float64(n.SizeBits)), n.Read.EnergyJPerBit, n.Write.EnergyJPerBit,
				-orUnlimited(n.Read.BandwidthBitPerS), -orUnlimited(n.Write.BandwidthBitPerS))
		case hwmodel.Array:
			out = append(out, n.NetworkJPerBit)
			for d := range n.Dims {
				out = append(out, -float64(n.Dims[d].Size), float64(n.Dims[d].LeastUsed()))
			}
		case hwmodel.Compute:
			out = append(out, n.EnergyJ, -orUnlimited(n.ThroughputPerS))
		}
		out = append(out, n.LeakageW*float64(instances))
	}
	return out
}

func orUnlimited(x float64) float64 {
	if x == 0 {
		return math.Inf(1)
	}
	return x
}

// withFigures returns an architecture of the structure of like with the figures given.
func withFigures(like *hwmodel.Arch, figures []float64) *hwmodel.Arch {
	out := *like
	out.Nodes = append([]hwmodel.Node(nil), like.Nodes...)
	at := 0
	next := func() float64 { at++; return figures[at-1] }
	limited := func() float64 {
		if x := -next(); !math.IsInf(x, 1) {
			return x
		}
		return 0
	}
	instances := 1.0
	for i := range out.Nodes {
		n, here := &out.Nodes[i], instances
		switch n.Kind {
		case hwmodel.Memory:
			n.SizeBits = int64(limited())
			n.Read.EnergyJPerBit, n.Write.EnergyJPerBit = next(), next()
			n.Read.BandwidthBitPerS, n.Write.BandwidthBitPerS = limited(), limited()
		case hwmodel.Array:
			n.NetworkJPerBit = next()
			n.Dims = append([]hwmodel.Dim(nil), n.Dims...)
			for d := range n.Dims {
				n.Dims[d].Size = int64(-next())
				// LeastUsed finds the whole number again: it rounds down what misses one by less than 1e-9.
				n.Dims[d].MinUtilization = next() / float64(n.Dims[d].Size)
				instances *= float64(n.Dims[d].Size)
			}
		case hwmodel.Compute:
			n.EnergyJ, n.ThroughputPerS = next(), limited()
		}
		n.LeakageW = next() / here
	}
	return &out
}

// sameStructure reports whether two architectures are built of the same nodes but for their figures: the axes of a sweep
// set nothing else.
func sameStructure(a, b *hwmodel.Arch) bool {
	return slices.EqualFunc(a.Nodes, b.Nodes, func(x, y hwmodel.Node) bool {
		dims := slices.EqualFunc(x.Dims, y.Dims, func(p, q hwmodel.Dim) bool {
			return p.Name == q.Name && slices.Equal(p.OnlyReuse, q.OnlyReuse) && slices.Equal(p.Multicast, q.Multicast)
		})
		return dims && x.Kind == y.Kind && x.Name == y.Name && x.Ports == y.Ports && slices.Equal(x.Keep, y.Keep) &&
			slices.Equal(x.MayKeep, y.MayKeep) && (x.MayKeep == nil) == (y.MayKeep == nil) && maps.Equal(x.Bits, y.Bits)
	})
}
