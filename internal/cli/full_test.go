package cli

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
)

// fullDisk refuses every write.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// TestOutputLost: output that cannot be written is an error, not a success.
func TestOutputLost(t *testing.T) {
	var errs bytes.Buffer
	if status := Main(context.Background(), []string{"list"}, fullDisk{}, &errs); status != 1 || !strings.Contains(errs.String(), "no space left") {
		t.Errorf("exit %d, %s", status, errs.String())
	}
}

// TestUnknownTensors: a misspelt tensor in an architecture is refused, with its line, before anything is written.
func TestUnknownTensors(t *testing.T) {
	arch := "name: a\nnodes:\n  - {memory: D, size: unlimited, keep: all}\n  - {memory: G, size: 4KiB, keep: weigths}\n  - {compute: M}\n"
	files(t, map[string]string{"net.yaml": smallNet, "arch.yaml": arch, "s.yaml": "name: s\narch: arch.yaml\nworkloads: [net.yaml]\n",
		"bits.yaml": "name: b\nbits: {outptus: 8}\nlayers: [{name: a, matmul: {M: 1, K: 1, N: 1}}]\n"})
	for args, want := range map[string]string{
		"map --arch arch.yaml --workload net.yaml": "arch.yaml:4: G.keep",
		"sweep s.yaml --out o":                     "arch.yaml:4: G.keep",
		"sweep s.yaml --dry-run":                   "arch.yaml:4: G.keep",
		"check bits.yaml":                          "bits.yaml:2: bits.outptus",
	} {
		if status, _, errs := call(t, strings.Fields(args)...); status != 2 || !strings.Contains(errs, want) {
			t.Errorf("%s: exit %d, %s", args, status, errs)
		}
	}
}
