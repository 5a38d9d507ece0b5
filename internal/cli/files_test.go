package cli

import (
	"os"
	"strings"
	"testing"

	"tcmdse/hwmodel"
	"tcmdse/mapper/workload"
)

// TestFilesPage: the files that docs/files.md shows are an architecture and a workload of each kind of layer.
func TestFilesPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/files.md")
	if err != nil {
		t.Fatal(err)
	}
	archs, layers := 0, 0
	for i, part := range strings.Split(string(page), "```") {
		body, ok := strings.CutPrefix(part, "yaml\n")
		if i%2 == 0 || !ok {
			continue
		}
		if strings.Contains(body, "\nlayers:") {
			n, err := workload.Parse([]byte(body), "docs/files.md")
			if err != nil {
				t.Fatal(err)
			}
			layers += len(n.Layers)
			continue
		}
		spec, err := hwmodel.ParseSpec([]byte(body), "docs/files.md")
		if err == nil {
			_, err = spec.Build()
		}
		if err != nil {
			t.Fatal(err)
		}
		archs++
	}
	if archs != 1 || layers != 3 {
		t.Errorf("%d architectures and %d layers", archs, layers)
	}
	for _, key := range []string{"keep", "ports", "width", "bits", "overhead", "only_reuse", "min_utilization", "count", "roles", "stride", "groups"} {
		if !strings.Contains(string(page), "`"+key+"`") {
			t.Errorf("the page does not tell what %s is", key)
		}
	}
}
