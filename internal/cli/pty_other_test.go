//go:build !linux

package cli

import (
	"os"
	"testing"
)

// openTerminal returns a pipe: no terminal, so a child logs its progress every half minute and tests see less of it.
func openTerminal(t *testing.T) (ours, childs *os.File) {
	t.Helper()
	ours, childs, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	return ours, childs
}
