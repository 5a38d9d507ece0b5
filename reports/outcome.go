package reports

import (
	"fmt"
	"slices"
	"strings"

	"tcmdse/results"
)

// outcome is how many candidates ended alike, and why.
type outcome struct {
	status, reason string // the reason of the first of them
	n              int
	first          int64 // idx
}

// maxReasons is how many reasons a summary lists; the remaining ones are counted together.
const maxReasons = 12

// various is the status that stands for those counted together.
const various = "various"

// outcomes counts candidates by status and reason, in the order ok, infeasible, over budget, skipped, failed, and the most
// frequent reason first. Reasons that differ in numbers only count as one.
func (w *Workload) outcomes() []outcome {
	at := map[string]int{}
	var out []outcome
	for i := range w.Candidates {
		c := &w.Candidates[i]
		key := c.Status + "\x00" + withoutNumbers(c.Reason)
		k, ok := at[key]
		if !ok {
			k = len(out)
			at[key] = k
			out = append(out, outcome{status: c.Status, reason: c.Reason, first: c.Index})
		}
		out[k].n++
	}
	slices.SortStableFunc(out, func(a, b outcome) int {
		if x, y := statusRank(a.status), statusRank(b.status); x != y {
			return x - y
		}
		return b.n - a.n
	})
	if len(out) <= maxReasons {
		return out
	}
	rest := outcome{status: various, reason: fmt.Sprintf("%d more reasons, column reason of Candidates", len(out)-maxReasons+1)}
	for _, o := range out[maxReasons-1:] {
		rest.n += o.n
	}
	return append(out[:maxReasons-1:maxReasons-1], rest)
}

func statusRank(status string) int {
	i := slices.Index([]string{results.OK, results.Infeasible, results.OverBudget, results.Skipped, results.Failed}, status)
	if i < 0 {
		return 5
	}
	return i
}

// withoutNumbers replaces runs of digits, points and signs of exponents by a mark.
func withoutNumbers(s string) string {
	var b strings.Builder
	in := false
	for _, r := range s {
		digit := r >= '0' && r <= '9' || in && r == '.'
		if digit && !in {
			b.WriteByte('#')
		}
		if !digit {
			b.WriteRune(r)
		}
		in = digit
	}
	return b.String()
}

// mapped counts the candidates with a result.
func (w *Workload) mapped() int {
	n := 0
	for i := range w.Candidates {
		if w.Candidates[i].Status == results.OK {
			n++
		}
	}
	return n
}

// skips tells whether any candidate was skipped by a proof.
func (d *Data) skips() bool {
	for i := range d.Workloads {
		for k := range d.Workloads[i].Candidates {
			if d.Workloads[i].Candidates[k].Status == results.Skipped {
				return true
			}
		}
	}
	return false
}

// warnings lists what a reader has to know before trusting the figures: the sweep's own warnings, an unfinished
// sweep, layers without a proof, designs without an area.
func (d *Data) warnings() []string {
	out := slices.Clone(d.Sweep.Warnings)
	for _, w := range d.Costs.Warnings {
		out = append(out, fmt.Sprintf("Costs of idx %d: %s", d.Costs.Index, w))
	}
	if d.Sweep.FinishedAt.IsZero() {
		stored := 0
		for i := range d.Workloads {
			stored = max(stored, len(d.Workloads[i].Candidates))
		}
		out = append(out, fmt.Sprintf("The sweep is not finished: %d of %d candidates are stored.", stored, d.Sweep.CandidatesTotal))
	}
	for i := range d.Workloads {
		w := &d.Workloads[i]
		unproved := 0
		for k := range w.Layers {
			if !w.Layers[k].Optimal {
				unproved++
			}
		}
		if unproved > 0 {
			out = append(out, fmt.Sprintf("%s: the mapping of %d of %d layers is not proved optimal (column optimal of Layers).", w.Name, unproved, len(w.Layers)))
		}
		undrawn := 0
		for k := range w.Candidates {
			if c := &w.Candidates[k]; c.Status == results.OK && !drawable(c) {
				undrawn++
			}
		}
		if undrawn > 0 {
			out = append(out, fmt.Sprintf("%s: %d candidates have no area or no EDP above zero and are left out of the chart, whose axes are logarithmic.", w.Name, undrawn))
		}
		if len(w.Candidates) > 0 && w.mapped() == 0 {
			out = append(out, fmt.Sprintf("%s: no candidate has a valid mapping of every layer.", w.Name))
		}
	}
	return out
}
