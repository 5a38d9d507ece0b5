package onnx

import (
	"fmt"
	"slices"
	"strings"

	"tcmdse/internal/yamlsrc"
)

const (
	maxVisits = 1_000_000 // nodes walked, functions and branches included
	maxNested = 32        // functions and branches inside one another
	maxValues = 32 << 20  // contents kept of all folded tensors together
)

// value is what is known of a tensor.
type value struct {
	typ      int64 // element type, 0: unknown
	known    bool  // the shape
	shape    []int64
	ints     []int64   // contents of a small tensor of whole numbers
	floats   []float64 // contents of a small tensor of real ones
	constant bool      // the same for every input of the network
	bits     int64     // width of what it was before DequantizeLinear, 0: of typ
	rep      []int64   // how often neighbours along each axis repeat (repeats.go); nil: not known to
	weight   string    // the name of the initializer that it is, or is made of by changes of form
}

func shaped(typ int64, shape ...int64) *value {
	return &value{typ: typ, known: true, shape: shape}
}

func (v *value) rank() int { return len(v.shape) }

// scope holds the values by name, those of a branch above those around it.
type scope struct {
	values map[string]*value
	outer  *scope
	infos  map[string]*valueInfo
	attrs  map[string]*attribute // of the function being walked
	prefix string                // before names of nodes
	opsets map[string]int64
}

// find returns a value; nil and true where it was left out of the call of a function.
func (s *scope) find(name string) (*value, bool) {
	for ; s != nil; s = s.outer {
		if v, ok := s.values[name]; ok {
			return v, true
		}
	}
	return nil, false
}

// importer is one run of Import.
type importer struct {
	model  *Model
	opt    Options
	rules  map[string]rule
	dims   map[string]int64 // of names of dimensions
	visits int
	nested int
	kept   int    // contents of folded tensors
	vague  string // the first node whose shape depends on data
	sink   *sink
	report *Report
	byType map[string]*Operator
}

// call is one node with the values that go in and come out.
type call struct {
	*importer
	n     *node
	scope *scope
	in    []*value // nil: left out
	out   []*value
	opset int64
	rule  rule
}

// name is what reports call the node.
func (c *call) name() string { return c.scope.prefix + nodeName(c.n) }

func nodeName(n *node) string {
	if n.name != "" {
		return n.name
	}
	for _, o := range n.outputs {
		if o != "" {
			return n.op + " that gives " + o
		}
	}
	return n.op
}

// bad is an error that names the node.
func (c *call) bad(format string, args ...any) error {
	return &yamlsrc.Error{Key: fmt.Sprintf("node %q (%s)", short(c.name()), short(c.n.kind())), Msg: cutTo(fmt.Sprintf(format, args...), 1000)}
}

func short(s string) string { return cutTo(s, 120) }

func cutTo(s string, most int) string {
	if len(s) > most {
		return strings.ToValidUTF8(s[:most-3], "") + "..."
	}
	return s
}

// arg returns input i, nil where it is left out.
func (c *call) arg(i int) *value {
	if i < len(c.in) {
		return c.in[i]
	}
	return nil
}

// run walks the nodes of a graph in order. Values of the graph's outputs are then in the scope.
func (im *importer) run(nodes []*node, s *scope) error {
	if im.nested++; im.nested > maxNested {
		return &yamlsrc.Error{Msg: fmt.Sprintf("functions or branches nested more than %d deep", maxNested)}
	}
	defer func() { im.nested-- }()
	for _, n := range nodes {
		if err := im.node(n, s); err != nil {
			return err
		}
	}
	return nil
}

// visit accounts for work before it is done: that of so many nodes. Functions do theirs again at each call.
func (im *importer) visit(nodes int) error {
	if im.visits += nodes; im.visits > maxVisits {
		return &yamlsrc.Error{Msg: fmt.Sprintf("more than %d nodes to walk, functions and branches included", maxVisits)}
	}
	return nil
}

func (im *importer) node(n *node, s *scope) error {
	names := 0
	for _, name := range n.inputs {
		names += len(name)
	}
	if err := im.visit(1 + (len(n.inputs)+len(n.outputs)+len(n.attrs))/16 + names/1024); err != nil {
		return err
	}
	c := &call{importer: im, n: n.resolve(s.attrs), scope: s, opset: s.opsets[n.domain], out: make([]*value, len(n.outputs))}
	for _, name := range n.inputs {
		v, ok := s.find(name)
		if !ok && name != "" {
			return c.bad("its input %q is given by no input of the graph, no initializer and no node before it", short(name))
		}
		c.in = append(c.in, v)
	}
	if f := im.model.functions[n.function()]; f != nil {
		if err := c.inline(f); err != nil {
			return err
		}
	} else if err := c.apply(); err != nil {
		return err
	}
	for i, name := range n.outputs {
		if name == "" {
			continue
		}
		v := c.out[i]
		if v == nil {
			v = &value{}
		}
		if err := c.settle(v, s.infos[name]); err != nil {
			return err
		}
		s.values[name] = v
	}
	return nil
}

// apply infers shapes by the operator's rule, folds contents, and hands what multiplies to the sink.
func (c *call) apply() error {
	r, ok := c.rules[c.n.kind()]
	c.rule = r
	if !ok {
		c.unknown()
		return nil
	}
	complete := true
	for _, v := range c.in {
		complete = complete && (v == nil || v.known)
	}
	if r.shape == nil || len(c.in) < r.least || slices.Contains(c.in[:min(r.least, len(c.in))], nil) {
		if r.shape != nil {
			return c.bad("has %d inputs, of which the first %d are needed", len(c.in), r.least)
		}
		complete = false
	}
	if complete || r.partial {
		if err := r.shape(c); err != nil {
			return err
		}
	}
	constant := (len(c.in) > 0 || c.n.op == "Constant") && !c.random()
	for _, v := range c.in {
		constant = constant && (v == nil || v.constant)
	}
	for _, v := range c.out {
		if v != nil && r.work != control { // what bodies give depends on what they take from around them
			v.constant = constant
		}
	}
	if complete {
		c.fold()
	}
	c.count(complete)
	switch {
	case r.mac == nil:
		return nil
	case !complete || len(c.out) == 0 || c.out[0] == nil:
		c.missing(nil, "its shapes depend on data")
		return nil
	}
	return r.mac(c)
}

// settle checks a value against what the file says of it, and takes the file's word where the rules have none.
func (c *call) settle(v *value, info *valueInfo) error {
	if v.known {
		n, ok := elements(v.shape)
		if !ok {
			return c.bad("its output of shape %v has more values than can be counted", v.shape)
		}
		if int64(len(v.ints)) != n {
			v.ints = nil
		}
		if int64(len(v.floats)) != n {
			v.floats = nil
		}
		contents := len(v.ints) + len(v.floats)
		if c.kept += contents; c.kept > maxValues {
			v.ints, v.floats = nil, nil
		}
		if err := c.visit(contents / 8); err != nil {
			return err
		}
	}
	if info == nil || !info.isSet {
		return nil
	}
	said := make([]int64, len(info.dims))
	whole := true
	for i, d := range info.dims {
		if said[i] = -1; d.given {
			said[i] = d.value
		} else if x, ok := c.dims[d.param]; ok && d.param != "" {
			said[i] = x
		}
		whole = whole && said[i] >= 0
	}
	if v.known {
		if len(said) != len(v.shape) {
			return c.bad("its output has shape %v, but the file says %s", v.shape, shapeText(info.dims))
		}
		for i, d := range info.dims {
			if d.given && d.value >= 0 && d.value != v.shape[i] {
				return c.bad("its output has shape %v, but the file says %s", v.shape, shapeText(info.dims))
			}
		}
		return nil
	}
	if whole {
		if _, ok := elements(said); !ok {
			return c.bad("the file gives its output the shape %s, which has more values than can be counted", shapeText(info.dims))
		}
		v.known, v.shape, v.typ = true, said, info.typ
	}
	return nil
}

func shapeText(dims []dim) string {
	parts := make([]string, len(dims))
	for i, d := range dims {
		switch {
		case d.given:
			parts[i] = fmt.Sprint(d.value)
		case d.param != "":
			parts[i] = short(d.param)
		default:
			parts[i] = "?"
		}
	}
	return "[" + strings.Join(parts, " ") + "]"
}

// resolve puts the attributes of the function's call in place of references to them.
func (n *node) resolve(attrs map[string]*attribute) *node {
	refers := false
	for _, a := range n.attrs {
		refers = refers || a.ref != ""
	}
	if !refers {
		return n
	}
	c := *n
	c.attrs = map[string]*attribute{}
	for name, a := range n.attrs {
		if a.ref == "" {
			c.attrs[name] = a
		} else if b := attrs[a.ref]; b != nil {
			c.attrs[name] = b
		}
	}
	return &c
}

// inline walks a function's nodes with the values of this call.
func (c *call) inline(f *function) error {
	s := &scope{values: map[string]*value{}, attrs: map[string]*attribute{}, prefix: c.scope.prefix + nodeName(c.n) + "/", opsets: c.scope.opsets}
	if len(s.prefix) > maxName {
		return c.bad("names of functions inside one another of more than %d bytes", maxName)
	}
	if err := c.visit((len(f.inputs) + len(f.outputs) + len(f.defaults)) / 16); err != nil {
		return err
	}
	for i, name := range f.inputs {
		s.values[name] = c.arg(i)
	}
	for name, a := range f.defaults {
		s.attrs[name] = a
	}
	for name, a := range c.n.attrs {
		s.attrs[name] = a
	}
	if err := c.run(f.nodes, s); err != nil {
		return err
	}
	for i, name := range f.outputs {
		if i < len(c.out) {
			v, _ := s.find(name)
			if v == nil {
				return c.bad("its function gives no value %q", short(name))
			}
			same := *v
			c.out[i] = &same
		}
	}
	return nil
}
