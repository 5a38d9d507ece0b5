package reports

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"tcmdse/internal/unit"
	"tcmdse/results"
)

//go:embed templates/report.html
var page string

//go:embed templates/report.css
var pageStyle string

// The page's scripts: the plots, the chosen design, the picture of a mapping. They are one scope.
var (
	//go:embed templates/report.js
	pageScript string
	//go:embed templates/design.js
	designScript string
	//go:embed templates/nest.js
	nestScript string
)

// WriteHTML writes one self-contained page: nothing is loaded from anywhere. Plots and the tables of the fronts are there
// without scripts. With them a design shows its figures when pointed at and, when chosen, its parameters, layers and
// mappings, which the page carries once as JSON.
func WriteHTML(w io.Writer, d *Data) error {
	t, err := template.New("report").Funcs(template.FuncMap{"list": func(caption string, rows [][]string) captioned { return captioned{caption, rows} }}).Parse(page)
	if err != nil {
		return err
	}
	v := view{Sweep: d.Sweep.Name, Arch: d.Sweep.Arch, Objective: orEDP(d.Sweep.Objective), Tool: d.Sweep.ToolVersion,
		Model: d.Sweep.ModelVersion, Config: d.Sweep.Config, Warnings: d.warnings(), Notes: d.notes(), Method: append(append(definitions(d), limits()...), costText(d)...),
		Style: template.CSS(pageStyle), Script: template.JS("(function () {\n\"use strict\";\n" + nestScript + designScript + pageScript + "})();\n")}
	v.Question = d.question()
	v.Started = d.Sweep.StartedAt.Format("2006-01-02 15:04 UTC")
	shown := d.shown()
	data := newPageData(d)
	axes := d.axes()
	for i, w := range d.all() {
		p, points := plot(i, w, shown)
		if p.Left = data.add(w, points, d.params(), maxDetails/len(d.Workloads)); p.Left > 0 {
			p.Detailed = len(p.Front) - p.Left
		}
		p.addAnswers(w, axes)
		v.Workloads = append(v.Workloads, p)
	}
	if v.Data, err = data.encode(); err != nil {
		return fmt.Errorf("reports: page: %w", err)
	}
	return t.Execute(w, v)
}

// view is what the template sees.
type view struct {
	Sweep, Arch, Objective, Tool, Model, Started, Config string
	Question                                             [][2]string
	Warnings, Notes, Method                              []string
	Workloads                                            []plotView
	Style                                                template.CSS
	Script, Data                                         template.JS
}

type plotView struct {
	ID, Shown, All, Mapped, Total int
	Left, Detailed                int // designs of the front without and with details; 0 and 0 where all have them
	Name, Stair, Dots             string
	XLabel, YLabel                string
	XTicks, YTicks                []tick
	Axes                          []string // parameters that points can be coloured by
	Head                          []string // the front as the terminal's table has it
	Front                         []markView
	Keys                          []keyView
	Limits                        [][]string // what limits the key designs, a header first
	Budgets                       [][]string
	Effects                       [][]string // what each axis does
	Many                          string     // a class of plots whose marks have to be small
	Outcomes                      []outcomeView
	Plot                          frame
}

// captioned is a small table, a header first.
type captioned struct {
	Caption string
	Rows    [][]string
}

type keyView struct {
	Text, ID string
	Index    int64
}

// frame is the plot's area in SVG units.
type frame struct{ Width, Height, Left, Top, Right, Bottom, MidX, MidY, TickX, TickY float64 }

type outcomeView struct {
	Status, Reason string
	N              int
}

// markView is a design of the front: a marker and a row.
type markView struct {
	X, Y      float64
	Drawn     bool
	Index     int64
	Label, ID string
	Row       []string // without the index
}

// htmlPoints bounds the points that a page draws; the front has them all.
const htmlPoints = 5000

// plotFrame is what the scripts take as the plot's area, too.
var plotFrame = frame{Width: 880, Height: 470, Left: 80, Top: 15, Right: 860, Bottom: 420, MidX: 470, MidY: 217.5, TickX: 425, TickY: 75}

// plot makes the static part of a workload. The points that it returns are indexes into Candidates: those drawn, and
// the front's designs that have no place on logarithmic axes.
func plot(id int, w *Workload, shown []paramColumn) (plotView, []int) {
	f := plotFrame
	v := plotView{ID: id, Name: w.Name, Plot: f, Mapped: w.all.mapped, Total: w.all.n}
	for _, o := range w.outcomes() {
		v.Outcomes = append(v.Outcomes, outcomeView{strings.ReplaceAll(o.status, "_", " "), o.reason, o.n})
	}
	if len(w.Front) == 0 {
		return v, nil
	}
	for _, k := range w.keyDesigns() {
		c := &w.Candidates[w.Front[k.at]]
		v.Keys = append(v.Keys, keyView{fmt.Sprintf("%s: %s mm², %s", k.name, three(c.AreaMM2), figure(c.EDPJs, "J·s")), fmt.Sprintf("d%d-%d", id, c.Index), c.Index})
	}
	var points []int
	points, v.All = thin(w, htmlPoints)
	if v.Shown = len(points); v.Shown > 1000 {
		v.Many = " many"
	}
	x, y := w.logAxes(points)
	areas, edps := w.staircase()
	si := scaleOf(edps)
	v.XLabel, v.YLabel = "area / mm²", "EDP / "+si.micro()+"J·s"
	v.XTicks, v.YTicks = x.ticksIn(1, 45), y.ticksIn(si.factor, 26)
	v.Dots = w.dots(points, x, y)
	var stair strings.Builder
	for k := range areas {
		fmt.Fprintf(&stair, "%.1f,%.1f ", x.at(areas[k]), y.at(edps[k]))
	}
	v.Stair = stair.String()
	v.addFront(w, x, y, shown)
	points = append(points, w.Front...)
	slices.Sort(points)
	return v, slices.Compact(points)
}

// logAxes are the axes of area and EDP that hold some candidates, in the page's frame.
func (w *Workload) logAxes(points []int) (x, y *logAxis) {
	x, y = newAxis(), newAxis()
	for _, i := range points {
		if drawable(&w.Candidates[i]) {
			x.add(w.Candidates[i].AreaMM2)
			y.add(w.Candidates[i].EDPJs)
		}
	}
	x.place(plotFrame.Left, plotFrame.Right)
	y.place(plotFrame.Bottom, plotFrame.Top)
	return x, y
}

// dots is the path of the points that are not on the front: each a line of no length, which round ends make a dot.
func (w *Workload) dots(points []int, x, y *logAxis) string {
	var b strings.Builder
	for _, i := range points {
		if c := &w.Candidates[i]; !c.OnFront {
			fmt.Fprintf(&b, "M%.1f %.1fh0", x.at(c.AreaMM2), y.at(c.EDPJs))
		}
	}
	return b.String()
}

// addFront makes the front's markers and the rows of its table.
func (v *plotView) addFront(w *Workload, x, y *logAxis, shown []paramColumn) {
	rows, limits := w.frontText(shown), w.bottlenecks()
	v.Head = rows[0][1:]
	units := strings.NewReplacer("/mm2", "/mm²", "/u", "/µ", "Js", "J·s")
	for i := len(shown); i < len(v.Head); i++ { // behind the parameters, whose names are the sweep's
		v.Head[i] = units.Replace(v.Head[i])
	}
	for k, i := range w.Front {
		c := &w.Candidates[i]
		text := label(c, shown)
		if l := limits[c.ID]; l != "" {
			text += "; bound by " + l
		}
		v.Front = append(v.Front, markView{X: x.at(c.AreaMM2), Y: y.at(c.EDPJs), Drawn: drawable(c), Index: c.Index, Label: text,
			ID: fmt.Sprintf("d%d-%d", v.ID, c.Index), Row: rows[k+1][1:]})
	}
}

// label says in one line what a point is.
func label(c *results.CandidateRow, shown []paramColumn) string {
	var b strings.Builder
	fmt.Fprintf(&b, "candidate %d: %s mm², %s, %s, %s", c.Index, three(c.AreaMM2), figure(c.EDPJs, "J·s"), figure(c.EnergyJ, "J"), figure(c.LatencyS, "s"))
	for i := range shown {
		if t := shown[i].text(c.Params); t != "" {
			fmt.Fprintf(&b, "; %s %s", shown[i].path, t)
		}
	}
	return b.String()
}

// figure writes a value with a prefix of its unit.
func figure(v float64, unit string) string {
	s := scaleOf([]float64{v})
	return s.of(v) + " " + s.micro() + unit
}

// micro is the prefix as text has it.
func (s scale) micro() string { return strings.ReplaceAll(s.prefix, "u", "µ") }

func joules(v float64) string { return unit.Format(v, unit.Joule) }

func seconds(s float64) string { return strings.TrimSuffix(joules(s), "J") + "s" }
