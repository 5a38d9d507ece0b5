package reports

import (
	"strconv"
	"strings"

	"tcmdse/results"
)

// paramColumn is a parameter's column: numbers with the unit in the header where all candidates use one unit.
type paramColumn struct {
	header  string
	numbers bool
}

// params describes the columns of the parameters.
func (d *Data) params() []paramColumn {
	if len(d.Workloads) == 0 {
		return nil
	}
	w := &d.Workloads[0]
	var out []paramColumn
	for k, path := range w.paths() {
		unit, same := "", true
		for i := range w.Candidates {
			ps := w.Candidates[i].Params
			if k >= len(ps) {
				same = false
				continue
			}
			_, u, ok := split(ps[k].Text)
			if i == 0 {
				unit = u
			}
			same = same && ok && u == unit
		}
		c := paramColumn{header: path, numbers: same}
		if same && unit != "" {
			c.header += "/" + strings.ReplaceAll(unit, "/", " per ")
		}
		out = append(out, c)
	}
	return out
}

// cell returns a parameter as a number in the column's unit, or as text.
func (c paramColumn) cell(p results.Param) any {
	if v, _, ok := split(p.Text); c.numbers && ok {
		return v
	}
	return p.Text
}

// split parts a quantity into its number and its unit.
func split(text string) (v float64, unit string, ok bool) {
	n := len(text)
	for n > 0 {
		if v, err := strconv.ParseFloat(text[:n], 64); err == nil {
			return v, strings.TrimSpace(text[n:]), true
		}
		n--
	}
	return 0, "", false
}
