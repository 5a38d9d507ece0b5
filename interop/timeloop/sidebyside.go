package timeloop

import (
	"fmt"
	"slices"
	"strings"

	"tcmdse/hwmodel"
	"tcmdse/interop/foreign"
)

// Memories that stand side by side in Timeloop hold different data spaces, and none is inside another. Here one stands
// below the other, and the order decides how far up storage nodes may go. Where a mapping is imported with its
// architecture, the order is the one in which the least reuse of that mapping is lost; the level that a memory has in
// Timeloop stays in its source, for loops of Timeloop's mappings belong to levels.

// levelOf is the text that keeps a memory's level in Timeloop, 0 outermost, in the architecture's file.
const levelOf = "Timeloop level %d"

// Levels reads the levels of memories from the sources of an imported architecture's nodes (hwmodel.Spec.Sources).
func Levels(sources map[string]string) map[string]int {
	out := map[string]int{}
	for node, text := range sources {
		var n int
		if k, err := fmt.Sscanf(text, levelOf, &n); k == 1 && err == nil && n >= 0 {
			out[node] = n
		}
	}
	return out
}

// longestGroup bounds the orders that are tried.
const longestGroup = 4

// convert turns the mapping over, where what it maps is given.
func (r *reader) convert() error {
	if !r.mapping.Present() {
		return nil
	}
	if r.im.Arch == nil || r.im.Network == nil || len(r.im.Network.Layers) != 1 {
		r.im.Notes.Leave(r.mapping, "a mapping, which needs the architecture and its one problem in the same call (tcmdse evaluate --mapping takes it as it is)")
		delete(r.im.From, "mapping")
		return nil
	}
	arch, err := r.im.Arch.Build()
	if err != nil {
		return err
	}
	if order := r.bestOrder(arch); !slices.IsSorted(order) {
		levels := make([]level, len(order))
		var names []string
		for i, k := range order {
			if levels[i] = r.arch.levels[k]; k != i {
				names = append(names, levels[i].name)
			}
		}
		r.arch.levels = levels
		r.im.Notes.Approximate(r.arch.top, "memories side by side stand in the order %s, in which this mapping loses the least reuse", strings.Join(names, ", "))
		if r.im.ArchYML, r.im.Arch, err = r.arch.write(r.ert); err != nil {
			return err
		}
		if arch, err = r.im.Arch.Build(); err != nil {
			return err
		}
	}
	r.im.Mapping, _ = convert(r.mapping, arch, &r.im.Network.Layers[0].Einsum, Levels(r.im.Arch.Sources()), &r.im.Notes)
	return nil
}

// bestOrder returns an order of the nodes in which memories side by side change places so that the mapping loses least;
// the file's own where that is as good.
func (r *reader) bestOrder(arch *hwmodel.Arch) []int {
	order := make([]int, len(r.arch.levels))
	for i := range order {
		order[i] = i
	}
	lost := func(order []int) float64 {
		a := *arch
		a.Nodes = make([]hwmodel.Node, len(order))
		for i, k := range order {
			a.Nodes[i] = arch.Nodes[k]
		}
		_, passes := convert(r.mapping, &a, &r.im.Network.Layers[0].Einsum, Levels(r.im.Arch.Sources()), &foreign.Notes{})
		return passes
	}
	for from := 0; from < len(order); {
		to := from + 1
		for to < len(order) && r.arch.levels[from].beside > 0 && r.arch.levels[to].beside == r.arch.levels[from].beside {
			to++
		}
		if to-from > 1 && to-from <= longestGroup {
			best, least := slices.Clone(order), lost(order)
			permute(order[from:to], func() {
				if l := lost(order); l < least {
					best, least = slices.Clone(order), l
				}
			})
			order = best
		}
		from = to
	}
	return order
}

// permute calls f for every order of list, and leaves it as it was.
func permute(list []int, f func()) {
	if len(list) <= 1 {
		f()
		return
	}
	var next func(k int)
	next = func(k int) {
		if k == len(list)-1 {
			f()
			return
		}
		for i := k; i < len(list); i++ {
			list[k], list[i] = list[i], list[k]
			next(k + 1)
			list[k], list[i] = list[i], list[k]
		}
	}
	next(0)
}
