package onnx

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

const (
	maxDepth = 64        // messages inside messages
	maxKept  = 512 << 20 // bytes of memory for what is kept of a model
	maxName  = 1 << 16   // bytes of a name
)

// Wire types of protobuf.
const (
	varintType = 0
	fixed64    = 1
	bytesType  = 2
	fixed32    = 5
)

// wire reads protobuf from a stream. A library such as protowire would want the whole message in memory, weights and all.
// Errors are kept: after the first one, everything reads as zero.
type wire struct {
	r     *bufio.Reader
	off   int64
	end   int64 // of the message being read; MaxInt64 for the outermost, which ends with the stream
	depth int
	kept  int64
	err   error
}

func (w *wire) fail(format string, args ...any) {
	if w.err == nil {
		w.err = fmt.Errorf("at byte %d: %s", w.off, fmt.Sprintf(format, args...))
	}
}

// keep accounts for memory before it is taken.
func (w *wire) keep(bytes int64) bool {
	if w.kept += bytes; w.kept > maxKept {
		w.fail("the model has more than %d MiB beside its weights", maxKept>>20)
	}
	return w.err == nil
}

// next reads a field's number and type; ok false at the end of the message or after an error.
func (w *wire) next() (field int, typ int, ok bool) {
	if w.err != nil || w.off >= w.end {
		return 0, 0, false
	}
	if w.depth == 0 {
		if _, err := w.r.Peek(1); errors.Is(err, io.EOF) {
			return 0, 0, false
		}
	}
	tag := w.varint()
	field, typ = int(min(tag>>3, math.MaxInt32)), int(tag&7)
	if w.err == nil && (field == 0 || typ != varintType && typ != fixed64 && typ != bytesType && typ != fixed32) {
		w.fail("not a field of a protobuf message")
	}
	return field, typ, w.err == nil
}

func (w *wire) byte() byte {
	if w.err != nil {
		return 0
	}
	if w.off >= w.end {
		w.fail("a field goes beyond its message")
		return 0
	}
	b, err := w.r.ReadByte()
	if err != nil {
		w.ended(err)
		return 0
	}
	w.off++
	return b
}

func (w *wire) ended(err error) {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		w.fail("the file ends in the middle of a field; it is cut off or no ONNX model")
	} else {
		w.fail("%v", err)
	}
}

func (w *wire) varint() uint64 {
	var x uint64
	for shift := 0; shift < 64; shift += 7 {
		b := w.byte()
		x |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return x
		}
	}
	w.fail("a number of more than 64 bits")
	return 0
}

// int reads a whole number, 0 with an error where the field is of another type.
func (w *wire) int(typ int) int64 {
	if typ != varintType {
		w.fail("a field has the wrong type")
		return 0
	}
	return int64(w.varint())
}

// length reads the length of what follows and checks that the message has room for it.
func (w *wire) length(typ int) int64 {
	if typ != bytesType {
		w.fail("a field has the wrong type")
		return 0
	}
	n := w.varint()
	if w.err == nil && (n > math.MaxInt64/2 || int64(n) > w.end-w.off) {
		w.fail("a field of %d bytes goes beyond its message", n)
	}
	if w.err != nil {
		return 0
	}
	return int64(n)
}

// text reads a name.
func (w *wire) text(typ int) string {
	n := w.length(typ)
	if n > maxName {
		w.fail("a name of %d bytes", n)
	}
	if w.err != nil || !w.keep(n+16) {
		return ""
	}
	return string(w.bytes(n))
}

func (w *wire) bytes(n int64) []byte {
	b := make([]byte, n)
	if _, err := io.ReadFull(w.r, b); err != nil {
		w.ended(err)
		return nil
	}
	w.off += n
	return b
}

func (w *wire) discard(n int64) {
	for n > 0 && w.err == nil {
		step, err := w.r.Discard(int(min(n, 1<<30)))
		w.off += int64(step)
		if n -= int64(step); err != nil {
			w.ended(err)
		}
	}
}

// skip passes over a field.
func (w *wire) skip(typ int) {
	switch typ {
	case varintType:
		w.varint()
	case fixed64:
		w.discard(8)
	case fixed32:
		w.discard(4)
	case bytesType:
		w.discard(w.length(typ))
	}
}

// message calls read for each field of the message that follows; read consumes it.
func (w *wire) message(typ int, read func(field, typ int)) {
	n := w.length(typ)
	if w.depth++; w.depth > maxDepth {
		w.fail("messages nested more than %d deep", maxDepth)
	}
	if !w.keep(64) {
		return
	}
	outer := w.end
	w.end = w.off + n
	for {
		field, typ, ok := w.next()
		if !ok {
			break
		}
		read(field, typ)
	}
	if w.err == nil && w.off != w.end {
		w.fail("a field goes beyond its message")
	}
	w.end = outer
	w.depth--
}

// ints appends whole numbers, packed or one by one; beyond most they are counted in skipped only.
func (w *wire) ints(typ int, to *[]int64, most int64) {
	if typ == varintType {
		w.one(to, int64(w.varint()), most)
		return
	}
	n := w.length(typ)
	for end := w.off + n; w.off < end && w.err == nil; {
		w.one(to, int64(w.varint()), most)
	}
}

func (w *wire) one(to *[]int64, x, most int64) {
	if w.err == nil && int64(len(*to)) <= most && w.keep(8) {
		*to = append(*to, x)
	}
}

// floats appends numbers of 4 or 8 bytes, packed or one by one, up to one more than most.
func (w *wire) floats(typ, size int, to *[]float64, most int64) {
	n := int64(size)
	if typ == bytesType {
		if n = w.length(typ); n > (most+1)*int64(size) {
			w.discard(n)
			if n = 0; w.keep(8 * (most + 1)) {
				*to = make([]float64, most+1)
			}
		}
	}
	if n%int64(size) != 0 {
		w.fail("a list of numbers ends within one")
	}
	for ; n > 0 && w.err == nil; n -= int64(size) {
		var b [8]byte
		for i := range size {
			b[i] = w.byte()
		}
		x := math.Float64frombits(binary.LittleEndian.Uint64(b[:]))
		if size == 4 {
			x = float64(math.Float32frombits(binary.LittleEndian.Uint32(b[:])))
		}
		if int64(len(*to)) <= most && w.keep(8) {
			*to = append(*to, x)
		}
	}
}
