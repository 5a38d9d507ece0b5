package hwmodel

import (
	"errors"
	"fmt"
	"math"
	"strconv"

	"tcmdse/hwmodel/estimate"
)

// Ask asks an external estimator for a component's costs. An error that wraps estimate.ErrUnsupported leaves the
// component to the embedded tables.
type Ask func(estimate.Query) (estimate.Cost, error)

// UseExternal has the costs of nodes with a model asked of an external estimator before the embedded tables. Clones
// keep it.
func (s *Spec) UseExternal(ask Ask) { s.external = ask }

// price fills in the costs of all nodes: explicit ones, those of models, and defaults where there is no model. Arrays
// come last and from the inside out, since the length of their wires follows from the area inside.
func (s *Spec) price(a *Arch, ask bool) error {
	for i := range a.Nodes {
		if a.Nodes[i].Kind != Array {
			if err := s.priceNode(a, i, ask); err != nil {
				return err
			}
		}
	}
	for i := len(a.Nodes) - 1; i >= 0; i-- {
		if a.Nodes[i].Kind == Array {
			if err := s.priceNode(a, i, ask); err != nil {
				return err
			}
		}
	}
	if s.overhead.given {
		a.Overhead = s.overhead.describe()
	}
	return nil
}

// costField is one cost of a kind of node.
type costField struct {
	name, unit string
	set        func(n *Node, v float64)
}

// rate reports whether the cost is a rate, which is unlimited where nothing limits it.
func (c costField) rate() bool { return c.unit == "bit/s" || c.unit == "1/s" }

func costFields(k Kind) []costField {
	leakage := costField{"leakage", "W", func(n *Node, v float64) { n.LeakageW = v }}
	area := costField{"area", "m2", func(n *Node, v float64) { n.AreaM2 = v }}
	switch k {
	case Memory:
		return []costField{
			{"read.energy", "J/bit", func(n *Node, v float64) { n.Read.EnergyJPerBit = v }},
			{"write.energy", "J/bit", func(n *Node, v float64) { n.Write.EnergyJPerBit = v }},
			{"read.bandwidth", "bit/s", func(n *Node, v float64) { n.Read.BandwidthBitPerS = v }},
			{"write.bandwidth", "bit/s", func(n *Node, v float64) { n.Write.BandwidthBitPerS = v }},
			leakage, area,
		}
	case Array:
		return []costField{{"energy", "J/bit", func(n *Node, v float64) { n.NetworkJPerBit = v }}, leakage, area}
	}
	return []costField{
		{"energy", "J", func(n *Node, v float64) { n.EnergyJ = v }},
		{"throughput", "1/s", func(n *Node, v float64) { n.ThroughputPerS = v }},
		leakage, area,
	}
}

// explicit reads a cost that the file gives.
func (f *fieldReader) explicit(c costField) float64 {
	switch {
	case c.unit == "J/bit":
		return f.energy(c.name)
	case c.rate():
		return f.rate(c.name)
	}
	return f.number(c.name)
}

// priceNode sets the costs of one node and where they are from.
func (s *Spec) priceNode(a *Arch, i int, ask bool) error {
	sn, n := &s.nodes[i], &a.Nodes[i]
	f := &fieldReader{s: s, n: sn, clock: a.ClockHz, width: n.WidthBits}
	var est estimate.Cost
	model := sn.fields["model"]
	if model.text == "" {
		if err := s.checkParams(sn); err != nil {
			return err
		}
	} else if ask && s.needsModel(sn) {
		var err error
		if est, err = s.ask(a, i, f); err != nil {
			return err
		}
	}
	over, fields := s.overheadOf(sn), costFields(sn.kind)
	n.Costs = make([]Figure, 0, len(fields)+1)
	for _, c := range fields {
		fig := Figure{Field: c.name, Unit: c.unit}
		given := sn.fields[c.name]
		switch {
		case given.text != "":
			fig.Value, fig.Origin = f.explicit(c), s.written(sn, given)
		case model.text == "":
			fig.Origin = estimate.Origin{Method: estimate.Convention, Source: "default of architecture files", Note: "not given: 0"}
			if c.rate() {
				fig.Origin.Note = "not given: unlimited"
			}
		case !ask:
			continue
		default:
			e, ok := est.Find(c.name)
			if !ok {
				return s.noFigure(sn, c, model, a.ClockHz)
			}
			fig.Value, fig.Origin = e.Value, e.Origin
			if c.unit == "J/bit" && sn.kind == Memory {
				fig.Value /= max(1, f.width)
			}
			over.apply(&fig, sn.kind, model.text)
		}
		if f.err == nil {
			if err := s.checkFigure(sn, &fig, given); err != nil {
				return err
			}
		}
		c.set(n, fig.Value)
		n.Costs = append(n.Costs, fig)
	}
	if t, ok := est.Find(estimate.AccessTime); ok {
		n.Costs = append(n.Costs, Figure{t.Field, t.Value, "s", t.Origin})
	}
	for _, w := range est.Warnings {
		if w.Field == "" || sn.fields[w.Field].text == "" {
			a.Warnings = append(a.Warnings, sn.name+": "+w.Text)
		}
	}
	return f.err
}

// written is the origin of an explicit cost.
func (s *Spec) written(sn *specNode, given field) estimate.Origin {
	o := estimate.Origin{Method: estimate.Explicit, Source: sn.source}
	if o.Source == "" {
		o.Source = s.File
		if given.line > 0 {
			o.Source += ":" + strconv.Itoa(given.line)
		}
	}
	return o
}

// needsModel reports whether the file leaves any cost to the model.
func (s *Spec) needsModel(sn *specNode) bool {
	for _, c := range costFields(sn.kind) {
		if sn.fields[c.name].text == "" {
			return true
		}
	}
	return false
}

// checkParams refuses parameters of models where there is no model: they would do nothing.
func (s *Spec) checkParams(sn *specNode) error {
	for _, r := range fieldRules() {
		if w := sn.fields[r.name]; r.kind == sn.kind && r.param && w.text != "" {
			m, _ := ruleOf(sn.kind, "model")
			return s.fail(w.line, sn.name+"."+r.name, w.text, "model: "+m.allowed()+" beside it", "a parameter of estimated costs, and this node has no model")
		}
	}
	return nil
}

func (s *Spec) noFigure(sn *specNode, cost costField, model field, clock float64) error {
	msg := "model " + model.text + " has no figure for this"
	if clock == 0 && cost.rate() {
		msg += " without a clock"
	}
	return s.fail(model.line, sn.name+"."+cost.name, "", "an explicit "+cost.name, "%s", msg)
}

// ask answers a node's query: the external estimator first, what it leaves out from the tables.
func (s *Spec) ask(a *Arch, i int, f *fieldReader) (estimate.Cost, error) {
	q, err := s.query(a, i, f)
	if err != nil {
		return estimate.Cost{}, err
	}
	var out estimate.Cost
	if s.external != nil {
		out, err = s.external(q)
		if err != nil && !errors.Is(err, estimate.ErrUnsupported) {
			return out, s.fail(s.nodes[i].fields["model"].line, s.nodes[i].name+".model", "", "", "the external estimator failed: %v", err)
		}
		if err == nil && s.complete(&s.nodes[i], &out) {
			return out, nil
		}
	}
	built, err := s.prices.builtin(q)
	if err != nil {
		return out, s.badQuery(&s.nodes[i], err)
	}
	if len(out.Figures) == 0 {
		return built, nil // shared, as its readers leave it
	}
	for _, fig := range built.Figures {
		if _, ok := out.Find(fig.Field); !ok {
			out.Figures = append(out.Figures, fig)
		}
	}
	for _, w := range built.Warnings {
		if fig, ok := out.Find(w.Field); !ok || fig.Origin.Method != estimate.External {
			out.Warnings = append(out.Warnings, w)
		}
	}
	return out, nil
}

// complete reports whether an answer leaves nothing to the tables.
func (s *Spec) complete(sn *specNode, c *estimate.Cost) bool {
	for _, f := range costFields(sn.kind) {
		if _, ok := c.Find(f.name); !ok && sn.fields[f.name].text == "" {
			return false
		}
	}
	return true
}

// query puts a node's parameters together.
func (s *Spec) query(a *Arch, i int, f *fieldReader) (estimate.Query, error) {
	sn, n := &s.nodes[i], &a.Nodes[i]
	q := estimate.Query{Model: sn.fields["model"].text, ClockHz: a.ClockHz}
	tech := a.TechM
	if sn.fields["technology"].text != "" {
		tech = f.number("technology")
	}
	q.TechnologyNM = math.Round(tech*1e12) / 1000
	word := func(key string) string { return sn.fields[key].text }
	switch q.Model {
	case estimate.DRAM:
		q.Type, q.Channels, q.WidthBits, q.TechnologyNM = word("type"), f.count("channels"), int64(f.width), 0
	case estimate.SRAM, estimate.RegFile:
		q.SizeBits, q.WidthBits, q.Banks = n.SizeBits, f.optional("width"), f.count("banks")
		q.Cell, q.TemperatureK, q.Force = word("cell"), f.number("temperature"), word("force") == "true"
		if q.Ports = "1rw"; n.Ports == SeparatePorts {
			q.Ports = "1r1w"
		}
	case estimate.MAC:
		q.Format, q.Accumulate, q.Library = word("format"), word("accumulate"), word("library")
	case estimate.NoC:
		q.PitchM, q.BusBits, q.Wire, q.Activity = f.number("pitch"), f.optional("width"), word("wire"), f.number("activity")
		for _, d := range n.Dims {
			q.Dims = append(q.Dims, d.Size)
		}
		if word("pitch") == "" {
			q.PitchM = a.pitch(i)
		}
	}
	return q, f.err
}

// pitch is the distance between neighbouring instances of an array, were each a square of what is inside it.
func (a *Arch) pitch(array int) float64 {
	instances := a.Instances()
	var area float64
	for j := array + 1; j < len(a.Nodes); j++ {
		area += a.Nodes[j].AreaM2 * float64(instances[j]/instances[array+1])
	}
	return math.Sqrt(area)
}

// count reads a whole number from 1; 0 where it is not given.
func (f *fieldReader) count(key string) int64 {
	q, ok := f.quantity(key)
	if !ok {
		return 0
	}
	n, fits := q.Int()
	if !fits || n < 1 {
		f.fail(key, "whole numbers from 1", "not a number of them")
	}
	return n
}

// optional reads a size in whole bits; 0 where it is not given.
func (f *fieldReader) optional(key string) int64 {
	if f.n.fields[key].text == "" {
		return 0
	}
	return f.whole(key)
}

// badQuery turns an estimator's complaint into one about the file.
func (s *Spec) badQuery(sn *specNode, err error) error {
	var bad *estimate.QueryError
	if !errors.As(err, &bad) {
		return s.fail(sn.line, sn.name, "", "", "%v", err)
	}
	key, at := sn.name+"."+bad.Field, sn.fields[bad.Field]
	if bad.Field == "technology" && at.text == "" {
		key, at = "technology", s.technology
	}
	if at.line == 0 {
		at.line = sn.fields["model"].line
	}
	return s.fail(at.line, key, bad.Given, bad.Allowed, "%s", fmt.Sprintf("%s (node %s, model %s)", bad.Msg, sn.name, sn.fields["model"].text))
}
