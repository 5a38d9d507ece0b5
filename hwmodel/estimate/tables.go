package estimate

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"sync"
)

//go:embed tables/*.csv.gz
var files embed.FS

// hashes holds the SHA-256 of each table's text, so that a damaged or edited table is noticed before it prices
// anything, and every figure names the exact numbers that it came from.
func hashes() map[string]string {
	return map[string]string{
		"cacti_sram":      "f2e6aadbc7943537358e86d8eade5b0d43461f42de24741d87452d867407823c",
		"cacti_cell_temp": "9fd95bf8458198e13ab4330e0a3bacde59d1ca29cb4ebbad97556baaa9109dc6",
		"mac":             "3bc98d771eb81950141a3fcd382e3050736fe6f701fb2074893897835995af4d",
		"dram":            "fb9185a3632b8085e077eb4c6cc3675cbd36ac1f9b03e3efe21076860510113f",
		"noc":             "484fb991729ed8f0893f48b754c8630d30e693be59be1b8857f83aa73c711bc1",
		"tech_scaling":    "9c76eec078498dfaa5abd67f8bc8b747768c9554fd5d93f8993e9520aeb73df6",
	}
}

// data is all tables, parsed. It is never changed, so lookups need no lock.
type data struct {
	lines   map[line][]sramRow // by rows per bank
	corners map[corner][]cornerRow
	ops     []opRow
	drams   []dramRow
	wires   map[string][]wireRow // by variant, by node
	scaling []scaleRow           // by node, smallest first
}

// tables parses the embedded tables at the first call.
var tables = sync.OnceValues(parse)

// TableHashes names the embedded tables with the SHA-256 of each, for what is stored beside results.
func TableHashes() map[string]string { return hashes() }

func parse() (*data, error) {
	d := &data{}
	for _, step := range []struct {
		name string
		read func(*record)
	}{
		{"cacti_sram", d.readSRAM}, {"cacti_cell_temp", d.readCorner}, {"mac", d.readOp}, {"dram", d.readDRAM},
		{"noc", d.readWire}, {"tech_scaling", d.readScale},
	} {
		packed, err := files.ReadFile("tables/" + step.name + ".csv.gz")
		if err != nil {
			return nil, err
		}
		if err := each(step.name, packed, hashes()[step.name], step.read); err != nil {
			return nil, fmt.Errorf("estimate: table %s: %w", step.name, err)
		}
	}
	d.sort()
	return d, nil
}

// each unpacks a table, checks its hash and hands every row to read.
func each(name string, packed []byte, hash string, read func(*record)) error {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return err
	}
	text, err := io.ReadAll(z)
	if err != nil {
		return err
	}
	if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) != hash {
		return fmt.Errorf("its text has hash %x, not %s", sum, hash)
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comment, r.FieldsPerRecord, r.LazyQuotes = '#', -1, true
	head, err := r.Read()
	if err != nil {
		return err
	}
	rec := &record{column: map[string]int{}}
	for i, name := range head {
		rec.column[name] = i
	}
	for {
		cells, err := r.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		rec.cells = cells
		if read(rec); rec.err != nil {
			ln, _ := r.FieldPos(0)
			return fmt.Errorf("line %d: %w", ln, rec.err)
		}
	}
}

// record is one row of a table being read; the first mistake is kept.
type record struct {
	column map[string]int
	cells  []string
	err    error
}

func (r *record) text(column string) string {
	i, ok := r.column[column]
	if !ok || i >= len(r.cells) {
		if r.err == nil {
			r.err = fmt.Errorf("no column %s", column)
		}
		return ""
	}
	return r.cells[i]
}

// number returns a cell's number, 0 where the cell is empty.
func (r *record) number(column string) float64 {
	s := r.text(column)
	if s == "" || r.err != nil {
		return 0
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		r.err = fmt.Errorf("%s: %w", column, err)
	}
	return v
}

// origin starts the origin of a figure from a table.
func origin(m Method, table, source string) Origin {
	return Origin{Method: m, Source: source, Table: table + ".csv", SHA256: hashes()[table]}
}
