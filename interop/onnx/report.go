package onnx

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"tcmdse/mapper/workload"
)

// Report is what became of a model.
type Report struct {
	MACs      *big.Int   // all that are known
	Expressed *big.Int   // of these, in layers
	Layers    []Layer    // in the order of the nodes
	Operators []Operator // by multiply-accumulates, then operations
	Missing   []Missing  // nodes whose multiply-accumulates are in no layer, and nodes of unknown operators
}

// Layer is what one node, or a part of it, became.
type Layer struct {
	Name, Node, Operator string
	Count                int64
	MACs                 *big.Int // of all its occurrences
}

// Operator sums up the nodes of one operator.
type Operator struct {
	Name       string
	Nodes      int
	Known      bool
	MACs       *big.Int // in layers or not, as far as known
	Expressed  *big.Int
	Operations *big.Int // operations on single values besides; of nodes whose inputs are not all constant
	Values     *big.Int // that come out of these nodes
	NoShape    int      // nodes whose shapes depend on data
}

// Missing is a node that became no layer though it may multiply.
type Missing struct {
	Node, Operator string
	MACs           *big.Int // nil: unknown
	Why            string
}

// Unknown is how many of the missing nodes have unknown multiply-accumulates: where it is not 0, no total is complete.
func (r *Report) Unknown() (n int) {
	for i := range r.Missing {
		if r.Missing[i].MACs == nil {
			n++
		}
	}
	return n
}

// sink takes layers; a quiet one only counts them.
type sink struct {
	quiet  bool
	macs   *big.Int
	open   bool // something in it is unknown
	layers []workload.Layer
	names  map[string]int // by name of a layer the next number to try
}

// operands says which inputs have which role.
type operands struct{ inputs, weights int }

func bigProduct(xs ...int64) *big.Int {
	n := big.NewInt(1)
	for _, x := range xs {
		n.Mul(n, big.NewInt(x))
	}
	return n
}

// layer emits an Einsum that occurs count times. An Einsum of no points is no layer.
func (c *call) layer(at operands, suffix string, count int64, e workload.Einsum) error {
	for _, v := range e.Vars {
		if v.Size < 1 {
			return nil
		}
	}
	macs := e.Points()
	if macs.BitLen() > 62 {
		return c.bad("more than 2^62 multiply-accumulates")
	}
	macs.Mul(macs, big.NewInt(count))
	if c.sink.quiet {
		c.sink.macs.Add(c.sink.macs, macs)
		return nil
	}
	for i := range e.Tensors {
		t := &e.Tensors[i]
		from := c.out[0]
		switch t.Role {
		case "inputs":
			from = c.arg(at.inputs)
		case "weights":
			from = c.arg(at.weights)
		}
		t.Bits = c.opt.width(t.Role, from)
	}
	name := c.layerName(at, suffix)
	c.sink.layers = append(c.sink.layers, workload.Layer{Name: name, Count: count, Einsum: e})
	c.report.Layers = append(c.report.Layers, Layer{Name: name, Node: c.reported(), Operator: c.n.kind(), Count: count, MACs: macs})
	o := c.operator()
	o.MACs.Add(o.MACs, macs)
	o.Expressed.Add(o.Expressed, macs)
	return nil
}

// width is the bits of a value of a role.
func (o *Options) width(role string, v *value) int64 {
	if o.TypeBits && v != nil {
		if v.bits > 0 {
			return v.bits
		}
		if b := typeBits(v.typ); b > 0 {
			return b
		}
	}
	if b := o.Bits[role]; b > 0 {
		return b
	}
	return 8
}

// missing lists a node that became no layer.
func (c *call) missing(macs *big.Int, why string) {
	if c.sink.quiet {
		if macs == nil {
			c.sink.open = true
		} else {
			c.sink.macs.Add(c.sink.macs, macs)
		}
		return
	}
	c.report.Missing = append(c.report.Missing, Missing{Node: c.reported(), Operator: c.n.kind(), MACs: macs, Why: why})
	if macs != nil {
		o := c.operator()
		o.MACs.Add(o.MACs, macs)
	}
}

// reported is the node's name as the report keeps it: of names as long as only a hostile file has, many would fill memory.
func (c *call) reported() string { return cutTo(c.name(), 300) }

// unknown lists a node of an operator that this package does not know. What it computes is unknown too.
func (c *call) unknown() {
	o := c.operator()
	o.Nodes++
	o.Known = false
	o.NoShape++
	c.missing(nil, "an operator that is not known here")
}

func (c *call) operator() *Operator {
	kind := c.n.kind()
	o := c.byType[kind]
	if o == nil {
		o = &Operator{Name: kind, Known: true, MACs: new(big.Int), Expressed: new(big.Int), Operations: new(big.Int), Values: new(big.Int)}
		c.byType[kind] = o
	}
	return o
}

// count adds a node to the report; complete says that the shapes of its inputs are known.
func (c *call) count(complete bool) {
	o := c.operator()
	o.Nodes++
	if c.rule.work == control {
		return
	}
	if !complete || len(c.out) > 0 && (c.out[0] == nil || !c.out[0].known) {
		if o.NoShape++; c.vague == "" {
			c.importer.vague = fmt.Sprintf("%s %q", c.n.kind(), short(c.name()))
		}
		return
	}
	if len(c.in) > 0 && len(c.out) > 0 && c.out[0].constant {
		return // computed once, before the network runs
	}
	var out, in int64
	for _, v := range c.out {
		if v != nil && v.known {
			n, _ := elements(v.shape)
			o.Values.Add(o.Values, big.NewInt(n))
		}
	}
	if len(c.out) > 0 {
		out, _ = elements(c.out[0].shape)
	}
	if len(c.in) > 0 && c.in[0] != nil {
		in, _ = elements(c.in[0].shape)
	}
	switch c.rule.work {
	case perOutput:
		o.Operations.Add(o.Operations, big.NewInt(out))
	case perInput:
		o.Operations.Add(o.Operations, big.NewInt(in))
	case perWindow:
		k, _ := c.list("kernel_shape")
		o.Operations.Add(o.Operations, bigProduct(append(slices.Clone(k), out)...))
	}
}

// layerName makes a name for a layer that is not taken: that of the module whose weights it has, or of the node.
func (c *call) layerName(at operands, suffix string) string {
	base := ""
	for _, i := range []int{at.weights, at.inputs} {
		if v := c.arg(i); v != nil && base == "" {
			base, _ = strings.CutSuffix(v.weight, ".weight")
			if base == v.weight {
				base = ""
			}
		}
	}
	if base == "" {
		base = moduleName(c.n.scopes)
	}
	if base == "" {
		base = c.scope.prefix + c.n.name
		for _, end := range []string{"/" + c.n.op, "/Conv2D", "/convolution"} {
			base = strings.TrimSuffix(base, end)
		}
		base = strings.TrimPrefix(modulePath(base), "StatefulPartitionedCall/")
	}
	base = plainName(base)
	if base == "" {
		base = strings.ToLower(c.n.op)
	}
	const most = 90 // with room for a number; names of layers have at most 99 characters
	if len(base)+len(suffix) > most {
		base = base[:most-len(suffix)]
	}
	name, first := base+suffix, base+suffix
	for c.sink.names[name] > 0 {
		c.sink.names[first]++
		name = fmt.Sprintf("%s_%d%s", base, c.sink.names[first], suffix)
	}
	c.sink.names[name] = 1
	return name
}

// moduleName finds the innermost module in PyTorch's list of scopes, "[”, 'layer1', 'layer1.0', 'conv2d']", whose last is
// the node itself.
func moduleName(scopes string) string {
	parts := strings.Split(strings.Trim(scopes, "[]"), ",")
	if len(parts) < 2 {
		return ""
	}
	return strings.Trim(parts[len(parts)-2], " '\"")
}

// modulePath turns a node's name of PyTorch's older exporter, "/layer1/layer1.0/conv1", into the module's, "layer1.0.conv1".
func modulePath(s string) string {
	if !strings.HasPrefix(s, "/") {
		return s
	}
	parts, kept := strings.Split(s[1:], "/"), []string{}
	for i, p := range parts {
		if i+1 == len(parts) || !strings.HasPrefix(parts[i+1], p+".") {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, ".")
}

// plainName keeps what a layer's name may have.
func plainName(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_', r == '-', r == '.', r == '/':
			return r
		}
		return '_'
	}, s)
	return strings.Trim(s, "/._-")
}
