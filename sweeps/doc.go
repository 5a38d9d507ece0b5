// Package sweeps reads sweep files and generates their candidates, lazily and in a fixed order.
//
//  1. load.go: the file, through viper for its settings (name, arch, workloads, objective) and from the same bytes
//     through yaml.v3 for all that is science: viper folds the case of keys and splits them at dots.
//  2. axis.go: values, range, pow2, linspace, logspace, zip and same become lists of exact quantities.
//  3. where.go, expr.go: the conditions, a small language with units and dimensions.
//  4. candidate.go: the grid, last axis fastest, or a random sample of it; duplicates dropped.
package sweeps
