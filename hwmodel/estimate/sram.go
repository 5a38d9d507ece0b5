package estimate

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// The nodes over which SRAM is priced: table, and a stated rule beyond.
const (
	minSRAMNode = 5
	maxSRAMNode = 180
)

// flipFlopBits is the size up to which a memory is taken to be flip-flops: CACTI's smallest is 64 bytes.
const flipFlopBits = 512

// errorP95 bounds the relative error against CACTI of 95 % of the held-out configurations at nodes of the table, by
// column; TestHoldout measures it.
func errorP95() [columns]float64 {
	return [columns]float64{colRead: 0.15, colWrite: 0.09, colLeak: 0.07, colArea: 0.12, colAccess: 0.08}
}

// macros is how a memory is made of the table's: slices side by side for width, copies one beside the other for banks.
type macros struct {
	slices, copies float64
	width, banks   int64   // of one
	bits           float64 // of one
	rows           float64 // per bank of one
	beyond         float64 // bits over the table's largest, 1 within the table
	notes          []string
}

// sram prices a memory of CACTI's cells, or of flip-flops where it is too small for those.
func (d *data) sram(q Query) (Cost, error) {
	if err := checkMemory(&q, minSRAMNode, maxSRAMNode); err != nil {
		return Cost{}, err
	}
	m := compose(q)
	if small := belowDomain(q); small != "" {
		if !q.Force {
			c, err := d.regFile(q)
			c.warn("", "%s: priced as flip-flops (model: regfile); force: true takes the smallest SRAM instead", small)
			return c, err
		}
		m.rows = max(m.rows, minRows, minBankBits/float64(m.width))
		m.notes = append(m.notes, small+"; the smallest bank that CACTI has, not shrunk")
	}
	at := min(max(q.TechnologyNM, minNodeNM), maxNodeNM)
	v, exact := d.anyNode(at, m.rows, m.width, m.banks, q.Ports)
	notes := [columns][]string{}
	d.beyondNodes(&v, &notes, q.TechnologyNM)
	if err := d.corner(&v, &notes, q, at); err != nil {
		return Cost{}, err
	}
	d.assemble(&v, &notes, m, q)
	method := Interpolated
	if exact {
		method = Table
	}
	return sramCost(q, v, notes, method), nil
}

// checkMemory fills in defaults and refuses what no memory model can price.
func checkMemory(q *Query, low, high float64) error {
	if q.TechnologyNM < low || q.TechnologyNM > high {
		return nodeError(q.TechnologyNM, low, high)
	}
	if q.SizeBits <= 0 {
		return &QueryError{Field: "size", Given: "unlimited", Allowed: "a size such as 128KiB", Msg: "the cost of a memory follows its size"}
	}
	if q.WidthBits <= 0 {
		return &QueryError{Field: "width", Allowed: "a width such as 64b", Msg: "the cost of a memory follows the bits of one access, and none are given"}
	}
	if q.WidthBits > q.SizeBits {
		return &QueryError{Field: "width", Given: fmt.Sprintf("%db", q.WidthBits), Allowed: fmt.Sprintf("at most the size, %db", q.SizeBits), Msg: "an access wider than the memory"}
	}
	if q.Banks == 0 {
		q.Banks = 1
	}
	if q.Banks < 0 || q.Banks > 1<<20 {
		return &QueryError{Field: "banks", Given: strconv.FormatInt(q.Banks, 10), Allowed: "1 to 1048576", Msg: "not a number of banks"}
	}
	switch q.Ports {
	case "":
		q.Ports = "1rw"
	case "1rw", "1r1w":
	default:
		return &QueryError{Field: "ports", Given: q.Ports, Allowed: "1rw (ports: shared), 1r1w (ports: separate)", Msg: "ports that the table does not have"}
	}
	return nil
}

// belowDomain says why CACTI has no such memory, "" where it has.
func belowDomain(q Query) string {
	bank := float64(q.SizeBits) / float64(q.Banks)
	rows := bank / float64(max(q.WidthBits, 8))
	switch {
	case q.SizeBits <= flipFlopBits:
		return fmt.Sprintf("%d bits are no more than %d", q.SizeBits, flipFlopBits)
	case bank < minBankBits:
		return fmt.Sprintf("%.4g bits a bank are below CACTI's least, %d", bank, minBankBits)
	case rows < minRows:
		return fmt.Sprintf("%.4g rows a bank are below CACTI's least, %d", rows, minRows)
	}
	return ""
}

// compose takes a memory apart into equal ones that the table has.
func compose(q Query) macros {
	m := macros{slices: 1, copies: 1, width: q.WidthBits, banks: q.Banks, beyond: 1}
	if q.WidthBits < 8 {
		m.width = 8
		m.notes = append(m.notes, fmt.Sprintf("an access of %d b costs one of 8 b, the table's narrowest", q.WidthBits))
	}
	if q.WidthBits > 512 {
		m.slices = math.Ceil(float64(q.WidthBits) / 512)
		m.width = int64(math.Ceil(float64(q.WidthBits) / m.slices))
		m.notes = append(m.notes, fmt.Sprintf("%g memories of %d b side by side, the table's widest being 512 b", m.slices, m.width))
	}
	if !slices.Contains(tableBanks(), q.Banks) {
		for _, b := range tableBanks() {
			if q.Banks%b == 0 {
				m.banks = b
			}
		}
		m.copies = float64(q.Banks / m.banks)
		m.notes = append(m.notes, fmt.Sprintf("%g memories of %d banks, one of which is accessed, and a wire along the side of all of them", m.copies, m.banks))
	}
	m.bits = float64(q.SizeBits) / m.slices / m.copies
	if m.bits > maxCapacityBits {
		m.beyond = m.bits / maxCapacityBits
		m.bits = maxCapacityBits
		m.notes = append(m.notes, fmt.Sprintf("beyond the table's 16 MiB by %.4g: area and leakage x that, energy and access time x its square root (wires as long as a side)", m.beyond))
	}
	m.rows = m.bits / float64(m.banks) / float64(m.width)
	return m
}

// beyondNodes carries figures of the table's outermost nodes further.
func (d *data) beyondNodes(v *[columns]float64, notes *[columns][]string, node float64) {
	note := func(col int, format string, args ...any) {
		notes[col] = append(notes[col], fmt.Sprintf(format, args...))
	}
	switch {
	case node < minNodeNM:
		x := node / minNodeNM
		v[colArea] *= x
		note(colArea, "22 nm's x %g/22: 0.78 of TSMC N5's SRAM density", node)
		for _, c := range []int{colRead, colWrite} {
			v[c] *= math.Sqrt(x)
			note(c, "22 nm's x sqrt(%g/22): low confidence, for 8 KiB an eighth of what is published at 7 nm", node)
		}
		note(colLeak, "22 nm's, not scaled")
		note(colAccess, "22 nm's, not scaled")
	case node > maxNodeNM:
		area, energy := d.scale(maxNodeNM, node)
		v[colArea] *= area
		note(colArea, "90 nm's x %.3g (%s)", area, stillmaker)
		for _, c := range []int{colRead, colWrite} {
			v[c] *= energy
			note(c, "90 nm's x %.3g (%s)", energy, stillmaker)
		}
		v[colAccess] *= node / maxNodeNM
		note(colAccess, "90 nm's x %g/90", node)
		note(colLeak, "90 nm's, not scaled")
	default:
		if near := nearestNode(node); near != node {
			note(colLeak, "of %g nm, the nearest node of the table: leakage is no trend between nodes", near)
		}
	}
}

// assemble turns figures of one macro into those of the memory.
func (d *data) assemble(v *[columns]float64, notes *[columns][]string, m macros, q Query) {
	all := m.slices * m.copies
	side := math.Sqrt(m.beyond)
	v[colArea] *= all * m.beyond
	v[colLeak] *= all * m.beyond
	v[colRead] *= m.slices * side
	v[colWrite] *= m.slices * side
	v[colAccess] *= side
	if m.copies > 1 {
		perMetre, delay, _ := d.wire(wireDelay, max(q.TechnologyNM, minNodeNM))
		length := math.Sqrt(v[colArea])
		e := bitActivity * perMetre * length * float64(q.WidthBits)
		v[colRead] += e
		v[colWrite] += e
		v[colAccess] += delay * length
	}
	for c := range notes {
		notes[c] = append(notes[c], m.notes...)
	}
}

// sramCost names the figures.
func sramCost(q Query, v [columns]float64, notes [columns][]string, method Method) Cost {
	var c Cost
	p95 := errorP95()
	figure := func(field string, col int, value float64) {
		o := origin(method, "cacti_sram", cacti)
		if method == Interpolated {
			o.ErrorP95 = p95[col]
		}
		if len(notes[col]) > 0 {
			o.Method, o.ErrorP95, o.Note = Extrapolated, 0, strings.Join(notes[col], "; ")
			if field != AccessTime { // for information only
				c.warn(field, "%s: %s", field, o.Note)
			}
		}
		c.add(field, value, o)
	}
	figure(Area, colArea, v[colArea])
	figure(Leakage, colLeak, v[colLeak])
	figure(ReadEnergy, colRead, v[colRead])
	figure(WriteEnergy, colWrite, v[colWrite])
	rate, why := 1/v[colAccess], "one access of the width in each access time"
	if q.ClockHz > 0 && q.ClockHz <= rate {
		rate, why = q.ClockHz, "one access of the width a cycle"
	} else if q.ClockHz > 0 {
		why = fmt.Sprintf("one access of the width in each access time of %.3g ns, longer than the clock's %.3g ns", v[colAccess]*1e9, 1e9/q.ClockHz)
		for _, f := range []string{ReadBandwidth, WriteBandwidth} {
			c.warn(f, "%s: %s", f, why)
		}
	}
	for _, f := range []string{ReadBandwidth, WriteBandwidth} {
		o := origin(Formula, "cacti_sram", cacti)
		o.Note = why
		c.add(f, rate*float64(q.WidthBits), o)
	}
	figure(AccessTime, colAccess, v[colAccess])
	return c
}
