package onnx

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"tcmdse/internal/yamlsrc"
	"tcmdse/mapper/workload"
)

// Options says what a model leaves open. The zero value asks for nothing.
type Options struct {
	Name     string           // of the network; "": network
	Batch    int64            // for the first dimension of inputs, where the model leaves it open; 0: not given
	Dims     map[string]int64 // sizes of dimensions by their name in the model, or by input and axis such as "x.2"
	Bits     map[string]int64 // widths by role: inputs, weights, outputs; 8 where there is none
	TypeBits bool             // widths are those of the model's element types
	Merge    bool             // layers of equal shape become one with a count
}

// Result is a network and what is said about it.
type Result struct {
	Network *workload.Network
	Doc     workload.Doc
	Report  *Report
}

// Import makes a network of a model. Errors are *yamlsrc.Error without the name of the file.
func Import(m *Model, opt Options) (*Result, error) {
	im := newImporter(m, opt)
	s := &scope{values: map[string]*value{}, infos: m.graph.named(), opsets: m.Opsets}
	im.constants(m.graph, s)
	if err := im.inputs(s); err != nil {
		return nil, err
	}
	if err := im.run(m.graph.nodes, s); err != nil {
		return nil, err
	}
	im.sum()
	if len(im.sink.layers) == 0 {
		return nil, &yamlsrc.Error{Msg: "no node became a layer: " + im.why(), Allowed: "models with Conv, MatMul, Gemm and the like"}
	}
	n := &workload.Network{Name: opt.Name, Layers: im.sink.layers}
	if n.Name == "" {
		n.Name = "network"
	}
	r := &Result{Network: n, Report: im.report, Doc: workload.Doc{Layers: map[string]string{}}}
	if opt.Merge {
		im.merge(n)
	}
	im.describe(r)
	return r, nil
}

func newImporter(m *Model, opt Options) *importer {
	im := &importer{model: m, opt: opt, rules: rules(), dims: map[string]int64{}, report: &Report{}, byType: map[string]*Operator{},
		sink: &sink{macs: new(big.Int), names: map[string]int{}}}
	maps.Copy(im.dims, opt.Dims)
	return im
}

// named lists what the graph says of its values.
func (g *graph) named() map[string]*valueInfo {
	out := map[string]*valueInfo{}
	for _, v := range slices.Concat(g.infos, g.outputs) {
		out[v.name] = v
	}
	return out
}

// constants puts the initializers into a scope.
func (im *importer) constants(g *graph, s *scope) {
	for _, t := range g.initializers {
		_, ok := elements(t.dims)
		s.values[t.name] = &value{typ: t.typ, known: ok, shape: t.dims, ints: t.ints, floats: t.floats, constant: true, weight: t.name}
	}
}

// inputs gives the graph's inputs their shapes.
func (im *importer) inputs(s *scope) error {
	used := map[string]bool{}
	batched := false
	var open []string
	for _, in := range im.model.graph.inputs {
		if _, ok := s.values[in.name]; ok {
			continue // an initializer that may be replaced
		}
		v := &value{typ: in.typ, known: in.isSet}
		for i, d := range in.dims {
			size, by := im.size(in, i, d)
			if used[by] = true; by == "batch" || i == 0 && size == im.opt.Batch {
				batched = true
			}
			v.shape = append(v.shape, size)
			open = append(open, d.param, fmt.Sprintf("%s.%d", in.name, i))
			if size == 0 {
				return unfixed(in, i, d)
			}
		}
		if n, ok := elements(v.shape); !ok {
			return &yamlsrc.Error{Key: fmt.Sprintf("input %q", short(in.name)), Msg: fmt.Sprintf("shape %v has more values than can be counted", v.shape)}
		} else if v.known && n < 1 {
			return &yamlsrc.Error{Key: fmt.Sprintf("input %q", short(in.name)), Msg: fmt.Sprintf("shape %v has no values", v.shape)}
		}
		s.values[in.name] = v
	}
	if im.opt.Batch > 0 && !batched {
		return &yamlsrc.Error{Msg: fmt.Sprintf("--batch %d: no input's first dimension is open; export the model with a dynamic batch", im.opt.Batch)}
	}
	open = slices.DeleteFunc(open, func(o string) bool { return o == "" })
	for _, name := range slices.Sorted(maps.Keys(im.opt.Dims)) {
		if !used[name] {
			return &yamlsrc.Error{Msg: fmt.Sprintf("--dim %s: no input has an open dimension of this name%s", name, yamlsrc.Meant(name, open)),
				Allowed: strings.Join(firstFew(im.openDims(), 20), ", ")}
		}
	}
	return nil
}

func firstFew(xs []string, n int) []string {
	if len(xs) == 0 {
		return []string{"none, all are fixed"}
	}
	if len(xs) > n {
		return append(slices.Clone(xs[:n]), "...")
	}
	return xs
}

// openDims lists the dimensions of inputs that the model leaves open.
func (im *importer) openDims() []string {
	var out []string
	for _, in := range im.model.graph.inputs {
		for i, d := range in.dims {
			name := d.param
			if name == "" {
				name = fmt.Sprintf("%s.%d", in.name, i)
			}
			if !(d.given && d.value > 0) && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// size is the size of an input's dimension, 0 where nothing says it, and which option gave it.
func (im *importer) size(in *valueInfo, axis int, d dim) (size int64, by string) {
	if d.given && d.value > 0 {
		return d.value, ""
	}
	for _, name := range []string{fmt.Sprintf("%s.%d", in.name, axis), d.param} {
		if x, ok := im.dims[name]; ok && name != "" {
			if d.param != "" {
				im.dims[d.param] = x
			}
			if _, ours := im.opt.Dims[name]; !ours {
				return x, "batch"
			}
			return x, name
		}
	}
	if axis == 0 && im.opt.Batch > 0 {
		if d.param != "" {
			im.dims[d.param] = im.opt.Batch
		}
		return im.opt.Batch, "batch"
	}
	return 0, ""
}

func unfixed(in *valueInfo, axis int, d dim) error {
	flag := fmt.Sprintf("--dim %s=N", short(d.param))
	if d.param == "" {
		flag = fmt.Sprintf("--dim %s.%d=N", short(in.name), axis)
	}
	if axis == 0 {
		flag = "--batch N or " + flag
	}
	name := ""
	if d.param != "" {
		name = fmt.Sprintf(" (%s)", short(d.param))
	}
	return &yamlsrc.Error{Key: fmt.Sprintf("input %q", short(in.name)),
		Msg: fmt.Sprintf("dimension %d%s of %s is open; give %s", axis, name, shapeText(in.dims), flag)}
}

// sum fills in what the report says in total.
func (im *importer) sum() {
	r := im.report
	r.MACs, r.Expressed = new(big.Int), new(big.Int)
	for _, o := range im.byType {
		r.MACs.Add(r.MACs, o.MACs)
		r.Expressed.Add(r.Expressed, o.Expressed)
		r.Operators = append(r.Operators, *o)
	}
	slices.SortFunc(r.Operators, func(a, b Operator) int {
		if x := b.MACs.Cmp(a.MACs); x != 0 {
			return x
		}
		if x := b.Operations.Cmp(a.Operations); x != 0 {
			return x
		}
		return strings.Compare(a.Name, b.Name)
	})
}

// why says what a network without layers is made of.
func (im *importer) why() string {
	var names []string
	for _, o := range im.report.Operators {
		names = append(names, short(o.Name))
	}
	text := fmt.Sprintf("it has %s", strings.Join(firstFew(names, 8), ", "))
	if len(im.report.Missing) > 0 {
		m := &im.report.Missing[0]
		text += fmt.Sprintf("; %d of its nodes are in no layer, the first is %s %q: %s", len(im.report.Missing), short(m.Operator), short(m.Node), m.Why)
	}
	if im.vague != "" {
		text += "; the first shape that depends on data is that of " + im.vague
	}
	return text
}

// merge joins layers of equal shapes and widths in the place of the first.
func (im *importer) merge(n *workload.Network) {
	at := map[string]int{}
	var layers []workload.Layer
	var report []Layer
	for i, l := range n.Layers {
		r := im.report.Layers[i]
		key := l.Einsum.ShapeKey()
		if j, ok := at[key]; ok {
			layers[j].Count += l.Count
			report[j].Count += r.Count
			report[j].MACs = new(big.Int).Add(report[j].MACs, r.MACs)
			continue
		}
		at[key] = len(layers)
		layers, report = append(layers, l), append(report, r)
	}
	n.Layers, im.report.Layers = layers, report
}

// describe writes the comments of the file.
func (im *importer) describe(r *Result) {
	for i, l := range r.Report.Layers {
		text := fmt.Sprintf("%s %s", l.Operator, short(l.Node))
		if more := r.Network.Layers[i].Count - 1; im.opt.Merge && more > 0 {
			text += " and equal ones"
		}
		r.Doc.Layers[l.Name] = text
	}
	producer := strings.TrimSpace(im.model.Producer + " " + im.model.ProducerVersion)
	if producer == "" {
		producer = "a program that does not say its name"
	}
	unknown := ""
	if n := r.Report.Unknown(); n > 0 {
		unknown = fmt.Sprintf("; those of %d nodes are unknown", n)
	}
	r.Doc.Description = fmt.Sprintf("Imported from ONNX, written by %s, opset %d; %v multiply-accumulates%s.", short(producer), im.model.Opsets[""], r.Report.Expressed, unknown)
	if im.opt.TypeBits {
		r.Doc.Comments = append(r.Doc.Comments, "Widths are those of the model's element types.")
	} else if len(im.opt.Bits) == 0 {
		r.Doc.Comments = append(r.Doc.Comments, "Widths are assumed: 8 bits, whatever the model's types (tcmdse import onnx --bits).")
	}
	for i, m := range r.Report.Missing {
		if i == 20 {
			r.Doc.Comments = append(r.Doc.Comments, fmt.Sprintf("... and %d more nodes that are not in this file.", len(r.Report.Missing)-i))
			break
		}
		r.Doc.Comments = append(r.Doc.Comments, fmt.Sprintf("Not in this file: %s %s (%s): %s.", m.Operator, short(m.Node), m.Amount(), m.Why))
	}
}

// Amount is the multiply-accumulates in words.
func (m *Missing) Amount() string {
	if m.MACs == nil {
		return "multiply-accumulates unknown"
	}
	return m.MACs.String() + " multiply-accumulates"
}
