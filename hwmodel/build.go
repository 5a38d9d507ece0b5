package hwmodel

import "tcmdse/internal/unit"

// Build computes the architecture in SI units. Errors name the file, line and key.
func (s *Spec) Build() (*Arch, error) { return s.build(true) }

// build leaves models aside unless ask is set: costs that are not explicit stay 0.
func (s *Spec) build(ask bool) (*Arch, error) {
	a := &Arch{Name: s.Name}
	if s.technology.text != "" {
		if s.technology.q.Value == nil {
			return nil, s.fail(s.technology.line, "technology", s.technology.text, "", "not a length")
		}
		if allowed, ok := checkRange(s.technology.q, s.technology.si); !ok {
			return nil, s.fail(s.technology.line, "technology", s.technology.text, allowed, "too large or too small")
		}
		a.TechM = s.technology.si
	}
	if s.clock.text != "" {
		if a.ClockHz = s.clock.si; a.ClockHz <= 0 {
			return nil, s.fail(s.clock.line, "clock", s.clock.text, "frequencies above 0", "no clock")
		}
		if allowed, ok := checkRange(s.clock.q, s.clock.si); !ok {
			return nil, s.fail(s.clock.line, "clock", s.clock.text, allowed, "too large or too small")
		}
	}
	if err := s.checkShape(); err != nil {
		return nil, err
	}
	a.Nodes = make([]Node, 0, len(s.nodes))
	for i := range s.nodes {
		n, err := s.buildNode(i, a.ClockHz)
		if err != nil {
			return nil, err
		}
		a.Nodes = append(a.Nodes, n)
	}
	if err := s.checkInstances(a); err != nil {
		return nil, err
	}
	return a, s.price(a, ask)
}

// checkShape tests the order of nodes and that names are unique.
func (s *Spec) checkShape() error {
	if len(s.nodes) < 2 || s.nodes[0].kind != Memory {
		return s.fail(0, "nodes", "", "", "the first node has to be the outermost memory and the last the compute")
	}
	seen := map[string]bool{"technology": true, "clock": true}
	for i := range s.nodes {
		n := &s.nodes[i]
		if (n.kind == Compute) != (i == len(s.nodes)-1) {
			return s.fail(n.line, n.name, "", "", "the compute has to be the last node, and only that")
		}
		if seen[n.name] {
			return s.fail(n.line, n.name, "", "", "name used twice")
		}
		seen[n.name] = true
		dims := map[string]bool{}
		for _, d := range n.dims {
			if dims[d.name] {
				return s.fail(d.line, n.name+"."+d.name, "", "", "dimension named twice")
			}
			if _, ok := ruleOf(Array, d.name); ok {
				return s.fail(d.line, n.name+"."+d.name, "", "another name", "a dimension with the name of a field")
			}
			dims[d.name] = true
		}
		if n.kind == Array && len(n.dims) == 0 {
			return s.fail(n.line, n.name, "", "dims: [{name: x, size: 16}]", "an array needs a dimension")
		}
	}
	return nil
}

func (s *Spec) buildNode(i int, clock float64) (Node, error) {
	sn := &s.nodes[i]
	n := Node{Kind: sn.kind, Name: sn.name, Keep: sn.keep, MayKeep: sn.mayKeep, Ports: sn.ports}
	if len(sn.bits) > 0 {
		n.Bits = map[string]int64{}
		for _, b := range sn.bits {
			n.Bits[b.tensor] = b.bits
		}
	}
	for _, d := range sn.dims {
		n.Dims = append(n.Dims, Dim{Name: d.name, Size: d.size, OnlyReuse: d.onlyReuse, Multicast: d.multicast, MinUtilization: d.minUtilization})
	}
	if sn.kind == Memory && i == 0 && !n.CanKeep("", "all") {
		return n, s.fail(sn.line, sn.name+".keep", "", "keep: all", "the outermost memory holds all tensors")
	}
	f := &fieldReader{s: s, n: sn, clock: clock}
	n.WidthBits = f.readWidth()
	if sz := sn.fields["size"]; sz.text != "" && sz.text != "unlimited" {
		n.SizeBits = f.whole("size")
	}
	return n, f.err
}

// fieldReader turns a node's fields into SI numbers and keeps the first error.
type fieldReader struct {
	s            *Spec
	n            *specNode
	clock, width float64
	err          error
}

func (f *fieldReader) fail(key, allowed, format string, args ...any) {
	if f.err == nil {
		w := f.n.fields[key]
		f.err = f.s.fail(w.line, f.n.name+"."+key, w.text, allowed, format, args...)
	}
}

// readWidth reads the width that energies and rates per access refer to.
func (f *fieldReader) readWidth() float64 {
	f.width = f.number("width")
	if w := f.n.fields["width"]; w.text != "" && f.width <= 0 {
		f.fail("width", "widths above 0", "no width")
	}
	if f.width > 1<<62 {
		f.fail("width", "widths of at most 524288TiB", "too wide")
	}
	return f.width
}

func (f *fieldReader) quantity(key string) (unit.Quantity, bool) {
	w := f.n.fields[key]
	if w.text == "" || w.text == "unlimited" {
		return unit.Quantity{}, false
	}
	if w.q.Value == nil {
		f.fail(key, "", "not a number with a unit")
		return unit.Quantity{}, false
	}
	if allowed, ok := checkRange(w.q, w.si); !ok {
		f.fail(key, allowed, "too large or too small")
		return unit.Quantity{}, false
	}
	return w.q, true
}

func (f *fieldReader) number(key string) float64 {
	if _, ok := f.quantity(key); !ok {
		return 0
	}
	return f.n.fields[key].si
}

// whole reads a size: a whole number of bits above zero that fits an int64.
func (f *fieldReader) whole(key string) int64 {
	q, ok := f.quantity(key)
	if !ok {
		return 0
	}
	n, fits := q.Int()
	if !fits || n <= 0 || n > 1<<62 {
		f.fail(key, "whole bits, from 1b to 524288TiB, or unlimited", "not a size")
		return 1
	}
	return n
}

// energy reads an energy per bit, or per access of the memory's width.
func (f *fieldReader) energy(key string) float64 {
	q, ok := f.quantity(key)
	if !ok {
		return 0
	}
	v := f.n.fields[key].si
	if q.Dim == unit.JoulePerBit {
		return v
	}
	if f.width == 0 {
		f.fail(key, "an energy per bit such as 0.25pJ/bit, or a width beside it", "an energy per access without a width")
		return 0
	}
	return v / f.width
}

// rate reads a bandwidth in bits per second or a throughput per second; 0 when unlimited.
func (f *fieldReader) rate(key string) float64 {
	q, ok := f.quantity(key)
	if !ok {
		return 0
	}
	v := f.n.fields[key].si
	if v <= 0 {
		f.fail(key, "rates above 0, unlimited", "nothing would ever move")
		return 0
	}
	if q.Dim == unit.BitPerCycle || q.Dim == unit.PerCycle {
		if f.clock == 0 {
			f.fail(key, "a rate per second, or a clock at the top of the file", "a rate per cycle without a clock")
			return 0
		}
		v *= f.clock
	}
	if key != "throughput" && (q.Dim == unit.PerS || q.Dim == unit.PerCycle) {
		if f.width == 0 {
			f.fail(key, "a bandwidth such as 64B/cycle, or a width beside it", "accesses per time without a width")
			return 0
		}
		v *= f.width
	}
	return v
}
