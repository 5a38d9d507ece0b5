package reports

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"

	"tcmdse/internal/unit"
	"tcmdse/results"
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
		Model: d.Sweep.ModelVersion, Config: d.Sweep.Config, Warnings: d.warnings(), Method: append(append(definitions(d), limits()...), costText(d)...)}
	v.Started = d.Sweep.StartedAt.Format("2006-01-02 15:04 UTC")
	shown := d.shown()
	for i := range d.Workloads {
		v.Workloads = append(v.Workloads, plot(i, &d.Workloads[i], shown))
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
	ID, Shown, All, Mapped, Total int
	Name, Stair                   string
	Points                        []pointView
	XTicks, YTicks                []tick
	Paths                         []string
	Axes                          []axisView
	Front                         []designView
	Rows                          [][]string // the front as the terminal's table has it, a header first
	Keys                          []string
	Outcomes                      []outcomeView
	Plot                          frame
}

// frame is the plot's area in SVG units.
type frame struct{ Width, Height, Left, Top, Right, Bottom, MidX, MidY float64 }

type outcomeView struct {
	Status, Reason string
	N              int
}

// axisView is a parameter that points can be coloured by: its values in ascending order.
type axisView struct {
	Path   string
	Values []string
}

type pointView struct {
	X, Y     float64
	Label    string
	Coloured string // for each axis, which value it has
}

// htmlPoints bounds the points that a page draws.
const htmlPoints = 5000

func plot(id int, w *Workload, shown []paramColumn) plotView {
	f := frame{Width: 880, Height: 470, Left: 80, Top: 15, Right: 860, Bottom: 420}
	f.MidX, f.MidY = (f.Left+f.Right)/2, (f.Top+f.Bottom)/2
	v := plotView{ID: id, Name: w.Name, Plot: f, Mapped: w.mapped(), Total: len(w.Candidates)}
	for _, o := range w.outcomes() {
		v.Outcomes = append(v.Outcomes, outcomeView{strings.ReplaceAll(o.status, "_", " "), o.reason, o.n})
	}
	if len(w.Front) == 0 {
		return v
	}
	v.Rows = w.frontText(shown)
	for i := range shown {
		if a := axisValues(w, &shown[i]); len(a.Values) > 1 {
			v.Axes = append(v.Axes, a)
		}
	}
	for _, k := range w.keyDesigns() {
		c := &w.Candidates[w.Front[k.at]]
		v.Keys = append(v.Keys, fmt.Sprintf("%s: %s mm², %s (candidate %d)", k.name, three(c.AreaMM2), joules(c.EDPJs)+"s", c.Index))
	}
	var points []int
	points, v.All = thin(w, htmlPoints)
	v.Shown = len(points)
	x, y := newAxis(), newAxis()
	for _, i := range points {
		x.add(w.Candidates[i].AreaMM2)
		y.add(w.Candidates[i].EDPJs)
	}
	x.place(f.Left, f.Right)
	y.place(f.Bottom, f.Top)
	v.XTicks, v.YTicks = x.ticks(), y.ticks()
	for _, i := range points {
		if c := &w.Candidates[i]; !c.OnFront {
			v.Points = append(v.Points, pointView{x.at(c.AreaMM2), y.at(c.EDPJs), label(c, shown), coloured(c, v.Axes)})
		}
	}
	areas, edps := w.staircase()
	var stair strings.Builder
	for k := range areas {
		fmt.Fprintf(&stair, "%.1f,%.1f ", x.at(areas[k]), y.at(edps[k]))
	}
	v.Stair = stair.String()
	v.Front = w.designs(id, x, y, shown, v.Axes)
	return v
}

// axisValues lists the values that a parameter takes, the smallest first; texts as they come.
func axisValues(w *Workload, p *paramColumn) axisView {
	out := axisView{Path: p.path}
	at := map[string]float64{}
	for i := range w.Candidates {
		text := p.text(w.Candidates[i].Params)
		if _, ok := at[text]; ok {
			continue
		}
		v, _ := p.cell(w.Candidates[i].Params).(float64)
		at[text] = v
		k := len(out.Values)
		out.Values = append(out.Values, text)
		for ; k > 0 && at[out.Values[k-1]] > v; k-- {
			out.Values[k] = out.Values[k-1]
		}
		out.Values[k] = text
	}
	return out
}

func coloured(c *results.CandidateRow, axes []axisView) string {
	var out []string
	for _, a := range axes {
		for k, v := range a.Values {
			if p := (paramColumn{path: a.Path}); p.text(c.Params) == v {
				out = append(out, fmt.Sprint(k))
				break
			}
		}
	}
	return strings.Join(out, " ")
}

// label says in one line what a point is.
func label(c *results.CandidateRow, shown []paramColumn) string {
	var b strings.Builder
	fmt.Fprintf(&b, "candidate %d: %s mm², %ss, %s, %s", c.Index, three(c.AreaMM2), joules(c.EDPJs), joules(c.EnergyJ), seconds(c.LatencyS))
	for i := range shown {
		if t := shown[i].text(c.Params); t != "" {
			fmt.Fprintf(&b, "; %s %s", shown[i].path, t)
		}
	}
	return b.String()
}

func joules(v float64) string { return unit.Format(v, unit.Joule) }

func seconds(s float64) string { return strings.TrimSuffix(joules(s), "J") + "s" }
