package accelforge

import "tcmdse/interop/foreign"

// rename gives a set of an Einsum's tensors a name.
type rename struct {
	name, source string
	at           foreign.Value
}

// renamesOf reads an Einsum's own renames: {input: T0}, or a list of name and source.
func renamesOf(e foreign.Value) []rename {
	if !e.IsMap() {
		return nil
	}
	return renameList(e.Get("renames"))
}

func renameList(v foreign.Value) []rename {
	var out []rename
	if v.IsMap() {
		for _, k := range v.Keys() {
			x := v.Get(k)
			out = append(out, rename{k, x.Str(), x})
		}
		return out
	}
	for _, x := range v.List() {
		x.Peek("expected_count").MarkRead()
		out = append(out, rename{x.Need("name").Str(), x.Get("source").Str(), x})
	}
	return out
}

// defaults returns the renames of the whole file for an Einsum: those named default, then its own.
func (w *work) defaults(name string) []rename {
	var out []rename
	list := w.r.renames.Get("einsums").List()
	for _, want := range []string{"default", name} {
		for _, e := range list {
			if e.Get("name").Str() == want {
				out = append(out, renameList(e.Get("tensor_accesses"))...)
			}
		}
	}
	return out
}
