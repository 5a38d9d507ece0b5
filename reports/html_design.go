package reports

import (
	"encoding/json"
	"math"

	"tcmdse/internal/compensated"
	"tcmdse/reports/nest"
	"tcmdse/results"
)

// pageDesign is what the page tells of a design of the front beside its figures. Energies and times are of all runs.
type pageDesign struct {
	Limit      int         `json:"limit"` // a name; -1: not known
	Arch       int         `json:"arch"`  // -1: not known
	Layers     [][]any     `json:"layers"`
	Components [][]any     `json:"components"`
	sums       []*pageSums // of Components
	at         map[string]int
}

// pageSums is a component over a network.
type pageSums struct {
	name            int
	energy, leakage compensated.Sum
	area            float64
}

// maxDetails bounds the layers that a page has details of: 5,000 take two to three MB.
const maxDetails = 5000

// addDesigns adds the details of the front's designs: of all, or of so many as have no more layers than given, spread
// along the front.
func (p *pageData) addDesigns(out *pagePlot, w *Workload, layers int) (left int) {
	kept, limits := w.detailed(layers), w.bottlenecks()
	by := map[int64]*pageDesign{}
	out.Designs = make([]*pageDesign, len(w.Front))
	for k, i := range w.Front {
		c := &w.Candidates[i]
		if !kept[k] {
			left++
			continue
		}
		d := &pageDesign{Limit: -1, Arch: -1, Layers: [][]any{}, Components: [][]any{}, at: map[string]int{}}
		if l := limits[c.ID]; l != "" {
			d.Limit = p.name(l)
		}
		if c.ArchYAML != "" {
			d.Arch = p.archs.of(c.ArchYAML, func() { p.Archs = append(p.Archs, p.text(c.ArchYAML)) })
		}
		out.Designs[k], by[c.ID] = d, d
	}
	parts := map[layerOf][]results.Component{}
	for i := range w.Components {
		if k := &w.Components[i]; by[k.CandidateID] != nil {
			at := layerOf{k.CandidateID, k.Layer}
			parts[at] = append(parts[at], k.Component)
			by[k.CandidateID].sum(p, k)
		}
	}
	for i := range w.Layers {
		if l := &w.Layers[i]; by[l.CandidateID] != nil {
			by[l.CandidateID].layer(p, l, parts[layerOf{l.CandidateID, l.Name}])
		}
	}
	for _, d := range out.Designs {
		if d != nil {
			for _, s := range d.sums {
				d.Components = append(d.Components, []any{s.name, short(s.energy.Value()), short(s.leakage.Value()), short(s.area)})
			}
		}
	}
	return left
}

// detailed picks designs of the front, as places in it, that have at most so many layers together: evenly along the front,
// its ends and its knee among them.
func (w *Workload) detailed(layers int) map[int]bool {
	each := 0
	for i := range w.Layers {
		if len(w.Front) > 0 && w.Layers[i].CandidateID == w.Candidates[w.Front[0]].ID {
			each++
		}
	}
	all := make([]int, len(w.Front))
	for k := range all {
		all[k] = k
	}
	if n := max(3, layers/max(1, each)); n < len(all) {
		all = everyNth(all, n)
		if k := w.knee(); k >= 0 {
			all = append(all, k)
		}
	}
	out := map[int]bool{}
	for _, k := range all {
		out[k] = true
	}
	return out
}

func (d *pageDesign) sum(p *pageData, k *results.ComponentRow) {
	at, ok := d.at[k.Name]
	if !ok {
		at = len(d.sums)
		d.at[k.Name] = at
		d.sums = append(d.sums, &pageSums{name: p.name(k.Name)})
	}
	s := d.sums[at]
	s.energy.Add(k.EnergyJ * float64(k.Count))
	s.leakage.Add(k.LeakageJ * float64(k.Count))
	s.area = k.AreaMM2
}

// layer adds a row: name, runs, energy, latency, what bounds it, utilization, mapping (a nest; -1 - a text where it cannot be
// read; null where there is none), and 1 where it is proved optimal.
func (d *pageDesign) layer(p *pageData, l *results.LayerRow, parts []results.Component) {
	n := float64(l.Count)
	row := []any{p.name(l.Name), l.Count, short(l.EnergyJ * n), short(l.LatencyS * n), p.name(l.Bottleneck), short(math.Round(1000*l.Utilization) / 1000), nil, 0}
	if x, err := nest.Read(l.MappingJSON, parts); err == nil {
		if text, err := json.Marshal(p.nest(x)); err == nil {
			row[6] = p.nests.of(string(text), func() { p.Nests = append(p.Nests, text) })
		}
	} else if l.MappingText != "" {
		row[6] = -1 - p.texts.of(l.MappingText, func() { p.Texts = append(p.Texts, p.text(l.MappingText)) })
	}
	if l.Optimal {
		row[7] = 1
	}
	d.Layers = append(d.Layers, row)
}

// nest is a mapping in few characters: its lines, its levels, and 1 where loops may leave a remainder. A line is a loop as
// [variable, passes, tile] with the array behind if there is one, or a memory with a list: [memory, [tensors]]. A level is
// [name, instances, peak, size, [[tensor, read, written, kept]...]], in bits.
func (p *pageData) nest(n *nest.Nest) []any {
	lines, levels, imperfect := [][]any{}, [][]any{}, 0
	if n.Imperfect {
		imperfect = 1
	}
	for i := range n.Lines {
		l := &n.Lines[i]
		switch {
		case l.Keep != "":
			tensors := []int{}
			for _, t := range l.Kept {
				tensors = append(tensors, p.name(t.Tensor))
			}
			lines = append(lines, []any{p.name(l.Keep), tensors})
		case l.Array != "":
			lines = append(lines, []any{p.name(l.Var), l.In, l.Tile, p.name(l.Array)})
		default:
			lines = append(lines, []any{p.name(l.Var), l.In, l.Tile})
		}
	}
	for i := range n.Levels {
		l := &n.Levels[i]
		traffic := [][]any{}
		for _, t := range l.Traffic {
			traffic = append(traffic, []any{p.name(t.Tensor), short(t.ReadBits), short(t.WriteBits), short(t.PeakBits)})
		}
		levels = append(levels, []any{p.name(l.Name), l.Instances, short(l.PeakBits), l.SizeBits, traffic})
	}
	return []any{lines, levels, imperfect}
}

// percent is between 0 and 100, 0 where there is no whole.
func percent(part, whole float64) float64 {
	if p := 100 * part / whole; p >= 0 && !math.IsInf(p, 0) {
		return min(p, 100)
	}
	return 0
}
