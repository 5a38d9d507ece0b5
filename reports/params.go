package reports

import (
	"math/big"
	"slices"
	"strconv"
	"strings"

	"tcmdse/internal/unit"
	"tcmdse/results"
)

// paramColumn is a parameter's column. Where all candidates give it in one kind of unit it holds numbers, in the
// smallest unit that was used, which the header names: 512KiB and 1MiB are 512 and 1024 under GLB.size_KiB.
type paramColumn struct {
	path   string
	header string
	one    *big.Rat // the unit in SI, nil: text
	dim    unit.Dimension
}

// params describes the columns of all parameters that any candidate has, in the order they first occur.
func (d *Data) params() []paramColumn {
	if d.columns != nil {
		return d.columns
	}
	type value struct{ path, text string }
	seen := map[value]bool{}
	var out columns
	for i := range d.Workloads {
		for k := range d.Workloads[i].Candidates {
			for _, p := range d.Workloads[i].Candidates[k].Params {
				if v := (value{p.Path, p.Text}); !seen[v] {
					seen[v] = true
					out.add(p.Path, p.Text)
				}
			}
		}
	}
	return out.list
}

// columns finds the columns for values that are added one by one.
type columns struct {
	list  []paramColumn
	at    map[string]int
	mixed map[string]bool
	units units
}

func (c *columns) add(path, text string) {
	n, ok := c.at[path]
	if !ok {
		if c.at == nil {
			c.at, c.mixed, c.units = map[string]int{}, map[string]bool{}, units{}
		}
		n = len(c.list)
		c.at[path] = n
		c.list = append(c.list, paramColumn{path: path, header: path})
	}
	if !c.mixed[path] && !c.list[n].widen(text, c.units) {
		c.mixed[path] = true
		c.list[n] = paramColumn{path: path, header: path}
	}
}

// widen takes a value into the column; false where it is of another kind.
func (c *paramColumn) widen(text string, u units) bool {
	_, of, ok := u.read(text)
	switch {
	case text == "unlimited":
		return true // stays text among numbers
	case !ok, c.one != nil && of.dim != c.dim:
		return false
	}
	if c.one == nil || of.one.Cmp(c.one) < 0 {
		c.one, c.dim, c.header = of.one, of.dim, c.path
		if of.name != "" {
			c.header += "_" + strings.ReplaceAll(of.name, "/", "_per_")
		}
	}
	return true
}

// units remembers what the tails of texts stand for: "kHz" of "200.5kHz". Those of a sweep are few, and reading one takes
// longer than all else about a row.
type units map[string]unitOf

type unitOf struct {
	one  *big.Rat // in SI
	dim  unit.Dimension
	name string
	ok   bool
}

// read parts a text into its number and its unit.
func (u units) read(text string) (digits string, of unitOf, ok bool) {
	text = strings.TrimSpace(text)
	n := strings.IndexFunc(text, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
	if n < 0 {
		n = len(text)
	}
	digits = text[:n]
	if n == 0 || digits == "." || strings.Count(digits, ".") > 1 || n < len(text) && (text[n] == 'e' || text[n] == 'E') {
		q, one, name, ok := quantity(text)
		return "", unitOf{one, q.Dim, name, ok}, ok
	}
	of, seen := u[text[n:]]
	if !seen {
		q, one, name, ok := quantity("1" + text[n:])
		of = unitOf{one, q.Dim, name, ok}
		u[text[n:]] = of
	}
	return digits, of, of.ok
}

// paramCells makes the cells of many rows. It remembers what texts stand for: those of a grid are few, and reading one
// takes longer than all else about a row.
type paramCells struct {
	columns []paramColumn
	seen    []map[string]any // by column, up to mostSeen texts each
	units   units
}

const mostSeen = 1000

func newParamCells(ps []paramColumn) *paramCells {
	p := &paramCells{ps, make([]map[string]any, len(ps)), units{}}
	for i := range p.seen {
		p.seen[i] = map[string]any{}
	}
	return p
}

// add appends a candidate's parameters to a row, in the columns' order.
func (p *paramCells) add(row []any, ps []results.Param) []any {
	for i := range p.columns {
		text := p.columns[i].text(ps)
		cell, ok := p.seen[i][text]
		if !ok || text == "" { // "" stands for a text and for a parameter that is not there
			if cell = p.columns[i].cellIn(ps, p.units); len(p.seen[i]) < mostSeen {
				p.seen[i][text] = cell
			}
		}
		row = append(row, cell)
	}
	return row
}

// cell returns a candidate's value as a number in the column's unit, as text where it has none, nil where the
// candidate has no such parameter.
func (c *paramColumn) cell(ps []results.Param) any { return c.cellIn(ps, units{}) }

func (c *paramColumn) cellIn(ps []results.Param, u units) any {
	i := slices.IndexFunc(ps, func(p results.Param) bool { return p.Path == c.path })
	if i < 0 {
		return nil
	}
	digits, of, ok := u.read(ps[i].Text)
	if !ok || c.one == nil {
		return ps[i].Text
	}
	if digits != "" && of.one.Cmp(c.one) == 0 {
		if v, err := strconv.ParseFloat(digits, 64); err == nil {
			return v
		}
	}
	q, _, _, ok := quantity(ps[i].Text)
	if !ok {
		return ps[i].Text
	}
	v, _ := q.Value.Quo(q.Value, c.one).Float64()
	return v
}

// text returns a candidate's value as it was written.
func (c *paramColumn) text(ps []results.Param) string {
	for _, p := range ps {
		if p.Path == c.path {
			return p.Text
		}
	}
	return ""
}

// quantity reads a text: its value, one of its unit in SI, and the unit's name.
func quantity(text string) (q unit.Quantity, one *big.Rat, name string, ok bool) {
	text = strings.TrimSpace(text)
	q, err := unit.Parse(text)
	if err != nil {
		return q, nil, "", false
	}
	// the longest tail that is a unit; no unit starts with the letter of an exponent
	for i := range text {
		if strings.IndexByte("0123456789.eE", text[i]) >= 0 {
			continue
		}
		if u, err := unit.Parse("1" + strings.TrimSpace(text[i:])); err == nil && u.Dim == q.Dim && u.Dim != unit.None && u.Value.Sign() > 0 {
			return q, u.Value, strings.TrimSpace(text[i:]), true
		}
	}
	return q, big.NewRat(1, 1), "", q.Dim == unit.None
}

// shown lists the columns for tables that have little room. It leaves out the costs that follow from another
// parameter, as the energies, leakage and area of a buffer follow its size in a zip; every other table has them.
func (d *Data) shown() []paramColumn {
	if d.short != nil {
		return d.short
	}
	all := d.params()
	var out []paramColumn
	for i := range all {
		cost := slices.ContainsFunc([]string{".energy", ".leakage", ".area"}, func(s string) bool { return strings.HasSuffix(all[i].path, s) })
		if cost && slices.ContainsFunc(all[:i], func(by paramColumn) bool { return d.follows(&all[i], &by) }) {
			continue
		}
		out = append(out, all[i])
	}
	return out
}

// follows tells whether one parameter is a function of another that does vary.
func (d *Data) follows(c, by *paramColumn) bool {
	seen := map[string]string{}
	for i := range d.Workloads {
		for k := range d.Workloads[i].Candidates {
			ps := d.Workloads[i].Candidates[k].Params
			x, y := by.text(ps), c.text(ps)
			if was, ok := seen[x]; ok && was != y {
				return false
			}
			seen[x] = y
		}
	}
	return len(seen) > 1
}
