package reports

import (
	"cmp"
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

// tally counts the candidates of a workload, those without a row in the report as well.
type tally struct {
	n, mapped, drawable, skipped int
	layers, unproved             int
	kinds                        map[string]*outcome
}

// maxKinds is how many reasons are told apart; candidates with yet others are counted together by status.
const maxKinds = 10_000

// add counts a candidate; they come in the sweep's order.
func (t *tally) add(c *results.CandidateRow) {
	t.n++
	switch {
	case c.Status == results.Skipped:
		t.skipped++
	case c.Status == results.OK:
		t.mapped++
	}
	if drawable(c) {
		t.drawable++
	}
	if t.kinds == nil {
		t.kinds = map[string]*outcome{}
	}
	key, reason := c.Status+"\x00"+withoutNumbers(c.Reason), c.Reason
	k := t.kinds[key]
	if k == nil && len(t.kinds) >= maxKinds {
		key, reason = c.Status+"\x00\x00", "and others, for reasons too many to tell apart"
		k = t.kinds[key]
	}
	if k == nil {
		k = &outcome{status: c.Status, reason: reason, first: c.Index}
		t.kinds[key] = k
	}
	k.n++
}

// outcomes counts candidates by status and reason, in the order ok, infeasible, over budget, skipped, failed, and the most
// frequent reason first. Reasons that differ in numbers only count as one.
func (w *Workload) outcomes() []outcome {
	var out []outcome
	for _, k := range w.all.kinds {
		out = append(out, *k)
	}
	slices.SortFunc(out, func(a, b outcome) int {
		return cmp.Or(statusRank(a.status)-statusRank(b.status), b.n-a.n, cmp.Compare(a.first, b.first))
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

// skips tells whether any candidate was skipped by a proof.
func (d *Data) skips() bool {
	return slices.ContainsFunc(d.Workloads, func(w Workload) bool { return w.all.skipped > 0 })
}

// warnings lists what a reader has to know before trusting the figures: the sweep's own warnings, an unfinished
// sweep, means that are not known, layers without a proof, designs without an area.
func (d *Data) warnings() []string {
	out := slices.Clone(d.Sweep.Warnings)
	for _, w := range d.Costs.Warnings {
		out = append(out, fmt.Sprintf("Costs of idx %d: %s", d.Costs.Index, w))
	}
	if d.Sweep.FinishedAt.IsZero() {
		stored := 0
		for i := range d.Workloads {
			stored = max(stored, d.Workloads[i].all.n)
		}
		out = append(out, fmt.Sprintf("The sweep is not finished: %d of %d candidates are stored.", stored, d.Sweep.CandidatesTotal))
	}
	if d.Mean != nil && d.Mean.all.skipped > 0 {
		out = append(out, fmt.Sprintf("The front over several workloads may lack designs: %d candidates were proved to be off the front of one workload and not mapped there (--front-only), "+
			"so that their means are not known. A sweep without --front-only knows them.", d.Mean.all.skipped))
	}
	for i := range d.Workloads {
		w := &d.Workloads[i]
		if n := w.all.unproved; n > 0 {
			where := "column optimal of Layers"
			if d.brief {
				where = "column optimal of view layer_result"
			}
			out = append(out, fmt.Sprintf("%s: the mapping of %d of %d layers is not proved optimal (%s).", w.Name, n, w.all.layers, where))
		}
		if n := w.all.mapped - w.all.drawable; n > 0 {
			out = append(out, fmt.Sprintf("%s: %d candidates have no area or no EDP above zero and are left out of the chart, whose axes are logarithmic.", w.Name, n))
		}
		if w.all.n > 0 && w.all.mapped == 0 {
			out = append(out, fmt.Sprintf("%s: no candidate has a valid mapping of every layer.", w.Name))
		}
	}
	return out
}

// notes says which sheets have a part of the rows only, and where all of them are.
func (d *Data) notes() []string {
	var out []string
	for i := range d.Workloads {
		if w := &d.Workloads[i]; w.thinned() {
			rows := 0
			for k := range w.Candidates {
				if w.Candidates[k].Status == results.OK {
					rows++
				}
			}
			out = append(out, fmt.Sprintf("%s: Candidates, the page and the chart have %d of %d candidates: the whole front (%d), %d of the other %d that are mapped, spread over the chart, "+
				"and %d of the %d that are not, spread over the sweep's order. Counts are of all; all rows are in the database, see docs/sql.md, and in the files of report --csv.",
				w.Name, len(w.Candidates), w.all.n, len(w.Front), rows-len(w.Front), w.all.mapped-len(w.Front), len(w.Candidates)-rows, w.all.n-w.all.mapped))
		}
	}
	if d.brief {
		designs, all := 0, 0
		for i := range d.Workloads {
			designs, all = designs+len(d.Workloads[i].Front), max(all, d.Workloads[i].all.n)
		}
		out = append(out, fmt.Sprintf("Layers and Components list the %d designs of the front only, as Mappings always does: the sweep has %d candidates. All rows are in the database, "+
			"see docs/sql.md; those of Layers and Components are also in the files of report --csv.", designs, all))
	}
	return out
}
