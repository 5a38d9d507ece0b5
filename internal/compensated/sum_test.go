package compensated

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

func exact(xs []float64) float64 {
	sum := new(big.Float).SetPrec(600) // 40 decades are 133 bits
	for _, x := range xs {
		sum.Add(sum, big.NewFloat(x))
	}
	f, _ := sum.Float64()
	return f
}

// terms draws positive numbers over some decades.
func terms(r *rand.Rand, n int, decades float64) []float64 {
	xs := make([]float64, n)
	for i := range xs {
		xs[i] = math.Pow(10, decades*r.Float64()-decades/2)
	}
	return xs
}

// TestSum compares sums in drawn, falling and rising orders with exact ones: an error of two units in the last place would
// be 4e-16. Plain sums of the same terms are off by more than 1e-12 somewhere, or this test would show nothing.
func TestSum(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var worst, plainWorst float64
	check := func(xs []float64) {
		t.Helper()
		want := exact(xs)
		var s Sum
		plain := 0.0
		for _, x := range xs {
			s.Add(x)
			plain += x
		}
		worst = max(worst, math.Abs(s.Value()-want)/want)
		plainWorst = max(plainWorst, math.Abs(plain-want)/want)
	}
	for _, decades := range []float64{0, 3, 12, 40} {
		xs := terms(r, 100_000, decades)
		check(xs)
		r.Shuffle(len(xs), func(i, j int) { xs[i], xs[j] = xs[j], xs[i] })
		check(xs)
	}
	tiny := make([]float64, 200_000) // each is lost in a plain sum
	tiny[0] = 1
	for i := range tiny[1:] {
		tiny[i+1] = 0x1p-54
	}
	check(tiny)
	t.Logf("worst error: %.2g compensated, %.2g plain", worst, plainWorst)
	if worst > 0x1p-52 {
		t.Errorf("a compensated sum is off by %g", worst)
	}
	if plainWorst < 1e-12 {
		t.Errorf("plain sums are off by %g at most: the terms are too easy", plainWorst)
	}
}

// TestCancellation takes back all but one of the terms.
func TestCancellation(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	xs := terms(r, 1000, 20)
	var s Sum
	s.Add(0.25)
	for _, x := range xs {
		s.Add(x)
	}
	for _, i := range r.Perm(len(xs)) {
		s.Add(-xs[i])
	}
	// The magnitudes add up to 1e12: n^2 x 2^-106 of that is 2e-14.
	if got := s.Value(); math.Abs(got-0.25) > 1e-13 {
		t.Errorf("0.25 is left, not %v", got)
	}
}

func TestNotFinite(t *testing.T) {
	var s Sum
	s.Add(math.MaxFloat64)
	s.Add(math.MaxFloat64)
	if !math.IsInf(s.Value(), 1) {
		t.Errorf("twice the largest number is %v", s.Value())
	}
	s = Sum{}
	s.Add(math.Inf(1))
	s.Add(1)
	if !math.IsInf(s.Value(), 1) {
		t.Errorf("infinity and 1 are %v", s.Value())
	}
	s.Add(math.NaN())
	if !math.IsNaN(s.Value()) {
		t.Errorf("NaN among the terms gives %v", s.Value())
	}
}

func TestByName(t *testing.T) {
	b := ByName{}
	b.Add("a", 1)
	b.Add("a", 0x1p-60)
	b.Add("b", 2)
	if b.Value("a") != 1 || b.Value("b") != 2 || b.Value("c") != 0 || b["a"].lost != 0x1p-60 {
		t.Errorf("%v", b)
	}
}
