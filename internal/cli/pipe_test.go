//go:build unix

package cli

import (
	"io/fs"
	"os"
	"strings"
	"syscall"
	"testing"
)

// TestReportsLeavePipes: a pipe, or a link to a device, that a report is asked to be written to stays what it is.
func TestReportsLeavePipes(t *testing.T) {
	files(t, map[string]string{"net.yaml": smallNet, "s.yaml": smallSweep})
	if status, _, errs := call(t, "sweep", "s.yaml", "--quiet"); status != 0 {
		t.Fatal(errs)
	}
	if err := syscall.Mkfifo("pipe", 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/dev/null", "null"); err != nil {
		t.Fatal(err)
	}
	for name, mode := range map[string]fs.FileMode{"pipe": fs.ModeNamedPipe, "null": fs.ModeSymlink} {
		status, out, errs := call(t, "report", "tcmdse-out/results.db", "--svg", name)
		if st, err := os.Lstat(name); err != nil || st.Mode().Type() != mode {
			t.Errorf("%s is %v now, %v", name, st.Mode(), err)
		}
		if status != 2 || out != "" || !strings.Contains(errs, name+" is a device or pipe") {
			t.Errorf("%s: exit %d, %s%s", name, status, out, errs)
		}
	}
	if err := replaceable("/dev/stdout"); err == nil { // a link, here to a file or pipe
		t.Error("/dev/stdout could be replaced")
	}
}
