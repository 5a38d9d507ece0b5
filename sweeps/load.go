package sweeps

import (
	"bytes"
	"embed"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/spf13/viper"

	"tcmdse/hwmodel"
	"tcmdse/internal/unit"
	"tcmdse/internal/yamlsrc"
)

//go:embed presets/*.yaml
var presets embed.FS

// Sweep is a sweep file ready to generate candidates.
type Sweep struct {
	Name      string
	File      string
	Dir       string   // paths in the file are relative to it
	Arch      string   // name or file of the architecture
	Workloads []string // names or files of networks
	Networks  []Workload
	Objective string
	// BudgetM2 is the largest area to be mapped; 0: no limit.
	BudgetM2 float64
	Sets     []string // overrides, PATH=VALUE
	// Warnings are about the file: it means what it says, but hardly what was wanted.
	Warnings []string

	text    []byte
	base    *hwmodel.Spec
	axes    []axis     // with rows
	derived []axis     // by expressions
	columns []column   // the paths of both, in the file's order
	fixed   []override // what set and --set give one value
	clock   *ref       // nil: none
	where   []*condition
	exclude []exclusion
	include []inclusion
	sample  sampling

	includes      int   // entries of include, equal ones counted
	maxCandidates int64 // 0: no limit
	maxLine       int
	shard         Shard
	rowHash       [][]uint64 // of the axes' rows, where there is a shard
}

// Workload is one network of a sweep: its name or file, and which of its layers take part.
type Workload struct {
	Name   string
	Layers []string // globs (path.Match) of layers' names; nil: all
}

// Objectives are what a sweep may ask for.
func Objectives() []string { return []string{"edp", "energy", "latency"} }

func embedded() yamlsrc.Embedded {
	return yamlsrc.Embedded{Files: presets, Folder: "presets", Kind: "sweep"}
}

// Names lists the embedded sweeps, sorted.
func Names() []string { return embedded().Names() }

// PresetYAML returns an embedded sweep's text with its comments.
func PresetYAML(name string) ([]byte, error) { return embedded().Text(name) }

// Load reads a sweep file, or an embedded sweep of that name ("" is the default one), and applies overrides.
func Load(file string, sets []string) (*Sweep, error) {
	if file == "" {
		file = "default"
	}
	data, name, dir, err := embedded().Read(file, "")
	if err != nil {
		return nil, err
	}
	return Parse(data, name, dir, sets)
}

// Parse reads a sweep from memory; paths in it are relative to dir. What sets a path comes in this order: the
// architecture, the file's set, its axes, then sets, which replace.
func Parse(data []byte, file, dir string, sets []string) (*Sweep, error) {
	doc, err := yamlsrc.Parse(data, file)
	if err != nil {
		return nil, err
	}
	s := &Sweep{File: file, Dir: dir, text: inUTF8(data), Sets: sets}
	root := doc.Root()
	if err := s.settings(data, root); err != nil {
		return nil, err
	}
	if err := doc.Err(); err != nil {
		return nil, err
	}
	over, err := s.overrides()
	if err != nil {
		return nil, err
	}
	if s.base, err = hwmodel.Open(s.Arch, dir); err != nil {
		return nil, err
	}
	fixed := s.readSet(root.Get("set"))
	for _, v := range root.Get("axes").List() {
		s.axes = append(s.axes, s.readAxis(v))
	}
	if err := doc.Err(); err != nil {
		return nil, err
	}
	if s.fixed, err = s.apply(over, fixed); err != nil {
		return nil, err
	}
	if s.finishAxes(root.Get("axes"), s.fixed); doc.Err() != nil {
		return nil, doc.Err()
	}
	s.readRules(root)
	root.Done()
	if err := doc.Err(); err != nil {
		return nil, err
	}
	s.warnUnpriced()
	if s.sample.method == "grid" {
		if err := s.tooLarge(); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// inUTF8 returns the text of a file that was read as YAML, which may be in UTF-16: other texts are stored beside it.
func inUTF8(data []byte) []byte {
	var order binary.ByteOrder = binary.LittleEndian
	switch {
	case bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		order = binary.BigEndian
	case !bytes.HasPrefix(data, []byte{0xff, 0xfe}):
		return data
	}
	var units []uint16
	for i := 2; i+1 < len(data); i += 2 {
		units = append(units, order.Uint16(data[i:]))
	}
	return []byte(string(utf16.Decode(units)))
}

// readRules reads what looks at the axes, once these are known.
func (s *Sweep) readRules(root yamlsrc.Value) {
	if c, err := s.find("clock", nil); err == nil && (c.axis >= 0 || c.derived >= 0 || c.base.q.Value != nil) {
		s.clock = c
	}
	s.settleAll()
	for _, v := range root.Get("where").List() {
		s.where = append(s.where, s.readCondition(v))
	}
	for _, v := range root.Get("exclude").List() {
		s.exclude = append(s.exclude, s.readExclusion(v))
	}
	s.readSample(root.Get("sample"))
	for _, v := range root.Get("include").List() {
		s.includes++
		if s.includes > maxIncludes {
			v.Fail("too many included points", fmt.Sprintf("at most %d", maxIncludes))
			break
		}
		if in, ok := s.readInclusion(v); ok {
			s.include = append(s.include, in)
		}
	}
	b := root.Get("budget")
	if s.BudgetM2 = quantityOr0(b.Get("area")); b.Get("area").Present() && s.BudgetM2 <= 0 {
		b.Get("area").Fail("nothing is that small", "areas above 0mm2")
	}
	s.maxCandidates, s.maxLine = b.Get("max_candidates").Int(1), b.Get("max_candidates").Line()
	b.Done()
}

// maxIncludes bounds include, whose points are remembered.
const maxIncludes = 10_000

func (s *Sweep) warn(format string, args ...any) {
	s.Warnings = append(s.Warnings, fmt.Sprintf(format, args...))
}

func quantityOr0(v yamlsrc.Value) float64 {
	if q := v.Quantity(unit.SquareMetre); q.Value != nil {
		return q.Float()
	}
	return 0
}

// settings reads what viper may read: no keys whose case matters lie there. Forms are checked on the YAML itself,
// since viper turns a number into a string without a word.
func (s *Sweep) settings(data []byte, root yamlsrc.Value) error {
	v := viper.New()
	v.SetConfigType("yaml")
	if err := v.ReadConfig(bytes.NewReader(data)); err != nil {
		return &yamlsrc.Error{File: s.File, Msg: err.Error()}
	}
	v.SetDefault("objective", "edp")
	text := func(key string) string { // as written, as it is checked: viper has true for True, 8 for 010, any bytes for !!binary
		if x := root.Get(key); x.Present() {
			return x.Str()
		}
		return v.GetString(key)
	}
	s.Name, s.Arch, s.Objective = text("name"), text("arch"), text("objective")
	root.Need("name").Name()
	if a := root.Need("arch"); a.Present() && a.Str() == "" {
		a.Fail("no name", "a name or file of an architecture")
	}
	s.readWorkloads(root.Need("workloads"))
	if o := root.Get("objective"); !slices.Contains(Objectives(), s.Objective) {
		o.Fail("unknown objective"+yamlsrc.Meant(o.Str(), Objectives()), strings.Join(Objectives(), ", "))
	}
	root.Get("description").Str()
	return nil
}

// Base returns the architecture that candidates vary.
func (s *Sweep) Base() *hwmodel.Spec { return s.base }

// Config returns the configuration as it runs: the file, the overrides, and the architecture, as YAML documents.
func (s *Sweep) Config() string {
	var b strings.Builder
	b.Write(bytes.TrimSpace(s.text))
	fmt.Fprintf(&b, "\n---\n# overrides by --set\nset: [")
	for i, x := range s.Sets {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%q", x)
	}
	b.WriteString("]\n---\n# the architecture that the candidates vary\n")
	b.Write(s.base.YAML())
	return b.String()
}
