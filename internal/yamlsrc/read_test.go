package yamlsrc

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
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
	if err := os.Truncate(path, mostBytes); err != nil {
		t.Fatal(err)
	}
	if data, err := ReadFile(path); err != nil || len(data) != mostBytes {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	if err := os.Truncate(path, mostBytes+1); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadFile(path); err == nil || !strings.Contains(err.Error(), "longer than the 64 MiB") {
		t.Errorf("error %v", err)
	}
}

// TestEmbedded: a name is a file first, then an embedded one; a folder of that name hides neither; what is neither is told with
// all that there are and the one that was probably meant.
func TestEmbedded(t *testing.T) {
	e := Embedded{Files: fstest.MapFS{"kinds/one.yaml": {Data: []byte("a: 1\n")}, "kinds/two.yaml": {Data: []byte("a: 2\n")}}, Folder: "kinds", Kind: "thing"}
	if got := e.Names(); !slices.Equal(got, []string{"one", "two"}) {
		t.Errorf("names %v", got)
	}
	dir := t.TempDir()
	for _, sub := range []string{"two", "folder"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "mine.yaml")
	if err := os.WriteFile(path, []byte("a: 3\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, text, file, dir string }{
		{"one", "a: 1\n", "one.yaml (embedded)", "."},
		{"two", "a: 2\n", "two.yaml (embedded)", "."},
		{"mine.yaml", "a: 3\n", path, dir},
		{path, "a: 3\n", path, dir},
	} {
		if data, file, at, err := e.Read(c.name, dir); err != nil || string(data) != c.text || file != c.file || at != c.dir {
			t.Errorf("%s: %q, %s, %s, %v", c.name, data, file, at, err)
		}
	}
	for name, want := range map[string]string{
		"twoo":   `no embedded thing "twoo", did you mean "two"; allowed: a file, one, two`,
		"folder": "is a directory",
	} {
		_, _, _, err := e.Read(name, dir)
		if bad := (*Error)(nil); !errors.As(err, &bad) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
