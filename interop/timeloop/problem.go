package timeloop

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tcmdse/interop/archfile"
	"tcmdse/interop/foreign"
	"tcmdse/mapper/workload"
)

// readProblem reads a problem: dimensions with their sizes, data spaces with their projections. Names stay as they are,
// so that mappings and constraints of the same project name the same things.
func readProblem(v foreign.Value, s *scope, notes *foreign.Notes) workload.Layer {
	version := v.Get("version")
	if text := version.Str(); text != "" && !slices.Contains([]string{"0.1", "0.2", "0.3", "0.4"}, text) {
		version.Fail("not a version of Timeloop's problems that is known here", "0.1 to 0.4")
	}
	shape, instance := v.Need("shape"), v.Get("instance")
	if !instance.Present() {
		instance = v // the earliest form has sizes beside the shape
	}
	d := instance.Peek("densities")
	if d.Present() {
		if d.IsMap() && len(d.Keys()) == 0 {
			d.MarkRead()
		} else {
			notes.Leave(d, "densities: data is dense here")
		}
	}
	p := problem{sizes: map[string]int64{}, coefs: map[string]int64{}, notes: notes, at: v}
	if shape.IsScalar() {
		return p.builtin(shape, instance, s)
	}
	return p.shape(shape, instance, s)
}

// problem is one being read.
type problem struct {
	dims  []string
	sizes map[string]int64
	coefs map[string]int64 // coefficients of projections
	notes *foreign.Notes
	at    foreign.Value
}

// builtin is the one shape that Timeloop knows by name: a convolution, with K for output channels.
func (p *problem) builtin(shape, instance foreign.Value, s *scope) workload.Layer {
	name := shape.Str()
	if !strings.EqualFold(strings.ReplaceAll(name, "_", "-"), "cnn-layer") {
		shape.Fail("a shape by name that is not known here", "cnn-layer, or a shape with dimensions and data_spaces")
		return workload.Layer{}
	}
	p.dims = []string{"R", "S", "P", "Q", "C", "K", "N"}
	for _, d := range p.dims {
		p.sizes[d] = instance.Get(d).Count(1, s.names)
	}
	c := func(key string) int64 { return instance.Get(key).Count(1, s.names) }
	text := fmt.Sprintf("Outputs[N,K,Q,P] = Inputs[N,C,%s+%s,%s+%s] * Weights[C,K,R,S]",
		scaled(c("Wdilation"), "R"), scaled(c("Wstride"), "P"), scaled(c("Hdilation"), "S"), scaled(c("Hstride"), "Q"))
	return p.layer("cnn-layer", text, map[string]string{})
}

func (p *problem) shape(shape, instance foreign.Value, s *scope) workload.Layer {
	p.dims = shape.Need("dimensions").Strs()
	for _, d := range p.dims {
		size := instance.Get(d)
		if !size.Present() {
			instance.Fail(fmt.Sprintf("no size for dimension %s", d), "a whole number for each of "+strings.Join(p.dims, ", "))
			return workload.Layer{}
		}
		p.sizes[d] = size.Count(1, s.names)
	}
	for _, c := range shape.Get("coefficients").List() {
		name := c.Need("name").Str()
		value := c.Get("default")
		if own := instance.Get(name); own.Present() {
			value = own
		}
		p.coefs[name] = value.Count(1, s.names)
	}
	spaces := shape.First("data_spaces", "data-spaces", "dataspaces")
	if !spaces.Present() {
		shape.Fail("no data spaces", "a mapping with the key data_spaces")
		return workload.Layer{}
	}
	var inputs []string
	output := ""
	for _, sp := range spaces.List() {
		text := sp.Need("name").Str() + "[" + strings.Join(p.projection(sp.Need("projection")), ",") + "]"
		rw := sp.First("read_write", "read-write")
		switch {
		case !rw.Bool(false):
			inputs = append(inputs, text)
		case output != "":
			rw.Fail("a second data space that is written", "one")
		default:
			output = text
		}
	}
	if output == "" || len(inputs) == 0 {
		spaces.Fail("no Einsum: one data space has to be written and others read", "read_write: true at one data space")
		return workload.Layer{}
	}
	return p.layer(shape.Get("name").Str(), output+" = "+strings.Join(inputs, " * "), p.roles(spaces))
}

// roles gives data spaces the roles that their names tell.
func (p *problem) roles(spaces foreign.Value) map[string]string {
	out := map[string]string{}
	for _, sp := range spaces.List() {
		name := sp.Get("name").Str()
		switch r, low := role(name), strings.ToLower(name); {
		case sp.First("read_write", "read-write").Bool(false):
		case r == "inputs" || r == "weights":
			out[name] = r
		case strings.Contains(low, "weight") || strings.Contains(low, "filter"):
			out[name] = "weights"
		case strings.Contains(low, "input") || strings.Contains(low, "ifmap"):
			out[name] = "inputs"
		}
	}
	return out
}

// projection writes each dimension of a data space as an affine expression.
func (p *problem) projection(v foreign.Value) []string {
	var out []string
	for _, dim := range v.List() {
		var terms []string
		list := []foreign.Value{dim}
		if dim.IsList() {
			list = dim.List()
		}
		for _, t := range list {
			parts := t.Strs()
			if len(parts) == 0 || len(parts) > 2 {
				t.Fail("not a term of a projection", "[DIMENSION], [DIMENSION, COEFFICIENT]")
				return nil
			}
			if !slices.Contains(p.dims, parts[0]) {
				t.Fail("no such dimension", strings.Join(p.dims, ", "))
				return nil
			}
			coef := int64(1)
			if len(parts) == 2 {
				coef = p.coefficient(t, parts[1])
			}
			terms = append(terms, scaled(coef, parts[0]))
		}
		out = append(out, strings.Join(terms, "+"))
	}
	return out
}

// scaled writes a term of an affine expression.
func scaled(coef int64, dim string) string {
	if coef == 1 {
		return dim
	}
	return fmt.Sprintf("%d*%s", coef, dim)
}

func (p *problem) coefficient(at foreign.Value, text string) int64 {
	if c, ok := p.coefs[text]; ok {
		return c
	}
	c, err := strconv.ParseInt(text, 10, 64)
	if err != nil || c < 1 {
		at.Fail("no such coefficient", "coefficients of the shape, whole numbers from 1")
		return 1
	}
	return c
}

// layer parses the Einsum and gives it sizes, roles and 8 bits a value.
func (p *problem) layer(name, text string, roles map[string]string) workload.Layer {
	e, err := workload.ParseEinsum(text)
	if err != nil {
		p.at.Fail("this problem is no Einsum that the model can express: "+err.Error(), "")
		return workload.Layer{}
	}
	sizes := map[string]int64{}
	for _, v := range e.Vars {
		sizes[v.Name] = p.sizes[v.Name]
	}
	for _, d := range p.dims {
		if _, ok := sizes[d]; !ok && p.sizes[d] > 1 {
			p.at.Fail(fmt.Sprintf("dimension %s of size %d is in no data space", d, p.sizes[d]), "dimensions of data spaces, or a size of 1")
			return workload.Layer{}
		}
	}
	if err := e.SetSizes(sizes); err != nil {
		p.at.Fail(err.Error(), "")
		return workload.Layer{}
	}
	if len(roles) > 0 {
		p.giveRoles(&e, roles)
	} else if name != "cnn-layer" {
		p.notes.Approximate(p.at, "names of data spaces tell no roles: the first that is read counts as inputs, the second as weights")
	}
	return workload.Layer{Name: archfile.Name(name, "layer"), Count: 1, Einsum: e}
}

// giveRoles sets the roles that names tell; the others get those that are left, in order.
func (p *problem) giveRoles(e *workload.Einsum, roles map[string]string) {
	left := []string{"inputs", "weights"}
	for _, r := range roles {
		left = slices.DeleteFunc(left, func(s string) bool { return s == r })
	}
	for i := range e.Tensors {
		t := &e.Tensors[i]
		switch {
		case t.Output:
		case roles[t.Name] != "":
			t.Role = roles[t.Name]
		case len(left) > 0:
			t.Role, left = left[0], left[1:]
		}
	}
}
