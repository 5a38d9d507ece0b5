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

// renames returns those of an Einsum, then those that the file has for it, then those for all Einsums.
func (w *work) renames(e *einsum) []rename {
	out := renamesOf(e.at)
	if e.name != "default" {
		for _, x := range w.whole[e.name] {
			out = append(out, renameList(x.Get("tensor_accesses"))...)
		}
	}
	return append(out, w.usual...)
}
