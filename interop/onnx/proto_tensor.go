package onnx

import (
	"encoding/binary"
	"math"
	"slices"
)

// Types of values, TensorProto.DataType.
const (
	typeFloat  = 1
	typeUint8  = 2
	typeInt8   = 3
	typeInt32  = 6
	typeInt64  = 7
	typeBool   = 9
	typeHalf   = 10
	typeDouble = 11
)

// typeBits returns the bits of a value of an element type, 0 for those of no fixed width.
func typeBits(typ int64) int64 {
	bits := []int64{0, 32, 8, 8, 16, 16, 32, 64, 0, 1, 16, 64, 32, 64, 64, 128, 16, 8, 8, 8, 8, 4, 4, 4, 8, 2, 2}
	if typ < 0 || typ >= int64(len(bits)) {
		return 0
	}
	return bits[typ]
}

func isFloat(typ int64) bool {
	return typ == typeFloat || typ == typeHalf || typ == typeDouble || typ == 16
}

func readTensor(w *wire, typ int) *tensor {
	t := &tensor{}
	w.keep(200)
	w.message(typ, func(field, typ int) {
		switch field {
		case 1:
			w.ints(typ, &t.dims, maxRank)
		case 2:
			t.typ = w.int(typ)
		case 4:
			w.floats(typ, 4, &t.floats, maxFolded)
		case 5, 7, 11:
			w.ints(typ, &t.ints, maxFolded)
		case 8:
			t.name = w.text(typ)
		case 9:
			n := w.length(typ)
			if n > 8*maxFolded {
				w.discard(n)
			} else if w.keep(n) {
				t.raw = w.bytes(n)
			}
		case 10:
			w.floats(typ, 8, &t.floats, maxFolded)
		case 13:
			t.external = true
			w.skip(typ)
		default:
			w.skip(typ)
		}
	})
	t.settle()
	return t
}

// settle turns raw data into numbers, and drops contents that are not whole: a model whose weights were taken out, or a
// tensor that was too large to be kept.
func (t *tensor) settle() {
	size := (typeBits(t.typ) + 7) / 8
	if t.typ != typeBool && typeBits(t.typ) < 8 {
		size = 0 // several values a byte
	}
	if len(t.raw) > 0 && size > 0 && int64(len(t.raw))%size == 0 {
		for at := int64(0); at < int64(len(t.raw)); at += size {
			t.add(t.raw[at : at+size])
		}
	}
	t.raw = nil
	n, ok := elements(t.dims)
	if !ok || t.external || n > maxFolded || int64(len(t.ints)) != n || isFloat(t.typ) { // halves come as bits in int32_data
		t.ints = nil
	}
	if !ok || t.external || n > maxFolded || int64(len(t.floats)) != n {
		t.floats = nil
	}
}

func (t *tensor) add(b []byte) {
	var whole [8]byte
	copy(whole[:], b)
	u := binary.LittleEndian.Uint64(whole[:])
	switch t.typ {
	case typeFloat:
		t.floats = append(t.floats, float64(math.Float32frombits(uint32(u))))
	case typeDouble:
		t.floats = append(t.floats, math.Float64frombits(u))
	case typeInt8:
		t.ints = append(t.ints, int64(int8(u)))
	case 5: // int16
		t.ints = append(t.ints, int64(int16(u)))
	case typeInt32:
		t.ints = append(t.ints, int64(int32(u)))
	case typeUint8, 4, typeInt64, typeBool, 12, 13:
		t.ints = append(t.ints, int64(u))
	}
}

func readSparse(w *wire, typ int) *tensor {
	out := &tensor{}
	var dims []int64
	w.message(typ, func(field, typ int) {
		switch field {
		case 1:
			out = readTensor(w, typ)
		case 3:
			w.ints(typ, &dims, maxRank)
		default:
			w.skip(typ)
		}
	})
	out.dims, out.ints, out.floats = dims, nil, nil
	return out
}

func readValueInfo(w *wire, typ int) *valueInfo {
	v := &valueInfo{}
	w.keep(100)
	w.message(typ, func(field, typ int) {
		switch field {
		case 1:
			v.name = w.text(typ)
		case 2:
			w.message(typ, func(field, typ int) {
				if field != 1 { // no tensor: a sequence, a map, an optional value
					w.skip(typ)
					return
				}
				w.message(typ, func(field, typ int) { v.tensorType(w, field, typ) })
			})
		default:
			w.skip(typ)
		}
	})
	return v
}

func (v *valueInfo) tensorType(w *wire, field, typ int) {
	switch field {
	case 1:
		v.typ = w.int(typ)
	case 2:
		v.isSet = true
		w.message(typ, func(field, typ int) {
			if field != 1 {
				w.skip(typ)
				return
			}
			var d dim
			w.message(typ, func(field, typ int) {
				switch field {
				case 1:
					d.value, d.given = w.int(typ), true
				case 2:
					d.param = w.text(typ)
				default:
					w.skip(typ)
				}
			})
			if len(v.dims) > maxRank {
				w.fail("a value of more than %d dimensions", maxRank)
				return
			}
			v.dims = append(v.dims, d)
		})
	default:
		w.skip(typ)
	}
}

// elements is the product of dimensions, ok false where one is negative or the product is beyond 2^62.
func elements(dims []int64) (n int64, ok bool) {
	if slices.ContainsFunc(dims, func(d int64) bool { return d < 0 }) || len(dims) > maxRank {
		return 0, false
	}
	if slices.Contains(dims, 0) {
		return 0, true
	}
	n = 1
	for _, d := range dims {
		if d > (1<<62)/n {
			return 0, false
		}
		n *= d
	}
	return n, true
}
