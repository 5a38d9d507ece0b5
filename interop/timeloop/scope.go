package timeloop

import (
	"tcmdse/interop/expr"
	"tcmdse/interop/foreign"
)

// scope is what names in expressions mean: attributes of the node itself, of the containers around it, variables, and
// NODE.attributes.KEY of nodes before it.
type scope struct {
	own     map[string]foreign.Value
	outer   map[string]foreign.Value
	up      *scope                              // what is outside outer: copies of outer would grow with the square of the containers
	nodes   map[string]map[string]foreign.Value // attributes of nodes by name
	set     map[string]string
	pending int  // names being looked up inside each other
	left    *int // look-ups that an import may still make: a: b+b+b, b: c+c+c, ... takes time without end
}

const (
	deepestNames = 20
	mostLookups  = 100_000
	mostOutside  = 1000 // containers around a node
)

// with returns the scope of a node: its attributes are known by their names, and later by NODE.attributes.
func (s *scope) with(node string, attrs foreign.Value) *scope {
	own := map[string]foreign.Value{}
	for _, k := range attrs.Keys() {
		own[k] = attrs.Peek(k)
	}
	s.nodes[node] = own
	return &scope{own: own, outer: s.outer, up: s.up, nodes: s.nodes, set: s.set, left: s.left}
}

// inside returns the scope of what stands inside a container.
func (s *scope) inside(attrs map[string]foreign.Value) *scope {
	return &scope{outer: attrs, up: s, nodes: s.nodes, set: s.set, left: s.left}
}

// outside returns what the containers around, the nearest first, and the variables say.
func (s *scope) outside(name string) (foreign.Value, bool) {
	for k := 0; s != nil && k < mostOutside; s, k = s.up, k+1 {
		if v, ok := s.outer[name]; ok {
			return v, true
		}
	}
	return foreign.Value{}, false
}

// names is the lookup that package expr asks.
func (s *scope) names(name string) (any, bool) {
	if text, ok := s.set[name]; ok {
		if v, err := expr.Eval(text, nil); err == nil {
			return v, true
		}
		return text, true
	}
	v, ok := s.own[name]
	if !ok {
		v, ok = s.outside(name)
	}
	if !ok {
		v, ok = s.dotted(name)
	}
	if !ok || s.pending > deepestNames || *s.left <= 0 || !v.IsScalar() {
		return nil, false
	}
	*s.left--
	v.MarkRead()
	s.pending++
	defer func() { s.pending-- }()
	out, err := expr.Eval(v.Str(), s.names)
	if err != nil {
		return v.Str(), true // a word, such as a technology
	}
	return out, true
}

// dotted finds NODE.attributes.KEY and variables.KEY.
func (s *scope) dotted(name string) (foreign.Value, bool) {
	for i := range len(name) {
		if name[i] != '.' {
			continue
		}
		node, rest := name[:i], name[i+1:]
		const attrs = "attributes."
		if len(rest) > len(attrs) && rest[:len(attrs)] == attrs {
			rest = rest[len(attrs):]
		}
		if node == "variables" {
			return s.outside(rest)
		}
		v, ok := s.nodes[node][rest]
		return v, ok
	}
	return foreign.Value{}, false
}

// find returns an attribute of the node or of a container around it, by the first spelling that is there.
func (s *scope) find(attrs foreign.Value, keys ...string) foreign.Value {
	for _, k := range keys {
		if attrs.Has(k) {
			if v := attrs.Get(k); v.Present() {
				if outer, ok := s.outside(k); ok && outer.Short() == v.Short() {
					outer.MarkRead() // said twice
				}
				return v
			}
		}
	}
	for _, k := range keys {
		if v, ok := s.outside(k); ok && v.Present() {
			v.MarkRead()
			return v
		}
	}
	return foreign.Value{}
}
