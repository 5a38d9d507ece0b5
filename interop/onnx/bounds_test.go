package onnx

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"
)

// ownFunction is a function of domain own from x to y.
func ownFunction(name string, bodies ...[]byte) []byte {
	b := cat(text(1, name), text(4, "x"), text(5, "y"), text(10, "own"))
	for _, n := range bodies {
		b = append(b, field(7, n)...)
	}
	return field(25, b)
}

// TestWork: what a short file asks for again and again is refused or done within bounds: each of these took minutes, or
// gigabytes, when only nodes were counted.
func TestWork(t *testing.T) {
	mm := nodeOf("MatMul", []string{"a", "a"}, "c")
	callF := nodeOf("F", []string{"a"}, "q", text(7, "own"))
	full := rawTensor("k", typeInt64, longs(slices.Repeat([]int64{2}, maxFolded)...), maxFolded)
	wide := cat(text(1, "x"), text(4, "Relu"), bytes.Repeat([]byte{1<<3 | bytesType, 0}, 500_000), text(2, "y"))
	inits := bytes.Repeat(field(5, text(8, "t")), 100_000)
	ifNode := cat(text(1, "x"), text(2, "y"), text(4, "If"), field(5, cat(text(1, "then_branch"), field(6, cat(inits, field(12, text(1, "x")))))),
		field(5, cat(text(1, "else_branch"), field(6, field(12, text(1, "x"))))))
	spatial := field(5, cat(text(1, "strides"), number(8, 1024), number(8, 1024), number(8, 1024)))
	for name, c := range map[string]struct {
		data []byte
		want string // of the error, "" for none
	}{
		"names taken": {modelOf(input("a", 4, 4), bytes.Repeat(mm, 10_000)), ""},
		"casts":       {modelOf(input("a", 4, 4), full, bytes.Repeat(nodeOf("Cast", []string{"k"}, "c", field(5, cat(text(1, "to"), number(3, typeBool)))), 1500), mm), ""},
		"contents":    {modelOf(input("a", 4, 4), full, bytes.Repeat(nodeOf("Add", []string{"k", "k"}, "c"), 300_000), mm), "nodes to walk"},
		"wide":        {cat(modelOf(input("a", 4, 4), bytes.Repeat(callF, 1000), mm), ownFunction("F", wide)), "nodes to walk"},
		"constants":   {cat(modelOf(input("a", 1), bytes.Repeat(callF, 1000), mm), ownFunction("F", ifNode)), "nodes to walk"},
		"strides": {modelOf(input("a", 4, 4), input("x", 1, 1, 2, 2, 2), input("w", 1, 1, 1024, 1024, 1024),
			bytes.Repeat(nodeOf("ConvTranspose", []string{"x", "w"}, "c", spatial), 300), mm), ""},
	} {
		start := time.Now()
		err := importBytes(c.data, Options{})
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if took := time.Since(start); took > 2*time.Minute {
			t.Errorf("%s: %v", name, took)
		} else {
			t.Log(name, took)
		}
	}
}

// TestLongNames: a function of a long name whose nodes are unknown does not fill memory with that name, nor an error with
// all shapes that do not fit.
func TestLongNames(t *testing.T) {
	inner := slices.Repeat([][]byte{cat(text(1, "x"), text(2, "y"), text(4, "Frob"))}, 100)
	call := nodeOf("F", []string{"a"}, "q", text(7, "own"), text(3, strings.Repeat("n", 60_000)))
	r := resultOf(t, cat(modelOf(input("a", 4, 4), call, nodeOf("MatMul", []string{"a", "a"}, "c")), ownFunction("F", inner...)))
	if len(r.Report.Missing) != 100 {
		t.Fatal(len(r.Report.Missing))
	}
	for _, m := range r.Report.Missing {
		if len(m.Node) > 300 {
			t.Fatal(len(m.Node))
		}
	}
	err := importBytes(modelOf(input("a", 2), input("b", 3), nodeOf("Sum", slices.Repeat([]string{"a", "b"}, 10_000), "c")), Options{})
	if err == nil || len(err.Error()) > 2000 {
		t.Error(err)
	}
}
