package estimate

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// opRow is one arithmetic operation of the table.
type opRow struct {
	op, format             string // mul or add; int, fp, bf16
	bits                   int
	node                   float64
	energyJ, areaM2, leakW float64
	source                 string
}

func (d *data) readOp(r *record) {
	row := opRow{op: r.text("op"), format: r.text("format"), node: r.number("node_nm"), energyJ: r.number("energy_J"), areaM2: r.number("area_m2"),
		leakW: r.number("leakage_W"), source: r.text("source")}
	if row.op == "mul" || row.op == "add" {
		row.bits = int(r.number("bits"))
		d.ops = append(d.ops, row)
	}
}

// The two collections of arithmetic units, which differ by four times: neither is the truth.
const (
	horowitz = "horowitz"
	aladdin  = "aladdin"
)

// The nodes at which Horowitz's and the TPU v4i paper's energies stand.
const (
	horowitzNM = 45
	jouppiNM   = 7
)

// format is a kind of numbers and the bits of a value.
type format struct {
	kind string // int, fp, bf16
	bits int
}

func parseFormat(field, text string) (format, error) {
	bad := &QueryError{Field: field, Given: text, Allowed: "int1 to int64, fp16, bf16, fp32", Msg: "no such number format"}
	switch text {
	case "fp16", "fp32":
		bits, _ := strconv.Atoi(text[2:])
		return format{"fp", bits}, nil
	case "bf16":
		return format{"bf16", 16}, nil
	}
	digits, ok := strings.CutPrefix(text, "int")
	bits, err := strconv.Atoi(digits)
	if !ok || err != nil || bits < 1 || bits > 64 || strconv.Itoa(bits) != digits {
		return format{}, bad
	}
	return format{"int", bits}, nil
}

// mac prices a multiplication of two values of one format and an addition to the sum, in the format of that.
func (d *data) mac(q Query) (Cost, error) {
	if err := checkLogicNode(q.TechnologyNM); err != nil {
		return Cost{}, err
	}
	factor, sum, err := macFormats(q)
	if err != nil {
		return Cost{}, err
	}
	var c Cost
	switch q.Library {
	case "", horowitz:
		err = d.horowitzMAC(&c, q.TechnologyNM, factor, sum)
	case aladdin:
		err = d.aladdinMAC(&c, q.TechnologyNM, factor, sum)
	default:
		err = &QueryError{Field: "library", Given: q.Library, Allowed: "horowitz, aladdin", Msg: "no such collection of arithmetic units"}
	}
	if err != nil {
		return Cost{}, err
	}
	d.macLeakage(&c, factor, sum)
	if q.ClockHz > 0 {
		o := Origin{Method: Convention, Source: "tcmdse", Note: "one multiply-accumulate a cycle"}
		c.add(Throughput, q.ClockHz, o)
	}
	return c, nil
}

func macFormats(q Query) (factor, sum format, err error) {
	text := q.Format
	if text == "" {
		text = "int8"
	}
	if factor, err = parseFormat("format", text); err != nil {
		return factor, sum, err
	}
	acc := q.Accumulate
	if acc == "" {
		acc = "int32"
		if factor.kind != "int" {
			acc = "fp32"
		} else if factor.bits > 24 {
			acc = fmt.Sprintf("int%d", min(64, 2*factor.bits))
		}
	}
	if sum, err = parseFormat("accumulate", acc); err != nil {
		return factor, sum, err
	}
	if (factor.kind == "int") != (sum.kind == "int") {
		return factor, sum, &QueryError{Field: "accumulate", Given: acc, Allowed: "int for int, fp or bf16 for fp and bf16", Msg: "factors are " + text}
	}
	return factor, sum, nil
}

// operation is what one operation costs at a node, and how that was found.
type operation struct {
	energyJ, areaM2 float64
	exact           bool // both straight from rows
	notes           []string
}

// horowitzMAC: Horowitz's 45 nm energies, and at 7 nm those of Jouppi et al. (2021); between the two log-log, above 45
// by Stillmaker's factor. Stillmaker alone makes 7 nm 3 to 9 times too good: 0.042 to 0.117 of 45 nm over its supplies and
// devices, where Jouppi et al. say 1/2.6.
func (d *data) horowitzMAC(c *Cost, node float64, factor, sum format) error {
	mul, err := d.operation("mul", factor, node)
	if err != nil {
		return err
	}
	add, err := d.operation("add", sum, node)
	if err != nil {
		return err
	}
	method := Table
	if !mul.exact || !add.exact {
		method = Formula
	}
	source := "Horowitz, ISSCC 2014, 45 nm (energies; areas as usually printed beside them, not re-verified)"
	if node < horowitzNM {
		source += "; Jouppi et al., ISCA 2021, Table 2, 7 nm (recalled)"
	}
	o := origin(method, "mac", source)
	o.Note = fmt.Sprintf("multiply %s%d + add %s%d", factor.kind, factor.bits, sum.kind, sum.bits)
	for _, n := range append(mul.notes, add.notes...) {
		o.Note += "; " + n
	}
	o.Note += "; sources of one unit differ by four times (library: aladdin for the other)"
	c.add(Energy, mul.energyJ+add.energyJ, o)
	areaO := o
	if node != horowitzNM {
		areaO.Method = Formula
		areaO.Note += "; area scaled by " + stillmaker
	}
	c.add(Area, mul.areaM2+add.areaM2, areaO)
	return nil
}

// operation prices one operation at a node from Horowitz's and Jouppi's rows.
func (d *data) operation(op string, f format, node float64) (operation, error) {
	at45, err := d.atNode(op, f, horowitzNM)
	if err != nil {
		return at45, err
	}
	areaScale, energyScale := d.scale(horowitzNM, node)
	out := operation{energyJ: at45.energyJ, areaM2: at45.areaM2 * areaScale, exact: at45.exact && node == horowitzNM, notes: at45.notes}
	switch {
	case node > horowitzNM:
		out.energyJ *= energyScale
		out.notes = append(out.notes, fmt.Sprintf("%s energy 45 nm's x %.3g (%s)", op, energyScale, stillmaker))
	case node < horowitzNM:
		at7, err := d.atNode(op, f, jouppiNM)
		if err != nil {
			return out, err
		}
		s := share(node, jouppiNM, horowitzNM)
		out.energyJ = at7.energyJ * math.Pow(at45.energyJ/at7.energyJ, s)
		out.exact = node == jouppiNM && at7.exact
		if node != jouppiNM {
			out.notes = append(out.notes, fmt.Sprintf("%s energy log-log between 45 and 7 nm", op))
		}
	}
	return out, nil
}

// atNode looks an operation up at 45 or 7 nm; integers of other widths follow the power law through those that are
// there, the nearest two.
func (d *data) atNode(op string, f format, node float64) (operation, error) {
	var rows []opRow
	for _, r := range d.ops {
		if r.op == op && r.format == f.kind && r.node == node && !(f.kind == "int" && op == "mul" && r.bits == 16) {
			if r.bits == f.bits {
				o := operation{energyJ: r.energyJ, areaM2: r.areaM2, exact: !strings.HasPrefix(r.source, "derived")}
				if r.areaM2 == 0 && node == horowitzNM {
					half, err := d.atNode(op, format{"fp", 16}, node)
					o.areaM2, o.exact = half.areaM2, false
					o.notes = append(o.notes, op+" area of fp16 for want of bf16's")
					return o, err
				}
				return o, nil
			}
			rows = append(rows, r)
		}
	}
	if f.kind != "int" || len(rows) < 2 {
		return operation{}, &QueryError{Field: "format", Given: fmt.Sprintf("%s%d", f.kind, f.bits), Allowed: "fp16, bf16, fp32", Msg: "no row for " + op}
	}
	i := 1 // rows stand in the order of bits
	for i < len(rows)-1 && f.bits > rows[i].bits {
		i++
	}
	a, b := rows[i-1], rows[i]
	s := share(float64(f.bits), float64(a.bits), float64(b.bits))
	o := operation{energyJ: a.energyJ * math.Pow(b.energyJ/a.energyJ, s)}
	if node == horowitzNM {
		o.areaM2 = a.areaM2 * math.Pow(b.areaM2/a.areaM2, s)
	}
	o.notes = []string{fmt.Sprintf("%s of %d b by the power law through %d and %d b", op, f.bits, a.bits, b.bits)}
	return o, nil
}

// aladdinMAC: Aladdin's integer units at 40 nm, scaled. Multipliers go with the square of their width, adders with it.
func (d *data) aladdinMAC(c *Cost, node float64, factor, sum format) error {
	if factor.kind != "int" {
		return &QueryError{Field: "library", Given: aladdin, Allowed: "horowitz for floating point", Msg: "Aladdin's floating-point rows count three pipeline stages at once and repeat one area"}
	}
	mul, add := d.aladdinRow("mul", "int"), d.aladdinRow("add", "int")
	m, a := math.Pow(float64(factor.bits)/32, 2), float64(sum.bits)/32
	area, energy := d.scale(aladdinNM, node)
	o := origin(Formula, "mac", "Aladdin 40 nm, 1 ns (accelergy-aladdin-plug-in); scaled by "+stillmaker)
	o.Note = fmt.Sprintf("32-bit multiplier x (%d/32)^2 + 32-bit adder x %d/32; four times Horowitz's", factor.bits, sum.bits)
	c.add(Energy, (mul.energyJ*m+add.energyJ*a)*energy, o)
	c.add(Area, (mul.areaM2*m+add.areaM2*a)*area, o)
	if node < aladdinNM {
		c.warn(Energy, "energy: scaled from 40 to %g nm by Stillmaker's factor, which makes 7 nm 3 to 9 times too good", node)
	}
	return nil
}

// aladdinRow returns Aladdin's 32-bit unit of a kind of numbers; bf16 counts as fp.
func (d *data) aladdinRow(op, kind string) opRow {
	for _, r := range d.ops {
		if r.op == op && r.node == aladdinNM && (r.format == "int") == (kind == "int") {
			return r
		}
	}
	return opRow{}
}

// macLeakage: Aladdin's units are the only ones with a leakage; Horowitz gives none.
func (d *data) macLeakage(c *Cost, factor, sum format) {
	o := origin(Formula, "mac", "Aladdin 40 nm (accelergy-aladdin-plug-in)")
	o.Note = fmt.Sprintf("32-bit multiplier's x (%d/32)^2 + 32-bit adder's x %d/32, not scaled to the node: an order of magnitude, no more", factor.bits, sum.bits)
	c.add(Leakage, d.aladdinRow("mul", factor.kind).leakW*math.Pow(float64(factor.bits)/32, 2)+d.aladdinRow("add", sum.kind).leakW*float64(sum.bits)/32, o)
}
