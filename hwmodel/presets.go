package hwmodel

import (
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tcmdse/internal/yamlsrc"
)

//go:embed presets/*.yaml
var presets embed.FS

// PresetNames lists the embedded architectures, sorted.
func PresetNames() []string {
	entries, _ := presets.ReadDir("presets")
	var out []string
	for _, e := range entries {
		out = append(out, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	return out
}

// PresetYAML returns an embedded architecture's text with its comments.
func PresetYAML(name string) ([]byte, error) {
	data, err := presets.ReadFile("presets/" + name + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("no embedded architecture %q; there are %s", name, strings.Join(PresetNames(), ", "))
	}
	return data, nil
}

// Open reads an architecture: a file, its path relative to the folder from, or else an embedded name.
func Open(name, from string) (*Spec, error) {
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(from, path)
	}
	data, err := yamlsrc.ReadFile(path)
	if err == nil {
		return ParseSpec(data, path)
	}
	if _, statErr := os.Stat(path); statErr == nil && !embedded(name) {
		return nil, &yamlsrc.Error{File: path, Msg: err.Error()}
	}
	data, err = PresetYAML(name)
	if err != nil {
		msg := fmt.Sprintf("no file %s and no embedded architecture %q", path, name)
		msg += yamlsrc.Meant(name, PresetNames())
		return nil, &yamlsrc.Error{File: name, Msg: msg, Allowed: "a file, " + strings.Join(PresetNames(), ", ")}
	}
	return ParseSpec(data, name+".yaml (embedded)")
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

func embedded(name string) bool { return slices.Contains(PresetNames(), name) }
