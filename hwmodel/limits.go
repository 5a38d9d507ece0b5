package hwmodel

import (
	"fmt"

	"tcmdse/internal/unit"
)

// Costs, rates and the quantities that they are made of lie between Least and Most in SI units (J, J/bit, W, m2, m, bit/s,
// 1/s, Hz), or are 0. Nothing that is built is anywhere near; what it buys is that no figure of any mapping overflows or
// vanishes. A layer has at most 2^62 multiply-accumulates and 2^62 values in a tensor, of at most 2^20 bits where a memory sets
// the width, so that it moves fewer than 2^148 bits (six flows of 2^144) and takes less than 4e44/Least = 4e94 s. An
// architecture has at most 2^62 instances, which leak less than 5e18 x Most x 4e94 s = 2e163 J, and that is more than the energy
// of 2^148 bits. So EDP is below 1e258, and that of a network of a thousand layers, each 2^63 times, below 1e302. A step or a
// bit of an instance takes at least 1/Most, so that an EDP that is not 0 is above 1e-160.
const (
	Least = 1e-50
	Most  = 1e50
)

// inRange reports whether a figure is 0 or within the limits; NaN and what is below 0 are not.
func inRange(x float64) bool { return x == 0 || x >= Least && x <= Most }

// limits says for messages what is allowed.
func limits(u string) string {
	switch u {
	case "Hz", "1/s", "1/cycle", "bit/s", "b/s", "b/cycle", "K":
		return "1e-50 to 1e50 " + u
	}
	return "0, or 1e-50 to 1e50 " + u
}

// checkRange refuses a quantity beyond the limits; sizes and plain numbers have their own.
func checkRange(q unit.Quantity, si float64) (allowed string, ok bool) {
	if q.Value == nil || q.Dim == unit.Bits || q.Dim == unit.None || inRange(si) && (si == 0) == (q.Value.Sign() == 0) {
		return "", true
	}
	return limits(q.Dim.SI()), false
}

// checkFigure refuses a cost of a node that is beyond the limits: one that a product or quotient of the file's quantities
// gives (64B/cycle times the clock), or a model.
func (s *Spec) checkFigure(sn *specNode, fig *Figure, given field) error {
	if inRange(fig.Value) {
		return nil
	}
	if given.text == "" {
		given = sn.fields["model"]
	}
	return s.fail(given.line, sn.name+"."+fig.Field, given.text, limits(fig.Unit), "comes to %.4g %s, which is too large or too small", fig.Value, fig.Unit)
}

// mostInstances is how often a node may be there, so that an int64 counts instances twice over.
const mostInstances = 1 << 62

// checkInstances refuses arrays of more instances than that, and names the largest of their dimensions.
func (s *Spec) checkInstances(a *Arch) error {
	total, node, dim := int64(1), -1, -1
	for i := range a.Nodes {
		for k, d := range a.Nodes[i].Dims {
			if node < 0 || d.Size > a.Nodes[node].Dims[dim].Size {
				node, dim = i, k
			}
			if d.Size > mostInstances/total {
				at := &s.nodes[node].dims[dim]
				return s.fail(at.line, a.Nodes[node].Name+"."+at.name, fmt.Sprint(at.size), "sizes of all arrays that multiply to at most 2^62",
					"more instances than can be counted")
			}
			total *= d.Size
		}
	}
	return nil
}

// Check refuses an architecture made by other means than a file whose figures are beyond the limits: what they add up to
// might not be a number. Leakage may be off them by a number of instances: relaxations of package dse divide one by another.
func (a *Arch) Check() error {
	bad := func(n *Node, key string, x float64, allowed string) error {
		return fmt.Errorf("hwmodel: %s: %s.%s is %g; allowed: %s", a.Name, n.Name, key, x, allowed)
	}
	instances := 1.0
	for i := range a.Nodes {
		n := &a.Nodes[i]
		for _, f := range []struct {
			key, unit string
			x         float64
		}{
			{"read.energy", "J/bit", n.Read.EnergyJPerBit}, {"write.energy", "J/bit", n.Write.EnergyJPerBit},
			{"read.bandwidth", "bit/s", n.Read.BandwidthBitPerS}, {"write.bandwidth", "bit/s", n.Write.BandwidthBitPerS},
			{"energy", "J/bit", n.NetworkJPerBit}, {"energy", "J", n.EnergyJ}, {"throughput", "1/s", n.ThroughputPerS},
			{"area", "m2", n.AreaM2},
		} {
			if !inRange(f.x) {
				return bad(n, f.key, f.x, limits(f.unit))
			}
		}
		if x := n.LeakageW; x != 0 && !(x >= Least*1e-20 && x <= Most*1e20) {
			return bad(n, "leakage", x, limits("W"))
		}
		if n.SizeBits < 0 || n.SizeBits > 1<<62 {
			return bad(n, "size", float64(n.SizeBits), "0 for unlimited, or 1 to 2^62 bits")
		}
		for _, d := range n.Dims {
			if instances *= float64(d.Size); d.Size < 1 || instances > mostInstances {
				return bad(n, d.Name, float64(d.Size), "sizes of all arrays that multiply to at most 2^62")
			}
		}
	}
	return nil
}
