package accelforge

import (
	"strings"

	"tcmdse/internal/yamlsrc"
	"tcmdse/interop/archfile"
	"tcmdse/interop/expr"
	"tcmdse/interop/foreign"
)

// Read imports files that belong together: at most one architecture and one workload. Errors are of type *yamlsrc.Error.
func Read(files []File, o Options) (*Import, error) {
	r := &reader{im: &Import{From: map[string]string{}}, o: o, vars: map[string]foreign.Value{}}
	for _, f := range files {
		d, err := f.Parse(r.o.Set)
		if err != nil {
			return nil, err
		}
		r.docs = append(r.docs, d)
	}
	for _, d := range r.docs {
		r.variables(d.Root().Get("variables"))
		r.variables(d.Root().Get("arch").Peek("variables"))
		if v := d.Root().Get("renames"); v.Present() {
			r.renames = v
		}
	}
	for _, d := range r.docs {
		r.sections(d)
		if err := d.Err(); err != nil {
			return nil, err
		}
	}
	if r.arch != nil {
		if err := r.writeArch(); err != nil {
			return nil, err
		}
	}
	for _, d := range r.docs {
		r.im.Notes.LeaveOut(d.Unread()...)
		if err := d.Err(); err != nil {
			return nil, err
		}
	}
	r.im.Notes.Sort()
	return r.im, nil
}

const mostLookups = 100_000

// reader is one import under way.
type reader struct {
	im      *Import
	o       Options
	docs    []*foreign.Doc
	vars    map[string]foreign.Value
	renames foreign.Value
	arch    *archFile
	depth   int // names being looked up inside each other
	looked  int // names looked up so far: a: b+b+b, b: c+c+c, ... takes time without end
}

func (r *reader) variables(v foreign.Value) {
	for _, k := range v.Keys() {
		r.vars[k] = v.Peek(k)
	}
}

// names looks up variables, and what sets and widths of tensors stand for where no workload is known: all roles there, 8
// bits a value.
func (r *reader) names(name string) (any, bool) {
	if text, ok := r.o.Set[name]; ok {
		if v, err := expr.Eval(text, nil); err == nil {
			return v, true
		}
		return text, true
	}
	if v, ok := r.vars[name]; ok && v.IsScalar() && r.depth < 20 && r.looked < mostLookups {
		v.MarkRead()
		r.looked++
		r.depth++
		defer func() { r.depth-- }()
		if x, err := expr.Eval(v.Str(), r.names); err == nil {
			return x, true
		}
		return v.Str(), true
	}
	if set, bits := strings.CutSuffix(name, ".bits_per_value"); bits {
		if _, ok := roleSet(set); ok {
			return 8.0, true
		}
	}
	if list, ok := roleSet(name); ok {
		return list, true
	}
	return nil, false
}

func (r *reader) sections(d *foreign.Doc) {
	root, taken := d.Root(), 0
	base := archfile.Base(d.File)
	if r.o.Name != "" {
		base = r.o.Name
	}
	if v := root.Get("arch"); v.Present() {
		taken++
		if r.arch != nil {
			v.Fail("a second architecture; the first is in "+r.im.From["architecture"], "one")
			return
		}
		r.im.From["architecture"] = d.File
		r.arch = &archFile{r: r, name: archfile.Name(base, "arch"), top: v}
		r.arch.read(v)
	}
	if v := root.Get("workload"); v.Present() && d.Err() == nil {
		taken++
		if r.im.Network != nil {
			v.Fail("a second workload; the first is in "+r.im.From["workload"], "one")
			return
		}
		r.im.From["workload"] = d.File
		r.im.Network = r.workload(v, archfile.Name(base, "network"))
	}
	if root.Has("renames") || root.Has("variables") {
		taken++
	}
	for key, what := range map[string]string{"mapping": "a mapping of AccelForge, which may fuse Einsums", "mapper": "how AccelForge's mapper searches",
		"config": "settings of AccelForge", "model": "settings of AccelForge"} {
		if v := root.Peek(key); v.Present() {
			r.im.Notes.Leave(v, "%s", what)
		}
	}
	if taken == 0 && d.Err() == nil && root.Has("mapping") {
		root.Fail("a mapping of AccelForge, which may fuse Einsums: not taken here", "arch, workload")
	}
	if taken == 0 && d.Err() == nil {
		root.Fail("no part of AccelForge's input that is taken here", "arch, workload, renames, variables at the top")
	}
}

// fileError is an error of an architecture as a whole.
func (r *reader) fileError(err error) error {
	return &yamlsrc.Error{File: r.im.From["architecture"], Line: r.arch.top.Line(), Key: "arch",
		Msg: "the architecture is none that this project's files can say: " + err.Error()}
}
