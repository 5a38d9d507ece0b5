package foreign_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tcmdse/interop/accelforge"
	"tcmdse/interop/foreign"
	"tcmdse/interop/timeloop"
	"tcmdse/mapper/workload"
)

// TestRealFiles imports every YAML file below the folders that TCMDSE_TIMELOOP and TCMDSE_ACCELFORGE name, such as copies of the
// published examples of those tools. Files may be refused, with an error that names them; what is imported has to be valid.
func TestRealFiles(t *testing.T) {
	for variable, read := range map[string]func(foreign.File) (*workload.Network, error){
		"TCMDSE_TIMELOOP": func(f foreign.File) (*workload.Network, error) {
			im, err := timeloop.Read([]foreign.File{f}, foreign.Options{})
			if err != nil {
				return nil, err
			}
			return im.Network, nil
		},
		"TCMDSE_ACCELFORGE": func(f foreign.File) (*workload.Network, error) {
			im, err := accelforge.Read([]foreign.File{f}, foreign.Options{Set: map[string]string{"N_EINSUMS": "2", "BATCH_SIZE": "1"}})
			if err != nil {
				return nil, err
			}
			return im.Network, nil
		},
	} {
		t.Run(variable, func(t *testing.T) {
			dir := os.Getenv(variable)
			if dir == "" {
				t.Skip(variable + " names no folder")
			}
			importAll(t, dir, read)
		})
	}
}

func importAll(t *testing.T, dir string, read func(foreign.File) (*workload.Network, error)) {
	taken, refused := 0, 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".yaml") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		net, err := read(foreign.File{Name: path, Data: data})
		if err != nil {
			refused++
			t.Logf("refused: %v", err)
			if !strings.HasPrefix(err.Error(), path) {
				t.Errorf("%s: the error does not name the file: %v", path, err)
			}
			return nil
		}
		taken++
		if net != nil {
			if err := workload.Write(new(bytes.Buffer), net, workload.Doc{}); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if taken == 0 {
		t.Errorf("no file of %s was taken", dir)
	}
	t.Logf("%d files taken, %d refused", taken, refused)
}
