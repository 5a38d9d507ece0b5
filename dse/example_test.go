package dse_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime"

	"tcmdse/dse"
	"tcmdse/hwmodel"
	"tcmdse/mapper"
	"tcmdse/mapper/workload"
	"tcmdse/results"
	"tcmdse/sweeps"
)

// A sweep of one axis, kept in a file, and its front read back.
func ExampleRun() {
	ctx := context.Background()
	sweep, err := sweeps.Parse([]byte(`
name: buffers
arch: edge
workloads: [{name: resnet18, layers: [l1, fc]}]
axes: [{path: GLB.size, pow2: [32KiB, 128KiB]}]
`), "buffers.yaml", "", nil)
	if err != nil {
		log.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	store, err := results.Open(filepath.Join(dir, "results.db"))
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()
	done, err := dse.Run(ctx, dse.Config{Sweep: sweep, Store: store, Jobs: runtime.NumCPU()})
	if err != nil {
		log.Fatal(err)
	}
	front, err := store.Front(ctx, done.SweepID, "resnet18")
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range front {
		fmt.Printf("%s: %.4g mm2, %.4g Js\n", c.Params[0].Text, c.AreaMM2, c.EDPJs)
	}
	// Output:
	// 32KiB: 0.7377 mm2, 2.657e-06 Js
	// 64KiB: 0.8529 mm2, 2.356e-06 Js
}

// A whole network, its mappings chosen together so that its energy times its time is the least possible.
func ExampleMapNetwork() {
	arch, err := hwmodel.Load("edge")
	if err != nil {
		log.Fatal(err)
	}
	net, err := workload.Open("mlperf-tiny-resnet8", "")
	if err != nil {
		log.Fatal(err)
	}
	layers, sum, err := dse.MapNetwork(context.Background(), arch, net, mapper.Options{Objective: mapper.Front})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d layers, %.5g J, %.5g s, %.5g Js\n", len(layers), sum.EnergyJ, sum.LatencyS, sum.EDPJs())
	// Output:
	// 9 layers, 4.0418e-05 J, 9.772e-05 s, 3.9496e-09 Js
}
