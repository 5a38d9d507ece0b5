package boundtest_test

import (
	"testing"
	"time"

	"tcmdse/internal/boundtest"
)

// failures counts instead of failing.
type failures struct {
	testing.TB
	n int
}

func (f *failures) Helper()               {}
func (f *failures) Errorf(string, ...any) { f.n++ }

var sink []byte

func TestStart(t *testing.T) {
	for _, c := range []struct {
		name string
		cost boundtest.Cost
		f    func()
		want int
	}{
		{"nothing", boundtest.Cost{}, func() {}, 0},
		{"long", boundtest.Cost{Time: time.Millisecond}, func() { time.Sleep(5 * time.Millisecond) }, 1},
		{"large", boundtest.Cost{Bytes: 1 << 20}, func() { sink = make([]byte, 2<<20) }, 1},
		{"many small", boundtest.Cost{Bytes: 1 << 20}, func() {
			for range 4096 {
				sink = make([]byte, 1024)
			}
		}, 1},
		{"both", boundtest.Cost{Time: time.Millisecond, Bytes: 1 << 20}, func() { sink = make([]byte, 2<<20); time.Sleep(5 * time.Millisecond) }, 2},
	} {
		f := &failures{TB: t}
		end := c.cost.Start(f)
		c.f()
		end()
		if f.n != c.want {
			t.Errorf("%s: %d failures, not %d", c.name, f.n, c.want)
		}
	}
}
