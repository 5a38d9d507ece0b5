package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tcmdse/mapper/workload"
)

const onnxModels = "../../interop/onnx/testdata/"

// TestImportONNX: a real export becomes a file that maps, the report goes to standard error, and nothing is overwritten.
func TestImportONNX(t *testing.T) {
	model, out := onnxModels+"resnet18_torchscript.onnx", filepath.Join(t.TempDir(), "r.yaml")
	status, stdout, errs := called("import", "onnx", model, "--batch", "1", "--merge", "-o", out)
	if status != 0 || stdout != "" || !strings.Contains(errs, "12 layers, 1814073344 MACs") || !strings.Contains(errs, "GlobalAveragePool") {
		t.Fatal(status, stdout, errs)
	}
	n, err := workload.Open(out, "")
	if err != nil || n.TotalMACs().Int64() != 1814073344 || n.Name != "resnet18_torchscript" {
		t.Fatal(err, n)
	}
	if status, _, errs := called("map", "--arch", "eyeriss", "--workload", out, "--layer", "conv1"); status != 0 {
		t.Error(errs)
	}
	if status, _, errs := called("import", "onnx", model, "--batch", "1", "-o", out); status != 2 || !strings.Contains(errs, "is there already") {
		t.Error(status, errs)
	}
	if status, _, errs := called("import", "onnx", model, "--batch", "1", "-o", out, "--force", "--name", "mine", "--bits", "inputs=8,weights=4,outputs=16"); status != 0 {
		t.Error(errs)
	}
	if n, err = workload.Open(out, ""); err != nil || n.Name != "mine" || len(n.Layers) != 21 || n.Layers[3].Einsum.Tensors[1].Bits != 4 {
		t.Error(err, n)
	}
	status, stdout, _ = called("import", "onnx", model, "--dim", "batch=3")
	if n, err := workload.Parse([]byte(stdout), "stdout"); status != 0 || err != nil || n.TotalMACs().Int64() != 3*1814073344 {
		t.Error(status, err)
	}
}

// TestImportONNXReport: what is in no layer is a warning, an error by --strict, and in JSON with its share.
func TestImportONNXReport(t *testing.T) {
	model := onnxModels + "control.onnx"
	status, _, errs := called("import", "onnx", model)
	if status != 0 || strings.Count(errs, "warning: in no layer") != 6 || !strings.Contains(errs, "5 layers, 1280 MACs, 38.46 % of 3328") || !strings.Contains(errs, "unknown operator") {
		t.Error(status, errs)
	}
	out := filepath.Join(t.TempDir(), "x.yaml")
	if status, _, errs := called("import", "onnx", model, "--strict", "-o", out); status != 1 || !strings.Contains(errs, "--strict: 6 nodes are in no layer") {
		t.Error(status, errs)
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("--strict wrote a file")
	}
	status, text, errs := called("import", "onnx", model, "--json")
	var got struct {
		MACs      int64 `json:"macs"`
		InLayers  int64 `json:"macs_in_layers"`
		Layers    []struct{ Name string }
		Operators []struct {
			Operator string
			Known    bool
		}
		Missing []struct {
			Node string
			MACs *int64
		}
	}
	if err := json.Unmarshal([]byte(text), &got); status != 0 || err != nil || errs != "" {
		t.Fatal(status, err, errs)
	}
	if got.MACs != 3328 || got.InLayers != 1280 || len(got.Layers) != 5 || len(got.Missing) != 6 || got.Missing[2].MACs != nil || *got.Missing[1].MACs != 1280 {
		t.Errorf("%+v", got)
	}
}

// TestImportONNXRefuses: each mistake ends with status 2 and a line that names what is wrong.
func TestImportONNXRefuses(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	model, data := onnxModels+"transformer_dynamo.onnx", ""
	if b, err := os.ReadFile(model); err != nil {
		t.Fatal(err)
	} else {
		data = string(b)
	}
	products, err := os.ReadFile(onnxModels + "products.onnx")
	if err != nil {
		t.Fatal(err)
	}
	own := file("own.onnx", string(products))
	for want, args := range map[string][]string{
		"the file is empty":                  {file("empty.onnx", "")},
		"this is a text file":                {file("text.onnx", "# hello\n")},
		"a zip archive":                      {file("model.pt", "PK\x03\x04\x00\x00")},
		"no such file":                       {filepath.Join(dir, "none.onnx")},
		"is a folder":                        {dir},
		"not an ONNX model that can be read": {file("cut.onnx", data[:len(data)/2])},
		"give --batch N or --dim batch=N":    {model},
		"give --dim sequence=N":              {model, "--batch", "2"},
		`did you mean "sequence"`:            {model, "--batch", "2", "--dim", "sequence=64", "--dim", "sequenze=64"},
		"--dim sequence is not NAME=N":       {model, "--dim", "sequence"},
		"--dim sequence=0 is not NAME=N":     {model, "--dim", "sequence=0"},
		"allowed: whole numbers from 1":      {model, "--batch", "-3"},
		`"weight=4" is no width`:             {model, "--bits", "weight=4"},
		`"0" is no width`:                    {model, "--bits", "0"},
		"more values than can be counted":    {model, "--batch", "2000000000", "--dim", "sequence=2000000000"},
		"is not a name":                      {model, "--name", "a b"},
		"no input's first dimension is open": {onnxModels + "products.onnx", "--batch", "9"},
		"is a folder, not a file":            {onnxModels + "products.onnx", "-o", dir},
		"no such file or directory":          {onnxModels + "products.onnx", "-o", filepath.Join(dir, "no", "such.yaml")},
		"is the model itself":                {own, "-o", own, "--force"},
		"accepts 1 arg(s), received 0":       {},
	} {
		status, out, errs := called(append([]string{"import", "onnx"}, args...)...)
		if status != 2 || out != "" || !strings.Contains(errs, want) || strings.Count(errs, "\n") != 1 {
			t.Errorf("%v: exit %d, %q; want %q", args, status, errs, want)
		}
	}
}

// TestNetworkName: what files are called becomes a name that a network may have.
func TestNetworkName(t *testing.T) {
	for file, want := range map[string]string{"a/resnet18.onnx": "resnet18", "v2.1 final.onnx": "v2_1_final", "3d.onnx": "net_3d", "é.onnx": "net", ".onnx": "net"} {
		if got := networkName(file); got != want {
			t.Errorf("%s: %q, want %q", file, got, want)
		}
	}
}
