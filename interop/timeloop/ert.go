package timeloop

import (
	"regexp"
	"strings"

	"tcmdse/interop/archfile"
	"tcmdse/interop/foreign"
)

// energy is what one component's actions take, in pJ: memories per access of their width, leak per cycle.
type energy struct {
	read, write, compute, leak float64
	at                         foreign.Value
}

// ert holds energies by the last part of the component's name.
type ert map[string]energy

func (e ert) of(name string) (energy, bool) {
	x, ok := e[name]
	return x, ok
}

var ranges = regexp.MustCompile(`\[[^\]]*\]`)

// readERT reads Accelergy's energy reference table, whole or as a summary. Of several entries of one action, the largest
// counts, as Timeloop takes it.
func readERT(v foreign.Value, into ert, notes *foreign.Notes) {
	v.Get("version").Str()
	list := v.First("tables", "table_summary")
	if !list.Present() {
		v.Fail("no tables in this energy reference table", "tables, or table_summary")
	}
	for _, t := range list.List() {
		full := ranges.ReplaceAllString(t.Need("name").Str(), "")
		name := full[strings.LastIndexByte(full, '.')+1:]
		e := energy{at: t}
		t.Peek("primitive_estimation(s)").Take()
		t.Peek("primitive_estimations").Take()
		for _, act := range t.Get("actions").List() {
			kind := act.Need("name").Str()
			var pj float64
			en := act.Need("energy")
			if pj = en.Number(nil); !(pj >= 0 && pj < 1e18) {
				en.Fail("not an energy in pJ", "numbers from 0 to 1e18")
			}
			act.Peek("arguments").Take()
			switch kind {
			case "read":
				e.read = max(e.read, pj)
			case "write", "update":
				e.write = max(e.write, pj)
			case "leak":
				e.leak = max(e.leak, pj)
			case "compute", "mac", "mac_random":
				e.compute = max(e.compute, pj)
			default:
				notes.Leave(act, "action %s of %s", kind, name)
			}
		}
		into[archfile.Name(name, "memory")] = e
	}
}
