// Package accelforge turns architectures and workloads of AccelForge (Andrulis, Gilbert and others, successor of Timeloop;
// format of version 1.0) into this project's files. The model of this project is AccelForge's for one Einsum at a time
// (docs/definition.md), so most of what an architecture says carries over; what is left out are its ways to fuse Einsums, to gate
// power, to shape tiles, and components that only pass data on (Toll, Network, Fork).
//
// An import lists what it changed and what it left out with file and line. The format was read from the package's own
// examples (examples/arches, examples/workloads) and from its sources (frontend/arch/components.py, frontend/workload.py).
//
//	im, err := accelforge.Read([]accelforge.File{{Name: "arch.yaml", Data: data}}, accelforge.Options{})
//
//	read.go      files: which hold what
//	sets.go      expressions over sets of tensors
//	arch.go      nodes
//	component.go sizes, actions, rates, energies of a memory or compute
//	workload.go  Einsums, sizes, roles
//	renames.go   names that files give to sets of an Einsum's tensors
//	einsum.go    the text form of an Einsum
package accelforge

import (
	"tcmdse/hwmodel"
	"tcmdse/interop/foreign"
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
	From    map[string]string // "architecture", "workload": the file
	Notes   foreign.Notes
}
