// Package sweeps reads sweep files and generates their candidates, lazily and in a fixed order.
//
//  1. load.go: the file, through viper for its settings (name, arch, workloads, objective) and from the same bytes
//     through yaml.v3 for all that is science: viper folds the case of keys and splits them at dots.
//  2. axis.go, steps.go: values, range, pow2, linspace, logspace, zip and same become lists of exact quantities; set.go:
//     overrides.
//  3. expr.go, dimension.go, eval.go, point.go: a small language with units and dimensions, for where.go and derive.go.
//  4. grid.go: the grid, last axis fastest, and why none of its points comes twice; sample.go, index.go, sobol.go,
//     latin.go: samples of it; extra.go: include and exclude; count.go: how many there are without building them.
//  5. candidate.go: points become architectures.
//
// docs/sweeps.md is the reference for users.
package sweeps

// Version changes when a sweep file comes to mean other candidates, another order of them or other keys. It is stored
// with a sweep, so that none is gone on with under another version.
const Version = 2
