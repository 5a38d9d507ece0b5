package cli

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tcmdse/internal/hostile"
	"tcmdse/reports"
)

// hostileFile copies a results file and puts hostile names in place of every text that a sweep's files, an estimator or another database
// could have brought, past all parsers: in N(table, k) row r of the table has name r + k of the list.
func hostileFile(t *testing.T, good []byte, names []hostile.Name) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "r.db")
	if err := os.WriteFile(path, good, 0o644); err != nil {
		t.Fatal(err)
	}
	db, err := plain(path, "_foreign_keys=0")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("CREATE TEMP TABLE h (i INTEGER PRIMARY KEY, name TEXT)"); err != nil {
		t.Fatal(err)
	}
	for i, n := range names {
		if _, err := db.Exec("INSERT INTO h VALUES (?, ?)", i, n.Text); err != nil {
			t.Fatal(err)
		}
	}
	row := regexp.MustCompile(`N\((\w+), (\d+)\)`)
	for _, q := range []string{
		"UPDATE sweeps SET name = N(sweeps, 0), arch = N(sweeps, 1), workloads = json_array(N(sweeps, 2)), config = N(sweeps, 3) || char(10) || N(sweeps, 4), tool_version = N(sweeps, 5)",
		"UPDATE sweeps SET model_version = N(sweeps, 6), warnings = (SELECT json_group_array(name) FROM h), overrides = json_array(N(sweeps, 7)), objective = N(sweeps, 4)",
		"UPDATE outcomes SET workload = (SELECT workloads ->> '$[0]' FROM sweeps)", "UPDATE outcomes SET status = 'infeasible', reason = N(outcomes, 5) WHERE outcome_id = 1",
		"UPDATE layers SET workload = (SELECT workloads ->> '$[0]' FROM sweeps), layer = N(layers, 0) || position, bottleneck = N(layers, 3)",
		"UPDATE candidates SET arch = N(candidates, 0), arch_yaml = N(candidates, 1), warnings = json_array(N(candidates, 2)), overhead = N(candidates, 3), settings = N(candidates, 4)",
		"UPDATE params SET path = (SELECT name FROM h WHERE i = position % K) || path, text = (SELECT name FROM h WHERE i = (position + candidate_id) % K) || text",
		"UPDATE mappings SET text = N(mappings, 0) || text, json = CASE mapping_id % 2 WHEN 0 THEN N(mappings, 1) ELSE replace(json, '\"GLB\"', json_quote(N(mappings, 2))) END",
		"UPDATE components SET component = (SELECT name FROM h WHERE i = (layer_id + position) % K) || component, tensors = replace(tensors, '\"I\"', json_quote((SELECT name FROM h WHERE i = (layer_id + position + 1) % K))) WHERE position > 0",
		"UPDATE outcome_components SET component = (SELECT name FROM h WHERE i = position % K) || component WHERE position > 0",
		"UPDATE component_costs SET component = (SELECT name FROM h WHERE i = (candidate_id + position) % K) || component",
		"UPDATE runs SET tool_version = N(runs, 0), command = N(runs, 1), host_os = N(runs, 2), outcome = N(runs, 3), config = N(runs, 4)",
	} {
		q = strings.ReplaceAll(row.ReplaceAllString(q, "(SELECT name FROM h WHERE i = ($1.rowid + $2) % K)"), "% K", fmt.Sprintf("%% %d", len(names)))
		if _, err := db.Exec(q); err != nil {
			t.Fatal(q, err)
		}
	}
	return path
}

// TestHostileFile makes every form of output of received results files with all hostile names in their texts, a dozen in each. With
// TCMDSE_HOSTILE=each every name has a file of its own, in all of its texts.
func TestHostileFile(t *testing.T) {
	files(t, map[string]string{"s.yaml": smallSweep, "net.yaml": smallNet})
	if status, _, errs := call(t, "sweep", "s.yaml", "--quiet"); status != 0 {
		t.Fatal(errs)
	}
	good, err := os.ReadFile("tcmdse-out/results.db")
	if err != nil {
		t.Fatal(err)
	}
	dozen := 12
	if os.Getenv("TCMDSE_HOSTILE") == "each" {
		dozen = 1
	}
	for names := range slices.Chunk(hostile.Names(), dozen) {
		t.Run(names[0].What, func(t *testing.T) {
			db := hostileFile(t, good, names)
			t.Chdir(t.TempDir())
			ok := func(args ...string) string {
				t.Helper()
				status, out, errs := call(t, args...)
				if status != 0 {
					t.Errorf("%v: exit %d, %.300s", args, status, errs)
				}
				return out + errs
			}
			ok("report", db, "-o", "r.xlsx", "--html", "r.html", "--svg", "r.svg", "--csv", "csv")
			plainText(t, ok("report", db))
			plainText(t, ok("report", db, "--compare", "1,1", "-o", "c.xlsx", "--html", "c.html", "--svg", "c.svg"))
			plainJSON(t, ok("report", db, "--json"))
			for _, q := range []string{"SELECT * FROM candidate", "SELECT * FROM layer_result", "SELECT config FROM sweeps", "SELECT mapping FROM layer_result LIMIT 1"} {
				plainText(t, ok("query", db, q))
				plainJSON(t, ok("query", db, q, "--format", "json"))
				inertCSV(t, ok("query", db, q, "--format", "csv"), false)
			}
			tables, err := filepath.Glob("csv/*.csv")
			if err != nil || len(tables) < 5 {
				t.Fatal(tables, err)
			}
			for _, path := range tables {
				inertCSV(t, string(read(t, path)), true)
			}
			onlyText(t, "r.xlsx")
			onlyText(t, "c.xlsx")
			onlyElements(t, "r.svg")
			onlyElements(t, "c.svg")
			if page := string(read(t, "r.html")); strings.Count(page, "<script") != 2 || strings.Contains(page, "<!--") || strings.Contains(page, "<img") {
				t.Error("a name is markup of the page")
			}
			if page := string(read(t, "c.html")); strings.Contains(page, "<script") || strings.Contains(page, "<!--") || strings.Contains(page, "<img") {
				t.Error("a name is markup of the compared page")
			}
			noOther(t, "csv", "r.xlsx", "r.html", "r.svg", "c.xlsx", "c.html", "c.svg")
		})
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// noOther fails where the working folder holds other things, or the one above a file of the mark.
func noOther(t *testing.T, names ...string) {
	t.Helper()
	for _, dir := range []string{".", ".."} {
		there, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range there {
			if strings.Contains(e.Name(), hostile.Mark) || dir == "." && !strings.Contains(" "+strings.Join(names, " ")+" ", " "+e.Name()+" ") {
				t.Errorf("%s was written into %s", e.Name(), dir)
			}
		}
	}
}

// plainText fails where a terminal would obey a text.
func plainText(t *testing.T, text string) {
	t.Helper()
	if i := strings.IndexFunc(text, func(r rune) bool { return reports.Obeyed(r) && r != '\n' && r != '\t' }); i >= 0 {
		t.Errorf("a control character: %q", text[max(0, i-20):min(len(text), i+20)])
	}
}

func plainJSON(t *testing.T, text string) {
	t.Helper()
	plainText(t, text)
	if !json.Valid([]byte(text)) {
		t.Errorf("not JSON: %.200q", text)
	}
}

// inertCSV fails where a spreadsheet would compute a field, or, of a file made for it, a part of a field or a control character.
func inertCSV(t *testing.T, text string, parts bool) {
	t.Helper()
	formula, figure := regexp.MustCompile(`^[\s\x{a0}\x{feff}]*[=+\-@＝]`), regexp.MustCompile(`^[+-]([\d.]+(e[+-]?\d+)?\w*|Inf|)$`)
	all, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range all {
		for _, field := range row {
			some := []string{field}
			if parts {
				some = regexp.MustCompile(`[;\t\n]`).Split(field, -1)
				plainText(t, field)
			}
			for _, s := range some {
				if formula.MatchString(s) && !figure.MatchString(s) {
					t.Errorf("%.100q computes", s)
				}
			}
		}
	}
}

// onlyText fails where a workbook has formulas, links or references with anything in them but names of its own sheets, is not whole
// XML, or holds longer texts than Excel takes.
func onlyText(t *testing.T, path string) {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	sheet := `'?_?[A-Z][a-z]+'?!\$?[A-Z]+\$?\d+(:\$?[A-Z]+\$?\d+)?`
	formula := regexp.MustCompile(`^(HYPERLINK\("#\w+!A"&\(1\+MATCH\([A-Z]+\d+,\w+!\$[A-Z]+\$2:\$[A-Z]+\$\d+,0\)\),"\w+"\)|'?\w+'?!\$[A-Z]+\$\d+(:\$[A-Z]+\$\d+)?)$`)
	name := regexp.MustCompile(`^(` + sheet + `,?)+$|^'[A-Z][a-z]+'!\$1:\$1$`)
	for _, f := range z.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		dec, within := xml.NewDecoder(in), ""
		for {
			tok, err := dec.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s of %s is not XML: %v", f.Name, path, err)
			}
			switch x := tok.(type) {
			case xml.StartElement:
				within = x.Name.Local
				for _, a := range x.Attr {
					if a.Name.Local == "TargetMode" || within == "hyperlink" && a.Name.Local == "location" && !regexp.MustCompile(`^[A-Z][a-z]+!A1$`).MatchString(a.Value) ||
						within == "tableColumn" && a.Name.Local == "name" && len([]rune(a.Value)) > 255 {
						t.Errorf("%s of %s: %s has %s %.100q", f.Name, path, within, a.Name.Local, a.Value)
					}
				}
			case xml.EndElement:
				within = ""
			case xml.CharData:
				if within == "f" && !formula.Match(x) || within == "definedName" && !name.Match(x) || within == "t" && len(x) > 4*32_767 {
					t.Errorf("%s of %s: %s is %.100q", f.Name, path, within, x)
				}
			}
		}
	}
}

// onlyElements fails where a picture is no XML, or has other elements or attributes than pictures of this tool have.
func onlyElements(t *testing.T, path string) {
	t.Helper()
	dec := xml.NewDecoder(bytes.NewReader(read(t, path)))
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%s is not XML: %v", path, err)
		}
		x, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		if !strings.Contains(" svg title rect text path polyline circle line g ", " "+x.Name.Local+" ") {
			t.Errorf("%s has an element %s", path, x.Name.Local)
		}
		for _, a := range x.Attr {
			if strings.HasPrefix(a.Name.Local, "on") || strings.Contains(a.Name.Local, "href") {
				t.Errorf("%s has an attribute %s", path, a.Name.Local)
			}
		}
	}
}
