package estimate

import (
	"cmp"
	"math"
	"slices"
)

// cacti is the source of the SRAM tables.
const cacti = "CACTI 7 (as shipped in hwcomponents_cacti 1.0.40), itrs-lstp cells and periphery, 300 K, ED2 objective"

// line names the rows of the SRAM table that differ in capacity only.
type line struct {
	node, width, banks int
	ports              string
}

// The columns of the SRAM table that are interpolated.
const (
	colRead = iota
	colWrite
	colLeak
	colArea
	colAccess
	columns
)

// sramRow is one CACTI run, of all banks together.
type sramRow struct {
	rows  float64 // per bank
	value [columns]float64
}

// Grid limits of the embedded table.
const (
	maxCapacityBits = 16 << 23 // 16 MiB
	minRows         = 32       // per bank: CACTI finds no organisation below
	minBankBits     = 64 * 8   // CACTI refuses smaller banks
	minNodeNM       = 22
	maxNodeNM       = 90
)

func tableNodes() []float64 { return []float64{22, 32, 45, 65, 90} }
func tableWidths() []int    { return []int{8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512} }
func tableBanks() []int64   { return []int64{1, 2, 4, 8, 16, 32} }
func sramColumns() [5]string {
	return [5]string{"read_energy_J", "write_energy_J", "leakage_W", "area_m2", "access_time_s"}
}

func (d *data) readSRAM(r *record) {
	if d.lines == nil {
		d.lines = map[line][]sramRow{}
	}
	w, b := r.number("width_bits"), r.number("banks")
	key := line{node: int(r.number("tech_nm")), width: int(w), banks: int(b), ports: r.text("ports")}
	row := sramRow{rows: r.number("capacity_bits") / (w * b)}
	for i, c := range sramColumns() {
		row.value[i] = r.number(c)
	}
	d.lines[key] = append(d.lines[key], row)
}

// sort puts the rows of all tables into the order that lookups rely on.
func (d *data) sort() {
	for _, rows := range d.lines {
		slices.SortFunc(rows, func(a, b sramRow) int { return cmp.Compare(a.rows, b.rows) })
	}
	for _, rows := range d.corners {
		slices.SortFunc(rows, func(a, b cornerRow) int { return cmp.Compare(a.temperatureK, b.temperatureK) })
	}
	for _, rows := range d.wires {
		slices.SortFunc(rows, func(a, b wireRow) int { return cmp.Compare(a.node, b.node) })
	}
	slices.SortFunc(d.scaling, func(a, b scaleRow) int { return cmp.Compare(a.node, b.node) })
}

// at returns the columns at a node of the table, with banks exact, by log-log interpolation in rows per bank and in
// width, and whether that is a row of the table as it stands.
//
// Rows per bank serve better than capacity: CACTI's organisation follows the shape of a bank (2.2 % against 3.3 % in
// the median of read energy at 45 nm, against 3.3 % over capacity and width).
func (d *data) at(node int, rows float64, width, banks int64, ports string) (v [columns]float64, exact bool) {
	widths := tableWidths()
	hi, found := slices.BinarySearch(widths, int(width))
	if found {
		return along(d.lines[line{node, widths[hi], int(banks), ports}], rows)
	}
	lo := hi - 1
	a, _ := along(d.lines[line{node, widths[lo], int(banks), ports}], rows)
	b, _ := along(d.lines[line{node, widths[hi], int(banks), ports}], rows)
	return blend(a, b, share(float64(width), float64(widths[lo]), float64(widths[hi]))), false
}

// along interpolates between the rows of one line, or goes on along its first or last segment: a width beside the one
// asked for reaches a little less far, since the table ends at a capacity.
func along(rows []sramRow, at float64) (v [columns]float64, exact bool) {
	i, found := slices.BinarySearchFunc(rows, at, func(r sramRow, x float64) int { return cmp.Compare(r.rows, x) })
	if found {
		return rows[i].value, true
	}
	i = min(max(i, 1), len(rows)-1)
	return blend(rows[i-1].value, rows[i].value, share(at, rows[i-1].rows, rows[i].rows)), false
}

// share returns how far x is from lo to hi, in logarithms.
func share(x, lo, hi float64) float64 { return math.Log(x/lo) / math.Log(hi/lo) }

// blend mixes in logarithms.
func blend(a, b [columns]float64, s float64) (v [columns]float64) {
	for i := range v {
		v[i] = a[i] * math.Pow(b[i]/a[i], s)
	}
	return v
}

// anyNode is at for any node from 22 to 90 nm. Between nodes of the table leakage is that of the nearest one: it
// follows targets of device generations, not a trend.
func (d *data) anyNode(node, rows float64, width, banks int64, ports string) (v [columns]float64, exact bool) {
	nodes := tableNodes()
	hi, found := slices.BinarySearch(nodes, node)
	if found {
		return d.at(int(node), rows, width, banks, ports)
	}
	a, _ := d.at(int(nodes[hi-1]), rows, width, banks, ports)
	b, _ := d.at(int(nodes[hi]), rows, width, banks, ports)
	s := share(node, nodes[hi-1], nodes[hi])
	v = blend(a, b, s)
	v[colLeak] = a[colLeak]
	if s > 0.5 {
		v[colLeak] = b[colLeak]
	}
	return v, false
}

// nearestNode returns the node of the table whose leakage stands for a node.
func nearestNode(node float64) float64 {
	nodes := tableNodes()
	return slices.MinFunc(nodes, func(a, b float64) int {
		return cmp.Compare(math.Abs(math.Log(a/node)), math.Abs(math.Log(b/node)))
	})
}
