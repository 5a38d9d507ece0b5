package onnx

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"tcmdse/internal/boundtest"
	"tcmdse/internal/yamlsrc"
	"tcmdse/mapper/workload"
)

func field(num int, body []byte) []byte {
	return append(binary.AppendUvarint(binary.AppendUvarint(nil, uint64(num)<<3|bytesType), uint64(len(body))), body...)
}

func number(num int, x int64) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(nil, uint64(num)<<3), uint64(x))
}

func text(num int, s string) []byte { return field(num, []byte(s)) }

func cat(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func input(name string, dims ...int64) []byte {
	var shape []byte
	for _, d := range dims {
		shape = append(shape, field(1, number(1, d))...)
	}
	return field(11, cat(text(1, name), field(2, field(1, cat(number(1, typeFloat), field(2, shape))))))
}

func nodeOf(op string, in []string, out string, more ...[]byte) []byte {
	var b []byte
	for _, i := range in {
		b = append(b, text(1, i)...)
	}
	return field(1, cat(b, text(2, out), text(4, op), cat(more...)))
}

func modelOf(parts ...[]byte) []byte { return cat(number(1, 8), field(7, cat(parts...))) }

func importBytes(data []byte, opt Options) error {
	m, err := Read(bytes.NewReader(data))
	if err != nil {
		return err
	}
	r, err := Import(m, opt)
	if err != nil {
		return err
	}
	return workload.Write(io.Discard, r.Network, r.Doc)
}

// TestMessages: each mistake has a message of one line that says what to do.
func TestMessages(t *testing.T) {
	mm := nodeOf("MatMul", []string{"a", "b"}, "c")
	open := field(11, cat(text(1, "a"), field(2, field(1, cat(number(1, 1), field(2, cat(field(1, text(2, "batch")), field(1, nil))))))))
	for name, c := range map[string]struct {
		data []byte
		opt  Options
		want string
	}{
		"empty":        {nil, Options{}, "the file is empty"},
		"text":         {[]byte("name: resnet18\nlayers: []\n"), Options{}, "this is a text file, not an ONNX model"},
		"pt":           {[]byte("PK\x03\x04\x00\x00\x00\x00"), Options{}, "PyTorch's .pt"},
		"hdf5":         {[]byte("\x89HDF\r\n\x1a\n"), Options{}, "Keras' .h5"},
		"lfs":          {[]byte("version https://git-lfs.github.com/spec/v1\noid sha256:0\n"), Options{}, "a pointer of Git LFS"},
		"noise":        {[]byte{0xff, 0xfe, 0x07, 0x88, 0x9}, Options{}, "not an ONNX model that can be read"},
		"no graph":     {number(1, 8), Options{}, "no graph of nodes"},
		"cut off":      {modelOf(input("a", 2, 3), input("b", 3, 4), mm)[:40], Options{}, "not an ONNX model that can be read"},
		"fits not":     {modelOf(input("a", 2, 3), input("b", 4, 5), mm), Options{}, `node "MatMul that gives c" (MatMul): operands of shapes [2 3] and [4 5] do not fit`},
		"no such":      {modelOf(input("a", 2, 3), mm), Options{}, `its input "b" is given by no input`},
		"open batch":   {modelOf(open, input("b", 3, 4), mm), Options{}, `input "a": dimension 0 (batch) of [batch ?] is open; give --batch N or --dim batch=N`},
		"open other":   {modelOf(open, input("b", 3, 4), mm), Options{Batch: 2}, `input "a": dimension 1 of [batch ?] is open; give --dim a.1=N`},
		"misspelt":     {modelOf(open, input("b", 3, 4), mm), Options{Dims: map[string]int64{"a.1": 3, "batch": 2, "bacth": 2}}, `--dim bacth: no input has an open dimension of this name, did you mean "batch"; allowed: batch, a.1`},
		"fixed batch":  {modelOf(input("a", 2, 3), input("b", 3, 4), mm), Options{Batch: 5}, "no input's first dimension is open"},
		"fixed dim":    {modelOf(input("a", 2, 3), input("b", 3, 4), mm), Options{Dims: map[string]int64{"x": 5}}, "none, all are fixed"},
		"nothing":      {modelOf(input("a", 2, 3), nodeOf("Relu", []string{"a"}, "c")), Options{}, "no node became a layer: it has Relu"},
		"too large":    {modelOf(input("a", 1<<31, 1<<30), input("b", 1<<30, 1<<31), mm), Options{}, `node "MatMul that gives c" (MatMul)`},
		"overflow":     {modelOf(input("a", 1<<62, 1<<62), mm), Options{}, "more values than can be counted"},
		"unknown only": {modelOf(input("a", 2), nodeOf("Frob", []string{"a"}, "c")), Options{}, "no node became a layer: it has Frob"},
		"contradiction": {modelOf(input("a", 2, 3), input("b", 3, 4), mm,
			field(12, cat(text(1, "c"), field(2, field(1, cat(number(1, 1), field(2, cat(field(1, number(1, 2)), field(1, number(1, 5)))))))))), Options{},
			`its output has shape [2 4], but the file says [2 5]`},
	} {
		err := importBytes(c.data, c.opt)
		var bad *yamlsrc.Error
		if err == nil || !errors.As(err, &bad) || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if err := importBytes(modelOf(open, input("b", 3, 4), mm), Options{Batch: 7, Dims: map[string]int64{"a.1": 3}}); err != nil {
		t.Error(err)
	}
}

// TestCutOff: a model cut anywhere is refused or read without its end, never more.
func TestCutOff(t *testing.T) {
	for _, name := range []string{"control", "attention", "products", "quantised"} {
		data, err := os.ReadFile(filepath.Join("testdata", name+".onnx"))
		if err != nil {
			t.Fatal(err)
		}
		for n := range data {
			if err := importBytes(data[:n], Options{}); err == nil && n < len(data)/2 {
				t.Errorf("%s: %d of %d bytes are a model", name, n, len(data))
			}
		}
	}
}

// zeros is an endless weight.
type zeros struct{ left int64 }

func (z *zeros) Read(p []byte) (int, error) {
	if z.left == 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), z.left)
	clear(p[:n])
	z.left -= n
	return int(n), nil
}

// TestMemory: weights of 256 MiB are passed over, and what asks for memory without end is refused.
func TestMemory(t *testing.T) {
	const weights = 256 << 20
	tensor := cat(number(1, 1<<13), number(1, 1<<13), number(2, typeFloat), text(8, "b"))
	tail := binary.AppendUvarint(binary.AppendUvarint(nil, 9<<3|bytesType), weights)
	rest := cat(input("a", 1, 1<<13), nodeOf("MatMul", []string{"a", "b"}, "c"))
	tensorHead := binary.AppendUvarint(binary.AppendUvarint(nil, 5<<3|bytesType), uint64(len(tensor)+len(tail)+weights))
	graphHead := binary.AppendUvarint(binary.AppendUvarint(nil, 7<<3|bytesType), uint64(len(tensorHead)+len(tensor)+len(tail)+weights+len(rest)))
	r := io.MultiReader(bytes.NewReader(cat(number(1, 8), graphHead, tensorHead, tensor, tail)), &zeros{weights}, bytes.NewReader(rest))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	m, err := Read(r)
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > 1<<20 {
		t.Errorf("reading took %d bytes", took)
	}
	got, err := Import(m, Options{})
	if err != nil || got.Report.MACs.Int64() != 1<<26 {
		t.Error(err)
	}
	name := binary.AppendUvarint([]byte{2<<3 | bytesType}, 1<<39) // a name of half a terabyte
	if _, err := Read(io.MultiReader(bytes.NewReader(append(number(1, 8), name...)), &zeros{1 << 40})); err == nil {
		t.Error("a name of half a terabyte was read")
	}
}

// TestBombs: functions that call one another twice, deep branches, tensors that double: refused, or done in little time.
func TestBombs(t *testing.T) {
	var functions []byte
	function := func(name string, body ...[]byte) []byte {
		nodes := []byte{}
		for _, b := range body {
			nodes = append(nodes, field(7, b)...)
		}
		return field(25, cat(text(1, name), text(4, "x"), text(5, "y"), nodes, text(10, "own")))
	}
	call := func(op, in, out string) []byte { return cat(text(1, in), text(2, out), text(4, op), text(7, "own")) }
	for i := range 30 {
		next := "f" + string(rune('A'+i+1))
		functions = append(functions, function("f"+string(rune('A'+i)), call(next, "x", "t"), call(next, "t", "y"))...)
	}
	start := field(1, call("fA", "a", "c"))
	functions = append(functions, function("f"+string(rune('A'+30)), cat(text(1, "x"), text(2, "y"), text(4, "Relu")))...)
	err := importBytes(append(modelOf(input("a", 2), start), functions...), Options{})
	if err == nil || !strings.Contains(err.Error(), "nodes to walk") {
		t.Error(err)
	}
	err = importBytes(append(modelOf(input("a", 2), start), function("fA", call("fA", "x", "y"))...), Options{})
	if err == nil || !strings.Contains(err.Error(), "nested more than") {
		t.Error(err)
	}
	graph := cat(text(2, "g"))
	for range 200 {
		graph = cat(nodeOf("If", []string{"a"}, "c", field(5, cat(text(1, "then_branch"), field(6, graph)))))
	}
	if err = importBytes(modelOf(input("a", 2), graph), Options{}); err == nil || !strings.Contains(err.Error(), "nested more than") {
		t.Error(err)
	}
	nodes := [][]byte{input("a", 1<<20, 2), nodeOf("Shape", []string{"a"}, "s0")}
	for i := range 60 { // contents that double until they are no longer kept
		s := "s" + string(rune('0'+i))
		nodes = append(nodes, nodeOf("Concat", []string{s, s}, "s"+string(rune('0'+i+1)), field(5, cat(text(1, "axis"), number(3, 0)))))
	}
	if err := importBytes(modelOf(nodes...), Options{}); err == nil {
		t.Error("sizes of 2^60 were counted")
	}
}

func FuzzRead(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.onnx"))
	if err != nil || len(files) == 0 {
		f.Fatal(err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		if len(data) < 20000 {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		defer boundtest.Cost{}.Start(t)()
		err := importBytes(data, Options{Batch: 2, Merge: true, TypeBits: true, Dims: map[string]int64{"sequence": 3}})
		var bad *yamlsrc.Error
		if err != nil && !errors.As(err, &bad) {
			t.Errorf("not an error of the input: %v", err)
		}
	})
}
