package reports

import (
	"fmt"
	"math"
)

// designView is one design of the front with all that a reader may want to know.
type designView struct {
	pointView
	ID                                string
	Index                             int64
	Drawn                             bool
	Area, EDP, Energy, Latency, Limit string
	Params                            []string // all of them, with their values
	Layers                            []layerView
	Components                        []componentView
	ArchYAML                          string
	Row                               []string
}

// layerView is a layer with its runs together; shares are per cent of the network.
type layerView struct {
	Name, Energy, Latency, Limit, Utilization, Mapping string
	EnergyShare, LatencyShare                          float64
	Count                                              int64
}

type componentView struct {
	Name, Energy, Leakage, Area string
	Share                       float64 // of the network's energy, leakage counted, per cent
	AreaShare                   float64 // of the design's area, per cent
}

// designs describes the front's designs with their layers and components.
func (w *Workload) designs(id int, x, y *logAxis, shown []paramColumn, axes []axisView) []designView {
	limits := w.bottlenecks()
	rows := w.frontText(shown)
	var out []designView
	at := map[int64]int{}
	for k, i := range w.Front {
		c := &w.Candidates[i]
		at[c.ID] = len(out)
		d := designView{ID: fmt.Sprintf("d%d-%d", id, c.Index), Index: c.Index, Drawn: drawable(c), Area: three(c.AreaMM2), EDP: joules(c.EDPJs) + "s",
			Energy: joules(c.EnergyJ), Latency: seconds(c.LatencyS), Limit: limits[c.ID], ArchYAML: c.ArchYAML, Row: rows[k+1]}
		d.pointView = pointView{x.at(c.AreaMM2), y.at(c.EDPJs), label(c, shown) + "; bound by " + limits[c.ID], coloured(c, axes)}
		for _, p := range c.Params {
			d.Params = append(d.Params, p.Path+" = "+p.Text)
		}
		out = append(out, d)
	}
	for i := range w.Layers {
		l := &w.Layers[i]
		k, ok := at[l.CandidateID]
		if !ok {
			continue
		}
		c := &w.Candidates[w.Front[k]]
		n := float64(l.Count)
		out[k].Layers = append(out[k].Layers, layerView{Name: l.Name, Count: l.Count, Energy: joules(l.EnergyJ * n),
			Latency: seconds(l.LatencyS * n), Limit: l.Bottleneck, Utilization: fmt.Sprintf("%.0f %%", l.Utilization*100), Mapping: l.MappingText,
			EnergyShare: percent(l.EnergyJ*n, c.EnergyJ), LatencyShare: percent(l.LatencyS*n, c.LatencyS)})
	}
	w.addComponents(out, at)
	return out
}

// addComponents sums each design's components over the network.
func (w *Workload) addComponents(out []designView, at map[int64]int) {
	type sum struct{ energy, leakage, area float64 }
	sums := make([]map[string]*sum, len(out))
	names := make([][]string, len(out))
	for i := range w.Components {
		c := &w.Components[i]
		k, ok := at[c.CandidateID]
		if !ok {
			continue
		}
		if sums[k] == nil {
			sums[k] = map[string]*sum{}
		}
		s := sums[k][c.Name]
		if s == nil {
			s = &sum{}
			sums[k][c.Name] = s
			names[k] = append(names[k], c.Name)
		}
		s.energy += c.EnergyJ * float64(c.Count)
		s.leakage += c.LeakageJ * float64(c.Count)
		s.area = c.AreaMM2
	}
	for k := range out {
		total, area := w.Candidates[w.Front[k]].EnergyJ, w.Candidates[w.Front[k]].AreaMM2
		for _, name := range names[k] {
			s := sums[k][name]
			out[k].Components = append(out[k].Components, componentView{name, joules(s.energy), joules(s.leakage), three(s.area), percent(s.energy+s.leakage, total), percent(s.area, area)})
		}
	}
}

// percent is between 0 and 100, 0 where there is no whole.
func percent(part, whole float64) float64 {
	if p := 100 * part / whole; p >= 0 && !math.IsInf(p, 0) {
		return min(p, 100)
	}
	return 0
}
