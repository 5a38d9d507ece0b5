package reports

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"tcmdse/results"
)

// Comparison is what changed from sweep A to sweep B.
type Comparison struct {
	Settings  []Setting     // what the sweeps were told and ran with, where it differs
	Params    []ParamChange // by path, where the candidates' values differ
	ConfigA   []string      // lines of A's configuration that B's has not, in order
	ConfigB   []string
	Workloads []WorkloadChange // of the workloads that both have, in A's order
	OnlyA     []string         // workloads
	OnlyB     []string
	Notes     []string // what limits the comparison

	a, b *Data
}

// Setting is one thing that two sweeps have differently; "" where one has none.
type Setting struct{ Name, A, B string }

// ParamChange lists the values of a parameter that candidates of one sweep alone have, ascending.
type ParamChange struct {
	Path         string
	OnlyA, OnlyB []string
	AxisA, AxisB bool // whether it is a parameter of the sweep at all
}

// Compare finds what changed from a to b, from what was read of them: of very large sweeps that is the fronts and a part of
// the other candidates, as Notes then says.
func Compare(a, b *Data) *Comparison {
	c := &Comparison{a: a, b: b, Settings: settings(&a.Sweep, &b.Sweep)}
	c.ConfigA, c.ConfigB = lineDiff(a.Sweep.Config, b.Sweep.Config)
	m := newMatcher(a, b)
	c.Params = m.changes
	c.Notes = m.notes
	for i := range a.Workloads {
		wa := &a.Workloads[i]
		wb := b.workload(wa.Name)
		if wb == nil {
			c.OnlyA = append(c.OnlyA, wa.Name)
			continue
		}
		for _, side := range []struct {
			name string
			w    *Workload
		}{{"A", wa}, {"B", wb}} {
			if side.w.thinned() {
				c.Notes = append(c.Notes, fmt.Sprintf("%s: of sweep %s, the front and %d of %d candidates were read: candidates in both sweeps are counted among these.",
					wa.Name, side.name, len(side.w.Candidates), side.w.all.n))
			}
		}
		c.Workloads = append(c.Workloads, compareWorkload(wa, wb, m))
	}
	for i := range b.Workloads {
		if a.workload(b.Workloads[i].Name) == nil {
			c.OnlyB = append(c.OnlyB, b.Workloads[i].Name)
		}
	}
	return c
}

func (d *Data) workload(name string) *Workload {
	for i := range d.Workloads {
		if d.Workloads[i].Name == name {
			return &d.Workloads[i]
		}
	}
	return nil
}

// settings lists what differs in what the sweeps were told and ran with.
func settings(a, b *results.Sweep) []Setting {
	var out []Setting
	add := func(name, va, vb string) {
		if va != vb {
			out = append(out, Setting{name, va, vb})
		}
	}
	seed := func(s *results.Sweep) string {
		if s.Seed == nil {
			return ""
		}
		return strconv.FormatInt(*s.Seed, 10)
	}
	add("architecture", a.Arch, b.Arch)
	add("workloads", strings.Join(a.Workloads, ", "), strings.Join(b.Workloads, ", "))
	add("objective", a.Objective, b.Objective)
	add("mode", cmp.Or(a.Mode, results.ModeAll), cmp.Or(b.Mode, results.ModeAll))
	add("candidates", strconv.FormatInt(a.CandidatesTotal, 10), strconv.FormatInt(b.CandidatesTotal, 10))
	add("seed", seed(a), seed(b))
	add("--set", strings.Join(a.Overrides, ", "), strings.Join(b.Overrides, ", "))
	add("tool version", a.ToolVersion, b.ToolVersion)
	add("model version", a.ModelVersion, b.ModelVersion)
	tables := slices.AppendSeq(slices.Collect(maps.Keys(a.CostTables)), maps.Keys(b.CostTables))
	slices.Sort(tables)
	for _, t := range slices.Compact(tables) {
		add("cost table "+t, a.CostTables[t], b.CostTables[t])
	}
	return out
}

// lineDiff lists the lines that one text has and the other has not, or less often. Blank lines do not count.
func lineDiff(a, b string) (onlyA, onlyB []string) {
	less := func(a, b string) (out []string) {
		n := map[string]int{}
		for line := range strings.Lines(b) {
			n[strings.TrimRight(line, " \r\n")]++
		}
		for line := range strings.Lines(a) {
			line = strings.TrimRight(line, " \r\n")
			if n[line]--; n[line] < 0 && strings.TrimSpace(line) != "" {
				out = append(out, line)
			}
		}
		return out
	}
	return less(a, b), less(b, a)
}

// matcher finds the candidates of two sweeps that have the same parameters.
type matcher struct {
	ignored map[string]bool // parameters of one sweep alone
	never   bool            // one of them varies: what value the other sweep has for it is not stored
	changes []ParamChange
	notes   []string
}

func newMatcher(a, b *Data) *matcher {
	m := &matcher{ignored: map[string]bool{}}
	va, vb := valuesOf(a), valuesOf(b)
	var paths []string
	for _, d := range []*Data{a, b} {
		for _, p := range d.params() {
			if !slices.Contains(paths, p.path) {
				paths = append(paths, p.path)
			}
		}
	}
	for _, path := range paths {
		ch := ParamChange{Path: path, AxisA: va[path] != nil, AxisB: vb[path] != nil}
		ch.OnlyA, ch.OnlyB = without(va[path], vb[path]), without(vb[path], va[path])
		if len(ch.OnlyA)+len(ch.OnlyB) > 0 {
			m.changes = append(m.changes, ch)
		}
		if ch.AxisA == ch.AxisB || len(va) == 0 || len(vb) == 0 {
			continue
		}
		side, n := "A", len(va[path])
		if ch.AxisB {
			side, n = "B", len(vb[path])
		}
		if n > 1 {
			m.never = true
			m.notes = append(m.notes, fmt.Sprintf("%s varies in sweep %s only, and its value in the other is not stored: no two candidates are known to be the same.", path, side))
		} else {
			m.ignored[path] = true
			m.notes = append(m.notes, fmt.Sprintf("%s is a parameter of sweep %s only, with one value: candidates that agree in all others count as the same.", path, side))
		}
	}
	return m
}

// valuesOf lists by path what values candidates have: a text for each.
func valuesOf(d *Data) map[string]map[string]results.Param {
	out := map[string]map[string]results.Param{}
	for i := range d.Workloads {
		for k := range d.Workloads[i].Candidates {
			for _, p := range d.Workloads[i].Candidates[k].Params {
				if out[p.Path] == nil {
					out[p.Path] = map[string]results.Param{}
				}
				if key := valueKey(p); out[p.Path][key].Path == "" {
					out[p.Path][key] = p
				}
			}
		}
	}
	return out
}

// valueKey is the same for values that are equal, in whatever unit they are written.
func valueKey(p results.Param) string {
	if p.Text == "" || strings.IndexByte("+-.0123456789", p.Text[0]) < 0 { // a word
		return p.Text
	}
	return strconv.FormatFloat(p.Value, 'g', -1, 64)
}

// without lists the texts of the values that only one side has, ascending.
func without(these, those map[string]results.Param) []string {
	var left []results.Param
	for key, p := range these {
		if _, ok := those[key]; !ok {
			left = append(left, p)
		}
	}
	slices.SortFunc(left, func(a, b results.Param) int {
		return cmp.Or(cmp.Compare(a.Value, b.Value), cmp.Compare(a.Text, b.Text))
	})
	var out []string
	for _, p := range left {
		out = append(out, p.Text)
	}
	return out
}

// key is the same for candidates with the same parameters; "" where none can be known to be.
func (m *matcher) key(c *results.CandidateRow) string {
	if m.never {
		return ""
	}
	var parts []string
	for _, p := range c.Params {
		if !m.ignored[p.Path] {
			parts = append(parts, p.Path+"="+valueKey(p))
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, "\x00") + "\x00"
}

// index finds candidates by their parameters, the first of those that have the same.
func (m *matcher) index(w *Workload) map[string]*results.CandidateRow {
	out := map[string]*results.CandidateRow{}
	for i := range w.Candidates {
		c := &w.Candidates[i]
		if key := m.key(c); key != "" && out[key] == nil {
			out[key] = c
		}
	}
	return out
}
