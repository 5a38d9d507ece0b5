package sweeps

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestSetErrors: a mistake on the command line is told as one of it, and of no file.
func TestSetErrors(t *testing.T) {
	body := "axes: [{path: PE.x, values: [4]}, {zip: [{path: GLB.width, values: [8B]}, {path: GLB.banks, values: [2]}]}]"
	for _, c := range []struct {
		set  string
		want string // of the beginning
	}{
		{"PE.q=4", `architecture eyeriss has nothing called "PE.q", did you mean "PE.x"; allowed: PE.x, PE.y, `},
		{"where=1", "where is of the sweep file, where --set does not reach it; allowed: name, arch, workloads, objective, or a path of architecture eyeriss such as technology"},
		{"budget.area=1mm2", "budget.area is of the sweep file, where --set does not reach it; allowed: name, arch, workloads, objective"},
		{"workloads[0]=vgg16", "workloads[0] is of the sweep file, "},
		{"objectve=energy", `neither the sweep file nor architecture eyeriss has "objectve", did you mean "objective"; allowed: name, arch, workloads, objective, technology`},
		{"clok=1GHz", `architecture eyeriss has nothing called "clok", did you mean "clock"`},
		{"objective=speed", "unknown objective; allowed: edp"},
		{"PE.x", "not PATH=VALUE; allowed: such as"},
		{"name=../x", "not a name; allowed: letters, digits"},
		{"workloads=resnet18,", "no name between or beside commas; allowed: names or files of networks"},
		{"GLB.size=4", "a number without a unit; allowed: a size such as 128KiB"},
		{"GLB.size=8KiB,4", `a number without a unit; given "4"; allowed: a size such as 128KiB`},
		{"GLB.banks=4", "GLB.banks is zipped with others; change the file"},
		{"GLB.size=0B", `GLB.size: not a size; given "PE.x=4 GLB.width=8B GLB.banks=2"; allowed: whole bits`},
		{"GLB.size=0B,1B", `GLB.size: not a size; given "PE.x=4 GLB.width=8B GLB.banks=2 GLB.size=0B"; allowed: whole bits`},
		{"technology=3nm", "technology: a node that no table covers"},
	} {
		s, err := parse(t, body, c.set)
		if err == nil {
			_, err = points(t, s)
		}
		if want := "--set " + c.set + ": " + c.want; err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

// TestWarnings: what is less than was asked for is told, once.
func TestWarnings(t *testing.T) {
	axes := "axes: [{path: PE.x, values: [2, 3, 4]}, {path: PE.y, values: [1, 2, 3, 4]}]\n"
	log := "logspace: {from: 1KiB, to: 8KiB, count: 50, round: 1KiB}"
	rounded := "logspace has 8 different values, not 50: others are these again once they are rounded to 1KiB"
	for _, c := range []struct {
		body string
		sets []string
		want []string
	}{
		{axes + "sample: {method: sobol, count: 500, seed: 1}", nil, []string{"sample: 12 points found of the 500 asked for: the grid has no more"}},
		{axes + "sample: {method: lhs, count: 13, seed: 1}", nil, []string{"sample: 12 points found of the 13 asked for: the grid has no more"}},
		{axes + "sample: {method: random, count: 13, seed: 1}", nil, []string{"sample: 12 points found of the 13 asked for: the grid has no more"}},
		{axes + "where: [PE.x < 4]\nsample: {method: random, count: 12, seed: 1}", nil, []string{"sample: 8 points found of the 12 asked for"}},
		{axes + "sample: {method: lhs, count: 12, seed: 1}", nil, nil},
		{"axes: [{path: GLB.size, " + log + "}]", nil, []string{"axes[0]: " + rounded}},
		{"axes: [{zip: [{path: GLB.size, " + log + "}, {path: PE.x, range: {from: 1, to: 8, step: 1}}]}]", nil, []string{"axes[0]: " + rounded}},
		{"axes: [{path: GLB.size, " + log + "}]", []string{"GLB.size=1KiB"}, nil},
		{"axes: [{path: GLB.size, logspace: {from: 1KiB, to: 8KiB, count: 4, round: 1KiB}}]", nil, nil},
		{axes + "exclude: [{PE.x: 9}]", nil, []string{"exclude[0]: no candidate has PE.x=9, so that nothing is excluded"}},
		{axes + "exclude: [{GLB.bandwidth: 3B/cycle}]", []string{"GLB.bandwidth=1B/cycle"},
			[]string{"exclude[0]: no candidate has GLB.bandwidth=3B/cycle, so that nothing is excluded"}},
		{axes + "where: [PE.x < 4]\nexclude: [{PE.x: 4}]", nil,
			[]string{"axes[0]: no candidate has PE.x=4: where and exclude reject them all", "exclude[0]: excludes nothing that where lets through"}},
		{"axes: [{path: PE.x, values: [2, 3]}, {path: PE.y, derive: PE.x * 2}, {zip: [{path: GLB.size, values: [1KiB, 2KiB]}, {path: clock, values: [1GHz, 2GHz]}]}]\n" +
			"include: [{PE.x: 7, GLB.size: 4KiB}, {PE.x: 7, PE.y: 14, GLB.size: 4KiB, clock: 2GHz}, {PE.x: 7, PE.y: 5}]", nil,
			[]string{"include[0]: keeps the architecture's own clock (200MHz), PE.y (12): what is derived or zipped on the grid does not follow here unless it is named"}},
	} {
		s := mustParse(t, c.body, c.sets...)
		n, err := s.Count(context.Background())
		if got := slices.Concat(s.Warnings, n.Warnings); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %q %v, want %q", c.body, got, err, c.want)
		}
	}
}

// TestUnpriced: a memory whose size varies while its costs are figures is told of, one that a model prices is not.
func TestUnpriced(t *testing.T) {
	dir := t.TempDir()
	arch := `name: a
technology: 45nm
nodes:
  - {memory: DRAM, size: unlimited}
  - {memory: FIG, size: 1KiB, area: 0.1mm2, read: {energy: 1pJ/bit}, write: {energy: 0pJ/bit}}
  - {memory: MIX, size: 1KiB, width: 32b, model: sram, area: 0.1mm2}
  - {memory: SRAM, size: 1KiB, width: 32b, model: sram}
  - {memory: FREE, size: 1KiB}
  - {compute: MAC}
`
	if err := os.WriteFile(filepath.Join(dir, "a.yaml"), []byte(arch), 0o644); err != nil {
		t.Fatal(err)
	}
	fig := "FIG.size varies, but FIG.area and FIG.read.energy are figures of the architecture file: a larger FIG costs no more; leave them to `model: sram`, or make them axes (derive)"
	mix := "MIX.size varies, but MIX.area is a figure of the architecture file: a larger MIX costs no more; leave them to `model: sram`, or make them axes (derive)"
	for _, c := range []struct{ axes, want string }{
		{"{path: FIG.size, values: [1KiB, 2KiB]}", fig},
		{"{path: FIG.size, values: [1KiB]}", ""},
		{"{path: MIX.size, values: [1KiB, 2KiB]}", mix},
		{"{path: SRAM.size, values: [1KiB, 2KiB]}", ""},
		{"{path: FREE.size, values: [1KiB, 2KiB]}", ""},
		{"{path: FIG.read.energy, values: [1pJ/bit, 2pJ/bit]}", ""},
		{"{path: FIG.size, values: [1KiB, 2KiB]}, {path: FIG.area, derive: 1mm2 * (FIG.size / 1MiB)}, {path: FIG.read.energy, values: [1pJ/bit, 2pJ/bit]}", ""},
		{"{zip: [{path: MAC.area, values: [1mm2, 2mm2]}, {path: FIG.size, values: [1KiB, 2KiB]}]}", fig},
	} {
		s, err := Parse([]byte("name: s\narch: a.yaml\nworkloads: [resnet18]\naxes: ["+c.axes+"]"), "s.yaml", dir, nil)
		if err != nil {
			t.Fatalf("%s: %v", c.axes, err)
		}
		if got := strings.Join(s.Warnings, "\n"); got != c.want {
			t.Errorf("%s:\n got %q\nwant %q", c.axes, got, c.want)
		}
	}
}
