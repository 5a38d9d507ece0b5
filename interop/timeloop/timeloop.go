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
