package onnx

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// shapesOf runs the shape inference alone, without what the file says of values.
func shapesOf(t *testing.T, name string) map[string]*value {
	t.Helper()
	m := open(t, name)
	m.graph.infos = nil
	for _, o := range m.graph.outputs {
		o.isSet = false
	}
	im := newImporter(m, batchOf(name))
	s := &scope{values: map[string]*value{}, infos: m.graph.named(), opsets: m.Opsets}
	im.constants(m.graph, s)
	if err := im.inputs(s); err != nil {
		t.Fatal(name, err)
	}
	if err := im.run(m.graph.nodes, s); err != nil {
		t.Fatal(name, err)
	}
	return s.values
}

// models are the names of testdata's models.
func models(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "*.onnx"))
	if err != nil || len(files) < 15 {
		t.Fatal(files, err)
	}
	var out []string
	for _, f := range files {
		out = append(out, strings.TrimSuffix(filepath.Base(f), ".onnx"))
	}
	return out
}

// TestShapesAlone: in models without operators that depend on data, every value's shape is found without the file's word.
func TestShapesAlone(t *testing.T) {
	for _, name := range models(t) {
		if name == "control" {
			continue
		}
		values := shapesOf(t, name)
		for v, x := range values {
			if !x.known && v != "" {
				t.Errorf("%s: no shape of %s", name, v)
			}
		}
	}
}

// TestShapesOfONNX compares every shape with ONNX's own inference, where TCMDSE_ONNX_PYTHON names a Python that has it.
func TestShapesOfONNX(t *testing.T) {
	python := os.Getenv("TCMDSE_ONNX_PYTHON")
	if python == "" {
		t.Skip("TCMDSE_ONNX_PYTHON is not set")
	}
	all := 0
	for _, name := range models(t) {
		arg := filepath.Join("testdata", name+".onnx")
		sizes := []string{}
		opt := batchOf(name)
		for d, n := range opt.Dims {
			sizes = append(sizes, fmt.Sprintf("%s=%d", d, n))
		}
		if opt.Batch > 0 {
			sizes = append(sizes, fmt.Sprintf("batch=%d", opt.Batch))
		}
		out, err := exec.Command(python, filepath.Join("testdata", "shapes.py"), arg+":"+strings.Join(sizes, ",")).Output()
		if err != nil {
			t.Fatal(name, err)
		}
		values := shapesOf(t, name)
		compared, ours := 0, 0
		lines := bufio.NewScanner(bytes.NewReader(out))
		for lines.Scan() {
			parts := strings.Split(lines.Text(), "\t")
			v := values[parts[1]]
			if v == nil || !v.known {
				t.Errorf("%s: no shape of %s, which ONNX says is [%s]", name, parts[1], parts[2])
				continue
			}
			if got := strings.Trim(fmt.Sprint(v.shape), "[]"); got != parts[2] {
				t.Errorf("%s: %s has shape %s, ONNX says %s", name, parts[1], got, parts[2])
			}
			compared++
		}
		produced := map[string]bool{}
		for _, n := range open(t, name).graph.nodes {
			for _, o := range n.outputs {
				produced[o] = true
			}
		}
		for v, x := range values {
			if produced[v] && x.known {
				ours++
			}
		}
		t.Logf("%-28s %4d shapes compared, of %4d that we find", name, compared, ours)
		all += compared
	}
	t.Logf("%d shapes compared", all)
	if all < 1000 {
		t.Error("too few shapes to compare")
	}
}

// TestSorted: reports do not depend on the order of maps.
func TestSorted(t *testing.T) {
	var first string
	for range 5 {
		r := imported(t, "vit_2layers_torchscript", Options{Batch: 1})
		text := fmt.Sprint(r.Report.Layers, r.Report.Missing, r.Doc)
		for _, o := range r.Report.Operators {
			text += fmt.Sprint(o)
		}
		if first == "" {
			first = text
		}
		if text != first {
			t.Fatal("two reports of one model differ")
		}
	}
	if names := models(t); !slices.IsSorted(names) {
		t.Error(names)
	}
}
