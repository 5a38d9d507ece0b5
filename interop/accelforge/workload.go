package accelforge

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"tcmdse/interop/archfile"
	"tcmdse/interop/expr"
	"tcmdse/interop/foreign"
	"tcmdse/mapper/workload"
)

// work is a workload being read.
type work struct {
	r       *reader
	at      foreign.Value
	bounds  map[string]int64 // sizes of rank variables, of the workload
	ranks   map[string]int64 // sizes of ranks, of the workload
	einsums []einsum

	made, used map[string]bool            // tensors that Einsums make and read
	whole      map[string][]foreign.Value // renames of the whole file, by Einsum
	usual      []rename                   // those of the whole file for all Einsums
}

type einsum struct {
	name   string
	list   []access
	at     foreign.Value
	joined string
	count  int64
	bounds map[string]int64
	ranks  map[string]int64
}

// workload reads Einsums as layers. Einsums that no file of this project can say are left out with a note; that none is
// left is an error.
func (r *reader) workload(v foreign.Value, name string) *workload.Network {
	w := &work{r: r, at: v}
	v.Get("version").Str()
	w.bounds = w.shape(v.Get("iteration_space_shape"))
	maps.Copy(w.bounds, w.shape(v.Get("shape")))
	w.ranks = w.sizes(v.Get("rank_sizes"))
	count := v.Get("n_instances").Count(1, r.names)
	if p := v.Get("persistent_tensors"); p.Present() {
		r.im.Notes.Leave(p, "tensors that stay for all of the network: each Einsum is mapped alone here")
	}
	for _, e := range v.Need("einsums").List() {
		w.read(e, count)
		if v.Failed() {
			return nil
		}
	}
	if w.index(); v.Failed() {
		return nil
	}
	net := &workload.Network{Name: name}
	seen := map[string]int{} // the last number given to layers of a name
	for i := range w.einsums {
		l, why := w.layer(&w.einsums[i])
		if v.Failed() {
			return nil
		}
		if why != "" {
			r.im.Notes.Leave(w.einsums[i].at, "Einsum %s: %s", w.einsums[i].name, why)
			continue
		}
		first := l.Name
		for k := max(seen[first], 1) + 1; seen[l.Name] > 0; k++ {
			l.Name = fmt.Sprintf("%s_%d", first, k)
			seen[first] = k
		}
		seen[l.Name] = max(seen[l.Name], 1)
		net.Layers = append(net.Layers, *l)
	}
	if len(net.Layers) == 0 {
		v.Fail("no Einsum that the model can express", "Einsums of products with one result")
	}
	return net
}

var within = regexp.MustCompile(`^\s*0\s*<=\s*([A-Za-z_]\w*)\s*(<=?)\s*(.+)$`)

// shape reads 0 <= m < 128 per variable, of a mapping or a list.
func (w *work) shape(v foreign.Value) map[string]int64 {
	out := map[string]int64{}
	var list []foreign.Value
	if v.IsMap() {
		for _, k := range v.Keys() {
			list = append(list, v.Get(k))
		}
	} else {
		list = v.List()
	}
	for _, b := range list {
		for _, text := range strings.Split(b.Str(), " and ") {
			m := within.FindStringSubmatch(text)
			if m == nil {
				b.Fail("not bounds of a rank variable that are taken here", "0 <= NAME < SIZE")
				return out
			}
			n, err := expr.Number(m[3], w.r.names)
			if m[2] == "<=" {
				n++
			}
			if err != nil || !(n >= 1 && n <= 1<<53) || n != float64(int64(n)) {
				b.Fail("not a size", "whole numbers from 1")
				return out
			}
			if was, ok := out[m[1]]; !ok || int64(n) < was {
				out[m[1]] = int64(n)
			}
		}
	}
	return out
}

func (w *work) sizes(v foreign.Value) map[string]int64 {
	out := map[string]int64{}
	for _, k := range v.Keys() {
		out[k] = v.Get(k).Count(1, w.r.names)
	}
	return out
}

// read takes one Einsum: its text, or a mapping with einsum or tensor_accesses.
func (w *work) read(v foreign.Value, count int64) {
	e := einsum{at: v, count: count}
	text := v
	if v.IsMap() {
		text = v.Get("einsum")
		e.bounds, e.ranks = w.shape(v.Get("iteration_space_shape")), w.sizes(v.Get("rank_sizes"))
		if n := v.Get("n_instances"); n.Present() {
			e.count = mul(count, n.Count(1, w.r.names))
		}
	}
	if text.Present() {
		var err error
		if e.list, e.joined, err = parseEinsum(text.Str()); err != nil {
			text.Fail("not an Einsum: "+err.Error(), `"Z[m, n] = A[m, k] * B[k, n]"`)
			return
		}
		e.name = e.list[len(e.list)-1].name
		if n := v; n.IsMap() && n.Get("name").Present() {
			e.name = n.Get("name").Str()
		}
	} else {
		e.name = v.Need("name").Str()
		w.accesses(&e, v.Need("tensor_accesses"))
	}
	if v.IsMap() && v.Get("is_copy_operation").Bool(false) {
		w.r.im.Notes.Leave(v, "Einsum %s copies and computes nothing", e.name)
		return
	}
	if !v.Failed() {
		w.einsums = append(w.einsums, e)
	}
}

// mul multiplies counts and stays within what can be counted.
func mul(a, b int64) int64 {
	if b > 0 && a > (1<<53)/b {
		return 1 << 53
	}
	return a * b
}

func (w *work) accesses(e *einsum, list foreign.Value) {
	var out *access
	for _, v := range list.List() {
		a := access{name: v.Need("name").Str(), output: v.Get("output").Bool(false), bits: v.Get("bits_per_value"), at: v}
		p := v.Need("projection")
		var err error
		if p.IsMap() {
			for _, k := range p.Keys() {
				if err == nil {
					err = a.addRank(k, p.Get(k).Str())
				}
			}
		} else {
			for _, x := range p.Strs() {
				if err == nil {
					err = a.addRank("", x)
				}
			}
		}
		if err != nil {
			p.Fail("not a projection: "+err.Error(), "[m, k], {H: 2*p + r, C: c}")
			return
		}
		if a.output && out != nil {
			v.Fail("a second result", "one tensor with output: True")
			return
		}
		if a.output {
			out = &a
			continue
		}
		e.list = append(e.list, a)
	}
	if out == nil {
		list.Fail("no result", "one tensor with output: True")
		return
	}
	e.list = append(e.list, *out)
}

// layer turns an Einsum into a layer; why says what cannot be expressed.
func (w *work) layer(e *einsum) (l *workload.Layer, why string) {
	var in []string
	for i := range e.list[:len(e.list)-1] {
		in = append(in, e.list[i].text())
	}
	if len(in) == 0 {
		return nil, "a result without operands"
	}
	text := e.list[len(e.list)-1].text() + " = " + strings.Join(in, " * ")
	parsed, err := workload.ParseEinsum(text)
	if err != nil {
		return nil, "not an Einsum of this project: " + strings.SplitN(err.Error(), "\n", 2)[0]
	}
	if e.joined != "" && e.joined != "*" {
		w.r.im.Notes.Approximate(e.at, "operands joined by %q are counted as a product: one operation a point", e.joined)
	}
	sizes := map[string]int64{}
	for _, v := range parsed.Vars {
		n := w.extent(e, v.Name)
		if n == 0 {
			e.at.Fail(fmt.Sprintf("rank variable %s of Einsum %s has no size of its own", v.Name, e.name),
				fmt.Sprintf("a rank %s in rank_sizes, or 0 <= %s < SIZE in iteration_space_shape", strings.ToUpper(v.Name), v.Name))
			return nil, ""
		}
		sizes[v.Name] = n
	}
	if err := parsed.SetSizes(sizes); err != nil {
		return nil, err.Error()
	}
	w.padded(e, sizes)
	w.roles(e, &parsed)
	w.bits(e, &parsed)
	return &workload.Layer{Name: archfile.Name(e.name, "layer"), Count: e.count, Einsum: parsed}, ""
}

// extent is the least size that bounds give a variable alone in a rank, or by its name; 0 without.
func (w *work) extent(e *einsum, name string) int64 {
	var out int64
	least := func(n int64, ok bool) {
		if ok && (out == 0 || n < out) {
			out = n
		}
	}
	for _, m := range []map[string]int64{w.bounds, e.bounds} {
		n, ok := m[name]
		least(n, ok)
	}
	for i := range e.list {
		for k, terms := range e.list[i].exprs {
			if len(terms) != 1 || terms[0].name != name {
				continue
			}
			for _, m := range []map[string]int64{w.ranks, e.ranks} {
				n, ok := m[e.list[i].ranks[k]]
				least((n+terms[0].coef-1)/terms[0].coef, ok)
			}
		}
	}
	return out
}

// padded notes ranks that are smaller than what the iteration space reaches.
func (w *work) padded(e *einsum, sizes map[string]int64) {
	for i := range e.list {
		for k, terms := range e.list[i].exprs {
			if len(terms) < 2 {
				continue
			}
			reach := float64(1)
			for _, t := range terms {
				reach += float64(t.coef) * float64(sizes[t.name]-1)
			}
			n, ok := e.ranks[e.list[i].ranks[k]]
			if !ok {
				n, ok = w.ranks[e.list[i].ranks[k]]
			}
			if ok && float64(n) < reach {
				w.r.im.Notes.Approximate(e.at, "rank %s of %s is %d in the file, and the Einsum reaches %s: padding counts as data, as in AccelForge's tiles",
					e.list[i].ranks[k], e.list[i].name, n, archfile.Number(reach))
			}
		}
	}
}

// roles gives inputs and weights by the Einsum's renames, else by those of the whole file, else by order.
func (w *work) roles(e *einsum, parsed *workload.Einsum) {
	tensors := make([]string, len(e.list))
	for i := range e.list {
		tensors[i] = e.list[i].name
	}
	sets := w.named(e)
	found := map[string]string{}
	for _, x := range w.renames(e) {
		if _, own := sets[x.name]; own {
			continue // the Einsum's own renames stand before those of the file
		}
		list, err := evalSet(x.source, tensors, func(n string) ([]string, bool) {
			s, ok := sets[n]
			return s, ok || w.isTensor(n)
		})
		if err != nil {
			w.r.im.Notes.Approximate(x.at, "this rename is not evaluated: %v", err)
			continue
		}
		sets[x.name] = list
		for _, t := range list {
			if found[t] == "" {
				found[t] = x.name
			}
		}
	}
	left := []string{"inputs", "weights"}
	named := false
	for _, r := range found {
		if r == "input" || r == "weight" {
			named = true
			left = slices.DeleteFunc(left, func(s string) bool { return s == r+"s" })
		}
	}
	if !named && len(parsed.Tensors) > 2 {
		w.r.im.Notes.Approximate(e.at, "no renames tell which tensor is the input and which the weights: by order")
	}
	for i := range parsed.Tensors {
		t := &parsed.Tensors[i]
		switch r := found[t.Name]; {
		case t.Output:
		case r == "input" || r == "weight":
			t.Role = r + "s"
		case named && len(left) > 0:
			t.Role, left = left[0], left[1:]
		case named:
			t.Role = ""
		}
	}
}

// bits gives values their widths.
func (w *work) bits(e *einsum, parsed *workload.Einsum) {
	tensors := make([]string, len(e.list))
	for i := range e.list {
		tensors[i] = e.list[i].name
	}
	sets := w.named(e)
	for i := range parsed.Tensors {
		for r, short := range map[string]string{"inputs": "input", "weights": "weight", "outputs": "output"} {
			if parsed.Tensors[i].Role == r {
				sets[short] = append(sets[short], parsed.Tensors[i].Name)
			}
		}
	}
	width := func(v foreign.Value) int64 {
		f := v.Number(w.r.names)
		n := int64(f)
		if float64(n) != f || n < 1 || n > 1<<20 {
			v.Fail("not a width of a value", "whole numbers of bits")
			return 8
		}
		return n
	}
	all := w.at.Get("bits_per_value")
	for _, k := range all.Keys() {
		list, err := evalSet(k, tensors, func(n string) ([]string, bool) {
			s, ok := sets[n]
			return s, ok || w.isTensor(n)
		})
		if err != nil {
			all.Get(k).Fail("not a set of tensors: "+err.Error(), "All, Inputs, Outputs, names of tensors")
			return
		}
		n := width(all.Get(k))
		for i := range parsed.Tensors {
			if slices.Contains(list, parsed.Tensors[i].Name) {
				parsed.Tensors[i].Bits = n
			}
		}
	}
	for i := range e.list {
		if e.list[i].bits.Present() {
			for k := range parsed.Tensors {
				if parsed.Tensors[k].Name == e.list[i].name {
					parsed.Tensors[k].Bits = width(e.list[i].bits)
				}
			}
		}
	}
}

func (w *work) isTensor(name string) bool {
	return w.made[name] || w.used[name]
}

const mostRenames = 1_000_000

// index keeps what each Einsum asks of all others.
func (w *work) index() {
	w.made, w.used, w.whole = map[string]bool{}, map[string]bool{}, map[string][]foreign.Value{}
	for i := range w.einsums {
		for k := range w.einsums[i].list {
			if a := &w.einsums[i].list[k]; a.output {
				w.made[a.name] = true
			} else {
				w.used[a.name] = true
			}
		}
	}
	for _, x := range w.r.renames.Get("einsums").List() {
		name := x.Get("name").Str()
		w.whole[name] = append(w.whole[name], x)
	}
	for _, x := range w.whole["default"] {
		w.usual = append(w.usual, renameList(x.Get("tensor_accesses"))...)
	}
	if n := len(w.einsums); n*(10+len(w.usual)) > mostRenames {
		w.at.Fail(fmt.Sprintf("%d Einsums with %d renames for each", n, len(w.usual)), fmt.Sprintf("%d renames in all, with 10 more for each Einsum", mostRenames))
	}
}

// named are the sets that any Einsum has, and its tensors.
func (w *work) named(e *einsum) map[string][]string {
	out := map[string][]string{"Inputs": {}, "Outputs": {}, "Intermediates": {}, "Shared": {}}
	for i := range e.list {
		a := &e.list[i]
		out[a.name] = []string{a.name}
		if a.output {
			out["Outputs"] = append(out["Outputs"], a.name)
		} else {
			out["Inputs"] = append(out["Inputs"], a.name)
		}
		if w.made[a.name] && w.used[a.name] {
			out["Intermediates"] = append(out["Intermediates"], a.name)
		}
	}
	return out
}
