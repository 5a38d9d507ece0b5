package timeloop

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tcmdse/mapper/workload"
)

// TestRealFiles imports every YAML file below the folder that TCMDSE_TIMELOOP names, such as a copy of the published
// examples. Files may be refused, with an error that names them; what is imported has to be valid.
func TestRealFiles(t *testing.T) {
	dir := os.Getenv("TCMDSE_TIMELOOP")
	if dir == "" {
		t.Skip("TCMDSE_TIMELOOP names no folder")
	}
	taken, refused := 0, 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".yaml") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		im, err := Read([]File{{Name: path, Data: data}}, Options{})
		if err != nil {
			refused++
			t.Logf("refused: %v", err)
			if !strings.HasPrefix(err.Error(), path) {
				t.Errorf("%s: the error does not name the file: %v", path, err)
			}
			return nil
		}
		taken++
		if im.Network != nil {
			if err := workload.Write(new(bytes.Buffer), im.Network, workload.Doc{}); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d files taken, %d refused", taken, refused)
}
