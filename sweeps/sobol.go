package sweeps

import "math/bits"

// sobolTable holds the primitive polynomials (degree and inner coefficients) and initial direction numbers of the
// dimensions after the first: Joe and Kuo, SIAM J. Sci. Comput. 30 (2008), file new-joe-kuo-6.21201.
func sobolTable() []sobolDimension {
	return []sobolDimension{
		{1, 0, []uint32{1}}, {2, 1, []uint32{1, 3}}, {3, 1, []uint32{1, 3, 1}}, {3, 2, []uint32{1, 1, 1}},
		{4, 1, []uint32{1, 1, 3, 3}}, {4, 4, []uint32{1, 3, 5, 13}}, {5, 2, []uint32{1, 1, 5, 5, 17}},
		{5, 4, []uint32{1, 1, 5, 5, 5}}, {5, 7, []uint32{1, 1, 7, 11, 19}}, {5, 11, []uint32{1, 1, 5, 1, 1}},
		{5, 13, []uint32{1, 1, 1, 3, 11}}, {5, 14, []uint32{1, 3, 5, 5, 31}}, {6, 1, []uint32{1, 3, 3, 9, 7, 49}},
		{6, 13, []uint32{1, 1, 1, 15, 21, 21}}, {6, 16, []uint32{1, 3, 1, 13, 27, 49}}, {6, 19, []uint32{1, 1, 1, 15, 7, 5}},
		{6, 22, []uint32{1, 3, 1, 15, 13, 25}}, {6, 25, []uint32{1, 1, 5, 5, 19, 61}}, {7, 1, []uint32{1, 3, 7, 11, 23, 15, 103}},
	}
}

type sobolDimension struct {
	degree, inner uint32
	m             []uint32
}

// sobolDimensions is how many axes a Sobol sample can have.
const sobolDimensions = 20

// sobol generates a Sobol sequence in Gray-code order, 32 bits a coordinate, each dimension shifted by XOR with a
// number of its own.
type sobol struct {
	directions [][32]uint32
	x          []uint32
	n          uint64
}

func newSobol(shift []uint32) *sobol {
	s := &sobol{x: append([]uint32(nil), shift...)}
	table := sobolTable()
	for d := range shift {
		var v [32]uint32
		if d == 0 {
			for i := range v {
				v[i] = 1 << (31 - i)
			}
		} else {
			t := table[d-1]
			deg := int(t.degree)
			for i := range v {
				if i < deg {
					v[i] = t.m[i] << (31 - i)
					continue
				}
				v[i] = v[i-deg] ^ v[i-deg]>>deg
				for k := 1; k < deg; k++ {
					if t.inner>>(deg-1-k)&1 != 0 {
						v[i] ^= v[i-k]
					}
				}
			}
		}
		s.directions = append(s.directions, v)
	}
	return s
}

// next returns the current point, coordinates as fractions of 2^32, and steps on. The slice is reused.
func (s *sobol) next(out []uint32) {
	copy(out, s.x)
	c := bits.TrailingZeros64(^s.n) & 31
	s.n++
	for d := range s.x {
		s.x[d] ^= s.directions[d][c]
	}
}
