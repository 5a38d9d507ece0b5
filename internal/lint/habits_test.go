package lint

import (
	"go/ast"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestHabits: libraries return errors and never panic, print, log or exit; nothing runs before main; no package is a drawer for
// what belongs nowhere.
func TestHabits(t *testing.T) {
	for _, p := range sources(t) {
		if slices.Contains([]string{"util", "utils", "common", "helpers", "misc", "base"}, path.Base(p.dir)) {
			t.Errorf("%s: a package is named after what is in it", p.dir)
		}
		isMain := p.files[0].Name.Name == "main"
		for i, f := range p.files {
			at := path.Join(p.dir, p.names[i])
			for _, d := range f.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
					t.Errorf("%s: init runs before anybody asked for it", at)
				}
			}
			ast.Inspect(f, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				switch fn := call.Fun.(type) {
				case *ast.Ident:
					if fn.Name == "panic" || fn.Name == "print" || fn.Name == "println" {
						t.Errorf("%s: calls %s", at, fn.Name)
					}
				case *ast.SelectorExpr:
					of, ok := fn.X.(*ast.Ident)
					if !ok || isMain {
						return true
					}
					if of.Name == "fmt" && strings.HasPrefix(fn.Sel.Name, "Print") || of.Name == "log" || of.Name == "os" && fn.Sel.Name == "Exit" {
						t.Errorf("%s: calls %s.%s; commands write to their env, and main exits", at, of.Name, fn.Sel.Name)
					}
				}
				return true
			})
		}
	}
}

// TestWords: sources and pages refer to nothing outside the repository, and links between pages lead to files that are there.
func TestWords(t *testing.T) {
	outside := regexp.MustCompile(`shared/(spec|notes|data)|contract,? section|/work/|—`)
	link := regexp.MustCompile(`\]\(([^)#:\s]+)(#[^)]*)?\)`)
	pages := 0
	err := filepath.WalkDir("../..", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !slices.Contains([]string{".go", ".md", ".sql", ".yaml", ".svg"}, filepath.Ext(file)) ||
			strings.HasPrefix(filepath.ToSlash(file), "../../internal/lint/") {
			return err
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		n := 0
		for line := range strings.Lines(string(data)) {
			n++
			if word := outside.FindString(line); word != "" && !strings.Contains(filepath.ToSlash(file), "/testdata/") {
				t.Errorf("%s:%d: %q", file, n, word)
			}
			if filepath.Ext(file) != ".md" {
				continue
			}
			for _, m := range link.FindAllStringSubmatch(line, -1) {
				if _, err := os.Stat(filepath.Join(filepath.Dir(file), m[1])); err != nil {
					t.Errorf("%s:%d: no file %s", file, n, m[1])
				}
			}
		}
		if filepath.Ext(file) == ".md" {
			pages++
		}
		return nil
	})
	if err != nil || pages < 20 {
		t.Errorf("%d pages: %v", pages, err)
	}
}
