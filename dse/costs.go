package dse

import (
	"tcmdse/hwmodel"
	"tcmdse/results"
)

// costs lists what each component of an architecture costs and where that is from, as it is stored. Arrays are in it
// where their network costs something.
func costs(a *hwmodel.Arch) []results.ComponentCosts {
	var out []results.ComponentCosts
	for i, instances := range a.Instances() {
		n := &a.Nodes[i]
		if !n.Priced() {
			continue
		}
		k := results.ComponentCosts{Component: n.Name, Instances: instances}
		for _, f := range n.Costs {
			o := &f.Origin
			k.Figures = append(k.Figures, results.CostFigure{Field: f.Field, Value: f.Value, Unit: f.Unit, Method: string(o.Method), Source: o.Source,
				Table: o.Table, SHA256: o.SHA256, ErrorP95: o.ErrorP95, Note: o.Note})
		}
		out = append(out, k)
	}
	return out
}
