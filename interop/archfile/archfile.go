// Package archfile has what importers need to write files of this project: names, quantities, and whether the embedded
// estimators cover a node.
//
// Importers of other tools write architectures as text, with comments that say where each number is from, rather than
// build hwmodel.Spec, which has no comments. So they need to know how a number, a size and a name look in such a file
// (Number, Size, Name), what a file is called after (Base), and whether a node that names a model can be priced at all
// (Covered): one that cannot would make a file that does not build.
//
//	archfile.Size(1 << 20)         // 128KiB
//	archfile.Name("PE array", "n") // PE_array
package archfile

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"tcmdse/hwmodel"
)

// Number writes a number as quantities have it: without an exponent, to 12 digits, so that products of what files say look
// as one would write them.
func Number(f float64) string {
	if r, err := strconv.ParseFloat(strconv.FormatFloat(f, 'g', 12, 64), 64); err == nil {
		f = r
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// Size writes a number of bits.
func Size(n int64) string {
	for _, u := range []struct {
		name string
		n    int64
	}{{"MiB", 8 << 20}, {"KiB", 8 << 10}, {"B", 8}} {
		if n >= u.n && n%u.n == 0 {
			return fmt.Sprintf("%d%s", n/u.n, u.name)
		}
	}
	return fmt.Sprintf("%db", n)
}

// Base is a file's name without folders, .yaml and what the tools put before it, such as .arch or .prob; where that leaves
// only what kind of file it is, such as arch, the folder's name.
func Base(path string) string {
	base := strings.TrimSuffix(strings.TrimSuffix(filepath.Base(path), ".yaml"), ".yml")
	for _, kind := range []string{".arch", ".architecture", ".prob", ".problem", ".map", ".mapping", ".workload"} {
		base = strings.TrimSuffix(base, kind)
		if folder := filepath.Base(filepath.Dir(path)); "."+base == kind && strings.Trim(folder, "./\\") != "" {
			return folder
		}
	}
	return base
}

// OneLine makes text safe for a comment: on one line, with ? for control characters and bytes of no text, which YAML refuses.
func OneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(strings.Join(strings.Fields(s), " "), "?"))
}

var badName = regexp.MustCompile(`[^A-Za-z0-9_-]+`)

// Name turns any text into a name of this project's files.
func Name(text, otherwise string) string {
	s := strings.Trim(badName.ReplaceAllString(text, "_"), "_-")
	if len(s) > 80 {
		s = s[:80]
	}
	if s == "" {
		return otherwise
	}
	if strings.EqualFold(s, "null") { // no name in YAML but with quotes
		return otherwise + "_" + s
	}
	if c := s[0]; c < 'A' || c > 'Z' && c < 'a' || c > 'z' {
		return otherwise + "_" + s
	}
	return s
}

// Covered returns an error where the estimators of this project do not cover a node: head are the lines of technology and
// clock, node those of the node, the first one naming it. The node is built alone, below a memory that costs nothing.
func Covered(head, node []string, isCompute bool) error {
	node = slices.Clone(node)
	text := "name: probe\n" + strings.Join(head, "\n") + "\nnodes:\n  - {memory: outer, size: unlimited, keep: all}\n"
	if node[0] = "memory: probe"; isCompute {
		node[0] = "compute: probe"
	}
	text += "  - " + strings.Join(node, "\n    ") + "\n"
	if !isCompute {
		text += "  - {compute: MAC}\n"
	}
	spec, err := hwmodel.ParseSpec([]byte(text), "probe")
	if err != nil {
		return err
	}
	_, err = spec.Build()
	return err
}

// Reason is an error of Covered without the place in the probe.
func Reason(err error) string {
	text := strings.TrimPrefix(err.Error(), "probe")
	if i := strings.Index(text, ": "); i >= 0 {
		text = text[i+2:]
	}
	return text
}
