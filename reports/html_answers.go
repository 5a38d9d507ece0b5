package reports

import (
	"fmt"
	"math"
	"strconv"

	"tcmdse/results"
)

// addAnswers adds the tables of the page that the workbook has on Summary: the best design for each area, what limits the
// key designs, and what each axis does.
func (v *plotView) addAnswers(w *Workload, axes []axis) {
	if len(w.Front) == 0 {
		return
	}
	edp := w.scale(func(c *results.CandidateRow) float64 { return c.EDPJs })
	v.Budgets = [][]string{{"within", "idx", "area/mm²", "EDP/" + edp.micro() + "J·s", "EDP over the least"}}
	least := w.Candidates[w.Front[len(w.Front)-1]].EDPJs
	for _, b := range w.budgets() {
		c := &w.Candidates[w.Front[b.at]]
		v.Budgets = append(v.Budgets, []string{trimZeros(b.mm2) + " mm²", strconv.FormatInt(c.Index, 10), three(c.AreaMM2), edp.of(c.EDPJs), three(c.EDPJs / least)})
	}
	limits := w.limits()
	v.Limits = [][]string{{"design", "idx", "time", "of the time", "most energy in", "of the energy", "leakage", "nearly full", "of the time"}}
	for _, k := range w.keyDesigns() {
		c := &w.Candidates[w.Front[k.at]]
		l := limits[c.ID]
		if l == nil {
			continue
		}
		full, time := "nothing", ""
		if l.full != "" {
			full, time = l.full, perCent(l.fullShare)
		}
		v.Limits = append(v.Limits, []string{k.name, strconv.FormatInt(c.Index, 10), l.timeText(), perCent(l.timeShare), l.energy, perCent(l.energyShare), perCent(l.leakageShare), full, time})
	}
	v.Effects = [][]string{{"axis", "values", "from", "to", "EDP a step up", "area a step up", "EDP end to end", "least EDP at", "pairs"}}
	for _, e := range w.effects(axes) {
		v.Effects = append(v.Effects, []string{e.axis.name(), strconv.Itoa(len(e.values)), e.values[0].text, e.values[len(e.values)-1].text,
			change(e.edpStep.median), change(e.areaStep.median), change(e.edpEnds.median), e.values[e.best()].text, strconv.Itoa(e.pairs)})
	}
	for _, t := range []*[][]string{&v.Budgets, &v.Limits, &v.Effects} {
		if len(*t) == 1 {
			*t = nil
		}
	}
}

func perCent(share float64) string { return fmt.Sprintf("%.0f %%", 100*share) }

// change writes a ratio as what it adds: +12.3 %.
func change(ratio float64) string {
	if math.IsNaN(ratio) || math.IsInf(ratio, 0) {
		return "-"
	}
	if s := fmt.Sprintf("%+.1f %%", 100*(ratio-1)); s != "-0.0 %" && s != "+0.0 %" {
		return s
	}
	return "0.0 %"
}
