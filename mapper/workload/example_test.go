package workload_test

import (
	"fmt"
	"log"
	"os"

	"tcmdse/mapper/workload"
)

// A network made by a program, written as a workload file.
func ExampleWrite() {
	attention, err := workload.ParseEinsum("S[h,m,n] = Q[h,m,k] * K[h,n,k]")
	if err != nil {
		log.Fatal(err)
	}
	if err := attention.SetSizes(map[string]int64{"h": 8, "m": 128, "n": 128, "k": 64}); err != nil {
		log.Fatal(err)
	}
	n := &workload.Network{Name: "mine", Layers: []workload.Layer{
		{Name: "conv1", Count: 1, Einsum: workload.Conv(workload.ConvShape{C: 3, M: 64, P: 112, Q: 112, R: 7, S: 7, StrideH: 2, StrideW: 2})},
		{Name: "scores", Count: 12, Einsum: attention},
	}}
	if err := workload.Write(os.Stdout, n, workload.Doc{Layers: map[string]string{"scores": "12 blocks"}}); err != nil {
		log.Fatal(err)
	}
	fmt.Println(n.TotalMACs(), "multiply-accumulates")
	// Output:
	// name: mine
	// bits: 8
	// layers:
	//   - {name: conv1, conv: {C: 3, M: 64, P: 112, Q: 112, R: 7, S: 7, stride: 2}}
	//   - {name: scores, einsum: "S[h,m,n] = Q[h,m,k] * K[h,n,k]", sizes: {h: 8, m: 128, n: 128, k: 64}, count: 12}  # 12 blocks
	// 218677248 multiply-accumulates
}
