package sweeps

import (
	"slices"
	"strings"
)

// warnUnpriced tells of memories whose size varies while their area and energies are figures of the architecture file:
// a larger one would cost no more, so the largest would win for no reason.
func (s *Sweep) warnUnpriced() {
	var set []string
	for _, c := range s.columns {
		set = append(set, c.path)
	}
	for _, a := range s.axes {
		for i, path := range a.paths {
			node, isSize := strings.CutSuffix(path, ".size")
			if !isSize || !a.varies(i) {
				continue
			}
			if still := slices.DeleteFunc(s.base.Unpriced(node), func(p string) bool { return slices.Contains(set, p) }); len(still) > 0 {
				s.warn("%s varies, but %s of the architecture file: a larger %s costs no more; leave them to `model: sram`, or make them axes (derive)",
					path, are(still), node)
			}
		}
	}
}

func (a *axis) varies(column int) bool {
	return slices.ContainsFunc(a.rows, func(row []cell) bool { return row[column].text != a.rows[0][column].text })
}

// are joins names into what a sentence goes on with.
func are(names []string) string {
	if len(names) == 1 {
		return names[0] + " is a figure"
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1] + " are figures"
}
