package hwmodel_test

import (
	"fmt"
	"log"

	"tcmdse/hwmodel"
)

// An embedded architecture with one parameter changed: what its components cost, and where that is from.
func ExampleSpec_Set() {
	spec, err := hwmodel.Open("eyeriss", "")
	if err != nil {
		log.Fatal(err)
	}
	if err := spec.Set("GLB.size", "256KiB"); err != nil {
		log.Fatal(err)
	}
	arch, err := spec.Build()
	if err != nil {
		log.Fatal(err)
	}
	for i := range arch.Nodes {
		n := &arch.Nodes[i]
		fmt.Printf("%s %.4g mm2\n", n.Name, n.AreaM2*1e6)
	}
	fmt.Printf("%.4g mm2 in all\n", arch.AreaM2()*1e6)
	// Output:
	// DRAM 0 mm2
	// GLB 1.626 mm2
	// PE 0 mm2
	// ISP 0.002754 mm2
	// WSP 0.007177 mm2
	// OSP 0.005553 mm2
	// MAC 0.001695 mm2
	// 4.513 mm2 in all
}
