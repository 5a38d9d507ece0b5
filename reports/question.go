package reports

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"tcmdse/results"
)

// asked is what the sweep's file asks, read from the configuration that the database keeps. What cannot be read is left
// out: a report shows an old or foreign file as far as it goes.
type asked struct {
	Description string            `yaml:"description"`
	Axes        []askedAxis       `yaml:"axes"`
	Where       []string          `yaml:"where"`
	Include     []yaml.Node       `yaml:"include"`
	Sample      map[string]string `yaml:"sample"`
	Budget      map[string]string `yaml:"budget"`
}

type askedAxis struct {
	Path   string      `yaml:"path"`
	Same   string      `yaml:"same"`
	Derive string      `yaml:"derive"`
	Zip    []askedAxis `yaml:"zip"`
}

// askedOf reads the first document of a configuration, the sweep's file.
func askedOf(config string) asked {
	var a asked
	if yaml.NewDecoder(strings.NewReader(config)).Decode(&a) != nil {
		return asked{}
	}
	return a
}

// axis is what a sweep varies in one step: a parameter, with those that move along with it.
type axis struct {
	column paramColumn
	with   []string // paths that follow it: the others of a zip, and those with "same"
	extra  int64    // idx of the first candidate that may be an included point: these come last
}

// name of an axis, "PE.x (with PE.y)".
func (a *axis) name() string {
	if len(a.with) == 0 {
		return a.column.path
	}
	return a.column.path + " (with " + strings.Join(a.with, ", ") + ")"
}

// axes lists what the sweep varied, in its file's order. Derived parameters are none, nor costs that follow from another
// parameter. Parameters that the file's axes do not name, those of included points or of --set, are axes of their own.
func (d *Data) axes() []axis {
	file := askedOf(d.Sweep.Config)
	extra := int64(math.MaxInt64)
	if n := int64(len(file.Include)); n > 0 {
		extra = d.Sweep.CandidatesTotal - n
	}
	follows, derived := map[string]string{}, map[string]bool{}
	for _, a := range file.Axes {
		for i := 1; i < len(a.Zip); i++ {
			follows[a.Zip[i].Path] = a.Zip[0].Path
		}
		if a.Same != "" {
			follows[a.Path] = a.Same
		}
		derived[a.Path] = derived[a.Path] || a.Derive != ""
	}
	leader := func(path string) string {
		for range len(follows) { // no longer way round
			to, ok := follows[path]
			if !ok {
				break
			}
			path = to
		}
		return path
	}
	var out []axis
	for _, p := range d.shown() {
		to := leader(p.path)
		at := slices.IndexFunc(out, func(a axis) bool { return leader(a.column.path) == to })
		switch {
		case derived[p.path]:
		case at >= 0:
			out[at].with = append(out[at].with, p.path)
		default:
			out = append(out, axis{column: p, extra: extra})
		}
	}
	return out
}

// question says in plain words what the sweep was run to answer: pairs of a name and a text.
func (d *Data) question() [][2]string {
	a := askedOf(d.Sweep.Config)
	var out [][2]string
	if a.Description != "" {
		out = append(out, [2]string{"Question", strings.TrimSpace(a.Description)})
	}
	what := "the least energy-delay product for its area"
	if o := d.Sweep.Objective; o != "" && o != "edp" {
		what += ", with mappings chosen for least " + o
	}
	nets := strings.Join(d.Sweep.Workloads, ", ")
	if len(d.Sweep.Workloads) > 1 {
		nets += ", each alone"
	}
	out = append(out, [2]string{"Asked", fmt.Sprintf("Which of %d candidates of %s has %s, on %s?", d.Sweep.CandidatesTotal, d.Sweep.Arch, what, nets)})
	var varied []string
	for _, x := range d.axes() {
		varied = append(varied, x.name()+": "+d.valuesOf(&x.column))
	}
	if len(varied) > 0 {
		out = append(out, [2]string{"Varied", strings.Join(varied, "; ")})
	}
	if len(a.Where) > 0 {
		out = append(out, [2]string{"Rules", strings.Join(a.Where, "; ")})
	}
	if b, ok := a.Budget["area"]; ok {
		out = append(out, [2]string{"Budget", "area " + b + "; candidates above it were not mapped"})
	}
	if m := a.Sample["method"]; m != "" && m != "grid" {
		out = append(out, [2]string{"Sample", fmt.Sprintf("%s of the grid, %s candidates, seed %s", m, a.Sample["count"], a.Sample["seed"])})
	}
	return out
}

// valuesOf lists a parameter's values: all of a few, else the ends and how many.
func (d *Data) valuesOf(p *paramColumn) string {
	const few = 8
	of := map[string]float64{}
	for i := range d.Workloads {
		for k := range d.Workloads[i].Candidates {
			p.note(of, d.Workloads[i].Candidates[k].Params)
		}
	}
	var values []string
	points, _ := distinct(of)
	for i := range points {
		values = append(values, points[i].text)
	}
	if len(values) == 0 {
		return "nothing"
	}
	if len(values) <= few {
		return strings.Join(values, ", ")
	}
	return fmt.Sprintf("%s to %s (%d values)", values[0], values[len(values)-1], len(values))
}

// note adds a candidate's text and value to those of a column. Texts that stand for no number have NaN.
func (c *paramColumn) note(of map[string]float64, ps []results.Param) (text string) {
	for i := range ps {
		if ps[i].Path != c.path {
			continue
		}
		if _, ok := of[ps[i].Text]; !ok {
			of[ps[i].Text] = c.inUnit(&ps[i])
		}
		return ps[i].Text
	}
	return ""
}

// inUnit is a stored value in the column's unit, rounded to where the text's own digits end; NaN where the column holds
// text, and for unlimited.
func (c *paramColumn) inUnit(p *results.Param) float64 {
	if c.one == nil || p.Text == "unlimited" {
		return math.NaN()
	}
	one, _ := c.one.Float64()
	v, err := strconv.ParseFloat(strconv.FormatFloat(p.Value/one, 'g', 12, 64), 64)
	if err != nil {
		return math.NaN()
	}
	return v
}

// byValue orders texts by their values; those without one come last, by name.
func byValue(of map[string]float64) []string {
	return slices.SortedFunc(maps.Keys(of), func(a, b string) int {
		x, y := of[a], of[b]
		switch {
		case math.IsNaN(x) && !math.IsNaN(y):
			return 1
		case math.IsNaN(y) && !math.IsNaN(x):
			return -1
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return strings.Compare(a, b)
	})
}
