package yamlsrc

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Embedded is the YAML files of one kind that a package embeds. A user names them as they name files of their own.
type Embedded struct {
	Files  fs.ReadFileFS
	Folder string // in Files; it holds nothing else
	Kind   string // of file, for messages: "architecture"
}

// Names lists the files without their ending, sorted.
func (e Embedded) Names() []string {
	entries, _ := fs.ReadDir(e.Files, e.Folder) // of files in the program itself
	var out []string
	for _, entry := range entries {
		out = append(out, strings.TrimSuffix(entry.Name(), ".yaml"))
	}
	return out
}

// Text returns a file with its comments. The error of an unknown name lists those that there are.
func (e Embedded) Text(name string) ([]byte, error) {
	data, err := e.Files.ReadFile(e.Folder + "/" + name + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("no embedded %s %q; there are %s", e.Kind, name, strings.Join(e.Names(), ", "))
	}
	return data, nil
}

// Read reads what a user names: a file, its path relative to the folder from, or else an embedded one. file is what to
// call it in messages, dir the folder that paths in it are relative to. A file that is there and cannot be read is an error,
// unless an embedded one has that name (a folder eyeriss does not hide the architecture). Errors are of type *Error.
func (e Embedded) Read(name, from string) (data []byte, file, dir string, err error) {
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(from, path)
	}
	if data, err = ReadFile(path); err == nil {
		return data, path, filepath.Dir(path), nil
	}
	if _, statErr := os.Stat(path); statErr == nil && !slices.Contains(e.Names(), name) {
		return nil, "", "", &Error{File: path, Msg: err.Error()}
	}
	if data, err = e.Text(name); err != nil {
		msg := fmt.Sprintf("no file %s and no embedded %s %q%s", path, e.Kind, name, Meant(name, e.Names()))
		return nil, "", "", &Error{File: name, Msg: msg, Allowed: "a file, " + strings.Join(e.Names(), ", ")}
	}
	return data, name + ".yaml (embedded)", ".", nil
}
