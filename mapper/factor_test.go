package mapper

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// TestDivisors: all divisors and no others, of every small number and of large ones whose factors are known.
func TestDivisors(t *testing.T) {
	for n := int64(1); n <= 20_000; n++ {
		var want []int64
		for d := int64(1); d <= n; d++ {
			if n%d == 0 {
				want = append(want, d)
			}
		}
		if got := divisors(n); !slices.Equal(got, want) {
			t.Fatalf("%d: %v, want %v", n, got, want)
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		n, factors := int64(1), 0
		for primes := []int64{2, 3, 5, 4093, 4099, 65537, 999983, 2147483647}; ; factors++ {
			p := primes[rng.IntN(len(primes))]
			if n > math.MaxInt64/p {
				break
			}
			n *= p
		}
		product, count := int64(1), 0
		for _, f := range factorise(n) {
			for range f.a {
				product *= f.p
				count++
			}
		}
		if product != n || count != factors {
			t.Errorf("%d has %d prime factors, found %v", n, factors, factorise(n))
		}
	}
}

// TestLargeFactors: no size takes long, primes and products of two large primes included.
func TestLargeFactors(t *testing.T) {
	for n, want := range map[int64]int{
		math.MaxInt64:           96, // 7^2 x 73 x 127 x 337 x 92737 x 649657
		1<<61 - 1:               2,  // prime
		2147483647 * 2147483629: 4,  // two primes
		4611686014132420609:     3,  // 2147483647^2
		1 << 62:                 63,
		3037000493 * 3037000453: 4,
	} {
		began := time.Now()
		if got := len(divisors(n)); got != want {
			t.Errorf("%d: %d divisors, want %d", n, got, want)
		}
		if d := time.Since(began); d > 2*time.Second {
			t.Errorf("%d: %v", n, d)
		}
	}
}
