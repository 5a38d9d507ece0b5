package reports

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"tcmdse/results"
)

// brief is the sample sweep read with room for 30 of its 108 candidates on each network, beside the whole of it.
func brief(t *testing.T) (db *results.Store, part, whole *Data) {
	t.Helper()
	s, cs := sampleSweep()
	db = database(t, s, cs)
	var err error
	if part, err = read(context.Background(), db, 0, room{candidates: 60, designs: 1000, layers: 1e6}, nil); err != nil {
		t.Fatal(err)
	}
	if whole, err = Read(context.Background(), db, 0); err != nil {
		t.Fatal(err)
	}
	return db, part, whole
}

// TestBrief: of a sweep too large for a report, the front is there as ever, with its layers and only those; counts are
// of all candidates.
func TestBrief(t *testing.T) {
	db, part, whole := brief(t)
	if again, err := read(context.Background(), db, 0, room{60, 1000, 1e6}, nil); err != nil || !reflect.DeepEqual(again, part) {
		t.Errorf("read again, it differs: %v", err)
	}
	for i := range whole.Workloads {
		p, w := &part.Workloads[i], &whole.Workloads[i]
		if n := len(p.Candidates); n > 30 || n < 20 || w.thinned() || !p.thinned() {
			t.Errorf("%s: %d candidates in room for 30", p.Name, n)
		}
		if !reflect.DeepEqual(p.all, w.all) || !slices.Equal(p.outcomes(), w.outcomes()) || p.all.n != 108 {
			t.Errorf("%s: counts %+v, want %+v", p.Name, p.all, w.all)
		}
		others := 0
		for k := range p.Candidates {
			c := p.Candidates[k]
			if !reflect.DeepEqual(c, w.Candidates[c.Index]) {
				t.Errorf("candidate %d: %+v, want %+v", c.Index, c, w.Candidates[c.Index])
			}
			if c.Status != results.OK {
				others++
			}
			if c.OnFront != (c.ArchYAML != "") {
				t.Errorf("candidate %d, on front %v, has the architecture %q", c.Index, c.OnFront, c.ArchYAML)
			}
		}
		if others == 0 || others == len(p.Candidates)-len(p.Front) {
			t.Errorf("%s: %d candidates that are not mapped: both kinds have their room", p.Name, others)
		}
		var layers []results.LayerRow
		var components []results.ComponentRow
		for _, l := range w.Layers {
			if w.Candidates[l.Index].OnFront {
				layers = append(layers, l)
			}
		}
		for _, k := range w.Components {
			if w.Candidates[k.Index].OnFront {
				components = append(components, k)
			}
		}
		if len(layers) == len(w.Layers) || !reflect.DeepEqual(p.Layers, layers) || !reflect.DeepEqual(p.Components, components) {
			t.Errorf("%s: %d layers and %d components, want the front's %d and %d", p.Name, len(p.Layers), len(p.Components), len(layers), len(components))
		}
	}
}

// TestBriefLimits: many candidates or many layers leave out layers, and only what is above its own limit is thinned.
func TestBriefLimits(t *testing.T) {
	s, cs := sampleSweep()
	db := database(t, s, cs)
	for most, want := range map[room][2]bool{{216, 108, 4 * (102 + 75)}: {false, false}, {216, 107, 1e6}: {true, false},
		{216, 108, 4*(102+75) - 1}: {true, false}, {215, 108, 1e6}: {true, true}} {
		d, err := read(context.Background(), db, 0, most, nil)
		if err != nil || [2]bool{d.brief, d.Workloads[0].thinned()} != want || (len(d.notes()) > 0) != want[0] {
			t.Errorf("%v: brief %v, thinned %v, want %v; %v", most, d.brief, d.Workloads[0].thinned(), want, err)
		}
	}
}

// TestBriefSaid: what is left out is said in words, on Summary, the sheets and the page; the terminal's table is the same.
func TestBriefSaid(t *testing.T) {
	_, data, whole := brief(t)
	f, _ := workbook(t, data)
	chart := part(t, f, "xl/charts/chart1.xml")
	summary := fmt.Sprint(rowsOf(t, f, "Summary"))
	page := pageOf(t, data)
	w := &data.Workloads[0]
	for _, text := range []string{fmt.Sprintf("netA: Candidates, the page and the chart have %d of 108 candidates: the whole front (13), ", len(w.Candidates)),
		"list the 22 designs of the front only, as Mappings always does: the sweep has 108 candidates", "see docs/sql.md"} {
		if !strings.Contains(summary, text) || !strings.Contains(page, text) {
			t.Errorf("Summary or the page does not say %q", text)
		}
	}
	n := len(w.Candidates) + len(data.Workloads[1].Candidates)
	for sheet, text := range map[string]string{"Candidates": fmt.Sprintf("%d of 216 rows, see Summary", n),
		"Layers": "designs of the front only, see Summary", "Components": "designs of the front only, see Summary"} {
		rows := rowsOf(t, f, sheet)
		if head := rows[0]; head[len(head)-1] != text || head[len(head)-2] != "" {
			t.Errorf("%s: the header ends %q, want %q", sheet, head, text)
		}
		if sheet == "Candidates" && len(rows) != n+1 {
			t.Errorf("%d rows of candidates, want %d and a header", len(rows), n)
		}
	}
	drawn, _ := thin(w, chartPoints)
	if want := fmt.Sprintf("(%d of 102 candidates shown)", len(drawn)); !strings.Contains(chart, want) {
		t.Errorf("the chart's title does not say %q", want)
	}
	if want := fmt.Sprintf("%d of 102 candidates are drawn", len(drawn)); !strings.Contains(page, want) {
		t.Errorf("the page does not say %q", want)
	}
	var a, b bytes.Buffer
	if err := WriteFrontTable(&a, data); err != nil {
		t.Fatal(err)
	}
	if err := WriteFrontTable(&b, whole); err != nil || a.String() != b.String() {
		t.Errorf("the terminal's table differs:\n%s\n%s", a.String(), b.String())
	}
	if all := fmt.Sprint(whole.notes()); all != "[]" {
		t.Errorf("notes where nothing is left out: %s", all)
	}
}

// TestBriefCSV: CSV files have all rows, whatever a report has room for.
func TestBriefCSV(t *testing.T) {
	db, _, _ := brief(t)
	few, all := t.TempDir(), t.TempDir()
	writeAllCSV(t, few, db, room{candidates: 60, designs: 1000, layers: 1e6})
	writeAllCSV(t, all, db, room{maxCandidates, maxDesigns, maxLayers})
	files, err := filepath.Glob(filepath.Join(all, "*.csv"))
	if err != nil || len(files) != 6 {
		t.Fatal(files, err)
	}
	for _, path := range files {
		want, err1 := os.ReadFile(path)
		got, err2 := os.ReadFile(filepath.Join(few, filepath.Base(path)))
		if err1 != nil || err2 != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, want %d; %v, %v", filepath.Base(path), len(got), len(want), err1, err2)
		}
	}
}

// TestChoose: the front is whole even where it is above the limit; what one kind does not need the other takes.
func TestChoose(t *testing.T) {
	for _, c := range []struct{ front, drawn, others, limit, least, most int }{
		{10, 0, 1000, 110, 110, 110}, {10, 20, 1000, 110, 110, 110}, {10, 2000, 1000, 110, 80, 110}, {10, 2000, 4, 110, 60, 110}, {50, 500, 500, 20, 50, 50},
	} {
		var ps []point
		for i := range c.front + c.drawn + c.others {
			x := float64(i)
			ps = append(ps, point{int64(i + 1), 1 + x, 1 + float64(i*7919%1000), i < c.front+c.drawn, i < c.front})
		}
		kept := choose(ps, c.limit)
		fronts, drawn := 0, 0
		for i := range c.front + c.drawn {
			if kept[int64(i+1)] {
				if drawn++; i < c.front {
					fronts++
				}
			}
		}
		if fronts != c.front || len(kept) < c.least || len(kept) > c.most {
			t.Errorf("%+v: %d kept, %d of them of the front", c, len(kept), fronts)
		}
		if c.others > 100 && c.limit == 110 && len(kept)-drawn < min(50, c.others) {
			t.Errorf("%+v: %d of the others", c, len(kept)-drawn)
		}
	}
}
