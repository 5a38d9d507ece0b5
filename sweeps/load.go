package sweeps

import (
	"bytes"
	"embed"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"

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
	Dir       string // paths in the file are relative to it
	Arch      string // name or file of the architecture
	Workloads []string
	Objective string
	// BudgetM2 is the largest area to be mapped; 0: no limit.
	BudgetM2 float64
	Sets     []string // overrides, PATH=VALUE

	text   []byte
	base   *hwmodel.Spec
	axes   []axis
	where  []*condition
	sample sampling
}

// sampling tells which points of the grid are candidates.
type sampling struct {
	method string // "grid", "random" or "sobol"
	count  int64
	seed   uint64
}

// Objectives are what a sweep may ask for.
func Objectives() []string { return []string{"edp", "energy", "latency"} }

// Names lists the embedded sweeps.
func Names() []string {
	entries, _ := presets.ReadDir("presets")
	var out []string
	for _, e := range entries {
		out = append(out, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	return out
}

// PresetYAML returns an embedded sweep's text with its comments.
func PresetYAML(name string) ([]byte, error) {
	data, err := presets.ReadFile("presets/" + name + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("no embedded sweep %q; there are %s", name, strings.Join(Names(), ", "))
	}
	return data, nil
}

// Load reads a sweep file, or an embedded sweep of that name ("" is the default one), and applies overrides.
func Load(file string, sets []string) (*Sweep, error) {
	if file == "" {
		file = "default"
	}
	if data, err := os.ReadFile(file); err == nil {
		return Parse(data, file, filepath.Dir(file), sets)
	}
	data, err := PresetYAML(file)
	if err != nil {
		return nil, &yamlsrc.Error{File: file, Msg: "no such file and no embedded sweep of this name", Allowed: "a file, " + strings.Join(Names(), ", ")}
	}
	return Parse(data, file+".yaml (embedded)", ".", sets)
}

// Parse reads a sweep from memory; paths in it are relative to dir.
func Parse(data []byte, file, dir string, sets []string) (*Sweep, error) {
	doc, err := yamlsrc.Parse(data, file)
	if err != nil {
		return nil, err
	}
	s := &Sweep{File: file, Dir: dir, text: data, Sets: sets}
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
	for _, v := range root.Get("set").List() {
		o, ok := splitSet(v.Str())
		if !ok {
			v.Fail("not PATH=VALUE", "")
			break
		}
		over = append([]override{o}, over...)
	}
	for _, v := range root.Get("axes").List() {
		s.axes = append(s.axes, s.readAxis(v))
	}
	s.checkAxes(root.Get("axes"))
	for _, v := range root.Get("where").List() {
		s.where = append(s.where, s.readCondition(v))
	}
	s.readSample(root.Get("sample"))
	b := root.Get("budget")
	if s.BudgetM2 = quantityOr0(b.Get("area")); b.Get("area").Present() && s.BudgetM2 <= 0 {
		b.Get("area").Fail("nothing is that small", "areas above 0mm2")
	}
	b.Done()
	root.Done()
	if err := doc.Err(); err != nil {
		return nil, err
	}
	if err := s.apply(over); err != nil {
		return nil, err
	}
	if n := s.grid(); s.sample.method == "grid" && n.Cmp(big.NewInt(maxPoints)) > 0 {
		return nil, &yamlsrc.Error{File: file, Key: "axes", Msg: fmt.Sprintf("the grid has %v points", n),
			Allowed: fmt.Sprintf("at most %d; take a sample: {method: sobol, count: 1000, seed: 1}", maxPoints)}
	}
	return s, nil
}

// maxPoints bounds grids and samples: candidates are remembered to find duplicates.
const maxPoints = 2_000_000

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
	s.Name, s.Arch, s.Objective, s.Workloads = v.GetString("name"), v.GetString("arch"), v.GetString("objective"), v.GetStringSlice("workloads")
	root.Need("name").Name()
	root.Need("arch").Str()
	w := root.Need("workloads")
	if w.Present() && len(w.List()) == 0 {
		w.Fail("no workloads", "a list of names or files of networks")
	}
	for _, x := range w.List() {
		x.Str()
	}
	if o := root.Get("objective"); !slices.Contains(Objectives(), s.Objective) {
		o.Fail("unknown objective", strings.Join(Objectives(), ", "))
	}
	root.Get("description").Str()
	return nil
}

func (s *Sweep) readSample(v yamlsrc.Value) {
	s.sample.method = "grid"
	if !v.Present() {
		return
	}
	s.sample.method = v.Need("method").Str()
	switch s.sample.method {
	case "grid":
	case "random", "sobol":
		if s.sample.count = v.Need("count").Int(1); s.sample.count > maxPoints {
			v.Get("count").Fail("too many candidates for one sample", fmt.Sprintf("1 to %d", maxPoints))
		}
		if s.sample.method == "sobol" && len(s.axes) > sobolDimensions {
			v.Get("method").Fail(fmt.Sprintf("a Sobol sample of %d axes", len(s.axes)), fmt.Sprintf("at most %d", sobolDimensions))
		}
		s.sample.seed = uint64(v.Need("seed").Int(0))
	default:
		v.Get("method").Fail("unknown way to sample", "grid, random, sobol (the last two with count and seed)")
	}
	v.Done()
}

type override struct{ path, text string }

func splitSet(text string) (override, bool) {
	path, value, ok := strings.Cut(text, "=")
	path, value = strings.TrimSpace(path), strings.TrimSpace(value)
	return override{path, value}, ok && path != "" && value != ""
}

// overrides splits the --set texts and applies those of settings at once; the rest concern the architecture.
func (s *Sweep) overrides() ([]override, error) {
	var out []override
	for _, text := range s.Sets {
		o, ok := splitSet(text)
		if !ok {
			return nil, &yamlsrc.Error{File: "--set", Msg: "not PATH=VALUE", Given: text, Allowed: "such as GLB.size=64KiB, PE.x=8,16, objective=energy"}
		}
		switch o.path {
		case "name":
			s.Name = o.text
		case "arch":
			s.Arch = o.text
		case "workloads":
			s.Workloads = strings.Split(o.text, ",")
		case "objective":
			if !slices.Contains(Objectives(), o.text) {
				return nil, &yamlsrc.Error{File: "--set", Key: "objective", Msg: "unknown objective", Given: o.text, Allowed: strings.Join(Objectives(), ", ")}
			}
			s.Objective = o.text
		default:
			out = append(out, o)
		}
	}
	return out, nil
}

// apply sets paths of the architecture. On a path that is an axis, the values replace the axis's; several values on
// another path are a new axis, after the others; one value changes the base architecture.
func (s *Sweep) apply(over []override) error {
	for _, o := range over {
		if _, err := s.base.Path(o.path); err != nil {
			return err
		}
		texts := strings.Split(o.text, ",")
		at := -1
		for i, a := range s.axes {
			if slices.Contains(a.paths, o.path) {
				at = i
				if len(a.paths) > 1 {
					return &yamlsrc.Error{File: "--set", Key: o.path, Msg: "this path is zipped with others; change the file", Given: o.text}
				}
			}
		}
		a := axis{paths: []string{o.path}, key: "--set " + o.path}
		for _, text := range texts {
			text = strings.TrimSpace(text)
			if err := s.base.Clone().Set(o.path, text); err != nil {
				return err
			}
			a.rows = append(a.rows, []string{text})
		}
		switch {
		case at >= 0:
			s.axes[at] = a
		case len(texts) > 1:
			s.axes = append(s.axes, a)
		default:
			if err := s.base.Set(o.path, texts[0]); err != nil {
				return err
			}
		}
	}
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
