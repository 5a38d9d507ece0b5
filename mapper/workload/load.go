package workload

import (
	"fmt"
	"math/big"
	"strings"

	"tcmdse/internal/yamlsrc"
)

// MaxTensors is the most tensors that one Einsum may have; the mapper's tables are made for that many.
const MaxTensors = 6

// maxPoints bounds iteration spaces and footprints, so that counts stay exact where they are counted in integers.
const maxPoints = 1 << 62

// Parse reads a workload file (docs/files.md). Errors name file, line and key.
func Parse(data []byte, file string) (*Network, error) {
	doc, err := yamlsrc.Parse(data, file)
	if err != nil {
		return nil, err
	}
	root := doc.Root()
	n := &Network{Name: root.Need("name").Name()}
	root.Get("description").Str()
	root.Get("source").Str()
	bits := root.Get("bits")
	readBits(bits)
	names := map[string]bool{}
	layers := root.Need("layers")
	for _, v := range layers.List() {
		l := readLayer(v, bits)
		if names[l.Name] {
			v.Get("name").Fail("two layers of one name", "")
		}
		names[l.Name] = true
		n.Layers = append(n.Layers, l)
	}
	n.checkBits(bits)
	if len(n.Layers) == 0 {
		layers.Fail("no layers", "at least one")
	}
	root.Done()
	if err := doc.Err(); err != nil {
		return nil, err
	}
	return n, nil
}

func readLayer(v, bits yamlsrc.Value) Layer {
	l := Layer{Count: 1}
	l.Name = v.Need("name").Str()
	if !layerName(l.Name) {
		v.Get("name").Fail("not a name of a layer", "letters, digits and _-./, a letter or digit first")
	}
	if c := v.Get("count"); c.Present() {
		l.Count = c.Int(1)
	}
	v.Get("source").Str()
	kinds := 0
	for _, k := range []string{"conv", "matmul", "einsum"} {
		if v.Get(k).Present() {
			kinds++
		}
	}
	if kinds != 1 {
		v.Fail("a layer is one of conv, matmul and einsum", "")
		return l
	}
	switch {
	case v.Get("conv").Present():
		l.Einsum = readConv(v.Get("conv"))
	case v.Get("matmul").Present():
		l.Einsum = readMatmul(v.Get("matmul"))
	default:
		l.Einsum = readEinsum(v)
	}
	setBits(&l.Einsum, bits, false)
	setBits(&l.Einsum, v.Get("bits"), true)
	v.Done()
	if n := len(l.Einsum.Tensors); n > MaxTensors {
		v.Fail(fmt.Sprintf("an Einsum of %d tensors", n), fmt.Sprintf("at most %d", MaxTensors))
	}
	checkSize(v, &l)
	return l
}

func layerName(s string) bool {
	return s != "" && yamlsrc.IsName("a"+strings.Map(func(r rune) rune {
		if r == '.' || r == '/' {
			return '_'
		}
		return r
	}, s)) && s[0] != '-' && s[0] != '/' && s[0] != '.'
}

// readBits checks the form: a number, or numbers by role or tensor.
func readBits(v yamlsrc.Value) {
	if v.Present() && !v.IsMap() {
		v.Int(1)
	}
	if v.IsMap() {
		for _, k := range v.Keys() {
			v.Get(k).Int(1)
		}
	}
}

// checkBits refuses names in a file's bits that no layer has.
func (n *Network) checkBits(v yamlsrc.Value) {
	if !v.IsMap() {
		return
	}
	for _, k := range v.Keys() {
		if !n.HasTensor(k) {
			v.Get(k).Fail("no role, and no tensor of any layer", "inputs, weights, outputs, names of tensors")
		}
	}
}

// HasTensor reports whether name is a role or a tensor of some layer.
func (n *Network) HasTensor(name string) bool {
	if name == "inputs" || name == "weights" || name == "outputs" {
		return true
	}
	for i := range n.Layers {
		for _, t := range n.Layers[i].Einsum.Tensors {
			if t.Name == name {
				return true
			}
		}
	}
	return false
}

// setBits gives tensors the widths of a bits value; 8 where nothing was said before.
func setBits(e *Einsum, v yamlsrc.Value, own bool) {
	if own { // those at the top of a file were read, once for all layers
		readBits(v)
	}
	known := map[string]bool{"inputs": true, "weights": true, "outputs": true}
	for i := range e.Tensors {
		t := &e.Tensors[i]
		known[t.Name] = true
		if t.Bits == 0 {
			t.Bits = 8
		}
		switch {
		case !v.Present():
		case !v.IsMap():
			t.Bits = v.Int(1)
		case v.Get(t.Name).Present():
			t.Bits = v.Get(t.Name).Int(1)
		case t.Role != "" && v.Get(t.Role).Present():
			t.Bits = v.Get(t.Role).Int(1)
		}
	}
	if !own || !v.IsMap() {
		return // names at the top of a file are checked against all its layers
	}
	for _, k := range v.Keys() {
		if !known[k] {
			v.Get(k).Fail("no role, and no tensor of this layer", "inputs, weights, outputs, names of tensors")
		}
	}
}

// checkSize refuses a layer that is not countable. What is given is in the message: the value is a whole mapping.
func checkSize(v yamlsrc.Value, l *Layer) {
	if err := l.Einsum.Countable(); err != nil {
		v.Explain(fmt.Sprintf("layer %s: %v", l.Name, err), "at most 2^62", "")
	}
}

// Countable refuses what an int64 does not count: more than 2^62 points of the iteration space, or bits of a tensor.
// Variables and factors that are not above 0 are others' to refuse.
func (e *Einsum) Countable() error {
	// The usual case, without big numbers: floats are off by far less than the half that is left.
	points, small := 1.0, true
	for _, v := range e.Vars {
		points *= float64(v.Size)
	}
	for i := range e.Tensors {
		bits := float64(e.Tensors[i].Bits)
		for _, dim := range e.Tensors[i].Dims {
			width := 1.0
			for _, term := range dim {
				if term.Var < 0 || term.Var >= len(e.Vars) {
					return nil
				}
				width += float64(term.Coef) * float64(e.Vars[term.Var].Size-1)
			}
			bits *= width
		}
		small = small && bits < maxPoints/2
	}
	if small && points < maxPoints/2 {
		return nil
	}
	if n := e.Points(); n.Cmp(big.NewInt(maxPoints)) > 0 {
		return fmt.Errorf("%v multiply-accumulates are more than can be counted", n)
	}
	for i := range e.Tensors {
		n := e.Values(i)
		if n.Mul(n, big.NewInt(e.Tensors[i].Bits)).Cmp(big.NewInt(maxPoints)) > 0 {
			return fmt.Errorf("tensor %s has %v bits, more than can be counted", e.Tensors[i].Name, n)
		}
	}
	return nil
}

// Points returns the number of multiply-accumulates.
func (e *Einsum) Points() *big.Int {
	n := big.NewInt(1)
	for _, v := range e.Vars {
		n.Mul(n, big.NewInt(v.Size))
	}
	return n
}

// Values returns the number of values in tensor t: the dense box over all dimensions.
func (e *Einsum) Values(t int) *big.Int {
	n := big.NewInt(1)
	for _, dim := range e.Tensors[t].Dims {
		width := big.NewInt(1)
		for _, term := range dim {
			x := big.NewInt(e.Vars[term.Var].Size - 1)
			width.Add(width, x.Mul(x, big.NewInt(term.Coef)))
		}
		n.Mul(n, width)
	}
	return n
}

// readConv reads {N, C, M, P, Q, R, S, stride, dilation, groups}: output sizes P and Q, groups that divide C and M.
func readConv(v yamlsrc.Value) Einsum {
	size := func(key string, least int64) int64 {
		if f := v.Get(key); f.Present() {
			return f.Int(least)
		}
		return 1
	}
	g := size("groups", 1)
	c, m := v.Need("C").Int(1), v.Need("M").Int(1)
	p, q := v.Need("P").Int(1), v.Need("Q").Int(1)
	r, s := v.Need("R").Int(1), v.Need("S").Int(1)
	n := size("N", 1)
	sh, sw := pair(v.Get("stride"))
	dh, dw := pair(v.Get("dilation"))
	v.Done()
	if c%g != 0 || m%g != 0 {
		v.Get("groups").Fail(fmt.Sprintf("groups have to divide C = %d and M = %d", c, m), "")
		g = 1
	}
	return Conv(ConvShape{N: n, C: c, M: m, P: p, Q: q, R: r, S: s, Groups: g, StrideH: sh, StrideW: sw, DilationH: dh, DilationW: dw})
}

// pair reads one number for both directions or a list of two; 1 when absent.
func pair(v yamlsrc.Value) (h, w int64) {
	if !v.Present() {
		return 1, 1
	}
	if v.IsList() {
		if xs := v.List(); len(xs) == 2 {
			return xs[0].Int(1), xs[1].Int(1)
		}
		v.Fail("not a pair", "one number, or [height, width]")
		return 1, 1
	}
	x := v.Int(1)
	return x, x
}

// readMatmul reads {M, K, N} and an optional batch B: O[m,n] = I[m,k] * W[k,n].
func readMatmul(v yamlsrc.Value) Einsum {
	m, k, n := v.Need("M").Int(1), v.Need("K").Int(1), v.Need("N").Int(1)
	b := v.Get("B")
	batch := b.Int(1)
	v.Done()
	if !b.Present() {
		batch = 0
	}
	return Matmul(batch, m, k, n)
}
