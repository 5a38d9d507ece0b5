// Package hwmodel describes accelerators: memories, arrays and a compute, outermost first, with their capacities,
// rates, energies, leakage and area. It knows nothing about workloads beyond the names of tensors and roles.
//
// A file is a Spec, which keeps quantities as written: 64B/cycle follows when a sweep sets the clock, an energy per access
// when it sets the width. Build turns it into an Arch, the same in SI units, with the origin of each number beside it.
//
//	file -> ParseSpec -> Spec -> Set, Edit + Apply -> Spec -> Build -> Arch (SI units, costs, origins)
//
// A cost comes from the file where it is explicit, else from an external estimator where one is set (UseExternal), else
// from the tables and formulas of package estimate; where none of them has it, building fails. Only a node without a model
// has defaults: unlimited rates, and 0 for the rest.
//
//	spec, err := hwmodel.Open("eyeriss", "")   // an embedded name or a file
//	err = spec.Set("GLB.size", "256KiB")
//	arch, err := spec.Build()
//
// What holds: a Spec that ParseSpec returned builds but for costs of models; Clone is cheap, and neither Set nor Apply on a
// clone touches the original; two Specs of one Key build to the same numbers, and where a quantity differs keys differ.
// Mistakes in a file are *yamlsrc.Error: file, line, key, what was given, what is allowed.
//
//   - spec.go: the file. fields.go: which fields a kind of node has. write.go: canonical YAML, which reads back to the same Spec.
//   - arch.go: the result, Arch and Node.
//   - build.go: from one to the other. limits.go: within which costs and rates lie, so that no figure overflows. price.go: costs. pricecache.go: answers of the tables, kept between candidates of a sweep.
//   - overhead.go: factors on areas and energies for what sums of components leave out.
//   - set.go: paths that sweeps set. canonical.go: Key. names.go: are sets of tensors made of known names?
//   - presets.go: embedded architectures; docs/presets.md says where their numbers are from.
package hwmodel
