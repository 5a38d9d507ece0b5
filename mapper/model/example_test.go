package model_test

import (
	"fmt"
	"log"

	"tcmdse/hwmodel"
	"tcmdse/mapper/mapping"
	"tcmdse/mapper/model"
	"tcmdse/mapper/workload"
)

// A mapping written by hand, priced.
func ExampleEvaluate() {
	arch, err := hwmodel.Load("edge")
	if err != nil {
		log.Fatal(err)
	}
	layer := workload.Matmul(0, 16, 512, 100)
	problem, err := model.Compile(arch, &layer)
	if err != nil {
		log.Fatal(err)
	}
	m, err := mapping.Parse([]byte(`nodes:
  - {keep: DRAM, tensor: I}
  - {keep: DRAM, tensor: W}
  - {keep: DRAM, tensor: O}
  - {keep: GLB, tensor: I}
  - {for: n, in: 100}
  - {keep: GLB, tensor: O}
  - {for: k, in: 32}
  - {par: PE.x, for: m, in: 16}
  - {par: PE.y, for: k, in: 16}
`), "mine.yaml")
	if err != nil {
		log.Fatal(err)
	}
	cost, err := model.Evaluate(problem, m)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.4g J, %.4g s, bound by %s\n", cost.EnergyJ, cost.LatencyS, cost.Bottleneck)
	for _, c := range cost.Components {
		fmt.Printf("%s: %.4g J\n", c.Name, c.EnergyJ)
	}
	// Output:
	// 9.565e-06 J, 2.906e-05 s, bound by GLB
	// DRAM: 6.587e-06 J
	// GLB: 2.677e-06 J
	// RF: 0 J
	// MAC: 2.458e-07 J
}
