package mapper

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"tcmdse/hwmodel"
	"tcmdse/mapper/workload"
)

// coupledNets holds Einsums whose variables all share dimensions.
const coupledNets = `
name: coupled
bits: 8
layers:
  - name: small
    einsum: "Z[i,j,k] = A[i+j,k+l] * B[j+k,l+i]"
    sizes: {i: 4, j: 2, k: 3, l: 2}
    roles: {inputs: A, weights: B, outputs: Z}
  - name: large
    einsum: "Z[i,j,k] = A[i+j,k+l] * B[j+k,l+i]"
    sizes: {i: 60, j: 60, k: 60, l: 60}
    roles: {inputs: A, weights: B, outputs: Z}
  - name: seven
    einsum: "Z[a+b+c] = A[a+d,e] * B[b+e,f+g]"
    sizes: {a: 12, b: 12, c: 12, d: 12, e: 12, f: 12, g: 12}
    roles: {inputs: A, weights: B, outputs: Z}
  - {name: divisible, matmul: {M: 6983776800, K: 2, N: 2}}
  - {name: wide, conv: {N: 60, C: 720, M: 720, P: 60, Q: 60, R: 6, S: 6}}
`

// built makes an architecture of what was read.
func built(t *testing.T) func(*hwmodel.Spec, error) *hwmodel.Arch {
	return func(spec *hwmodel.Spec, err error) *hwmodel.Arch {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		arch, err := spec.Build()
		if err != nil {
			t.Fatal(err)
		}
		return arch
	}
}

// TestTooLarge: an Einsum of many coupled variables is refused at once, with their names; a small one is mapped.
func TestTooLarge(t *testing.T) {
	net, err := workload.Parse([]byte(coupledNets), "coupled.yaml")
	if err != nil {
		t.Fatal(err)
	}
	arch := built(t)(hwmodel.Open("eyeriss", ""))
	if _, err := Optimal(t.Context(), arch, &net.Layers[0].Einsum, Options{}); err != nil {
		t.Errorf("small: %v", err)
	}
	for _, l := range net.Layers[1:4] {
		start := time.Now()
		_, err := Optimal(t.Context(), arch, &l.Einsum, Options{})
		var large *TooLargeError
		if !errors.As(err, &large) || large.Count <= large.Most {
			t.Errorf("%s: error %v, want a TooLargeError", l.Name, err)
		}
		t.Logf("%s: %v after %v", l.Name, err, time.Since(start))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	start := time.Now()
	if _, err := Optimal(ctx, arch, &net.Layers[4].Einsum, Options{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("wide: error %v, want the context's", err)
	}
	if d := time.Since(start); d > 20*time.Second {
		t.Errorf("the context's end was noticed after %v", d)
	}
}

// TestTooLargeAlone: a variable that shares no dimension is named by itself, with its size.
func TestTooLargeAlone(t *testing.T) {
	arch := built(t)(hwmodel.Open("eyeriss", ""))
	layer := workload.Matmul(0, 2097152, 2, 2)
	_, err := Optimal(t.Context(), arch, &layer, Options{Imperfect: true})
	const want = "mapper: variable m of size 2097152, with remainders; tiles that can be formed: 2.097e+06; at most 1048576 can be searched exactly"
	if err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// TestTooManyKeeps: memories that may all keep everything are told as such before their choices fill the memory, budget of nodes
// or not, and the next architecture is mapped as ever.
func TestTooManyKeeps(t *testing.T) {
	build := func(memories int) *hwmodel.Arch {
		text := "name: n\nclock: 1GHz\nnodes:\n  - {memory: D, size: unlimited, read: {energy: 4pJ/bit, bandwidth: 1GB/s}}\n"
		for i := range memories {
			text += fmt.Sprintf("  - {memory: M%d, size: %dKiB, read: {energy: %dfJ/bit, bandwidth: 100GB/s}}\n", i, 200-i, 200-i)
		}
		return built(t)(hwmodel.ParseSpec([]byte(text+"  - {compute: M, energy: 1pJ, throughput: 1/cycle}\n"), "n.yaml"))
	}
	var m Mapper
	layer := workload.Matmul(0, 8, 8, 8)
	const want = "mapper: 8 memories within the outermost; ways to keep tensors in them or not (a memory's may_keep): 1.678e+07; at most 2097152 can be searched exactly"
	if _, err := m.Optimal(t.Context(), build(8), &layer, Options{MaxNodes: 1000}); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	if _, err := m.Least(t.Context(), build(8), &layer); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	if r, err := m.Optimal(t.Context(), build(2), &layer, Options{}); err != nil || !r.Search.Optimal {
		t.Errorf("after that, %v, %v", r, err)
	}
}
