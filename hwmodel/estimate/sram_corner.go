package estimate

import (
	"fmt"
	"math"
	"slices"
)

// corner names the rows that differ in temperature only: a node, a kind of cell and one of two memories.
type corner struct {
	node int
	cell string
	bits int64
}

// cornerRow is one CACTI run of another cell or temperature.
type cornerRow struct {
	temperatureK float64
	value        [columns]float64
}

// cornerBits are the two memories, of 64 b and 128 b a row, of which every cell and temperature was run.
func cornerBits() map[int64]int64 { return map[int64]int64{65536: 64, 2097152: 128} }

// The reference that the SRAM table was made at.
const (
	defaultCell = "lstp"
	roomK, hotK = 300.0, 400.0
)

func cells() []string { return []string{"lstp", "lop", "hp"} }

func (d *data) readCorner(r *record) {
	if d.corners == nil {
		d.corners = map[corner][]cornerRow{}
	}
	bits := int64(r.number("capacity_bits"))
	if w, ok := cornerBits()[bits]; !ok || w != int64(r.number("width_bits")) {
		return
	}
	key := corner{int(r.number("tech_nm")), r.text("cell")[len("itrs-"):], bits}
	row := cornerRow{temperatureK: r.number("temp_K")}
	if misprint(key, row.temperatureK) {
		return
	}
	for i, c := range sramColumns() {
		row.value[i] = r.number(c)
	}
	d.corners[key] = append(d.corners[key], row)
}

// misprint tells the rows that CACTI's device files spoil: off-currents ten times their neighbours' for LOP at 90 nm,
// and a dip for LSTP at 22 nm, both at 360 K. Their neighbours are interpolated.
func misprint(c corner, temperatureK float64) bool {
	return temperatureK == 360 && (c.cell == "lop" && c.node == 90 || c.cell == "lstp" && c.node == 22)
}

// corner multiplies by what another cell or temperature makes of the reference: the geometric mean of the ratios of
// the two memories that were run. Temperature changes leakage only. Between nodes, ratios are those of the nearest.
func (d *data) corner(v *[columns]float64, notes *[columns][]string, q Query, node float64) error {
	cell, kelvin := q.Cell, q.TemperatureK
	if cell == "" {
		cell = defaultCell
	}
	if kelvin == 0 {
		kelvin = roomK
	}
	if !slices.Contains(cells(), cell) {
		return &QueryError{Field: "cell", Given: cell, Allowed: "lstp, lop, hp", Msg: "no such kind of cell in the table"}
	}
	if kelvin < roomK || kelvin > hotK {
		return &QueryError{Field: "temperature", Given: fmt.Sprintf("%gK", kelvin), Allowed: "300K to 400K", Msg: "a temperature that the table does not have"}
	}
	if cell == defaultCell && kelvin == roomK {
		return nil
	}
	near := int(nearestNode(node))
	var ratio [columns]float64
	for i := range ratio {
		ratio[i] = 1
		for bits := range cornerBits() {
			base := d.corners[corner{near, defaultCell, bits}][0].value[i]
			ratio[i] *= math.Sqrt(atTemperature(d.corners[corner{near, cell, bits}], kelvin)[i] / base)
		}
		if i != colLeak && cell == defaultCell {
			continue // CACTI's energies, areas and times do not know the temperature
		}
		v[i] *= ratio[i]
		notes[i] = append(notes[i], fmt.Sprintf("x %.4g for %s cells at %g K (mean of 8 KiB and 256 KiB at %d nm, cacti_cell_temp.csv)", ratio[i], cell, kelvin, near))
	}
	return nil
}

// atTemperature interpolates in the logarithm of each column over temperature.
func atTemperature(rows []cornerRow, kelvin float64) [columns]float64 {
	for i, r := range rows {
		if r.temperatureK == kelvin {
			return r.value
		}
		if i > 0 && kelvin < r.temperatureK {
			return blend(rows[i-1].value, r.value, (kelvin-rows[i-1].temperatureK)/(r.temperatureK-rows[i-1].temperatureK))
		}
	}
	return rows[len(rows)-1].value
}
