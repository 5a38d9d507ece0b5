package foreign

import "bytes"

// File is one input of an import.
type File struct {
	Name string
	Data []byte
}

// Options steers an import.
type Options struct {
	Name string            // of the architecture and the network; "": as their files
	Set  map[string]string // variables for templates and expressions; they win over those of the files
}

// Parse reads a file, its templates evaluated first where it has any, with these variables.
func (f File) Parse(set map[string]string) (*Doc, error) {
	data, lines := f.Data, []int(nil)
	if bytes.Contains(data, []byte("{{")) || bytes.Contains(data, []byte("{%")) {
		text, from, err := render(string(data), f.Name, set)
		if err != nil {
			return nil, err
		}
		data, lines = []byte(text), from
	}
	return Parse(data, f.Name, lines)
}
