package hwmodel

import (
	"embed"

	"tcmdse/internal/yamlsrc"
)

//go:embed presets/*.yaml
var presets embed.FS

func embedded() yamlsrc.Embedded {
	return yamlsrc.Embedded{Files: presets, Folder: "presets", Kind: "architecture"}
}

// PresetNames lists the embedded architectures, sorted.
func PresetNames() []string { return embedded().Names() }

// PresetYAML returns an embedded architecture's text with its comments.
func PresetYAML(name string) ([]byte, error) { return embedded().Text(name) }

// Open reads an architecture: a file, its path relative to the folder from, or else an embedded name.
func Open(name, from string) (*Spec, error) {
	data, file, _, err := embedded().Read(name, from)
	if err != nil {
		return nil, err
	}
	return ParseSpec(data, file)
}

// Load opens an architecture, a file or an embedded name, and builds it: Open and Spec.Build for programs that change
// nothing in between.
func Load(name string) (*Arch, error) {
	s, err := Open(name, "")
	if err != nil {
		return nil, err
	}
	return s.Build()
}
