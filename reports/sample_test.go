package reports

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tcmdse/results"
)

const sampleConfig = `name: buffers
arch: edge
---
name: edge
source: 'a page: of a book'
nodes:
  - memory: DRAM
    source: dram.csv row 2
  - memory: GLB
    source: '108 KiB; the board''s link'
  - compute: MAC
    energy: 1pJ
=1+1
`

// sampleSweep makes a sweep as a real one looks: an array of three sizes each way, four buffer sizes whose area and
// energy follow the size, three bandwidths, on two networks. A roofline gives times, so that small arrays are bound
// by arithmetic and large ones by DRAM; candidates whose buffer is below 64KiB cannot map netB, and those above 12 mm2
// are over budget. 108 candidates.
func sampleSweep() (results.Sweep, []results.Candidate) {
	s := results.Sweep{Name: "buffers", Arch: "edge", Workloads: []string{"netA", "netB"}, Objective: "edp", Config: sampleConfig,
		ToolVersion: "test", ModelVersion: "m", StartedAt: time.Unix(1e9, 0).UTC(), FinishedAt: time.Unix(1e9+60, 0).UTC(), CandidatesTotal: 108}
	var cs []results.Candidate
	for _, x := range []int{8, 16, 32} {
		for _, y := range []int{8, 16, 32} {
			for g := range 4 {
				for _, bw := range []float64{3.2, 6.4, 12.8} {
					cs = append(cs, sampleCandidate(int64(len(cs)), x, y, 32<<g, bw))
				}
			}
		}
	}
	return s, cs
}

func sampleCandidate(i int64, x, y, kib int, bw float64) results.Candidate {
	glb := math.Round(0.008*float64(kib)*1e4) / 1e4
	size := fmt.Sprintf("%dKiB", kib)
	if kib == 256 {
		size = "0.25MiB" // the same column in another unit
	}
	c := results.Candidate{Key: fmt.Sprint(i), Index: i, Arch: "edge", ArchYAML: "name: edge\n", AreaMM2: glb + float64(0.011*float64(x*y)),
		Params: []results.Param{
			{Path: "PE.x", Value: float64(x), Text: fmt.Sprint(x)}, {Path: "PE.y", Value: float64(y), Text: fmt.Sprint(y)},
			{Path: "GLB.size", Value: float64(kib) * 8192, Text: size}, {Path: "GLB.area", Value: glb * 1e-6, Text: fmt.Sprintf("%gmm2", glb)},
			{Path: "DRAM.bandwidth", Value: bw * 8e9, Text: fmt.Sprintf("%gGB/s", bw)}}}
	for n, name := range []string{"netA", "netB"} {
		r := results.WorkloadResult{Workload: name, Status: results.OK}
		switch {
		case c.AreaMM2 > 12:
			r.Status, r.Reason = results.OverBudget, fmt.Sprintf("area %.1f mm2 is above the budget of 12 mm2", c.AreaMM2)
		case n == 1 && kib < 64:
			r.Status, r.Reason = results.Infeasible, fmt.Sprintf("layer qk: GLB holds %d bits, the least that fits is 524288", kib*8192)
		default:
			for k, macs := range []float64{118e6, 116e6, 58e6, 6.4e6} {
				l := sampleLayer(fmt.Sprintf("l%d", k), int64(1+k%3), macs*float64(n+1), x*y, kib, bw)
				r.EnergyJ += float64(l.EnergyJ * float64(l.Count)) // conversions keep products from being fused with sums, so that goldens hold on every processor
				r.LatencyS += float64(l.LatencyS * float64(l.Count))
				r.Layers = append(r.Layers, l)
			}
			r.EDPJs = r.EnergyJ * r.LatencyS
		}
		c.Results = append(c.Results, r)
	}
	return c
}

func sampleLayer(name string, count int64, macs float64, pes, kib int, bw float64) results.Layer {
	bits := macs * 0.6 / math.Sqrt(float64(kib))
	mac, dram := macs/float64(pes)/1e9, bits/(bw*8e9)
	l := results.Layer{Name: name, Count: count, LatencyS: max(mac, dram), MACs: macs, Utilization: min(1, mac/max(mac, dram)), Bottleneck: "MAC",
		MappingJSON: `{"nodes":[{"keep":"DRAM","tensor":"I"}]}`, MappingText: "DRAM: I, W, O\n  for m in 4\n    GLB: W\n      MAC\n",
		Optimal: true, MapspaceLog10: 20.5, Evaluated: 33, Seconds: 0.0125}
	if dram > mac {
		l.Bottleneck = "DRAM"
	}
	l.Components = []results.Component{
		{Name: "DRAM", EnergyJ: bits * 7e-12, BusyS: dram, Instances: 1, PeakBits: 8e6, ReadBits: bits, WriteBits: bits / 9},
		{Name: "GLB", EnergyJ: macs * 0.2e-12 * math.Sqrt(float64(kib)/32), LeakageJ: 1e-3 * l.LatencyS, BusyS: mac / 2, AreaMM2: 0.008 * float64(kib),
			Instances: 1, PeakBits: float64(kib) * 8000, SizeBits: int64(kib) * 8192, ReadBits: macs / 4, WriteBits: macs / 40},
		{Name: "MAC", EnergyJ: macs * 0.6e-12, LeakageJ: 1e-5 * float64(pes) * l.LatencyS, BusyS: mac, AreaMM2: 0.011 * float64(pes), Instances: int64(pes)}}
	for _, k := range l.Components {
		l.EnergyJ += k.EnergyJ + k.LeakageJ
	}
	l.EDPJs = l.EnergyJ * l.LatencyS
	return l
}

// stored writes a sweep to a database and reads it back as reports do.
func stored(t *testing.T, s results.Sweep, cs []results.Candidate) *Data {
	t.Helper()
	db := database(t, s, cs)
	d, err := Read(context.Background(), db, 0)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// database is a file with a sweep in it, open until the test ends.
func database(t *testing.T, s results.Sweep, cs []results.Candidate) *results.Store {
	t.Helper()
	ctx := context.Background()
	db, err := results.Open(filepath.Join(t.TempDir(), "r.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	id, _, err := db.Begin(ctx, s)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Append(ctx, id, cs); err != nil {
		t.Fatal(err)
	}
	if !s.FinishedAt.IsZero() {
		if err := db.Finish(ctx, id, s.FinishedAt); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

// realistic is the sample sweep as reports read it.
func realistic(t *testing.T) *Data {
	t.Helper()
	s, cs := sampleSweep()
	return stored(t, s, cs)
}

// hostileData is a small sweep whose names a spreadsheet, a page or a terminal could take for something else.
func hostileData(t *testing.T) *Data {
	t.Helper()
	s, cs := hostileSweep()
	return stored(t, s, cs)
}

func hostileSweep() (results.Sweep, []results.Candidate) {
	s, cs := sampleSweep()
	s.Name, s.Arch, s.Warnings = "=SUM(A1)", "<b>&\"x\"", []string{"=HYPERLINK(\"x\")", "<script>alert(1)</script>"}
	s.Config = "=1+1\n+x\r\n" + strings.Repeat("é", cellUnits+10) + "\n"
	cs = cs[:12]
	for i := range cs {
		cs[i].Params[0].Path, cs[i].Params[1].Path = "@SUM.x", "@sum.X" // differ in case only
		for k := range cs[i].Results {
			r := &cs[i].Results[k]
			if r.Status != results.OK {
				r.Reason = "=cmd|' /C calc'!A0\x1b[31m"
			}
			for n := range r.Layers {
				r.Layers[n].Name, r.Layers[n].Bottleneck = fmt.Sprintf("-l%d", n), "=GLB\x07"
			}
		}
	}
	return s, cs
}

// built makes data without a database: n designs, each changed by f.
func built(n int, f func(i int, c *results.CandidateRow)) *Data {
	w := Workload{Name: "net"}
	for i := range n {
		area := 1 + float64(i)/8
		c := results.CandidateRow{ID: int64(i + 1), Index: int64(i), Workload: "net", Status: results.OK, AreaMM2: area, EnergyJ: 1,
			LatencyS: 1 / area, EDPJs: 1 / area, OnFront: true}
		f(i, &c)
		w.all.add(&c)
		w.Candidates = append(w.Candidates, c)
	}
	w.findFront()
	return &Data{Sweep: results.Sweep{ID: 1, Name: "s", Workloads: []string{"net"}, FinishedAt: time.Unix(1e9, 0)}, Workloads: []Workload{w}}
}
