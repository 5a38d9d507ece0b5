// Command optimal finds the best mapping of one layer, the first convolution of ResNet-18's first stage, on an embedded
// architecture, and prints its cost and its loop nest: README's first program.
package main

import (
	"context"
	"fmt"
	"log"

	"tcmdse/hwmodel"
	"tcmdse/mapper"
	"tcmdse/mapper/workload"
)

func main() {
	arch, err := hwmodel.Load("edge") // an embedded name or a file
	if err != nil {
		log.Fatal(err)
	}
	layer := workload.Conv(workload.ConvShape{C: 64, M: 64, P: 56, Q: 56, R: 3, S: 3})
	best, err := mapper.Optimal(context.Background(), arch, &layer, mapper.Options{Objective: mapper.EDP})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.4g J, %.4g s, proved: %t\n%s\n", best.Cost.EnergyJ, best.Cost.LatencyS, best.Search.Optimal, best.Mapping.Text("MAC"))
}
