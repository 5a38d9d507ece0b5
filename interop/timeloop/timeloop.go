// Package timeloop turns files of Timeloop (Parashar et al., ISPASS 2019; front end and Accelergy of 2024) into this
// project's: architectures of version 0.4 (nodes) and of earlier ones (subtree, local), problems, mappings, and energies
// from Accelergy's ERT.
//
// What is taken, what is taken with a change and what is left out stands in docs/import-timeloop.md; an import lists the
// last two for its own files, and nothing of a file is passed over without a line in that list. The format was read from
// the project's published examples (Accelergy-Project/timeloop-accelergy-exercises, workspace/) and sources
// (NVlabs/timeloop, src/mapping/parser.cpp; Accelergy-Project/timeloopfe, version_transpilers/v4_to_v3.py).
//
//	read.go     files: which hold what, variables, templates
//	arch*.go    architectures: nodes, earlier subtrees, attributes and their expressions, writing
//	problem.go  problems
//	mapping.go  mappings: directives
//	place.go    mappings: where storage nodes go
//	ert.go      energies
package timeloop

import (
	"tcmdse/hwmodel"
	"tcmdse/interop/foreign"
	"tcmdse/mapper/mapping"
	"tcmdse/mapper/workload"
)

// File is one input; Options steers an import.
type (
	File    = foreign.File
	Options = foreign.Options
)

// Import is what files held, in this project's terms. Parts that no file held are nil.
type Import struct {
	Arch    *hwmodel.Spec
	ArchYML []byte // the architecture as text with comments
	Network *workload.Network
	Layers  map[string]string // where each layer is from, by name
	Mapping *mapping.Mapping  // of the network's one layer on Arch
	From    map[string]string // "architecture", "workload", "mapping": the file
	Notes   foreign.Notes
}
