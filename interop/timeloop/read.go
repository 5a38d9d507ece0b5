package timeloop

import (
	"fmt"
	"maps"
	"strings"

	"tcmdse/internal/yamlsrc"
	"tcmdse/interop/archfile"
	"tcmdse/interop/foreign"
	"tcmdse/mapper/workload"
)

// Read imports files that belong together: at most one architecture, any number of problems (layers of one network), at
// most one mapping, which needs the architecture and one problem. Errors are of type *yamlsrc.Error.
func Read(files []File, o Options) (*Import, error) {
	im := &Import{Layers: map[string]string{}, From: map[string]string{}}
	r := &reader{im: im, o: o, ert: ert{}}
	for _, f := range files {
		doc, err := f.Parse(r.o.Set)
		if err != nil {
			return nil, err
		}
		r.docs = append(r.docs, doc)
	}
	r.variables()
	for _, d := range r.docs {
		r.sections(d)
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	if err := r.finish(); err != nil {
		return nil, err
	}
	for _, d := range r.docs {
		im.Notes.LeaveOut(d.Unread()...)
	}
	im.Notes.Sort()
	return im, r.err()
}

// reader is one import under way.
type reader struct {
	im      *Import
	o       Options
	docs    []*foreign.Doc
	scope   *scope
	ert     ert
	arch    *archFile
	mapping foreign.Value
}

// name is what an architecture or network is called.
func (r *reader) name(base string) string {
	if r.o.Name != "" {
		return r.o.Name
	}
	return base
}

func (r *reader) err() error {
	for _, d := range r.docs {
		if err := d.Err(); err != nil {
			return err
		}
	}
	return nil
}

// variables gathers the variables sections of all files.
func (r *reader) variables() {
	left := mostLookups
	r.scope = &scope{left: &left, outer: map[string]foreign.Value{}, nodes: map[string]map[string]foreign.Value{}, set: r.o.Set}
	for _, d := range r.docs {
		v := d.Root().Get("variables")
		for _, k := range v.Keys() {
			r.scope.outer[k] = v.Peek(k)
		}
		v.Peek("version").MarkRead()
	}
}

// sections reads what one file holds.
func (r *reader) sections(d *foreign.Doc) {
	root, taken := d.Root(), 0
	base := archfile.Base(d.File)
	if v := root.First("architecture", "arch"); v.Present() {
		taken++
		if r.arch != nil {
			v.Fail("a second architecture; the first is in "+r.im.From["architecture"], "one")
			return
		}
		r.im.From["architecture"] = d.File
		r.arch = readArch(v, archfile.Name(r.name(base), "arch"), r.scope, &r.im.Notes)
	}
	if v := root.Get("problem"); v.Present() {
		taken++
		r.layer(readProblem(v, r.scope, &r.im.Notes), d, base)
	}
	if v := root.Get("mapping"); v.Present() {
		taken++
		if len(v.List()) > 0 {
			if r.mapping.Present() {
				v.Fail("a second mapping; the first is in "+r.im.From["mapping"], "one")
				return
			}
			r.mapping, r.im.From["mapping"] = v, d.File
		}
	}
	for _, k := range []string{"ERT", "ERT_summary"} {
		if v := root.Get(k); v.Present() {
			taken++
			readERT(v, r.ert, &r.im.Notes)
		}
	}
	if root.Has("variables") {
		taken++
	}
	root.Peek("dumped_by_timeloop_front_end").MarkRead()
	r.others(root)
	if taken == 0 && d.Err() == nil {
		msg := "no part of Timeloop's input that is taken here"
		if root.Has("shape") {
			msg = "a shape alone, without the sizes of its dimensions"
		}
		root.Fail(msg, "architecture, problem (shape and instance), mapping, ERT, variables at the top")
	}
}

// others names what other sections of Timeloop's input are.
func (r *reader) others(root foreign.Value) {
	for key, what := range map[string]string{
		"mapper": "how Timeloop's mapper searches", "mapspace": "how Timeloop's mapper searches", "globals": "settings of the front end",
		"compound_components": "compound components of Accelergy", "components": "compound components of Accelergy",
		"architecture_constraints": "constraints on mappings", "mapspace_constraints": "constraints on mappings", "constraints": "constraints on mappings",
		"sparse_optimizations": "sparsity", "ART": "areas of Accelergy", "ART_summary": "areas of Accelergy",
	} {
		if v := root.Peek(key); v.Present() {
			r.im.Notes.Leave(v, "%s", what)
		}
	}
}

// layer adds a problem to the network, named after its file where names would meet.
func (r *reader) layer(l workload.Layer, d *foreign.Doc, base string) {
	if d.Err() != nil {
		return
	}
	if r.im.Network == nil {
		r.im.Network = &workload.Network{Name: archfile.Name(r.name(base), "network")}
		r.im.From["workload"] = d.File
	}
	if len(r.docs) > 1 && r.im.Layers[l.Name] != "" {
		l.Name = archfile.Name(base, "layer")
	}
	first := l.Name
	for k := 2; r.im.Layers[l.Name] != ""; k++ {
		l.Name = fmt.Sprintf("%s_%d", first, k)
	}
	r.im.Layers[l.Name] = d.File
	r.im.Network.Layers = append(r.im.Network.Layers, l)
}

// finish writes what was read in this project's terms.
func (r *reader) finish() error {
	var err error
	if r.arch != nil {
		if r.im.ArchYML, r.im.Arch, err = r.arch.write(r.ert); err == nil {
			err = r.err()
		}
		if first := r.err(); first != nil {
			return first
		}
		if err != nil {
			return &yamlsrc.Error{File: r.im.From["architecture"], Line: r.arch.top.Line(), Key: r.arch.top.Path(), Msg: "the architecture is none that this project's files can say: " + err.Error()}
		}
		r.widths()
	}
	return r.convert()
}

// widths gives the network the values' width of the outermost memory.
func (r *reader) widths() {
	if r.im.Network == nil || len(r.arch.levels) == 0 {
		return
	}
	l := &r.arch.levels[0]
	w := l.attrs.First(wordKeys()...)
	if n := w.Count(8, r.scope.with(l.name, l.attrs).names); w.Present() && n != 8 && n <= 1<<20 {
		for i := range r.im.Network.Layers {
			for t := range r.im.Network.Layers[i].Einsum.Tensors {
				r.im.Network.Layers[i].Einsum.Tensors[t].Bits = n
			}
		}
	}
}

// Sources returns the files' names for a comment.
func (im *Import) Sources() string {
	seen := map[string]bool{}
	for f := range maps.Values(im.From) {
		seen[f] = true
	}
	var out []string
	for _, k := range []string{"architecture", "workload", "mapping"} {
		if f := im.From[k]; f != "" && seen[f] {
			out = append(out, f)
			seen[f] = false
		}
	}
	return strings.Join(out, ", ")
}
