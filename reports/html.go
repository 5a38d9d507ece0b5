package reports

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math"
	"strings"

	"tcmdse/internal/unit"
)

//go:embed templates/report.html
var page string

// WriteHTML writes one self-contained page: nothing is loaded from anywhere. Fronts are drawn as SVG; a design's
// parameters, layers and mappings show when it is clicked or reached by keyboard. All tables work without scripts.
func WriteHTML(w io.Writer, d *Data) error {
	t, err := template.New("report").Parse(page)
	if err != nil {
		return err
	}
	v := view{Sweep: d.Sweep.Name, Arch: d.Sweep.Arch, Objective: d.Sweep.Objective, Tool: d.Sweep.ToolVersion,
		Model: d.Sweep.ModelVersion, Config: d.Sweep.Config, Warnings: d.Sweep.Warnings, Method: methodLines(d)}
	v.Started = d.Sweep.StartedAt.Format("2006-01-02 15:04 UTC")
	if d.Sweep.FinishedAt.IsZero() {
		v.Warnings = append([]string{"The sweep is not finished: this page shows what is stored."}, v.Warnings...)
	}
	for i := range d.Workloads {
		v.Workloads = append(v.Workloads, plot(i, &d.Workloads[i]))
	}
	return t.Execute(w, v)
}

// view is what the template sees.
type view struct {
	Sweep, Arch, Objective, Tool, Model, Started, Config string
	Warnings, Method                                     []string
	Workloads                                            []plotView
}

type plotView struct {
	ID, Shown, All int
	Name, Stair    string
	Points         []pointView
	XTicks, YTicks []tick
	Paths          []string
	Front          []designView
	Statuses       []string
	PlotX, PlotY   float64
	PlotW, PlotH   float64
	Width, Height  float64
}

type pointView struct {
	X, Y  float64
	Label string
}

type tick struct {
	At   float64
	Text string
}

// designView is one design of the front with all that a reader may want to know.
type designView struct {
	ID                                string
	Index                             int64
	X, Y                              float64
	Area, EDP, Energy, Latency, Limit string
	Params                            []string
	Layers                            []layerView
	Arch                              string
}

type layerView struct {
	Name, Energy, Latency, Limit, Utilization, Mapping string
	EnergyShare, LatencyShare                          float64 // per cent of the network
	Count                                              int64
}

// The plot's size in SVG units.
const (
	plotWidth, plotHeight = 860.0, 460.0
	plotLeft, plotTop     = 80.0, 15.0
	plotRight, plotBottom = 20.0, 50.0
)

// htmlPoints bounds the dominated points that a page draws.
const htmlPoints = 5000

func plot(id int, w *Workload) plotView {
	v := plotView{ID: id, Name: w.Name, Paths: w.shownPaths(), Width: plotWidth, Height: plotHeight, PlotX: plotLeft,
		PlotY: plotTop, PlotW: plotWidth - plotLeft - plotRight, PlotH: plotHeight - plotTop - plotBottom}
	for _, s := range w.statuses() {
		if s.n > 0 {
			v.Statuses = append(v.Statuses, fmt.Sprintf("%d %s", s.n, strings.ReplaceAll(s.name, "_", " ")))
		}
	}
	if len(w.Front) == 0 {
		return v
	}
	x, y := newAxis(), newAxis()
	for i := range w.Candidates {
		if c := &w.Candidates[i]; c.Status == "ok" {
			x.add(c.AreaMM2)
			y.add(c.EDPJs)
			v.All++
		}
	}
	x.place(plotLeft, plotWidth-plotRight)
	y.place(plotHeight-plotBottom, plotTop)
	v.XTicks, v.YTicks = x.ticks(), y.ticks()
	drawn := 0
	for i := range w.Candidates {
		c := &w.Candidates[i]
		if c.Status != "ok" || c.OnFront {
			continue
		}
		if drawn++; v.All > htmlPoints && drawn*htmlPoints/v.All == (drawn-1)*htmlPoints/v.All {
			continue
		}
		v.Points = append(v.Points, pointView{x.at(c.AreaMM2), y.at(c.EDPJs), label(w, i)})
	}
	v.Shown = len(v.Points) + len(w.Front)
	v.Front = w.designs(id, x, y)
	var stair strings.Builder
	for k, f := range v.Front {
		if k > 0 {
			fmt.Fprintf(&stair, "%.1f,%.1f ", f.X, v.Front[k-1].Y)
		}
		fmt.Fprintf(&stair, "%.1f,%.1f ", f.X, f.Y)
	}
	v.Stair = stair.String()
	return v
}

func label(w *Workload, i int) string {
	c := &w.Candidates[i]
	var b strings.Builder
	fmt.Fprintf(&b, "candidate %d: %.3g mm2, %.3g Js", c.Index, c.AreaMM2, c.EDPJs)
	for _, p := range c.Params {
		fmt.Fprintf(&b, ", %s %s", p.Path, p.Text)
	}
	return b.String()
}

// designs describes the front's designs with their layers.
func (w *Workload) designs(id int, x, y *logAxis) []designView {
	limits := w.bottlenecks()
	var out []designView
	at := map[int64]int{}
	for _, i := range w.Front {
		c := &w.Candidates[i]
		at[c.ID] = len(out)
		d := designView{ID: fmt.Sprintf("d%d-%d", id, c.Index), Index: c.Index, X: x.at(c.AreaMM2), Y: y.at(c.EDPJs), Area: fmt.Sprintf("%.3g", c.AreaMM2),
			EDP: fmt.Sprintf("%.3g", c.EDPJs), Energy: unit.Format(c.EnergyJ, unit.Joule), Latency: seconds(c.LatencyS), Limit: limits[c.ID], Arch: c.ArchYAML}
		for _, path := range w.shownPaths() {
			for _, p := range c.Params {
				if p.Path == path {
					d.Params = append(d.Params, p.Text)
				}
			}
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
		out[k].Layers = append(out[k].Layers, layerView{Name: l.Name, Count: l.Count, Energy: unit.Format(l.EnergyJ*n, unit.Joule),
			Latency: seconds(l.LatencyS * n), Limit: l.Bottleneck, Utilization: fmt.Sprintf("%.0f %%", l.Utilization*100), Mapping: l.MappingText,
			EnergyShare: 100 * l.EnergyJ * n / c.EnergyJ, LatencyShare: 100 * l.LatencyS * n / c.LatencyS})
	}
	return out
}

// logAxis maps values to places on a logarithmic axis.
type logAxis struct{ low, high, from, to float64 }

func newAxis() *logAxis { return &logAxis{low: math.Inf(1), high: math.Inf(-1)} }

func (a *logAxis) add(v float64) {
	if v > 0 {
		a.low, a.high = min(a.low, math.Log10(v)), max(a.high, math.Log10(v))
	}
}

// place fixes the axis' ends, with a margin of a twentieth and at least a factor of 1.2 in all.
func (a *logAxis) place(from, to float64) {
	a.from, a.to = from, to
	if a.low > a.high {
		a.low, a.high = 0, 1
	}
	margin := max((a.high-a.low)/20, 0.04)
	a.low, a.high = a.low-margin, a.high+margin
}

func (a *logAxis) at(v float64) float64 {
	if v <= 0 {
		return a.from
	}
	return a.from + (math.Log10(v)-a.low)/(a.high-a.low)*(a.to-a.from)
}

// ticks stand at 1, 2 and 5 times powers of ten, fewer on wide axes.
func (a *logAxis) ticks() []tick {
	steps := []float64{1, 2, 5}
	if a.high-a.low > 2.5 {
		steps = []float64{1}
	}
	if a.high-a.low < 0.5 {
		steps = []float64{1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9}
	}
	var out []tick
	for e := math.Floor(a.low); e <= a.high; e++ {
		for _, s := range steps {
			v := s * math.Pow(10, e)
			if l := math.Log10(v); l >= a.low && l <= a.high {
				out = append(out, tick{a.at(v), fmt.Sprintf("%.3g", v)})
			}
		}
	}
	return out
}
