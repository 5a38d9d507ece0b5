package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"tcmdse/interop/archfile"
	"tcmdse/interop/foreign"
	"tcmdse/mapper/workload"
)

// importer is what the importers of whole tools have in common: files in, files out, and the list of what was lost.
type importer struct {
	out   string
	name  string
	force bool
	json  bool
	set   []string
}

// made is a file that an import makes.
type made struct {
	Kind string `json:"kind"` // architecture, workload, mapping
	Path string `json:"path"`
	From string `json:"from"`
	data []byte
}

func (im *importer) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&im.out, "out", ".", "folder to write to")
	f.StringVar(&im.name, "name", "", "what the files are called (default: as the first file)")
	f.BoolVar(&im.force, "force", false, "overwrite files that are there")
	f.BoolVar(&im.json, "json", false, "print JSON")
	f.StringArrayVar(&im.set, "set", nil, "NAME=VALUE for a variable of the files or of their templates (repeatable)")
}

// read reads the files that a command names, and its flags.
func (im *importer) read(args []string) ([]foreign.File, foreign.Options, error) {
	opt := foreign.Options{Name: im.name, Set: map[string]string{}}
	if im.name != filepath.Base(im.name) && im.name != "" || im.name == ".." {
		return nil, opt, usageError{fmt.Errorf("--name %s is a path; it is what the files are called, --out is where they go", im.name)}
	}
	for _, kv := range im.set {
		k, v, ok := strings.Cut(kv, "=")
		if k = strings.TrimSpace(k); !ok || k == "" {
			return nil, opt, usageError{fmt.Errorf("--set %s is not NAME=VALUE", kv)}
		}
		opt.Set[k] = strings.TrimSpace(v)
	}
	var files []foreign.File
	for _, a := range args {
		data, err := readFile(a)
		if err != nil {
			return nil, opt, err
		}
		files = append(files, foreign.File{Name: a, Data: data})
	}
	return files, opt, nil
}

// base is what the files are called.
func (im *importer) base(files []string) string {
	if im.name != "" {
		return im.name
	}
	return archfile.Base(files[0])
}

// path is where one kind of file goes.
func (im *importer) path(files []string, kind string) string {
	return filepath.Join(im.out, im.base(files)+map[string]string{"architecture": ".arch", "workload": ".workload", "mapping": ".mapping"}[kind]+".yaml")
}

// files are the architecture and the network that an import found, as this tool's files; nil: it found none.
func (im *importer) files(args []string, from map[string]string, arch []byte, net *workload.Network, doc workload.Doc) ([]made, error) {
	var out []made
	if arch != nil {
		out = append(out, made{"architecture", im.path(args, "architecture"), from["architecture"], arch})
	}
	if net != nil {
		var b bytes.Buffer
		if err := workload.Write(&b, net, doc); err != nil {
			return nil, usageError{err}
		}
		out = append(out, made{"workload", im.path(args, "workload"), from["workload"], b.Bytes()})
	}
	return out, nil
}

// write puts the files where they belong, all or, where one is there already, none, and prints what was made and lost.
func (im *importer) write(e *env, files []made, notes *foreign.Notes) error {
	if len(files) == 0 {
		why := "they hold no architecture and no network"
		if len(notes.LeftOut) > 0 {
			why = notes.LeftOut[0].String()
		}
		return usageError{fmt.Errorf("nothing to write from these files: %s", why)}
	}
	if err := os.MkdirAll(im.out, 0o755); err != nil {
		return usageError{err}
	}
	for _, f := range files {
		if _, err := os.Stat(f.Path); err == nil && !im.force {
			return usageError{fmt.Errorf("%s is there already and is left as it is; --force overwrites it, --name and --out give another place", f.Path)}
		} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return usageError{err}
		}
	}
	for _, f := range files {
		if err := writeData(f.Path, f.data); err != nil {
			return err
		}
	}
	if im.json {
		list := func(n []foreign.Note) []foreign.Note { return append([]foreign.Note{}, n...) }
		enc := json.NewEncoder(e.out)
		enc.SetIndent("", "  ")
		return enc.Encode(struct {
			Files        []made         `json:"files"`
			Approximated []foreign.Note `json:"approximated"`
			LeftOut      []foreign.Note `json:"left_out"`
		}{files, list(notes.Approximated), list(notes.LeftOut)})
	}
	for _, f := range files {
		fmt.Fprintf(e.out, "%s: %s from %s\n", f.Path, f.Kind, f.From)
	}
	printNotes(e, "approximated", notes.Approximated)
	printNotes(e, "left out", notes.LeftOut)
	return nil
}

func printNotes(e *env, title string, notes []foreign.Note) {
	if len(notes) == 0 {
		return
	}
	fmt.Fprintf(e.out, "\n%s (%d):\n", title, len(notes))
	for _, n := range notes {
		fmt.Fprintf(e.out, "  %s\n", n)
	}
}
