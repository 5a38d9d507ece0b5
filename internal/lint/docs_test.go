package lint

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Package comments are read as design docs: a library's has at least so many lines, and from so many files on it says
// what is in each of them.
const (
	leastDoc  = 8
	manyFiles = 7
)

// source is the non-test part of one package.
type source struct {
	dir   string
	names []string // of files
	files []*ast.File
}

// sources parses all packages, by folder.
func sources(t *testing.T) []*source {
	t.Helper()
	byDir := map[string]*source{}
	var out []*source
	set := token.NewFileSet()
	err := filepath.WalkDir("../..", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(set, file, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		dir := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(file)), "../..")
		p := byDir[dir]
		if p == nil {
			p = &source{dir: strings.TrimPrefix(dir, "/")}
			byDir[dir] = p
			out = append(out, p)
		}
		p.names = append(p.names, filepath.Base(file))
		p.files = append(p.files, f)
		return nil
	})
	if err != nil || len(out) < 20 {
		t.Fatalf("%d packages: %v", len(out), err)
	}
	return out
}

// TestPackageDocs: every package has one package comment, long enough to be a design doc, in doc.go where there are many
// files; it then names each of them.
func TestPackageDocs(t *testing.T) {
	for _, p := range sources(t) {
		text, in := "", ""
		for i, f := range p.files {
			if f.Doc == nil {
				continue
			}
			if in != "" {
				t.Errorf("%s: package comments in %s and in %s", p.dir, in, p.names[i])
			}
			text, in = f.Doc.Text(), p.names[i]
		}
		least := leastDoc
		if p.files[0].Name.Name == "main" {
			least = 2
		}
		if n := strings.Count(text, "\n"); n < least {
			t.Errorf("%s: the package comment has %d lines, fewer than %d", p.dir, n, least)
		}
		if len(p.names) < manyFiles {
			continue
		}
		if in != "doc.go" {
			t.Errorf("%s: of a package of %d files the comment belongs into doc.go, not %s", p.dir, len(p.names), in)
		}
		patterns := regexp.MustCompile(`[A-Za-z0-9_*]+\.go\b`).FindAllString(text, -1)
		for _, name := range p.names {
			if name != "doc.go" && !slices.ContainsFunc(patterns, func(of string) bool { ok, _ := path.Match(of, name); return ok }) {
				t.Errorf("%s: the package comment does not tell what is in %s", p.dir, name)
			}
		}
		for _, of := range patterns {
			found := slices.ContainsFunc(p.names, func(name string) bool { ok, _ := path.Match(of, name); return ok })
			if _, err := os.Stat(filepath.Join("../..", p.dir, of)); !found && err != nil {
				t.Errorf("%s: the package comment tells of %s, which is not there", p.dir, of)
			}
		}
	}
}

// TestArchitecture: the table of docs/architecture.md names every package.
func TestArchitecture(t *testing.T) {
	page, err := os.ReadFile("../../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	named := ""
	for line := range strings.Lines(string(page)) {
		if cells := strings.Split(line, "|"); len(cells) > 2 {
			named += cells[1]
		}
	}
	for name := range allowed() { // TestImports asserts that these are all
		if name == "" {
			name = "tcmdse"
		}
		if !strings.Contains(named, "`"+name+"`") {
			t.Errorf("docs/architecture.md has no row that names %s", name)
		}
	}
}

// unspoken are methods whose meaning is their interface's.
var unspoken = []string{"Error", "Unwrap", "String", "Len", "Less", "Swap", "Push", "Pop", "Write", "MarshalJSON"}

// TestExportedDocs: every exported identifier has a comment; those of functions and types begin with the name.
func TestExportedDocs(t *testing.T) {
	for _, p := range sources(t) {
		for i, f := range p.files {
			at := path.Join(p.dir, p.names[i])
			for _, d := range f.Decls {
				switch d := d.(type) {
				case *ast.FuncDecl:
					if ast.IsExported(d.Name.Name) && exportedReceiver(d) && !(d.Recv != nil && slices.Contains(unspoken, d.Name.Name)) {
						checkDoc(t, at, d.Name.Name, true, d.Doc)
					}
				case *ast.GenDecl:
					for _, s := range d.Specs {
						switch s := s.(type) {
						case *ast.TypeSpec:
							checkDoc(t, at, s.Name.Name, len(d.Specs) == 1, s.Doc, d.Doc)
						case *ast.ValueSpec:
							for _, n := range s.Names {
								checkDoc(t, at, n.Name, false, s.Doc, s.Comment, d.Doc)
							}
						}
					}
				}
			}
		}
	}
}

// exportedReceiver: methods of types that nobody outside can name are seen by nobody.
func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	of := d.Recv.List[0].Type
	if star, ok := of.(*ast.StarExpr); ok {
		of = star.X
	}
	if generic, ok := of.(*ast.IndexExpr); ok {
		of = generic.X
	}
	name, ok := of.(*ast.Ident)
	return ok && ast.IsExported(name.Name)
}

func checkDoc(t *testing.T, at, name string, named bool, docs ...*ast.CommentGroup) {
	t.Helper()
	if !ast.IsExported(name) {
		return
	}
	text := ""
	for _, d := range docs {
		if text == "" {
			text = d.Text()
		}
	}
	if strings.TrimSpace(text) == "" {
		t.Errorf("%s: %s is exported and has no comment", at, name)
	} else if words := strings.Fields(text); named && words[0] != name && !(len(words) > 1 && words[1] == name) {
		t.Errorf("%s: the comment of %s begins with %q, not with its name", at, name, words[0])
	}
}
