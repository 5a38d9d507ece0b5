package sweeps

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"tcmdse/hwmodel"
	"tcmdse/internal/yamlsrc"
)

// override is one PATH=VALUE. Of one on the command line, key is all of it, as in "--set PE.x=8".
type override struct{ path, text, key string }

// settings are the sweep file's keys that --set takes, and others those that it does not.
func settings() []string { return []string{"name", "arch", "workloads", "objective"} }
func others() []string {
	return []string{"description", "set", "axes", "where", "exclude", "include", "sample", "budget"}
}

func splitSet(text, key string) (override, bool) {
	path, value, ok := strings.Cut(text, "=")
	path, value = strings.TrimSpace(path), strings.TrimSpace(value)
	return override{path, value, key}, ok && path != "" && value != ""
}

// readSet applies the file's fixed overrides to the architecture.
func (s *Sweep) readSet(v yamlsrc.Value) []override {
	var out []override
	for _, x := range v.List() {
		o, ok := splitSet(x.Str(), x.Path())
		if !ok {
			x.Fail("not PATH=VALUE", "such as technology=28nm")
			return out
		}
		if strings.Contains(o.text, ",") {
			x.Fail("several values", "one value; several are an axis")
			return out
		}
		if err := s.base.Set(o.path, o.text); err != nil {
			e := err.(*yamlsrc.Error)
			x.Fail(e.Msg, e.Allowed)
			return out
		}
		out = append(out, o)
	}
	return out
}

// overrides splits the --set texts and applies those of settings at once; the rest concern the architecture.
func (s *Sweep) overrides() ([]override, error) {
	var out []override
	for _, text := range s.Sets {
		o, ok := splitSet(text, onSet+text)
		if !ok {
			return nil, &yamlsrc.Error{File: o.key, Msg: "not PATH=VALUE", Allowed: "such as GLB.size=64KiB, PE.x=8,16, objective=energy"}
		}
		switch o.path {
		case "name":
			if !yamlsrc.IsName(o.text) {
				return nil, &yamlsrc.Error{File: o.key, Msg: "not a name", Allowed: "letters, digits, '_' and '-', a letter first"}
			}
			s.Name = o.text
		case "arch":
			s.Arch = o.text
		case "workloads":
			s.Workloads, s.Networks = nil, nil
			for _, name := range strings.Split(o.text, ",") {
				if name = strings.TrimSpace(name); name == "" {
					return nil, &yamlsrc.Error{File: o.key, Msg: "no name between or beside commas", Allowed: "names or files of networks"}
				}
				s.addWorkload(Workload{Name: name})
			}
		case "objective":
			if !slices.Contains(Objectives(), o.text) {
				return nil, &yamlsrc.Error{File: o.key, Msg: "unknown objective" + yamlsrc.Meant(o.text, Objectives()), Allowed: strings.Join(Objectives(), ", ")}
			}
			s.Objective = o.text
		default:
			out = append(out, o)
		}
	}
	return out, nil
}

// apply sets paths of the architecture from the command line. On a path that is an axis, follows one or is derived, the
// values replace that; several values on another path are a new axis, after the others; one value changes the base
// architecture, also where the file's set has the path. It returns what of the file's set still holds.
func (s *Sweep) apply(over, fixed []override) ([]override, error) {
	for _, o := range over {
		if _, err := s.base.Path(o.path); err != nil {
			return nil, s.unknown(o, err)
		}
		at := slices.IndexFunc(s.axes, func(a axis) bool { return slices.Contains(a.paths, o.path) })
		if at >= 0 && len(s.axes[at].paths) > 1 {
			return nil, &yamlsrc.Error{File: o.key, Msg: o.path + " is zipped with others; change the file"}
		}
		texts := strings.Split(o.text, ",")
		a := axis{paths: []string{o.path}, key: o.key, raw: len(texts)}
		for i, text := range texts {
			c, err := s.newCell(o.path, text, i)
			if err != nil {
				return nil, o.mistake(err, len(texts) > 1)
			}
			a.rows = append(a.rows, []cell{c})
		}
		fixed = slices.DeleteFunc(fixed, func(f override) bool { return f.path == o.path })
		switch {
		case at >= 0:
			s.axes[at] = a
		case len(texts) > 1:
			s.axes = append(s.axes, a)
		default:
			if err := s.base.Set(o.path, texts[0]); err != nil {
				return nil, o.mistake(err, false)
			}
			fixed = append(fixed, o)
		}
	}
	return fixed, nil
}

// onSet begins the key of what the command line sets.
const onSet = "--set "

// mistake says of an error in a value that it is not the architecture's file that has it; which of several says so too.
func (o override) mistake(err error, several bool) error {
	e := err.(*yamlsrc.Error)
	out := e.On(o.key)
	if several {
		out.Given = e.Given
	}
	return out
}

// unknown says of a path that --set has that it is none; err is the architecture's word on it.
func (s *Sweep) unknown(o override, err error) error {
	e := err.(*yamlsrc.Error).On(o.key)
	key := o.path
	if i := strings.IndexAny(key, ".["); i >= 0 {
		key = key[:i]
	}
	node := slices.ContainsFunc(s.base.Paths(), func(p hwmodel.PathInfo) bool { return strings.HasPrefix(p.Path, key+".") })
	near := yamlsrc.Nearest(o.path, settings())
	switch {
	case node:
	case slices.Contains(others(), key) || slices.Contains(settings(), key):
		e.Msg = fmt.Sprintf("%s is of the sweep file, where --set does not reach it", o.path)
		e.Allowed = strings.Join(settings(), ", ") + ", or a path of architecture " + s.base.Name + " such as " + s.base.Paths()[0].Path
	case near != "" && key == o.path:
		e.Msg = fmt.Sprintf("neither the sweep file nor architecture %s has %q, did you mean %q", s.base.Name, o.path, near)
		e.Allowed = strings.Join(settings(), ", ") + ", " + e.Allowed
	}
	return e
}

// readWorkloads reads names of networks, or mappings that pick some of their layers.
func (s *Sweep) readWorkloads(v yamlsrc.Value) {
	list := v.List()
	if v.Present() && len(list) == 0 {
		v.Fail("no workloads", "a list of names or files of networks")
	}
	given := map[string]bool{}
	for _, x := range list {
		w := Workload{}
		if x.IsMap() {
			w.Name = x.Need("name").Str()
			layers := x.Need("layers")
			if w.Layers = layers.Strs(); layers.Present() && len(w.Layers) == 0 {
				layers.Fail("no layers", "a list of names, * for any letters: [\"layer4*\"]")
			}
			for _, g := range w.Layers {
				if _, err := path.Match(g, ""); err != nil {
					layers.Fail("not a pattern: "+g, "* for any letters, ? for one, [a-z] for one of these")
				}
			}
			x.Done()
		} else {
			w.Name = x.Str()
		}
		if w.Name == "" {
			x.Fail("no name", "names or files of networks")
		}
		if given[w.Name] {
			x.Fail("a workload given twice", "each once; layers takes several patterns")
		}
		given[w.Name] = true
		s.addWorkload(w)
	}
}

func (s *Sweep) addWorkload(w Workload) {
	s.Workloads, s.Networks = append(s.Workloads, w.Name), append(s.Networks, w)
}
