package mapper

import (
	"math/big"
	"math/bits"
	"slices"
)

// primePower is a prime factor of a number and how often it divides it.
type primePower struct {
	p int64
	a int
}

// factorise returns the prime factors of n >= 1, ascending. Sizes of layers are small, but nothing keeps a file from
// giving 2^61 - 1: what trial division leaves is split by Pollard's rho in about n^(1/4) steps, so that no size takes
// longer than a few milliseconds.
func factorise(n int64) []primePower {
	var primes []int64
	for d := int64(2); d < 1<<12 && d <= n/d; d++ {
		for n%d == 0 {
			primes, n = append(primes, d), n/d
		}
	}
	rest := []int64{n}
	for len(rest) > 0 {
		m := rest[len(rest)-1]
		rest = rest[:len(rest)-1]
		switch {
		case m == 1:
		case m < 1<<24 || big.NewInt(m).ProbablyPrime(0): // no factor below 2^12; the test is exact below 2^64
			primes = append(primes, m)
		default:
			d := split(m)
			rest = append(rest, d, m/d)
		}
	}
	slices.Sort(primes)
	var out []primePower
	for _, p := range primes {
		if len(out) == 0 || out[len(out)-1].p != p {
			out = append(out, primePower{p: p})
		}
		out[len(out)-1].a++
	}
	return out
}

// split returns a factor of a composite odd n, neither 1 nor n (Pollard, "A Monte Carlo method for factorization", BIT
// 15, 1975; Floyd's cycle).
func split(n int64) int64 {
	m := uint64(n)
	for c := uint64(1); ; c++ {
		step := func(x uint64) uint64 {
			hi, lo := bits.Mul64(x, x)
			_, r := bits.Div64(hi%m, lo, m)
			return (r + c) % m
		}
		slow, fast, d := uint64(2), uint64(2), uint64(1)
		for d == 1 {
			slow, fast = step(slow), step(step(fast))
			d = gcd(max(slow, fast)-min(slow, fast), m)
		}
		if d != m {
			return int64(d)
		}
	}
}

func gcd(a, b uint64) uint64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// divisors returns all divisors of n >= 1, ascending.
func divisors(n int64) []int64 {
	out := []int64{1}
	for _, f := range factorise(n) {
		times := int64(1)
		for before, i := len(out), 0; i < f.a; i++ {
			times *= f.p
			for _, d := range out[:before] {
				out = append(out, d*times)
			}
		}
	}
	slices.Sort(out)
	return out
}
