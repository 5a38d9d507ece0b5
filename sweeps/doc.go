// Package sweeps reads sweep files and generates their candidates, lazily and in a fixed order.
//
//	s, err := sweeps.Load("sweep.yaml", []string{"PE.x=16"})
//	for c, err := range s.Candidates() { ... } // c.Arch, c.Settings, c.Key
//
// From the file to architectures:
//
//  1. load.go: the file, through viper for its settings (name, arch, workloads, objective) and from the same bytes
//     through yaml.v3 for all that is science: viper folds the case of keys and splits them at dots.
//  2. axis.go, steps.go: values, range, pow2, linspace, logspace, zip and same become lists of exact quantities; set.go:
//     overrides; finish.go: axes as a whole, no path set twice; unpriced.go: warns of sizes that cost nothing.
//  3. expr.go, dimension.go, eval.go, point.go: a small language with units and dimensions, for where.go and derive.go;
//     slip.go: what to say where another language was written.
//  4. grid.go: the grid, last axis fastest, and why none of its points comes twice; sample.go, index.go, sobol.go,
//     latin.go: samples of it; extra.go: include and exclude; count.go: how many there are without building them.
//  5. candidate.go: points become architectures. shard.go: which part of the sweep each of them is in.
//
// What holds: the same file gives the same candidates in the same order with the same keys on every machine (Version says
// when that changes); a candidate's key is that of its architecture by exact values, in whatever units they are written; values
// are fractions until an architecture is built; memory does not grow with the grid (samples but random ones remember what they
// drew). Mistakes in the file show on loading, those of one candidate, such as a size that no table covers, when it is built.
//
// docs/sweeps.md is the reference for users.
package sweeps

// Version changes when a sweep file comes to mean other candidates, another order of them or other keys. It is stored
// with a sweep, so that none is gone on with under another version.
const Version = 2
