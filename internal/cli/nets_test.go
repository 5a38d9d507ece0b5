package cli

import (
	"strings"
	"testing"

	"tcmdse/mapper/workload"
)

// TestEveryNetwork: every embedded network is listed, and maps whole on nvdla, where that takes a fraction of a second.
func TestEveryNetwork(t *testing.T) {
	t.Chdir(t.TempDir())
	_, listed, _ := call(t, "list", "workloads")
	for _, name := range workload.Names() {
		if !strings.Contains("\n"+listed, "\n"+name+"\n") {
			t.Errorf("list does not have %s: %s", name, listed)
		}
		status, out, errs := call(t, "map", "--arch", "nvdla", "--workload", name)
		if status != 0 || !strings.Contains(out, "\nnetwork ") {
			t.Errorf("map %s: exit %d, %s%s", name, status, out, errs)
		}
	}
}
