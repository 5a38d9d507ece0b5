package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// asked is what the sweep's file asks, read from the configuration that the database keeps. What cannot be read is left
// out: a report shows an old or foreign file as far as it goes.
type asked struct {
	Description string            `yaml:"description"`
	Axes        []askedAxis       `yaml:"axes"`
	Where       []string          `yaml:"where"`
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
}

// name of an axis, "PE.x (with PE.y)".
func (a *axis) name() string {
	if len(a.with) == 0 {
		return a.column.path
	}
	return a.column.path + " (with " + strings.Join(a.with, ", ") + ")"
}

// axes lists what the sweep varied, in its file's order. Derived parameters are none: they follow from axes. Parameters that the
// file's axes do not name, those of included points or of --set, are axes of their own.
func (d *Data) axes() []axis {
	follows, derived := map[string]string{}, map[string]bool{}
	for _, a := range askedOf(d.Sweep.Config).Axes {
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
	for _, p := range d.params() {
		to := leader(p.path)
		at := slices.IndexFunc(out, func(a axis) bool { return leader(a.column.path) == to })
		switch {
		case derived[p.path]:
		case at >= 0:
			out[at].with = append(out[at].with, p.path)
		default:
			out = append(out, axis{column: p})
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
	var values []string
	for i := range d.Workloads {
		values = append(values, d.Workloads[i].distinct(p)...)
	}
	values = p.sorted(values)
	if len(values) <= few {
		return strings.Join(values, ", ")
	}
	return fmt.Sprintf("%s to %s (%d values)", values[0], values[len(values)-1], len(values))
}

// distinct lists the texts that a parameter has among a workload's candidates.
func (w *Workload) distinct(p *paramColumn) []string {
	seen := map[string]bool{}
	var out []string
	for i := range w.Candidates {
		if t := p.text(w.Candidates[i].Params); t != "" && !seen[t] {
			seen[t] = true
			out = append(out, t)
		}
	}
	return out
}

func one(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// sorted orders texts by the value they stand for, each once; texts that are no numbers come last, as they came.
func (p *paramColumn) sorted(texts []string) []string {
	type value struct {
		v    float64
		text string
	}
	var vs []value
	for _, t := range texts {
		if !slices.ContainsFunc(vs, func(v value) bool { return v.text == t }) {
			vs = append(vs, value{p.number(t), t})
		}
	}
	slices.SortStableFunc(vs, func(a, b value) int {
		if x, y := math.IsNaN(a.v), math.IsNaN(b.v); x || y {
			return compare(one(x), one(y))
		}
		return compare(a.v, b.v)
	})
	out := make([]string, len(vs))
	for i := range vs {
		out[i] = vs[i].text
	}
	return out
}
