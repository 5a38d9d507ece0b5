package onnx

import (
	"bufio"
	"bytes"
	"io"
	"math"
	"strings"
	"unicode/utf8"

	"tcmdse/internal/yamlsrc"
)

// maxFolded is the most values that a tensor may have for its contents to be kept: enough for shapes, axes and scales.
const maxFolded = 4096

// maxRank bounds the dimensions of a tensor.
const maxRank = 64

// Model is what this package keeps of an ONNX file.
type Model struct {
	IR                        int64
	Producer, ProducerVersion string
	Opsets                    map[string]int64 // by domain, "" for ONNX's own

	graph     *graph
	functions map[string]*function // by domain, name and overload
}

type graph struct {
	nodes        []*node
	initializers []*tensor
	inputs       []*valueInfo
	outputs      []*valueInfo
	infos        []*valueInfo
}

type function struct {
	inputs, outputs []string
	defaults        map[string]*attribute
	nodes           []*node
}

type node struct {
	name, op, domain, overload string
	inputs, outputs            []string
	attrs                      map[string]*attribute
	scopes                     string // names of the modules that it is in, as PyTorch writes them
}

type attribute struct {
	i       int64
	f       float64
	s       string
	ints    []int64
	floats  []float64
	t       *tensor
	g       *graph
	ref     string // the name of the function's attribute that it stands for
	strings []string
}

// tensor is a constant; ints or floats hold its contents where these are small, by its type.
type tensor struct {
	name     string
	typ      int64
	dims     []int64
	ints     []int64
	floats   []float64
	raw      []byte
	external bool
}

type valueInfo struct {
	name  string
	typ   int64
	isSet bool // it says a shape
	dims  []dim
}

// dim is a dimension: a number, or a name, or neither.
type dim struct {
	value int64
	given bool
	param string
}

// Read reads a model. Errors are *yamlsrc.Error without the name of the file.
func Read(r io.Reader) (*Model, error) {
	b := bufio.NewReaderSize(r, 1<<16)
	head, err := b.Peek(512)
	if len(head) == 0 {
		if err != nil && err != io.EOF {
			return nil, &yamlsrc.Error{Msg: err.Error()}
		}
		return nil, &yamlsrc.Error{Msg: "the file is empty", Allowed: "an ONNX model"}
	}
	if what := otherFormat(head); what != "" {
		return nil, &yamlsrc.Error{Msg: "this is " + what + ", not an ONNX model", Allowed: "what torch.onnx.export, Keras' model.export or tf2onnx write"}
	}
	w := &wire{r: b, end: math.MaxInt64}
	m := &Model{Opsets: map[string]int64{}, functions: map[string]*function{}}
	for {
		field, typ, ok := w.next()
		if !ok {
			break
		}
		m.field(w, field, typ)
	}
	if w.err != nil {
		return nil, &yamlsrc.Error{Msg: "not an ONNX model that can be read: " + w.err.Error()}
	}
	if m.graph == nil || len(m.graph.nodes) == 0 {
		return nil, &yamlsrc.Error{Msg: "no graph of nodes is in it", Allowed: "an ONNX model"}
	}
	return m, nil
}

// otherFormat tells files that people mistake for ONNX models by how they begin.
func otherFormat(head []byte) string {
	for magic, what := range map[string]string{
		"PK\x03\x04": "a zip archive (PyTorch's .pt and Keras' .keras files are)", "\x89HDF": "an HDF5 file (Keras' .h5 files are)",
		"\x1f\x8b": "a gzip file", "\x80\x02": "a Python pickle", "\x80\x03": "a Python pickle", "\x80\x04": "a Python pickle",
		"version https://git-lfs": "a pointer of Git LFS, not the file itself",
	} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return what
		}
	}
	switch {
	case len(head) > 8 && string(head[4:8]) == "TFL3":
		return "a TensorFlow Lite model"
	case len(head) > 9 && head[8] == '{' && head[7] == 0:
		return "a safetensors file"
	}
	for i, c := range head {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' {
			return ""
		}
		if c >= utf8.RuneSelf && i+utf8.UTFMax < len(head) && !utf8.FullRune(head[i:]) {
			return ""
		}
	}
	return "a text file"
}

func (m *Model) field(w *wire, field, typ int) {
	switch field {
	case 1:
		m.IR = w.int(typ)
	case 2:
		m.Producer = w.text(typ)
	case 3:
		m.ProducerVersion = w.text(typ)
	case 7:
		m.graph = readGraph(w, typ)
	case 8:
		readOpset(w, typ, m.Opsets)
	case 25:
		readFunction(w, typ, m)
	default:
		w.skip(typ)
	}
}

func readOpset(w *wire, typ int, to map[string]int64) {
	domain, version := "", int64(0)
	w.message(typ, func(field, typ int) {
		switch field {
		case 1:
			domain = w.text(typ)
		case 2:
			version = w.int(typ)
		default:
			w.skip(typ)
		}
	})
	to[plainDomain(domain)] = version
}

// plainDomain gives ONNX's own operators the domain "".
func plainDomain(d string) string {
	if d == "ai.onnx" {
		return ""
	}
	return d
}

func readGraph(w *wire, typ int) *graph {
	g := &graph{}
	w.message(typ, func(field, typ int) {
		switch field {
		case 1:
			g.nodes = append(g.nodes, readNode(w, typ))
		case 5:
			g.initializers = append(g.initializers, readTensor(w, typ))
		case 11:
			g.inputs = append(g.inputs, readValueInfo(w, typ))
		case 12:
			g.outputs = append(g.outputs, readValueInfo(w, typ))
		case 13:
			g.infos = append(g.infos, readValueInfo(w, typ))
		case 15:
			g.initializers = append(g.initializers, readSparse(w, typ))
		default:
			w.skip(typ)
		}
	})
	return g
}

func readFunction(w *wire, typ int, m *Model) {
	f := &function{defaults: map[string]*attribute{}}
	n := &node{}
	w.message(typ, func(field, typ int) {
		switch field {
		case 1:
			n.op = w.text(typ)
		case 4:
			f.inputs = append(f.inputs, w.text(typ))
		case 5:
			f.outputs = append(f.outputs, w.text(typ))
		case 7:
			f.nodes = append(f.nodes, readNode(w, typ))
		case 10:
			n.domain = plainDomain(w.text(typ))
		case 11:
			name, a := readAttribute(w, typ)
			f.defaults[name] = a
		case 13:
			n.overload = w.text(typ)
		default:
			w.skip(typ)
		}
	})
	m.functions[n.function()] = f
}

// function is the key of the function that a node calls, if there is such a one.
func (n *node) function() string { return n.domain + "\x00" + n.op + "\x00" + n.overload }

// kind is the operator's name with its domain, where that is not ONNX's own.
func (n *node) kind() string {
	if n.domain == "" {
		return n.op
	}
	return n.domain + "." + n.op
}

func readNode(w *wire, typ int) *node {
	n := &node{attrs: map[string]*attribute{}}
	w.keep(200)
	w.message(typ, func(field, typ int) {
		switch field {
		case 1:
			n.inputs = append(n.inputs, w.text(typ))
		case 2:
			w.keep(200) // for the value that it becomes
			n.outputs = append(n.outputs, w.text(typ))
		case 3:
			n.name = w.text(typ)
		case 4:
			n.op = w.text(typ)
		case 5:
			name, a := readAttribute(w, typ)
			n.attrs[name] = a
		case 7:
			n.domain = plainDomain(w.text(typ))
		case 8:
			n.overload = w.text(typ)
		case 9:
			if key, value := readEntry(w, typ); strings.HasSuffix(key, "name_scopes") {
				n.scopes = value
			}
		default:
			w.skip(typ)
		}
	})
	return n
}

// readEntry reads a pair of metadata; values that are long, such as stack traces, read as "".
func readEntry(w *wire, typ int) (key, value string) {
	w.message(typ, func(field, typ int) {
		switch field {
		case 1:
			key = w.text(typ)
		case 2:
			if n := w.length(typ); n > 4096 {
				w.discard(n)
			} else if w.keep(n) {
				value = string(w.bytes(n))
			}
		default:
			w.skip(typ)
		}
	})
	return key, value
}

func readAttribute(w *wire, typ int) (string, *attribute) {
	a, name := &attribute{}, ""
	w.keep(200)
	w.message(typ, func(field, typ int) {
		switch field {
		case 1:
			name = w.text(typ)
		case 2:
			var one []float64
			w.floats(typ, 4, &one, 1)
			if len(one) > 0 {
				a.f = one[0]
			}
		case 3:
			a.i = w.int(typ)
		case 4:
			a.s = w.blob(typ)
		case 5:
			a.t = readTensor(w, typ)
		case 6:
			a.g = readGraph(w, typ)
		case 7:
			w.floats(typ, 4, &a.floats, maxFolded)
		case 8:
			w.ints(typ, &a.ints, maxFolded)
		case 9:
			a.strings = append(a.strings, w.blob(typ))
		case 21:
			a.ref = w.text(typ)
		default:
			w.skip(typ)
		}
	})
	return name, a
}

// blob reads text that may be long, of which no operator needs the long ones.
func (w *wire) blob(typ int) string {
	n := w.length(typ)
	if n > maxName {
		w.discard(n)
		return ""
	}
	if !w.keep(n + 16) {
		return ""
	}
	return string(w.bytes(n))
}
