package mapping

import (
	"encoding/json"
	"fmt"
)

// object is a node in JSON: keep and tensor, for and in, or par, for and in.
type object struct {
	Keep   string `json:"keep,omitempty"`
	Tensor string `json:"tensor,omitempty"`
	Par    string `json:"par,omitempty"`
	For    string `json:"for,omitempty"`
	In     int64  `json:"in,omitempty"`
}

// MarshalJSON writes the form that Parse reads:
//
//	{"nodes":[{"keep":"GLB","tensor":"W"},{"for":"m","in":4},{"par":"PE.x","for":"m","in":16}]}
//
// with "imperfect":true before the nodes where remainders are allowed. It fails on a node that Parse would refuse: an unknown kind, an empty name, a loop of less than one pass.
func (m Mapping) MarshalJSON() ([]byte, error) {
	out := make([]object, len(m.Nodes))
	for i, n := range m.Nodes {
		complete := false
		switch n.Kind {
		case Storage:
			complete = n.Memory != "" && n.Tensor != ""
			out[i] = object{Keep: n.Memory, Tensor: n.Tensor}
		case Temporal:
			complete = n.Var != "" && n.N >= 1
			out[i] = object{For: n.Var, In: n.N}
		case Spatial:
			complete = n.Array != "" && n.Dim != "" && n.Var != "" && n.N >= 1
			out[i] = object{Par: n.Array + "." + n.Dim, For: n.Var, In: n.N}
		}
		if !complete {
			type fields Node // without Node's own text, which shows only what its kind needs
			return nil, fmt.Errorf("mapping: node %d is incomplete: %+v", i+1, fields(n))
		}
	}
	return json.Marshal(struct {
		Imperfect bool     `json:"imperfect,omitempty"`
		Nodes     []object `json:"nodes"`
	}{m.Imperfect, out})
}

// UnmarshalJSON reads what MarshalJSON writes, as strictly as Parse.
func (m *Mapping) UnmarshalJSON(data []byte) error {
	p, err := Parse(data, "mapping")
	if err != nil {
		return err
	}
	*m = *p
	return nil
}
