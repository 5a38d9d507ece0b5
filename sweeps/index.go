package sweeps

import (
	"math/big"
	"math/bits"
)

// index is the number of a point on the grid, the last axis fastest: 128 bits, so that a sample may be of a grid that
// nobody could walk.
type index struct{ hi, lo uint64 }

// maxGridBits bounds the grid of a sample: a permutation works on twice its half, rounded up.
const maxGridBits = 126

// rowsOf writes the rows of a point of the grid.
func (s *Sweep) rowsOf(i index, rows []int) {
	for a := len(s.axes) - 1; a >= 0; a-- {
		n := uint64(len(s.axes[a].rows))
		var r uint64
		i.hi, r = i.hi/n, i.hi%n
		i.lo, r = bits.Div64(r, i.lo, n)
		rows[a] = int(r)
	}
}

// indexOf is the inverse of rowsOf.
func (s *Sweep) indexOf(rows []int) index {
	var i index
	for a := range s.axes {
		n := uint64(len(s.axes[a].rows))
		hi, lo := bits.Mul64(i.lo, n)
		lo, carry := bits.Add64(lo, uint64(rows[a]), 0)
		i = index{i.hi*n + hi + carry, lo}
	}
	return i
}

func (i index) less(j index) bool { return i.hi < j.hi || i.hi == j.hi && i.lo < j.lo }

func indexFrom(n *big.Int) index {
	lo := new(big.Int).And(n, new(big.Int).SetUint64(1<<64-1))
	return index{new(big.Int).Rsh(n, 64).Uint64(), lo.Uint64()}
}

// permutation shuffles the numbers below n without remembering any: a balanced Feistel network (Luby and Rackoff, SIAM
// J. Comput. 17, 1988) over the least even number of bits that holds n, with cycle walking for what lies beyond (Black
// and Rogaway, "Ciphers with Arbitrary Finite Domains", CT-RSA 2002). Its round function is the finalizer of SplitMix64
// (Steele, Lea, Flood, OOPSLA 2014): good for samples, not for secrets.
type permutation struct {
	n    index
	half uint // bits, 1 to 63
	keys [rounds]uint64
}

// rounds of the network: four are pseudorandom on large domains; small ones, as grids are, need more.
const rounds = 12

func newPermutation(n index, seed uint64) *permutation {
	last := bits.Len64(n.hi) + 64
	if n.hi == 0 {
		last = bits.Len64(n.lo)
	}
	p := &permutation{n: n, half: uint(max(1, (last+1)/2))}
	for i := range p.keys {
		p.keys[i] = mix(seed + uint64(i+1)*0x9e3779b97f4a7c15)
	}
	return p
}

// at returns the place of the i-th number, i below n.
func (p *permutation) at(i index) index {
	mask := uint64(1)<<p.half - 1
	for {
		right, left := i.lo&mask, (i.lo>>p.half|i.hi<<(64-p.half))&mask
		for _, k := range p.keys {
			left, right = right, left^mix(right^k)&mask
		}
		i = index{left >> (64 - p.half), left<<p.half | right}
		if i.less(p.n) {
			return i
		}
	}
}

// mix is the finalizer of SplitMix64.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
