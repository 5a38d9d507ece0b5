package cli

import "tcmdse/internal/yamlsrc"

// kindOf tells an architecture (nodes), a workload (layers) and a sweep (anything else) apart.
func kindOf(data []byte, file string) (string, error) {
	doc, err := yamlsrc.Parse(data, file)
	if err != nil {
		return "", err
	}
	root := doc.Root()
	switch {
	case root.Get("nodes").Present():
		return "architecture", nil
	case root.Get("layers").Present():
		return "workload", nil
	}
	return "sweep", nil
}
