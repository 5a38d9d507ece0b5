package estimate

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// stillmaker is the source of scaling between nodes.
const stillmaker = "Stillmaker and Baas, Integration 58 (2017), high-performance devices at nominal supply"

// scaleRow holds the factors of one node over 45 nm.
type scaleRow struct{ node, area, energy float64 }

func (d *data) readScale(r *record) {
	if r.text("device") == "LP" { // the table of high-performance devices reaches over all nodes
		return
	}
	d.scaling = append(d.scaling, scaleRow{r.number("node_nm"), r.number("area_factor_vs_45"), r.number("energy_rel45HP_at_vnom")})
}

// The nodes over which logic is scaled.
const (
	minLogicNM = 7
	maxLogicNM = 180
)

// checkLogicNode refuses nodes that the scaling table does not cover.
func checkLogicNode(node float64) error {
	if node < minLogicNM || node > maxLogicNM {
		return nodeError(node, minLogicNM, maxLogicNM)
	}
	return nil
}

func nodeError(node, low, high float64) error {
	allowed := fmt.Sprintf("%gnm to %gnm, or explicit costs", low, high)
	if node == 0 {
		return &QueryError{Field: "technology", Allowed: allowed, Msg: "costs are estimated for a technology, and none is given"}
	}
	return &QueryError{Field: "technology", Given: fmt.Sprintf("%gnm", node), Allowed: allowed, Msg: "a node that no table covers"}
}

// scale returns area and energy of logic at one node over those at another, log-log between the table's nodes.
func (d *data) scale(from, to float64) (area, energy float64) {
	fa, fe := d.scaleAt(from)
	ta, te := d.scaleAt(to)
	return ta / fa, te / fe
}

func (d *data) scaleAt(node float64) (area, energy float64) {
	hi, found := slices.BinarySearchFunc(d.scaling, node, func(r scaleRow, x float64) int { return cmp.Compare(r.node, x) })
	if found {
		return d.scaling[hi].area, d.scaling[hi].energy
	}
	hi = min(max(hi, 1), len(d.scaling)-1)
	a, b := d.scaling[hi-1], d.scaling[hi]
	s := share(node, a.node, b.node)
	return a.area * math.Pow(b.area/a.area, s), a.energy * math.Pow(b.energy/a.energy, s)
}
