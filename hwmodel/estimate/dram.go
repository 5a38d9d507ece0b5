package estimate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// dramRow is one published figure of one type of DRAM.
type dramRow struct {
	kind       string
	energyJ    float64 // per bit; 0: none given
	bandwidthB float64 // bytes per second of one interface; 0: none given
	source     string
}

func (d *data) readDRAM(r *record) {
	d.drams = append(d.drams, dramRow{r.text("type"), r.number("energy_J_per_bit"), r.number("bandwidth_B_per_s"), r.text("source")})
}

// dramTypes lists the types one can ask for, each with the rows of the table that speak of it; the first of
// them that has a bandwidth gives it.
func dramTypes() map[string][]string {
	return map[string][]string{
		"LPDDR": {"LPDDR"}, "LPDDR4": {"LPDDR4"}, "LPDDR4-4266": {"LPDDR4-4266", "LPDDR4"}, "DDR3": {"DDR3"},
		"DDR4": {"DDR3/4 (TPUv4i)", "DDR4 (core est.)"}, "GDDR5": {"GDDR5"}, "GDDR6": {"GDDR6"},
		"HBM2": {"HBM2"}, "HBM3": {"HBM3"}, "HBM4": {"HBM4"},
	}
}

// DRAMTypes lists the types of DRAM that have a price, sorted.
func DRAMTypes() []string {
	var out []string
	for t := range dramTypes() {
		out = append(out, t)
	}
	slices.Sort(out)
	return out
}

// dram prices moving bits to and from memory chips. Where sources disagree the middle one counts and the range is
// told. A constant energy per bit hides what row misses cost.
func (d *data) dram(q Query) (Cost, error) {
	names, ok := dramTypes()[q.Type]
	if !ok {
		e := &QueryError{Field: "type", Given: q.Type, Allowed: strings.Join(DRAMTypes(), ", "), Msg: "no such type of DRAM in the table"}
		if q.Type == "" {
			e.Msg = "which DRAM is not given"
		}
		return Cost{}, e
	}
	var rows []dramRow
	for _, n := range names {
		for _, r := range d.drams {
			if r.kind == n {
				rows = append(rows, r)
			}
		}
	}
	priced := slices.DeleteFunc(slices.Clone(rows), func(r dramRow) bool { return r.energyJ == 0 })
	slices.SortFunc(priced, func(a, b dramRow) int { return cmp.Compare(a.energyJ, b.energyJ) })
	row := priced[len(priced)/2] // of two the dearer
	width := q.WidthBits
	if width <= 0 {
		width = 1
	}
	var c Cost
	o := origin(Table, "dram", row.source)
	o.Note = fmt.Sprintf("%.4g pJ/bit, read and write alike", row.energyJ*1e12)
	if low, high := priced[0].energyJ, priced[len(priced)-1].energyJ; low < high {
		o.Note += fmt.Sprintf("; sources say %.4g to %.4g pJ/bit", low*1e12, high*1e12)
	}
	c.add(ReadEnergy, row.energyJ*float64(width), o)
	c.add(WriteEnergy, row.energyJ*float64(width), o)
	channels := max(1, q.Channels)
	if i := slices.IndexFunc(rows, func(r dramRow) bool { return r.bandwidthB > 0 }); i >= 0 && q.Type != "GDDR5" { // GDDR5's is a whole board's
		b := origin(Table, "dram", rows[i].source)
		b.Note = fmt.Sprintf("%d x %.4g GB/s, reads and writes together", channels, rows[i].bandwidthB/1e9)
		for _, f := range []string{ReadBandwidth, WriteBandwidth} {
			c.add(f, 8*rows[i].bandwidthB*float64(channels), b)
		}
	}
	off := Origin{Method: Convention, Source: "tcmdse", Note: "off chip: not counted"}
	c.add(Area, 0, off)
	c.add(Leakage, 0, off)
	return c, nil
}
