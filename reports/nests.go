package reports

import (
	"context"
	"strings"

	"tcmdse/reports/nest"
	"tcmdse/results"
)

// readTraffic adds the traffic of single tensors to the components of the front's designs: of all candidates it would
// take several times the memory of all else.
func (w *Workload) readTraffic(ctx context.Context, s *results.Store) error {
	p := results.Part{Workload: w.Name, Whole: true}
	for _, at := range w.Front {
		p.Of = append(p.Of, results.Place{ID: w.Candidates[at].ID, Index: w.Candidates[at].Index})
	}
	type key struct {
		candidate   int64
		layer, name string
	}
	at := map[key]int{}
	front := w.frontIDs()
	for i := range w.Components {
		if k := &w.Components[i]; front[k.CandidateID] {
			at[key{k.CandidateID, k.Layer, k.Name}] = i
		}
	}
	names := map[string]string{} // a few, in many rows
	return s.ComponentsOf(ctx, p, func(k results.ComponentRow) error {
		if i, ok := at[key{k.CandidateID, k.Layer, k.Name}]; ok {
			for n := range k.Tensors {
				t := &k.Tensors[n]
				if _, ok := names[t.Tensor]; !ok {
					names[t.Tensor] = t.Tensor
				}
				t.Tensor = names[t.Tensor]
			}
			w.Components[i].Tensors = k.Tensors
		}
		return nil
	})
}

func (w *Workload) frontIDs() map[int64]bool {
	out := map[int64]bool{}
	for _, at := range w.Front {
		out[w.Candidates[at].ID] = true
	}
	return out
}

// layerOf names a layer's result on one candidate.
type layerOf struct {
	candidate int64
	layer     string
}

// frontComponents lists the components of each layer of the front's designs, in the architecture's order.
func (w *Workload) frontComponents() map[layerOf][]results.Component {
	front, out := w.frontIDs(), map[layerOf][]results.Component{}
	for i := range w.Components {
		if k := &w.Components[i]; front[k.CandidateID] {
			at := layerOf{k.CandidateID, k.Layer}
			out[at] = append(out[at], k.Component)
		}
	}
	return out
}

// mappingText is a mapping as people read it, its loop nest and its traffic; the plain nest that is stored where the JSON
// cannot be read.
func mappingText(l *results.LayerRow, components []results.Component) (loops, traffic string) {
	n, err := nest.Read(l.MappingJSON, components)
	if err != nil {
		return l.MappingText, ""
	}
	return n.Loops(), n.Traffic()
}

// longest is the number of characters of a text's longest line.
func longest(text string) int {
	n := 0
	for line := range strings.Lines(text) {
		n = max(n, len([]rune(line)))
	}
	return n
}
