package timeloop

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"tcmdse/hwmodel"
	"tcmdse/internal/yamlsrc"
	"tcmdse/interop/archfile"
	"tcmdse/interop/foreign"
	"tcmdse/mapper/mapping"
	"tcmdse/mapper/model"
	"tcmdse/mapper/workload"
)

// IsMapping reports whether a file holds a mapping in Timeloop's form: a list under the key mapping.
func IsMapping(data []byte) bool {
	var doc struct {
		Mapping yaml.Node `yaml:"mapping"`
	}
	if !strings.Contains(string(data), "target") || yaml.Unmarshal(data, &doc) != nil {
		return false
	}
	return doc.Mapping.Kind == yaml.SequenceNode
}

// ReadMapping reads a mapping of Timeloop for one layer on one architecture. The nodes' Lines are those of the
// directives that they are from. levels, which may be nil, are the memories' levels in Timeloop (Levels). Errors are of type *yamlsrc.Error.
func ReadMapping(data []byte, file string, arch *hwmodel.Arch, e *workload.Einsum, levels map[string]int) (*mapping.Mapping, *foreign.Notes, error) {
	doc, err := foreign.Parse(data, file, nil)
	if err != nil {
		return nil, nil, err
	}
	notes := &foreign.Notes{}
	root := doc.Root()
	m, _ := convert(root.Need("mapping"), arch, e, levels, notes)
	if err := doc.Err(); err != nil {
		return nil, nil, err
	}
	for _, k := range root.Keys() {
		if k != "mapping" {
			root.Peek(k).Take() // other sections of the same file are not what is evaluated
		}
	}
	notes.LeaveOut(doc.Unread()...)
	return m, notes, nil
}

// directive is what one element of the list says of one level.
type directive struct {
	at      foreign.Value
	factors map[int]int64 // by rank variable
	order   []int         // rank variables, innermost first
	split   int           // spatial: so many of order are along x; -1: not said
}

// directives are those of a whole mapping, by node of the architecture.
type directives struct {
	arch     *hwmodel.Arch
	e        *workload.Einsum
	p        *model.Problem // of both, whose variables are those of sizes above 1
	of       []int          // by variable of e, that of p; -1: of size 1
	at       foreign.Value
	temporal map[int]*directive // by index of a memory
	spatial  map[int]*directive // by index of an array
	keep     map[int][]bool     // memory: by tensor
	held     map[int]foreign.Value
	levels   map[string]int
	passes   float64 // by which reuse that is lost multiplies
	notes    *foreign.Notes
}

// convert returns the mapping, nil after an error, and by how many passes over data it loses reuse.
func convert(v foreign.Value, arch *hwmodel.Arch, e *workload.Einsum, levels map[string]int, notes *foreign.Notes) (*mapping.Mapping, float64) {
	d := &directives{arch: arch, e: e, at: v, levels: levels, passes: 1, temporal: map[int]*directive{}, spatial: map[int]*directive{},
		keep: map[int][]bool{}, held: map[int]foreign.Value{}, notes: notes}
	for _, x := range v.List() {
		d.read(x)
		if v.Failed() {
			return nil, d.passes
		}
	}
	d.complete()
	if !v.Failed() {
		d.compile()
	}
	if v.Failed() {
		return nil, d.passes
	}
	m := d.place()
	return m, d.passes
}

// compile asks the model what the layer is to the architecture: relevance and footprints are its own.
func (d *directives) compile() {
	p, err := model.Compile(d.arch, d.e)
	if err != nil {
		d.at.Fail(err.Error(), "a mapping of a layer that the architecture can hold")
		return
	}
	d.p = p
	for x := range d.e.Vars {
		d.of = append(d.of, slices.IndexFunc(p.Vars, func(v workload.Var) bool { return v.Name == d.e.Vars[x].Name }))
	}
}

// read takes one directive.
func (d *directives) read(v foreign.Value) {
	kind, target := v.Need("type"), v.Need("target")
	switch kind.Str() {
	case "temporal":
		i, isArray := d.target(target)
		dir := d.loops(v)
		switch {
		case v.Failed():
		case isArray:
			for x, n := range dir.factors {
				if n != 1 {
					v.Get("factors").Fail(fmt.Sprintf("temporal loops over %s at an array, which stores nothing", d.e.Vars[x].Name), "factors of 1, loops at a memory")
				}
			}
		case d.temporal[i] != nil:
			v.Fail("a second temporal directive for this target", "one")
		default:
			d.temporal[i] = dir
		}
	case "spatial":
		i := d.spatialTarget(target)
		if dir := d.loops(v); i >= 0 && d.spatial[i] != nil {
			v.Fail("a second spatial directive for this target", "one")
		} else if i >= 0 {
			d.spatial[i] = dir
		} else if !v.Failed() {
			for x, n := range dir.factors {
				if n != 1 {
					target.Fail(fmt.Sprintf("spatial loops over %s where the architecture has no array", d.e.Vars[x].Name), "arrays "+strings.Join(d.names(hwmodel.Array), ", "))
				}
			}
		}
	case "bypass", "datatype", "dataspace", "datatypes":
		d.holds(v, target)
	case "utilization", "max_overbooked_proportion":
		d.notes.Leave(v, "a constraint of Timeloop's mapper")
	default:
		kind.Fail("not a kind of directive", "temporal, spatial, dataspace (or bypass, datatype)")
	}
}

func (d *directives) names(kinds ...hwmodel.Kind) []string {
	var out []string
	for i := range d.arch.Nodes {
		if slices.Contains(kinds, d.arch.Nodes[i].Kind) {
			out = append(out, d.arch.Nodes[i].Name)
		}
	}
	return out
}

// find returns the index of a memory or array by a name of Timeloop's, -1 without.
func (d *directives) find(name string) int {
	for _, same := range []func(a, b string) bool{func(a, b string) bool { return a == b }, strings.EqualFold} {
		for i := range d.arch.Nodes {
			if n := &d.arch.Nodes[i]; n.Kind != hwmodel.Compute && (same(n.Name, name) || same(n.Name, archfile.Name(name, "memory"))) {
				return i
			}
		}
	}
	if in, ok := strings.CutPrefix(name, "inter_"); ok {
		if out, ok := strings.CutSuffix(in, "_spatial"); ok {
			return d.find(out)
		}
	}
	return -1
}

// target returns the index of a memory, or of an array (a level without storage in Timeloop's own files).
func (d *directives) target(v foreign.Value) (i int, isArray bool) {
	name := v.Str()
	if i = d.find(name); i >= 0 {
		return i, d.arch.Nodes[i].Kind == hwmodel.Array
	}
	there := d.names(hwmodel.Memory, hwmodel.Array)
	v.Fail("the architecture has no memory of this name"+yamlsrc.Meant(name, there), strings.Join(there, ", "))
	return 0, false
}

// spatialTarget returns the array that a spatial directive means: by its name, by that of the node whose fanout it is, or,
// as earlier files have it, by the memory right above it. -1: none there.
func (d *directives) spatialTarget(v foreign.Value) int {
	i, isArray := d.target(v)
	if v.Failed() {
		return -1
	}
	if isArray {
		return i
	}
	for k := range d.arch.Nodes {
		if n := &d.arch.Nodes[k]; n.Kind == hwmodel.Array && n.Name == v.Str()+"_array" {
			return k
		}
	}
	var below []int
	for k := i + 1; k < len(d.arch.Nodes) && d.arch.Nodes[k].Kind == hwmodel.Array; k++ {
		below = append(below, k)
	}
	switch len(below) {
	case 0:
		return -1
	case 1:
		return below[0]
	}
	v.Fail("several arrays stand below this memory", "the name of one: "+strings.Join(d.names(hwmodel.Array), ", "))
	return -1
}

// variable returns the rank variable of a dimension's name.
func (d *directives) variable(name string, at foreign.Value) int {
	for _, same := range []func(a, b string) bool{func(a, b string) bool { return a == b }, strings.EqualFold} {
		for i := range d.e.Vars {
			if same(d.e.Vars[i].Name, name) {
				return i
			}
		}
	}
	var there []string
	for i := range d.e.Vars {
		there = append(there, d.e.Vars[i].Name)
	}
	at.Fail(fmt.Sprintf("the layer has no dimension %q", name)+yamlsrc.Meant(name, there), strings.Join(there, ", "))
	return -1
}

// loops reads factors, permutation and split.
func (d *directives) loops(v foreign.Value) *directive {
	out := &directive{at: v, factors: map[int]int64{}, split: -1}
	d.factors(v.Get("factors"), out)
	p := v.Get("permutation")
	list := p.Strs()
	if p.IsScalar() && len(list) == 1 {
		list = strings.Split(list[0], "")
	}
	for _, name := range list {
		x := d.orNew(name, p)
		if x < 0 {
			if v.Failed() {
				return out
			}
			continue
		}
		if slices.Contains(out.order, x) {
			p.Fail(fmt.Sprintf("dimension %s stands twice", name), "each once")
			return out
		}
		out.order = append(out.order, x)
	}
	var missing []string
	for x := range d.e.Vars {
		if !slices.Contains(out.order, x) {
			out.order = append(out.order, x)
			if out.factors[x] > 1 {
				missing = append(missing, d.e.Vars[x].Name)
			}
		}
	}
	if len(missing) > 0 && (p.Present() || len(missing) > 1) {
		d.notes.Approximate(v, "the permutation does not say where loops over %s go: outermost of this level, in this order from inside", strings.Join(missing, ", "))
	}
	if s := v.Get("split"); s.Present() {
		out.split = int(min(s.Count(0, nil), 1000))
	}
	return out
}

// orNew is variable, for dimensions that may be left out of the layer where their size is 1.
func (d *directives) orNew(name string, at foreign.Value) int {
	for i := range d.e.Vars {
		if strings.EqualFold(d.e.Vars[i].Name, name) {
			return d.variable(name, at)
		}
	}
	if yamlsrc.IsName(name) && at.IsScalar() && len(name) == 1 || at.IsList() {
		return -1 // a permutation may name dimensions of size 1 that the layer does not have; factors above 1 are refused
	}
	return d.variable(name, at)
}

// factors reads C=4 M=0, [C=4, M=2], C4 M2, {C: 4}; 0 is what is left of the dimension.
func (d *directives) factors(v foreign.Value, out *directive) {
	if !v.Present() {
		return
	}
	if v.IsMap() {
		for _, k := range v.Keys() {
			d.factor(k, v.Get(k).Str(), v.Get(k), out)
		}
		return
	}
	type item struct {
		text string
		at   foreign.Value
	}
	var items []item
	if v.IsScalar() {
		for _, s := range v.Strs() {
			items = append(items, item{s, v})
		}
	} else {
		for _, e := range v.List() {
			for _, s := range e.Strs() {
				items = append(items, item{s, e})
			}
		}
	}
	last := ""
	for _, it := range items {
		if _, err := strconv.Atoi(it.text); err == nil && last != "" {
			it.at.Fail("a remainder after a factor of "+last+": imperfect factors are not taken", "factors whose product is the size")
			return
		}
		name, n, ok := strings.Cut(it.text, "=")
		if !ok {
			name = strings.TrimRight(it.text, "0123456789")
			n = it.text[len(name):]
		}
		if strings.ContainsAny(name, "<>") {
			it.at.Fail("a bound where a mapping needs a factor", "DIMENSION=FACTOR")
			return
		}
		d.factor(name, n, it.at, out)
		last = name
	}
}

func (d *directives) factor(name, text string, at foreign.Value, out *directive) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		at.Fail(fmt.Sprintf("not a factor of dimension %q", name), "DIMENSION=FACTOR, factors whole numbers; 0 for what is left")
		return
	}
	if n == 1 && !slices.ContainsFunc(d.e.Vars, func(v workload.Var) bool { return strings.EqualFold(v.Name, name) }) {
		return
	}
	x := d.variable(name, at)
	if x < 0 {
		return
	}
	if _, twice := out.factors[x]; twice {
		at.Fail(fmt.Sprintf("dimension %s has two factors here", name), "one")
		return
	}
	out.factors[x] = n
}

// holds reads what a memory keeps and bypasses.
func (d *directives) holds(v, target foreign.Value) {
	i, isArray := d.target(target)
	for _, key := range []string{"keep", "bypass"} {
		for _, name := range v.Get(key).Strs() {
			name = strings.Trim(name, "[]")
			if name == "" || v.Failed() {
				continue
			}
			t := d.tensor(name, v.Get(key))
			switch {
			case t < 0:
			case isArray && key == "keep":
				v.Get(key).Fail("an array keeps nothing", "keep: []")
			case !isArray:
				if d.keep[i] == nil {
					d.keep[i] = d.usual(i)
				}
				d.keep[i][t], d.held[i] = key == "keep", v
			}
		}
	}
}

// usual is what a memory keeps where no directive says: all that it may, as in Timeloop's model.
func (d *directives) usual(i int) []bool {
	out := make([]bool, len(d.e.Tensors))
	for t := range d.e.Tensors {
		out[t] = d.arch.Nodes[i].CanKeep(d.e.Tensors[t].Name, d.e.Tensors[t].Role)
	}
	return out
}

func (d *directives) tensor(name string, at foreign.Value) int {
	var there []string
	for t := range d.e.Tensors {
		if x := &d.e.Tensors[t]; strings.EqualFold(x.Name, name) || x.Role != "" && x.Role == role(name) {
			return t
		}
		there = append(there, d.e.Tensors[t].Name)
	}
	at.Fail(fmt.Sprintf("the layer has no data space %q", name)+yamlsrc.Meant(name, there), strings.Join(there, ", "))
	return -1
}

// complete fills in factors of 0 and checks that the factors of each dimension multiply to its size.
func (d *directives) complete() {
	for x := range d.e.Vars {
		v := &d.e.Vars[x]
		product, rest := int64(1), (*directive)(nil)
		for _, m := range []map[int]*directive{d.temporal, d.spatial} {
			for _, dir := range m {
				n, ok := dir.factors[x]
				switch {
				case !ok:
				case n == 0 && rest != nil:
					dir.at.Fail(fmt.Sprintf("a second factor of 0 for dimension %s", v.Name), "one")
				case n == 0:
					rest = dir
				case product > v.Size/n:
					product = v.Size + 1
				default:
					product *= n
				}
			}
		}
		if rest != nil && product <= v.Size && v.Size%product == 0 {
			rest.factors[x], product = v.Size/product, v.Size
		}
		if product > v.Size {
			d.at.Fail(fmt.Sprintf("the factors of dimension %s multiply to more than its size of %d", v.Name, v.Size), "factors whose product is the size")
		} else if product != v.Size {
			d.at.Fail(fmt.Sprintf("the factors of dimension %s multiply to %d, and its size is %d", v.Name, product, v.Size), "factors whose product is the size")
		}
	}
}
