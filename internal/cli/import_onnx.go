package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"tcmdse/internal/yamlsrc"
	"tcmdse/interop/archfile"
	"tcmdse/interop/onnx"
	"tcmdse/mapper/workload"
)

// onnxFlags are those of import onnx.
type onnxFlags struct {
	output, name, bits         string
	dims                       []string
	batch                      int64
	force, json, merge, strict bool
}

func newImportONNX(e *env) *cobra.Command {
	var f onnxFlags
	cmd := &cobra.Command{
		Use:   "onnx MODEL.onnx",
		Short: "Turn an ONNX model into a network",
		Long: `Reads shapes, not weights: convolutions, products of matrices, attention and recurrent layers become layers of a network file.
A table on standard error says what every operator became; what multiplies but is in no layer is listed with its share.`,
		Example: "  tcmdse import onnx model.onnx --batch 1 -o network.yaml\n  tcmdse import onnx model.onnx --dim sequence=384 --bits inputs=8,weights=4,outputs=16 --merge",
		Args:    cobra.ExactArgs(1),
	}
	cmd.Flags().StringVarP(&f.output, "output", "o", "", "the network's file (default standard output)")
	cmd.Flags().BoolVar(&f.force, "force", false, "overwrite the file if it is there")
	cmd.Flags().StringVar(&f.name, "name", "", "the network's name (default that of the model's file)")
	cmd.Flags().Int64Var(&f.batch, "batch", 0, "size of the inputs' first dimension, where the model leaves it open")
	cmd.Flags().StringArrayVar(&f.dims, "dim", nil, "NAME=N: size of a dimension that the model leaves open, or INPUT.AXIS=N (repeatable)")
	cmd.Flags().StringVar(&f.bits, "bits", "", "width of values: 8, or inputs=8,weights=4,outputs=16, or types for the model's own (default 8)")
	cmd.Flags().BoolVar(&f.merge, "merge", false, "join layers of equal shape into one with a count")
	cmd.Flags().BoolVar(&f.strict, "strict", false, "fail, and write nothing, where an operator is unknown or multiply-accumulates are in no layer")
	cmd.Flags().BoolVar(&f.json, "json", false, "print the report as JSON on standard output; the network goes to --output alone")
	cmd.RunE = func(_ *cobra.Command, args []string) error { return importONNX(e, args[0], &f) }
	return cmd
}

func importONNX(e *env, path string, f *onnxFlags) error {
	opt, err := f.options(path)
	if err != nil {
		return usageError{err}
	}
	r, err := readONNX(path, opt)
	if err != nil {
		return err
	}
	if f.strict && len(r.Report.Missing) > 0 {
		m := &r.Report.Missing[0]
		return fmt.Errorf("--strict: %d nodes are in no layer, the first is %s %q (%s): %s", len(r.Report.Missing), m.Operator, m.Node, m.Amount(), m.Why)
	}
	var file bytes.Buffer
	if err := workload.Write(&file, r.Network, r.Doc); err != nil {
		return &yamlsrc.Error{File: path, Msg: err.Error()}
	}
	switch {
	case f.output != "":
		err = f.save(path, file.Bytes())
	case !f.json:
		_, err = e.out.Write(file.Bytes())
	}
	if err != nil {
		return err
	}
	if f.json {
		enc := json.NewEncoder(e.out)
		enc.SetIndent("", "  ")
		return enc.Encode(onnxJSON(r, f.output))
	}
	printONNX(e.err, r)
	if f.output != "" {
		fmt.Fprintf(e.err, "%s\n  next: tcmdse map --arch eyeriss --workload %[1]s\n", f.output)
	}
	return nil
}

// save writes the file whole or not at all, and over one that is there only by --force; never over the model.
func (f *onnxFlags) save(model string, data []byte) error {
	if st, err := os.Stat(f.output); err == nil && st.IsDir() {
		return usageError{fmt.Errorf("%s is a folder, not a file to write", f.output)}
	} else if from, bad := os.Stat(model); err == nil && bad == nil && os.SameFile(st, from) {
		return usageError{fmt.Errorf("%s is the model itself, which the network would overwrite; give another name", f.output)}
	} else if err == nil && !f.force {
		return usageError{fmt.Errorf("%s is there already and is left as it is; give another name, or --force", f.output)}
	}
	return writeData(f.output, data)
}

func readONNX(path string, opt onnx.Options) (*onnx.Result, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, usageError{err}
	}
	defer f.Close()
	if st, err := f.Stat(); err == nil && st.IsDir() {
		return nil, usageError{fmt.Errorf("%s is a folder, not an ONNX model", path)}
	}
	m, err := onnx.Read(f)
	var r *onnx.Result
	if err == nil {
		r, err = onnx.Import(m, opt)
	}
	var bad *yamlsrc.Error
	if errors.As(err, &bad) {
		bad.File = path
	}
	return r, err
}

func (f *onnxFlags) options(path string) (onnx.Options, error) {
	opt := onnx.Options{Name: f.name, Batch: f.batch, Merge: f.merge, Dims: map[string]int64{}, Bits: map[string]int64{}}
	if f.batch < 0 {
		return opt, fmt.Errorf("--batch %d; allowed: whole numbers from 1", f.batch)
	}
	if f.name == "" {
		opt.Name = networkName(path)
	} else if !yamlsrc.IsName(f.name) {
		return opt, fmt.Errorf("--name %q is not a name; allowed: letters, digits, '_' and '-', a letter first", f.name)
	}
	for _, d := range f.dims {
		at := strings.LastIndexByte(d, '=')
		n, err := strconv.ParseInt(d[at+1:], 10, 64)
		if at < 1 || err != nil || n < 1 {
			return opt, fmt.Errorf("--dim %s is not NAME=N with a whole number N from 1", d)
		}
		opt.Dims[d[:at]] = n
	}
	err := readBits(f.bits, &opt)
	return opt, err
}

// readBits reads --bits: one width, widths by role, or the word types.
func readBits(text string, opt *onnx.Options) error {
	roles := []string{"inputs", "weights", "outputs"}
	const allowed = "8, or inputs=8,weights=4,outputs=16, or types; widths from 1 to 1024"
	if text == "" || text == "types" {
		opt.TypeBits = text == "types"
		return nil
	}
	for _, part := range strings.Split(text, ",") {
		role, width, named := strings.Cut(part, "=")
		if !named {
			width = role
		}
		n, err := strconv.ParseInt(width, 10, 64)
		if err != nil || n < 1 || n > 1024 || named && role != "inputs" && role != "weights" && role != "outputs" || !named && part != text {
			return fmt.Errorf("--bits %s: %q is no width; allowed: %s", text, part, allowed)
		}
		for _, r := range roles {
			if r == role || !named {
				opt.Bits[r] = n
			}
		}
	}
	return nil
}

// networkName makes a name of a file's, as the other importers do.
func networkName(path string) string {
	return archfile.Name(strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)), "net")
}

func percent(part, all *big.Int) string {
	if all.Sign() == 0 {
		return "-"
	}
	x, _ := new(big.Rat).SetFrac(part, all).Float64()
	return fmt.Sprintf("%.2f %%", 100*x)
}

// printONNX prints what operators became, and what is in no layer.
func printONNX(w io.Writer, r *onnx.Result) {
	rep := r.Report
	fmt.Fprintf(w, "%-28s %6s %16s %9s %16s %16s\n", "operator", "nodes", "MACs", "share", "other operations", "values out")
	for _, o := range rep.Operators {
		macs, share := "", ""
		if o.MACs.Sign() > 0 {
			macs, share = o.MACs.String(), percent(o.MACs, rep.MACs)
		}
		note := ""
		switch {
		case !o.Known:
			note = "  unknown operator"
		case o.NoShape > 0:
			note = fmt.Sprintf("  %d of unknown shape", o.NoShape)
		}
		fmt.Fprintf(w, "%-28s %6d %16s %9s %16v %16v%s\n", printable(o.Name), o.Nodes, macs, share, o.Operations, o.Values, note)
	}
	fmt.Fprintf(w, "%d layers, %v MACs", len(r.Network.Layers), rep.Expressed)
	if rep.Expressed.Cmp(rep.MACs) != 0 {
		fmt.Fprintf(w, ", %s of %v", percent(rep.Expressed, rep.MACs), rep.MACs)
	}
	if n := rep.Unknown(); n > 0 {
		fmt.Fprintf(w, "; those of %d nodes are unknown", n)
	}
	fmt.Fprintln(w)
	const most = 30
	for i := range rep.Missing {
		m := &rep.Missing[i]
		if i == most {
			fmt.Fprintf(w, "warning: and %d more nodes in no layer; --json has them all\n", len(rep.Missing)-i)
			break
		}
		share := ""
		if m.MACs != nil {
			share = ", " + percent(m.MACs, rep.MACs)
		}
		fmt.Fprintf(w, "warning: in no layer: %s %q, %s%s: %s\n", printable(m.Operator), printable(m.Node), m.Amount(), share, m.Why)
	}
}

// printable is a name from a file without what a terminal would obey, and not too long.
func printable(s string) string {
	s = strings.Trim(strconv.QuoteToGraphic(s), `"`)
	if len(s) > 120 {
		s = s[:117] + "..."
	}
	return s
}

// onnxJSON is what import onnx --json prints (docs/json.md).
func onnxJSON(r *onnx.Result, output string) map[string]any {
	layers, operators, missing := []map[string]any{}, []map[string]any{}, []map[string]any{}
	for _, l := range r.Report.Layers {
		layers = append(layers, map[string]any{"name": l.Name, "node": l.Node, "operator": l.Operator, "count": l.Count, "macs": l.MACs})
	}
	for _, o := range r.Report.Operators {
		operators = append(operators, map[string]any{"operator": o.Name, "nodes": o.Nodes, "known": o.Known, "macs": o.MACs, "macs_in_layers": o.Expressed,
			"operations": o.Operations, "values": o.Values, "nodes_of_unknown_shape": o.NoShape})
	}
	for _, m := range r.Report.Missing {
		missing = append(missing, map[string]any{"node": m.Node, "operator": m.Operator, "macs": m.MACs, "why": m.Why})
	}
	out := map[string]any{"network": r.Network.Name, "nodes_of_unknown_macs": r.Report.Unknown(), "macs": r.Report.MACs, "macs_in_layers": r.Report.Expressed, "layers": layers, "operators": operators,
		"missing": missing}
	if output != "" {
		out["output"] = output
	}
	return out
}
