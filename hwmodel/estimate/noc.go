package estimate

import (
	"fmt"
	"math"
	"strings"
)

// wireRow is CACTI's wire at one node for one spacing of repeaters.
type wireRow struct{ node, energyJPerM, delaySPerM float64 }

// The spacings of repeaters: fastest, or a third slower for two thirds of the energy and less.
const (
	wireDelay     = "Delay Optimal"
	wireLowEnergy = "30% Overhead"
)

const cactiWires = "CACTI 7 semi-global wires, itrs-lstp, 300 K"

func (d *data) readWire(r *record) {
	if r.text("kind") != "wire" || r.text("node_nm") == "any" {
		return
	}
	if d.wires == nil {
		d.wires = map[string][]wireRow{}
	}
	v := r.text("variant")
	d.wires[v] = append(d.wires[v], wireRow{r.number("node_nm"), r.number("energy_J_per_bit_per_m"), r.number("delay_s_per_m")})
}

// wire returns joules per transition and metre, and seconds per metre, log-log between nodes; beyond 22 and 90 nm the
// nearer end's.
func (d *data) wire(variant string, node float64) (energy, delay float64, inside bool) {
	rows := d.wires[variant]
	at := min(max(node, rows[0].node), rows[len(rows)-1].node)
	for i := 1; i < len(rows); i++ {
		if a, b := rows[i-1], rows[i]; at <= b.node {
			s := share(at, a.node, b.node)
			return a.energyJPerM * math.Pow(b.energyJPerM/a.energyJPerM, s), a.delaySPerM * math.Pow(b.delaySPerM/a.delaySPerM, s), at == node
		}
	}
	return 0, 0, false
}

// Assumptions of this project, without a source: the pitch of one semi-global wire in feature sizes, and the share of
// bits that differ from the one before, as of random data.
const (
	wirePitchFeatures = 4
	bitActivity       = 0.5
)

// noc prices the network of an array as one bus: a trunk along the last dimension and a branch along each other
// dimension, all driven whenever a bit moves, whether one instance takes it or all. That is right for multicasts and
// too much for a bit that one instance takes; routers are not in it.
func (d *data) noc(q Query) (Cost, error) {
	if q.TechnologyNM < minLogicNM || q.TechnologyNM > maxLogicNM {
		return Cost{}, nodeError(q.TechnologyNM, minLogicNM, maxLogicNM)
	}
	if q.PitchM <= 0 {
		return Cost{}, &QueryError{Field: "pitch", Allowed: "a length such as 100um, or costs of what is inside the array", Msg: "the energy of wires follows the distance between instances, and neither it nor an area inside is given"}
	}
	variant := wireDelay
	switch q.Wire {
	case "", "delay":
	case "low-energy":
		variant = wireLowEnergy
	default:
		return Cost{}, &QueryError{Field: "wire", Given: q.Wire, Allowed: "delay, low-energy", Msg: "no such wire in the table"}
	}
	activity := q.Activity
	if activity == 0 {
		activity = bitActivity
	}
	if activity < 0 || activity > 1 {
		return Cost{}, &QueryError{Field: "activity", Given: fmt.Sprint(q.Activity), Allowed: "above 0, up to 1", Msg: "not a share of bits that change"}
	}
	perMetre, delay, inside := d.wire(variant, q.TechnologyNM)
	var length float64
	var terms []string
	for _, n := range q.Dims {
		length += float64(n) * q.PitchM
		terms = append(terms, fmt.Sprint(n))
	}
	var c Cost
	o := origin(Formula, "noc", cactiWires)
	o.Note = fmt.Sprintf("%.3g transitions a bit x %.3g pJ/mm x bus of (%s) x %.4g um; no routers", activity, perMetre*1e9, strings.Join(terms, " + "), q.PitchM*1e6)
	if !inside {
		o.Method = Extrapolated
		o.Note += "; wire of the table's nearest node, not scaled"
		c.warn(Energy, "energy: wire of the table's nearest node (22 to 90 nm), not scaled to %g nm", q.TechnologyNM)
	}
	c.add(Energy, activity*perMetre*length, o)
	area := origin(Formula, "noc", cactiWires)
	area.Note = fmt.Sprintf("%d wires x length x %d features (an assumption of this project); 0 without a width: wires over the cells", q.BusBits, wirePitchFeatures)
	c.add(Area, float64(q.BusBits)*wirePitchFeatures*q.TechnologyNM*1e-9*length, area)
	leak := origin(Convention, "noc", cactiWires)
	leak.Note = "leakage of repeaters is not in the table and counted as 0"
	c.add(Leakage, 0, leak)
	t := o
	t.Note = "seconds per metre x length"
	c.add(AccessTime, delay*length, t)
	return c, nil
}
