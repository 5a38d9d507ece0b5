package mapper_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"tcmdse/hwmodel"
	"tcmdse/mapper"
	"tcmdse/mapper/workload"
)

// The best mapping of a matrix multiplication on a small architecture that a program holds as text.
func ExampleOptimal() {
	spec, err := hwmodel.ParseSpec([]byte(`
name: two-level
clock: 1GHz
nodes:
  - {memory: DRAM, size: unlimited, keep: all, read: {energy: 10pJ/bit, bandwidth: 8B/cycle}, write: {energy: 10pJ/bit, bandwidth: 8B/cycle}}
  - {memory: GLB, size: 1KiB, may_keep: all, read: {energy: 0.1pJ/bit}, write: {energy: 0.1pJ/bit}, area: 0.01mm2}
  - {array: PE, dims: [{name: x, size: 8}]}
  - {compute: MAC, energy: 0.2pJ, throughput: 1/cycle, area: 0.0004mm2}
`), "two-level.yaml")
	if err != nil {
		log.Fatal(err)
	}
	arch, err := spec.Build()
	if err != nil {
		log.Fatal(err)
	}
	layer := workload.Matmul(0, 64, 64, 64)
	best, err := mapper.Optimal(context.Background(), arch, &layer, mapper.Options{Objective: mapper.Energy})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.5g J, %.5g s, bound by %s, proved: %t\n", best.Cost.EnergyJ, best.Cost.LatencyS, best.Cost.Bottleneck, best.Search.Optimal)
	fmt.Println(best.Mapping.Text("MAC"))
	// Output:
	// 2.7853e-06 J, 3.2768e-05 s, bound by MAC, proved: true
	// DRAM keeps I W O
	// for m in 2
	//   for n in 4
	//     GLB keeps O
	//     for k in 16
	//       GLB keeps I
	//       for n in 8
	//         GLB keeps W
	//         for m in 32
	//           par PE.x: k in 4
	//             par PE.x: n in 2
	//               MAC
}

// All pairs of energy and time that no other mapping beats.
func ExampleOptimal_front() {
	arch, err := hwmodel.Load("eyeriss")
	if err != nil {
		log.Fatal(err)
	}
	layer := workload.Conv(workload.ConvShape{C: 64, M: 64, P: 56, Q: 56, R: 3, S: 3})
	best, err := mapper.Optimal(context.Background(), arch, &layer, mapper.Options{Objective: mapper.Front})
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range best.Front {
		fmt.Printf("%.4g J %.4g s\n", p.Cost.EnergyJ, p.Cost.LatencyS)
	}
	// Output:
	// 0.001031 J 0.003656 s
	// 0.0007878 J 0.003942 s
}

// Where nothing fits, the error names the memory and by how much it is too small.
func ExampleOptimal_infeasible() {
	spec, err := hwmodel.ParseSpec([]byte(`
name: tight
nodes:
  - {memory: DRAM, size: unlimited}
  - {memory: GLB, size: 2B, keep: all}
  - {compute: MAC}
`), "tight.yaml")
	if err != nil {
		log.Fatal(err)
	}
	arch, err := spec.Build()
	if err != nil {
		log.Fatal(err)
	}
	layer := workload.Matmul(0, 16, 512, 100)
	_, err = mapper.Optimal(context.Background(), arch, &layer, mapper.Options{})
	var none *mapper.InfeasibleError
	fmt.Println(errors.As(err, &none), err)
	// Output:
	// true no valid mapping: memory GLB holds 16 bits; one value each of I, W, O, which it must keep, needs 24 (8 too many)
}
