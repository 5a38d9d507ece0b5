// Package boundtest holds fuzz targets to bounds of time and memory: the fuzzing engine notices a panic, not an input that
// takes a minute or fills the machine.
//
//	f.Fuzz(func(t *testing.T, text string) {
//		defer boundtest.Cost{}.Start(t)()
//		...
//	})
//
// Time and allocations are those of the whole process meanwhile, so the bounds are wide: they are there for what grows out of
// proportion to its input. Only tests import it.
package boundtest

import (
	"runtime/metrics"
	"testing"
	"time"
)

// Cost bounds what one input may cost. The zero value allows 10 s and 1 GiB.
type Cost struct {
	Time  time.Duration // of the wall clock
	Bytes uint64        // allocated in all, freed or not: the memory in use is never more
}

// Start begins to count; what it returns ends that and fails the test when too much was spent:
//
//	defer boundtest.Cost{}.Start(t)()
//
// Other goroutines' allocations count, so inputs are not to be checked in parallel in one process.
func (c Cost) Start(t testing.TB) (end func()) {
	if c.Time == 0 {
		c.Time = 10 * time.Second
	}
	if c.Bytes == 0 {
		c.Bytes = 1 << 30
	}
	began, had := time.Now(), allocated()
	return func() {
		t.Helper()
		if d := time.Since(began); d > c.Time {
			t.Errorf("took %v, more than %v", d, c.Time)
		}
		if n := allocated() - had; n > c.Bytes {
			t.Errorf("allocated %d MiB, more than %d MiB", n>>20, c.Bytes>>20)
		}
	}
}

func allocated() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}
