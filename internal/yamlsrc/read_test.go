package yamlsrc

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReadFile: files of people are read whole, longer ones are refused before they fill the memory.
func TestReadFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, []byte("a: 1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if data, err := ReadFile(path); err != nil || string(data) != "a: 1\n" {
		t.Errorf("%q, %v", data, err)
	}
	if err := os.Truncate(path, MostBytes); err != nil {
		t.Fatal(err)
	}
	if data, err := ReadFile(path); err != nil || len(data) != MostBytes {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	if err := os.Truncate(path, MostBytes+1); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadFile(path); err == nil || !strings.Contains(err.Error(), "longer than the 64 MiB") {
		t.Errorf("error %v", err)
	}
}
