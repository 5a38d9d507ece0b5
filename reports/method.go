package reports

import (
	"fmt"
	"strings"
)

// definitions says what the figures mean, for the workbook and the page.
func definitions(d *Data) []string {
	out := []string{
		"Every layer's mapping is the best one for " + orEDP(d.Sweep.Objective) + " in the whole mapspace of the cost model (" + d.Sweep.ModelVersion + "), proved by exhaustive branch and bound; where it is not, column optimal of Layers says so.",
		"EDP of a network (edp_js) is its total energy times its total latency, each summed over layers times their count. It is not the sum of the layers' own products.",
		"Latency of a layer is that of its busiest component (bottleneck): transfers overlap with computation. Energy is traffic times energy per bit, plus multiply-accumulates, plus leakage of all instances over the latency.",
		"Rows of Layers and Components are for one run of a layer; count is how often the network runs it. Areas and traffic of a component are of all its instances, peak_bits and size_bits of each one; an empty size_bits is unlimited.",
		"bottleneck of a design is the component that bounds the network's latency for longest, bottleneck_share that part of the latency. A memory bounds it by its bandwidth; the compute unit by the number of its instances and the clock.",
		"most_energy is the component with the largest share of the network's energy, its leakage included; leakage_share that of all components' leakage. nearly_full is the memory of bounded size that is at least " + fmt.Sprintf("%.0f", 100*nearlyFull) + " % full for longest, nearly_full_share the share of the latency of the layers for which it is: a larger one might help; sheet Axes says what it does where the sweep varied it.",
		"What an axis does: candidates that differ in this axis alone, by one step of its values (a value that only included points have hides no step), are compared in pairs; told are the median of their ratios and the 10th and 90th per cent. End to end compares those that have the axis' first and last value, all else equal. Derived parameters follow their axes. Candidates that are not mapped are in no pair.",
		"Front: a design is on it when no other has no more area and less EDP. Of designs equal in both, the first stands for all. Each workload has its own front. edp_change compares with the next smaller design of the front.",
		"Knee: the design farthest from the straight line between the front's ends, both axes logarithmic.",
		"idx is a candidate's place in the sweep's order, the same in every run; candidate_id is its number in this database and joins the views of SQL.",
	}
	if d.Mean != nil {
		out = append(out, d.Mean.Name+": energy, latency and EDP of a candidate are the geometric means of its figures on the workloads, with these weights (report --weights sets them). A candidate that is not mapped on all of them has none. It is a front of its own, beside those of the workloads.")
	}
	if d.skips() {
		out = append(out, "A candidate of status skipped was never mapped and is on no chart: bound_edp_js is proved to be no more than its EDP, and a mapped design of no more area has no more than that. The front is the one that mapping all candidates gives.")
	}
	return out
}

func orEDP(objective string) string {
	if objective == "" || objective == "edp" {
		return "EDP"
	}
	return objective
}

// limits says what the model leaves out (definition.md section 8).
func limits() []string {
	return []string{
		"Not modelled: sparsity, compression, network hops, bank conflicts, start-up and drain, refresh, data layout, fusing several layers.",
		"Area is the sum of component areas times instances, without wiring, control, clocks, input and output unless overhead factors are set: raw sums of components were 0.22 to 0.64 of published die areas.",
		"Costs are the architecture's own figures and estimates, each with its source; a front is no better than those.",
	}
}

// source is where a component's costs come from.
type source struct{ component, text string }

// sources lists the lines "source:" of the architecture in a sweep's configuration, each with the component it stands
// under. They are found by form, not by reading YAML: the configuration is shown as it is anyway, this is an index.
func sources(config string) []source {
	var out []source
	component := "architecture"
	for line := range strings.Lines(config) {
		line = strings.TrimSpace(line)
		item, isItem := strings.CutPrefix(line, "- ")
		for _, kind := range []string{"memory: ", "array: ", "compute: "} {
			if name, ok := strings.CutPrefix(item, kind); ok && isItem {
				component = unquote(name)
			}
		}
		if line == "---" {
			component = "architecture"
		}
		if text, ok := strings.CutPrefix(line, "source: "); ok {
			out = append(out, source{component, unquote(text)})
		}
	}
	return out
}

// costLines lists each cost of the design shown, with its method, error and source, and what to know about them.
func costLines(d *Data) []source {
	if len(d.Costs.Components) == 0 {
		return nil
	}
	out := []source{{"", fmt.Sprintf("One instance of each component, in the design of least EDP (idx %d). All designs: view component_cost of the database.", d.Costs.Index)}}
	for _, k := range d.Costs.Components {
		for _, f := range k.Figures {
			line := fmt.Sprintf("%s %.6g %s: %s, %s", f.Field, f.Value, f.Unit, f.Method, f.Source)
			if f.ErrorP95 > 0 {
				line += fmt.Sprintf("; within %.0f %% of it in 95 %% of cases", 100*f.ErrorP95)
			}
			if f.Note != "" {
				line += "; " + f.Note
			}
			if f.Table != "" {
				line += fmt.Sprintf(" (%s, sha256 %.12s)", f.Table, f.SHA256)
			}
			out = append(out, source{k.Component, line})
		}
	}
	if d.Costs.Overhead != "" {
		out = append(out, source{"overhead", d.Costs.Overhead})
	}
	for _, w := range d.Costs.Warnings {
		out = append(out, source{"warning", w})
	}
	return out
}

// costText is costLines for the page.
func costText(d *Data) []string {
	var out []string
	for _, l := range costLines(d) {
		if l.component != "" {
			l.text = l.component + ": " + l.text
		}
		out = append(out, l.text)
	}
	return out
}

// unquote takes a YAML scalar's quotes off.
func unquote(s string) string {
	s = strings.TrimSpace(s)
	if n := len(s); n >= 2 && s[0] == '\'' && s[n-1] == '\'' {
		return strings.ReplaceAll(s[1:n-1], "''", "'")
	}
	if n := len(s); n >= 2 && s[0] == '"' && s[n-1] == '"' {
		return s[1 : n-1]
	}
	return s
}

// method writes how the numbers came about, and the configuration word for word: one line a cell, a line too long for
// a cell goes on in the next ones, which column A marks.
func (b *book) method() {
	const sheet, wide = "Method", 125 // characters in B
	b.page(sheet)
	b.keep(b.f.SetColWidth(sheet, "A", "A", 24))
	b.keep(b.f.SetColWidth(sheet, "B", "B", 120))
	row := 1
	section := func(name string) {
		if row > 1 {
			row++
		}
		b.put(sheet, row, name)
		b.style(sheet, row, 1, 2, b.head)
		row++
	}
	text := func(name, s string) {
		b.put(sheet, row, name, s)
		b.style(sheet, row, 1, 2, b.lines)
		b.keep(b.f.SetRowHeight(sheet, row, min(maxHeight, 15*float64(lineCount(s, wide)))))
		row++
	}
	section("Definitions")
	for _, s := range definitions(b.d) {
		text("", s)
	}
	section("Sources of the costs")
	all := sources(b.d.Sweep.Config)
	for _, s := range all {
		text(s.component, s.text)
	}
	if len(all) == 0 {
		text("", "The architecture names none.")
	}
	for _, l := range costLines(b.d) {
		text(l.component, l.text)
	}
	section("Limits of the model")
	for _, s := range limits() {
		text("", s)
	}
	section("Configuration as it ran")
	for _, line := range strings.Split(b.d.Sweep.Config, "\n") {
		mark := ""
		for first := true; first || line != ""; first = false {
			var head string
			head, line = cut(printable(line))
			b.put(sheet, row, mark, head)
			if n := lineCount(head, wide); n > 1 { // or the longest line would set how small the page is printed
				b.style(sheet, row, 2, 2, b.lines)
				b.keep(b.f.SetRowHeight(sheet, row, min(400, 15*float64(n))))
			}
			mark = "(line goes on)"
			row++
		}
	}
}
