package model

import "tcmdse/mapper/mapping"

// Cut is a loop over one rank variable, seen from a place further in: it divides the range above it into pieces of
// Below points. Fixed: only its first piece counts (an instance that stands for all along a dimension, or the first
// pass of a temporal loop); otherwise all pieces do.
type Cut struct {
	Below int64
	Fixed bool
}

// Visits returns the sum of width(points) over the tiles of a range of size points that the cuts, outermost first,
// lead to; a tile covers at most tile points, the last one what is left, tiles without points are not visited. With
// a width of one it counts tiles. This is the count of definition.md section 7: pieces are cut in full and the last one
// covers only what is left, all the way in.
func Visits(size int64, cuts []Cut, tile int64, width func(points int64) float64) float64 {
	if size == 0 {
		return 0
	}
	for i, c := range cuts {
		if c.Fixed {
			size = min(size, c.Below)
			continue
		}
		// A loop whose pieces all count matters only where a loop further in is fixed.
		if full := size / c.Below; full > 0 && anyFixed(cuts[i+1:]) {
			return float64(full)*Visits(c.Below, cuts[i+1:], tile, width) + Visits(size%c.Below, cuts[i+1:], tile, width)
		}
	}
	sum := float64(size/tile) * width(tile)
	if rest := size % tile; rest > 0 {
		sum += width(rest)
	}
	return sum
}

func anyFixed(cuts []Cut) bool {
	for _, c := range cuts {
		if c.Fixed {
			return true
		}
	}
	return false
}

// Lone reports whether rank variable v stands alone wherever it occurs, so that its outermost loop may leave a
// remainder (definition.md section 7).
func (p *Problem) Lone(v int) bool {
	for t := range p.Tensors {
		for _, dim := range p.Tensors[t].Dims {
			for _, term := range dim {
				if term.Var == v && len(dim) > 1 {
					return false
				}
			}
		}
	}
	return true
}

// Width returns what a lone variable contributes to the footprint of tensor t when a tile covers so many points of it.
func (p *Problem) Width(t, v int, points int64) float64 {
	f := 1.0
	for _, dim := range p.Tensors[t].Dims {
		if len(dim) == 1 && dim[0].Var == v {
			f *= float64(dim[0].Coef*(points-1) + 1)
		}
	}
	return f
}

// moved returns how many values of tensor t (or, for t < 0, how many tiles) reach the place at step j, leaving out
// all but the first piece of the loops that fixed names.
func (w *walk) moved(t, j int, fixed func(k int) bool) float64 {
	p := w.p
	total := 1.0
	for v := range p.Vars {
		var cuts []Cut
		passes := 1.0
		for k := range j {
			s := &w.steps[k]
			if s.kind == mapping.Storage || s.v != v {
				continue
			}
			cuts = append(cuts, Cut{w.steps[k+1].extents[v], fixed(k)})
			if !fixed(k) {
				passes *= float64(s.n)
			}
		}
		if !p.Lone(v) {
			total *= passes
			continue
		}
		total *= Visits(p.Vars[v].Size, cuts, w.steps[j].extents[v], func(points int64) float64 {
			if t < 0 || w.steps[j].kind != mapping.Storage || w.steps[j].tensor < 0 {
				return 1
			}
			return p.Width(t, v, points)
		})
	}
	if t < 0 || w.steps[j].tensor < 0 {
		return total
	}
	for _, dim := range p.Tensors[t].Dims {
		if len(dim) == 1 && p.Lone(dim[0].Var) {
			continue
		}
		width := int64(1)
		for _, term := range dim {
			width += term.Coef * (w.steps[j].extents[term.Var] - 1)
		}
		total *= float64(width)
	}
	return total
}

// chargeImperfect is charge for mappings with remainders: counted for all instances into total, and into one for the
// first instance of every array, which has the most to do in every pass.
func (w *walk) chargeImperfect(total, one *Traffic, t, i, j int) {
	p := w.p
	spatial := func(k int) bool { return w.steps[k].kind == mapping.Spatial }
	shared := func(k int) bool { return k > i && spatial(k) && w.steps[k].shares[t] }
	none := func(int) bool { return false }
	flows := func(child, parent func(int) bool) Flows {
		f := Flows{Fills: w.moved(t, j, child), Served: w.moved(t, j, parent)}
		if p.Tensors[t].Output {
			again := func(k int) bool {
				return w.steps[k].kind == mapping.Temporal && p.Relevance(t, w.steps[k].v) != Relevant
			}
			f.First = w.moved(t, j, func(k int) bool { return child(k) || again(k) })
			f.ServedFirst = w.moved(t, j, func(k int) bool { return parent(k) || again(k) })
		}
		return f
	}
	link := Link{Tensor: t, Parent: w.steps[i].memory, Child: w.steps[j].memory}
	p.Charge(total, link, flows(none, shared))
	p.Charge(one, link, flows(spatial, func(k int) bool { return shared(k) || k < i && spatial(k) }))
}
