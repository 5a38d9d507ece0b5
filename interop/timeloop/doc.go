// Package timeloop turns files of Timeloop (Parashar et al., ISPASS 2019; front end and Accelergy of 2024) into this
// project's: architectures of version 0.4 (nodes) and of earlier ones (subtree, local), problems, mappings, and energies
// from Accelergy's ERT.
//
//	im, err := timeloop.Read([]timeloop.File{{Name: "arch.yaml", Data: data}}, timeloop.Options{})
//	im.ArchYML   // the architecture as text, with where each number is from
//	im.Notes     // what was taken with a change, what was left out
//
// What is taken, what is taken with a change and what is left out stands in docs/import-timeloop.md; an import lists the
// last two for its own files, and nothing of a file is passed over without a line in that list. What an import returns is
// valid: the architecture reads back, the mapping is of the network's one layer. The format was read from
// the project's published examples (Accelergy-Project/timeloop-accelergy-exercises, workspace/) and sources
// (NVlabs/timeloop, src/mapping/parser.cpp; Accelergy-Project/timeloopfe, version_transpilers/v4_to_v3.py).
//
//   - timeloop.go: what an import is. read.go: files: which hold what, variables, templates. scope.go: names in expressions.
//   - arch.go: architectures of version 0.4. archold.go: earlier ones. archcosts.go: what attributes say of costs.
//     archwrite.go: the file that is made. ert.go: energies.
//   - problem.go: problems.
//   - mapping.go: directives of mappings. place.go: where storage nodes go. sidebyside.go: memories side by side, and Timeloop's
//     levels of an imported architecture.
package timeloop
