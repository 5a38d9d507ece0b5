package results

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// BenchmarkSweep stores and reads back 20,000 candidates of 20 layers of 5 components (RESULTS_BENCH_N sets another number).
func BenchmarkSweep(b *testing.B) {
	n := 2000
	if v := os.Getenv("RESULTS_BENCH_N"); v != "" {
		fmt.Sscan(v, &n)
	}
	ctx := context.Background()
	for range b.N {
		path := filepath.Join(b.TempDir(), "b.db")
		s, err := Open(path)
		if err != nil {
			b.Fatal(err)
		}
		id, _, _ := s.Begin(ctx, Sweep{Config: "c", Workloads: []string{"net"}})
		at := time.Now()
		lap := func(what string) {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			b.ReportMetric(time.Since(at).Seconds(), what+"_s")
			b.Logf("%-12s %7.2f s, heap sys %d MB", what, time.Since(at).Seconds(), m.HeapSys>>20)
			at = time.Now()
		}
		var batch []Candidate
		for i := range n {
			c := sample(int64(i), float64(1+i*7919%n), float64(1+i*104729%n))
			c.ArchYAML = strings.Repeat("node: value\n", 60)
			l := c.Results[0].Layers[0]
			k := l.Components[0]
			k.Tensors = []TensorTraffic{{"W", 7, 9, 64}, {"I", 7, 9, 64}, {"O", 7, 9, 64}}
			l.Components = []Component{k, k, k, k, k}
			c.Results[0].Layers = nil
			for j := range 20 {
				l.Name = fmt.Sprint("layer", j)
				l.MappingJSON = fmt.Sprintf(`{"id":%d,%s}`, (i*20+j)/4, strings.Repeat("x", 1000))
				l.MappingText = strings.Repeat("for p in 0..7\n", 40)
				c.Results[0].Layers = append(c.Results[0].Layers, l)
			}
			if batch = append(batch, c); len(batch) == 200 || i == n-1 {
				if err := s.Append(ctx, id, batch); err != nil {
					b.Fatal(err)
				}
				batch = batch[:0]
			}
		}
		lap("append")
		rows, err := s.Candidates(ctx, id, "net")
		if err != nil || len(rows) != n {
			b.Fatal(len(rows), err)
		}
		lap("candidates")
		if r, err := s.Query(ctx, "SELECT count(*) FROM front"); err != nil {
			b.Fatal(r, err)
		}
		lap("front")
		if _, err := s.Query(ctx, "SELECT sum(on_front) FROM candidate"); err != nil {
			b.Fatal(err)
		}
		lap("onfront")
		c := 0
		if err := s.eachLayer(ctx, id, func(LayerRow) error { c++; return nil }); err != nil || c != 20*n {
			b.Fatal(c, err)
		}
		lap("eachlayer")
		if err := s.eachComponent(ctx, id, func(ComponentRow) error { c++; return nil }); err != nil || c != 120*n {
			b.Fatal(c, err)
		}
		lap("eachcomp")
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		lap("close")
		st, _ := os.Stat(path)
		b.ReportMetric(float64(st.Size())/1e6, "MB")
	}
}
