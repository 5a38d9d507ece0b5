// Package lint holds the tests of the code itself: who may import whom, sizes of files and functions (lint_test.go), comments and
// the table of docs/architecture.md (docs_test.go), habits and links (habits_test.go).
package lint

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// allowed lists what each package may import of ours. Data flows sweeps -> dse -> (hwmodel, mapper) -> results ->
// reports; results and reports know no mapper.
func allowed() map[string][]string {
	hw := []string{"internal/unit", "internal/yamlsrc"}
	costs := []string{"hwmodel/estimate"}
	mapper := []string{"hwmodel", "mapper/mapping", "mapper/model", "mapper/workload"}
	return map[string][]string{
		"":                           {"internal/cli"},
		"internal/unit":              {},
		"internal/lint":              {},
		"internal/compensated":       {},
		"internal/boundtest":         {},
		"internal/hostile":           {},
		"internal/yamlsrc":           {"internal/unit"},
		"hwmodel":                    append(costs, hw...),
		"hwmodel/estimate":           {},
		"hwmodel/external":           costs,
		"mapper/workload":            hw,
		"mapper/mapping":             hw,
		"mapper/model":               {"hwmodel", "mapper/mapping", "mapper/workload"},
		"mapper":                     mapper,
		"mapper/internal/exhaustive": mapper,
		"sweeps":                     append(hw, "hwmodel"),
		"results":                    {"internal/compensated"},
		"slurm":                      {"results"},
		"reports":                    {"results", "internal/compensated", "internal/unit", "reports/nest"},
		"reports/nest":               {"results", "internal/unit"},
		"dse":                        append(append([]string{"internal/compensated", "internal/yamlsrc", "hwmodel/estimate"}, mapper...), "mapper", "sweeps", "results"),
		"interop/expr":               {},
		"interop/foreign":            {"internal/yamlsrc", "interop/expr"},
		"interop/archfile":           {"hwmodel", "internal/yamlsrc"},
		"interop/timeloop":           append([]string{"interop/archfile", "interop/expr", "interop/foreign"}, append(append(hw, costs...), mapper...)...),
		"interop/accelforge":         append([]string{"interop/archfile", "interop/expr", "interop/foreign"}, append(append(hw, costs...), mapper...)...),
		"examples/optimal":           {"hwmodel", "mapper", "mapper/workload"},
		"interop/onnx":               {"internal/yamlsrc", "mapper/workload"},
		"internal/cli":               append(append(append(hw, mapper...), costs...), "interop/onnx", "hwmodel/external", "mapper", "sweeps", "results", "reports", "reports/nest", "dse", "slurm", "interop/archfile", "interop/foreign", "interop/timeloop", "interop/accelforge"),
	}
}

func TestImports(t *testing.T) {
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "tcmdse/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	rules := allowed()
	dec := json.NewDecoder(bytes.NewReader(out))
	seen := 0
	for dec.More() {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, "tcmdse"), "/")
		may, ok := rules[name]
		if !ok {
			t.Errorf("package %s has no rule; add it to allowed()", p.ImportPath)
			continue
		}
		seen++
		for _, i := range p.Imports {
			if ours, ok := strings.CutPrefix(i, "tcmdse/"); ok && !slices.Contains(may, ours) {
				t.Errorf("%s may not import %s", p.ImportPath, i)
			}
		}
	}
	if seen != len(rules) {
		t.Errorf("%d packages, %d rules", seen, len(rules))
	}
}

// TestSizes keeps files and functions readable.
func TestSizes(t *testing.T) {
	const maxFile, maxFunc = 600, 80
	set := token.NewFileSet()
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		f, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			return err
		}
		if n := set.Position(f.End()).Line; n > maxFile {
			t.Errorf("%s has %d lines, more than %d", path, n, maxFile)
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok {
				if n := set.Position(fn.End()).Line - set.Position(fn.Pos()).Line; n > maxFunc && !strings.HasSuffix(path, "_test.go") {
					t.Errorf("%s: %s has %d lines, more than %d", path, fn.Name.Name, n, maxFunc)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
