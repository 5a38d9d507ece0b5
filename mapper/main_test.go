package mapper

import (
	"os"
	"runtime"
	"runtime/debug"
	"testing"
)

// TestMain turns memory profiling off (ask for it by -memprofilerate). The oracle allocates from deep recursions, each
// depth and branch of which is a call stack of its own in the profile; the runtime walks all stacks after each garbage
// collection, and with a small heap there are thousands of those: TestOracleAdjacentArrays took 20 s alone and 126 s
// after the other oracles. A larger heap means fewer collections.
func TestMain(m *testing.M) {
	runtime.MemProfileRate = 0
	debug.SetGCPercent(800)
	os.Exit(m.Run())
}
