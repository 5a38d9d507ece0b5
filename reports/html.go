package reports

import (
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strconv"
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
		Model: d.Sweep.ModelVersion, Config: d.Sweep.Config, Warnings: d.warnings(), Notes: d.notes(), Method: append(append(definitions(d), limits()...), costText(d)...)}
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
	Warnings, Notes, Method                              []string
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
	at     map[string]int // places in Values
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
	v := plotView{ID: id, Name: w.Name, Plot: f, Mapped: w.all.mapped, Total: w.all.n}
	for _, o := range w.outcomes() {
		v.Outcomes = append(v.Outcomes, outcomeView{strings.ReplaceAll(o.status, "_", " "), o.reason, o.n})
	}
	if len(w.Front) == 0 {
		return v
	}
	v.Rows = w.frontText(shown)
	for _, k := range w.keyDesigns() {
		c := &w.Candidates[w.Front[k.at]]
		v.Keys = append(v.Keys, fmt.Sprintf("%s: %s mm², %s (candidate %d)", k.name, three(c.AreaMM2), joules(c.EDPJs)+"s", c.Index))
	}
	var points []int
	points, v.All = thin(w, htmlPoints)
	v.Shown = len(points)
	for i := range shown {
		if a := axisValues(w, points, &shown[i]); len(a.Values) > 1 {
			v.Axes = append(v.Axes, a)
		}
	}
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

// axisValues lists the values that a parameter takes, the smallest first; texts as they come. Where more candidates are
// stored than drawn, only those of the points and the front count: no other needs a colour.
func axisValues(w *Workload, points []int, p *paramColumn) axisView {
	out := axisView{Path: p.path, at: map[string]int{}}
	at := map[string]float64{}
	see := func(c *results.CandidateRow) {
		text := p.text(c.Params)
		if _, ok := at[text]; ok {
			return
		}
		v, _ := p.cell(c.Params).(float64)
		at[text] = v
		out.Values = append(out.Values, text)
	}
	if len(points) < w.all.drawable {
		for _, i := range points {
			see(&w.Candidates[i])
		}
		for _, i := range w.Front {
			see(&w.Candidates[i])
		}
	} else {
		for i := range w.Candidates {
			see(&w.Candidates[i])
		}
	}
	slices.SortStableFunc(out.Values, func(a, b string) int { return cmp.Compare(at[a], at[b]) })
	for k, text := range out.Values {
		out.at[text] = k
	}
	return out
}

func coloured(c *results.CandidateRow, axes []axisView) string {
	var out []string
	for _, a := range axes {
		p := paramColumn{path: a.Path}
		out = append(out, strconv.Itoa(a.at[p.text(c.Params)]))
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
