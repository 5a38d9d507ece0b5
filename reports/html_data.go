package reports

import (
	"bytes"
	"cmp"
	"encoding/json"
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"tcmdse/results"
)

// pageData is what the page's scripts draw from, as JSON. What many designs share is kept once and named by its place in
// a list: names, lines of architectures and of texts, mappings.
type pageData struct {
	Sweep     int64             `json:"sweep"`
	Objective string            `json:"objective"`
	Sets      bool              `json:"sets"`  // --set of every parameter leaves one candidate of the sweep's file
	Frame     [6]float64        `json:"frame"` // width, height, left, top, right, bottom
	Plots     []*pagePlot       `json:"plots"`
	Names     []string          `json:"names"`
	Lines     []string          `json:"lines"`
	Archs     [][]int           `json:"archs"` // lines
	Nests     []json.RawMessage `json:"nests"` // as pageNest makes them
	Texts     [][]int           `json:"texts"` // lines, of mappings that cannot be read

	names, lines, archs, nests, texts places
	sweep                             *results.Sweep
}

// pagePlot has a list for each figure, all in the same order of points.
type pagePlot struct {
	Name      string         `json:"name"`
	Workloads []string       `json:"workloads"` // for commands
	X         [2]float64     `json:"x"`         // log10 of the axis' ends
	Y         [2]float64     `json:"y"`
	Params    []pageParam    `json:"params"`
	Index     []int64        `json:"idx"`
	Area      []short        `json:"area"`
	EDP       []short        `json:"edp"`
	Energy    []short        `json:"energy"`
	Latency   []short        `json:"latency"`
	Front     []int          `json:"front"` // points
	Designs   []*pageDesign  `json:"designs"`
	Keys      map[int]string `json:"keys"` // by place in Front
}

// pageParam is a parameter of all points: places in Values, or where these would be too many, numbers before one unit.
type pageParam struct {
	Path    string    `json:"path"`
	Colour  bool      `json:"colour"`            // has more than one value
	Values  []string  `json:"values,omitempty"`  // ascending
	Numbers []short   `json:"numbers,omitempty"` // of Values, where all are
	Unit    string    `json:"unit,omitempty"`
	Of      []float64 `json:"of"`
}

// short is a figure with four significant digits; null where it is not finite.
type short float64

func (v short) MarshalJSON() ([]byte, error) { return v.text(), nil }

func (v short) text() []byte {
	if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
		return []byte("null")
	}
	plain := strconv.AppendFloat(nil, float64(v), 'g', 4, 64)
	// 1.5e+06 and 0.0001234 have shorter forms: 15e5 is not worth it, 1.234e-4 is
	exp := strconv.AppendFloat(nil, float64(v), 'e', 3, 64)
	head, tail, _ := strings.Cut(string(exp), "e")
	e, _ := strconv.Atoi(tail)
	head = strings.TrimRight(strings.TrimRight(head, "0"), ".")
	if exp = []byte(head + "e" + strconv.Itoa(e)); len(exp) < len(plain) {
		return exp
	}
	return plain
}

// places finds the place of a text in a list, at whose end it puts new ones.
type places map[string]int

func (p *places) of(text string, add func()) int {
	if *p == nil {
		*p = places{}
	}
	at, ok := (*p)[text]
	if !ok {
		at = len(*p)
		(*p)[text] = at
		add()
	}
	return at
}

func newPageData(d *Data) *pageData {
	f := plotFrame
	return &pageData{Sweep: d.Sweep.ID, Objective: orEDP(d.Sweep.Objective), Sets: canSet(d.Sweep.Config), Frame: [6]float64{f.Width, f.Height, f.Left, f.Top, f.Right, f.Bottom},
		Names: []string{}, Lines: []string{}, Archs: [][]int{}, Nests: []json.RawMessage{}, Texts: [][]int{}, sweep: &d.Sweep}
}

func (p *pageData) name(s string) int { return p.names.of(s, func() { p.Names = append(p.Names, s) }) }

// text keeps a text line by line.
func (p *pageData) text(s string) []int {
	out := []int{}
	for _, line := range strings.Split(strings.TrimSuffix(s, "\n"), "\n") {
		out = append(out, p.lines.of(line, func() { p.Lines = append(p.Lines, line) }))
	}
	return out
}

// encode returns JSON that can stand in a script element: encoding/json escapes <, >, & and the line separators.
func (p *pageData) encode() (template.JS, error) {
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(p); err != nil {
		return "", err
	}
	return template.JS(b.String()), nil
}

// add takes the points of a workload and details of at most so many layers of its front's designs. It returns how many
// designs it left without.
func (p *pageData) add(w *Workload, points []int, params []paramColumn, layers int) int {
	x, y := w.logAxes(points)
	out := &pagePlot{Name: w.Name, Workloads: workloadNames(p.sweep, w.Name), X: [2]float64{x.low, x.high}, Y: [2]float64{y.low, y.high},
		Params: []pageParam{}, Index: []int64{}, Front: []int{}, Keys: map[int]string{}}
	p.Plots = append(p.Plots, out)
	at := map[int]int{}
	for k, i := range points {
		c := &w.Candidates[i]
		at[i] = k
		out.Index = append(out.Index, c.Index)
		out.Area, out.EDP = append(out.Area, short(c.AreaMM2)), append(out.EDP, short(c.EDPJs))
		out.Energy, out.Latency = append(out.Energy, short(c.EnergyJ)), append(out.Latency, short(c.LatencyS))
	}
	for i := range params {
		out.Params = append(out.Params, w.pageParam(points, &params[i]))
	}
	for _, i := range w.Front {
		out.Front = append(out.Front, at[i])
	}
	for _, k := range w.keyDesigns() {
		out.Keys[k.at] = k.name
	}
	return p.addDesigns(out, w, layers)
}

// mostValues is how many values of a parameter are listed rather than written at each point.
const mostValues = 300

// pageParam lists a parameter's values at some points.
func (w *Workload) pageParam(points []int, p *paramColumn) pageParam {
	out := pageParam{Path: p.path, Of: []float64{}}
	values, numbers := map[string]float64{}, true
	for _, i := range points {
		ps := w.Candidates[i].Params
		text := p.text(ps)
		if _, ok := values[text]; !ok {
			v, ok := p.cell(ps).(float64)
			values[text], numbers = v, numbers && ok
			out.Values = append(out.Values, text)
		}
	}
	out.Colour = len(out.Values) > 1
	if numbers && len(out.Values) > mostValues {
		if of, unit, ok := plainNumbers(w, points, p); ok {
			out.Values, out.Unit, out.Of = nil, unit, of
			return out
		}
	}
	slices.SortStableFunc(out.Values, func(a, b string) int {
		if c := cmp.Compare(values[a], values[b]); c != 0 || numbers {
			return c
		}
		return strings.Compare(a, b)
	})
	at := map[string]int{}
	for k, text := range out.Values {
		at[text] = k
		if numbers {
			out.Numbers = append(out.Numbers, short(values[text]))
		}
	}
	for _, i := range points {
		out.Of = append(out.Of, float64(at[p.text(w.Candidates[i].Params)]))
	}
	return out
}

// plainNumbers returns a parameter's values as numbers before one unit, if that is how all are written.
func plainNumbers(w *Workload, points []int, p *paramColumn) (of []float64, unit string, ok bool) {
	for k, i := range points {
		text := p.text(w.Candidates[i].Params)
		head := strings.TrimRightFunc(text, func(r rune) bool { return (r < '0' || r > '9') })
		v, err := strconv.ParseFloat(head, 64)
		if err != nil || strconv.FormatFloat(v, 'f', -1, 64) != head || k > 0 && text[len(head):] != unit {
			return nil, "", false
		}
		of, unit = append(of, v), text[len(head):]
	}
	return of, unit, true
}

// canSet tells whether --set can replace every parameter of a sweep's file and nothing else adds candidates: paths inside zip
// cannot be replaced, derived ones follow from others, samples want more than one point.
func canSet(config string) bool {
	var file struct {
		Axes            []map[string]yaml.Node `yaml:"axes"`
		Include, Sample yaml.Node
	}
	if yaml.NewDecoder(strings.NewReader(config)).Decode(&file) != nil || !file.Include.IsZero() || !file.Sample.IsZero() {
		return false
	}
	return !slices.ContainsFunc(file.Axes, func(a map[string]yaml.Node) bool {
		return len(a["zip"].Content)+len(a["same"].Value)+len(a["derive"].Value) > 0
	})
}

// workloadNames are what the map command calls a workload: what the sweep's file calls it, a name or a file. What is no
// single workload, a mean, stands for all.
func workloadNames(s *results.Sweep, name string) []string {
	var file struct {
		Workloads []yaml.Node `yaml:"workloads"`
	}
	_ = yaml.NewDecoder(strings.NewReader(s.Config)).Decode(&file) // what cannot be read leaves the networks' own names
	all := slices.Clone(s.Workloads)
	set := slices.ContainsFunc(s.Overrides, func(o string) bool { return strings.HasPrefix(o, "workloads") })
	if len(file.Workloads) == len(all) && !set {
		for i, n := range file.Workloads {
			if n.Kind == yaml.ScalarNode {
				all[i] = n.Value
			}
		}
	}
	if i := slices.Index(s.Workloads, name); i >= 0 {
		return all[i : i+1]
	}
	return all
}
