package exhaustive

import (
	"os"
	"runtime"
	"testing"
)

// TestMain turns memory profiling off, for the reason that package mapper's tells.
func TestMain(m *testing.M) {
	runtime.MemProfileRate = 0
	os.Exit(m.Run())
}
