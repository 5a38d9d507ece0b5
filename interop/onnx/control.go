package onnx

import (
	"fmt"
	"math/big"
	"slices"
)

// controlRules adds operators that run graphs of their own.
func controlRules(out map[string]rule) {
	out["If"] = rule{shape: (*call).branch, work: control, least: 1, partial: true}
	out["Loop"] = rule{shape: (*call).loop, work: control, partial: true}
	out["Scan"] = rule{shape: (*call).scan, work: control, partial: true}
}

// branch takes the branch of an If whose condition is known; else both are walked, and the one with more
// multiply-accumulates is listed as what is not expressed.
func (c *call) branch() error {
	yes, no := c.n.attrs["then_branch"], c.n.attrs["else_branch"]
	if yes == nil || no == nil || yes.g == nil || no.g == nil {
		return c.bad("an If without its two branches")
	}
	if cond := c.in[0].ints; len(cond) == 1 {
		taken := no.g
		if cond[0] != 0 {
			taken = yes.g
		}
		return c.walk(taken, nil, c.out)
	}
	then, otherwise := make([]*value, len(c.out)), make([]*value, len(c.out))
	a, err := c.aside(func() error { return c.walk(yes.g, nil, then) })
	if err != nil {
		return err
	}
	b, err := c.aside(func() error { return c.walk(no.g, nil, otherwise) })
	if err != nil {
		return err
	}
	for i := range c.out {
		if x, y := then[i], otherwise[i]; x != nil && y != nil && x.known && y.known && slices.Equal(x.shape, y.shape) {
			c.out[i] = shaped(x.typ, x.shape...)
		}
	}
	if a.macs.Cmp(b.macs) < 0 {
		a.macs = b.macs
	}
	a.open = a.open || b.open
	c.missingBody(a, 1, "which branch is taken depends on data; the larger one counts")
	return nil
}

// walk runs a graph inside a node and gives its outputs, those beyond the node's own left out.
func (c *call) walk(g *graph, in map[string]*value, out []*value) error {
	if err := c.visit((len(g.initializers) + len(g.infos) + len(g.outputs)) / 4); err != nil {
		return err
	}
	s := &scope{values: map[string]*value{}, outer: c.scope, attrs: c.scope.attrs, prefix: c.scope.prefix + nodeName(c.n) + "/", opsets: c.scope.opsets,
		infos: g.named()}
	if len(s.prefix) > maxName {
		return c.bad("names of graphs inside one another of more than %d bytes", maxName)
	}
	c.constants(g, s)
	for name, v := range in {
		s.values[name] = v
	}
	if err := c.run(g.nodes, s); err != nil {
		return err
	}
	for i, o := range g.outputs {
		if v, _ := s.find(o.name); i < len(out) && v != nil {
			same := *v
			out[i] = &same
		}
	}
	return nil
}

// aside runs something whose layers are counted only.
func (c *call) aside(run func() error) (*sink, error) {
	was := c.sink
	c.importer.sink = &sink{quiet: true, macs: new(big.Int)}
	err := run()
	got := c.importer.sink
	c.importer.sink = was
	return got, err
}

// missingBody lists what a body does times over; known false where how often is not known.
func (c *call) missingBody(s *sink, times int64, why string) {
	macs := new(big.Int).Mul(s.macs, big.NewInt(times))
	switch {
	case s.open:
		c.missing(nil, why+"; multiply-accumulates inside it are not known")
	case times < 0 && s.macs.Sign() > 0:
		c.missing(nil, fmt.Sprintf("%s; %v multiply-accumulates each time", why, s.macs))
	case macs.Sign() > 0:
		c.missing(macs, why)
	}
}

// loop: how often at most, a condition, and the values that go from one time to the next.
func (c *call) loop() error {
	body := c.n.attrs["body"]
	if body == nil || body.g == nil || len(body.g.inputs) != len(c.in) || len(c.in) < 2 {
		return c.bad("a Loop whose body does not take its inputs")
	}
	times := int64(-1)
	if v := c.in[0]; v != nil && len(v.ints) == 1 {
		times = max(v.ints[0], 0)
	}
	in := map[string]*value{body.g.inputs[0].name: shaped(typeInt64), body.g.inputs[1].name: shaped(typeBool)}
	for i, v := range c.in[2:] {
		in[body.g.inputs[i+2].name] = opened(v)
	}
	out := make([]*value, len(body.g.outputs))
	s, err := c.aside(func() error { return c.walk(body.g, in, out) })
	if err != nil {
		return err
	}
	carried := len(c.in) - 2
	for i := range c.out {
		if i+1 >= len(out) || out[i+1] == nil || !out[i+1].known {
			continue
		}
		v := out[i+1]
		if i < carried {
			if before := c.in[i+2]; before != nil && before.known && slices.Equal(before.shape, v.shape) {
				c.out[i] = shaped(v.typ, v.shape...)
			}
		} else if times >= 0 && len(v.shape) < maxRank {
			c.out[i] = shaped(v.typ, slices.Insert(slices.Clone(v.shape), 0, times)...)
		}
	}
	why := "a loop, at most as often as its count says"
	if times < 0 {
		why = "a loop whose count depends on data"
	}
	c.missingBody(s, times, why)
	return nil
}

// opened is a value without its contents, which change from time to time.
func opened(v *value) *value {
	if v == nil {
		return &value{}
	}
	w := *v
	w.ints, w.floats, w.constant = nil, nil, false
	return &w
}

// scan: state, and inputs of which each time takes a slice, since opset 9.
func (c *call) scan() error {
	body, n := c.n.attrs["body"], c.int("num_scan_inputs", 0)
	if body == nil || body.g == nil || n < 1 || n > int64(len(c.in)) || len(body.g.inputs) != len(c.in) {
		return c.bad("a Scan whose body does not take its inputs")
	}
	axes, _ := c.list("scan_input_axes")
	states, times := len(c.in)-int(n), int64(-1)
	in := map[string]*value{}
	for i, v := range c.in {
		v = opened(v)
		if j := i - states; j >= 0 && v.known {
			a := 0
			if j < len(axes) {
				var err error
				if a, err = c.axis(axes[j], v.rank()); err != nil {
					return err
				}
			} else if v.rank() == 0 {
				return c.bad("a scalar cannot be scanned")
			}
			times = v.shape[a]
			v = shaped(v.typ, slices.Delete(slices.Clone(v.shape), a, a+1)...)
		}
		in[body.g.inputs[i].name] = v
	}
	out := make([]*value, len(body.g.outputs))
	s, err := c.aside(func() error { return c.walk(body.g, in, out) })
	if err != nil {
		return err
	}
	_, placed := c.list("scan_output_axes")
	for i := range c.out {
		if i >= len(out) || out[i] == nil || !out[i].known {
			continue
		}
		if i < states {
			c.out[i] = shaped(out[i].typ, out[i].shape...)
		} else if times >= 0 && !placed && len(out[i].shape) < maxRank {
			c.out[i] = shaped(out[i].typ, slices.Insert(slices.Clone(out[i].shape), 0, times)...)
		}
	}
	c.missingBody(s, times, "a scan, step after step")
	return nil
}
