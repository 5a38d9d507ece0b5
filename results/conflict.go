package results

import "fmt"

// conflicts compares what both files have, before anything of it is joined.
func (m *merger) conflicts() {
	if m.err != nil {
		return
	}
	differ := func(a, b string) string { // an infinite value is near no other
		return fmt.Sprintf("(%s IS NOT %s AND NOT coalesce(abs(%[1]s - %[2]s) < 9e999 AND abs(%[1]s - %[2]s) <= 1e-12 * max(abs(%[1]s), abs(%[2]s)), 0))", a, b)
	}
	network := `FROM temp.candidate_map k CROSS JOIN main.candidates c ON c.candidate_id = k.dst CROSS JOIN main.sweeps w ON w.sweep_id = c.sweep_id
		CROSS JOIN src.outcomes o ON o.candidate_id = k.src CROSS JOIN main.outcomes mo ON mo.candidate_id = k.dst AND mo.workload = o.workload`
	firm := fmt.Sprintf("NOT k.fresh AND ("+firm+") = 3 AND ("+firm+") = 3", "o", "mo")
	e := &ConflictError{Into: m.into, From: m.from}
	ask := func(layer, figure, into, from, tables, where string) {
		m.collect(e, "SELECT w.name, c.settings, o.workload, "+layer+", "+figure+", "+into+", "+from+" "+tables+" WHERE "+where+" ORDER BY c.idx")
	}
	ask("''", "'area_mm2'", "c.area_mm2", "sc.area_mm2", network+" CROSS JOIN src.candidates sc ON sc.candidate_id = k.src", "NOT k.fresh AND "+differ("c.area_mm2", "sc.area_mm2"))
	ask("''", "'status'", "mo.status", "o.status", network, firm+" AND o.status <> mo.status")
	for _, f := range []string{"energy_j", "latency_s", "edp_js"} {
		ask("''", "'"+f+"'", "mo."+f, "o."+f, network, firm+" AND o.status = mo.status AND "+differ("mo."+f, "o."+f))
	}
	which, into, from, any := firstThat(differ, "ml.", "l.", "count", "energy_j", "latency_s", "edp_js", "macs")
	any += " OR ml.layer <> l.layer"
	ask("l.layer", which+" ELSE 'layer' END", into+" ELSE ml.layer END", from+" ELSE l.layer END",
		network+" CROSS JOIN src.layers l ON l.outcome_id = o.outcome_id CROSS JOIN main.layers ml ON ml.outcome_id = mo.outcome_id AND ml.position = l.position", firm+" AND ("+any+")")
	m.hidden(ask, differ, network, firm)
	if m.err == nil && e.N == 0 { // a layer that stands elsewhere was compared with none
		ask("l.layer", "'position'", "NULL", "l.position", network+" CROSS JOIN src.layers l ON l.outcome_id = o.outcome_id",
			firm+" AND NOT EXISTS (SELECT 1 FROM main.layers z WHERE z.outcome_id = mo.outcome_id AND z.position = l.position)")
	}
	if m.err == nil && e.N > 0 {
		m.err = e
	}
}

// hidden compares what the figures of networks and layers do not show: layers and components that one file lacks, what
// components take, and what parameters are. Architectures are one by their key, so their text is not compared.
func (m *merger) hidden(ask func(layer, figure, into, from, tables, where string), differ func(a, b string) string, network, firm string) {
	for _, t := range []struct{ table, what string }{{"layers", "layers"}, {"outcome_components", "components"}} {
		count := func(file, outcome string) string {
			return "(SELECT count(*) FROM " + file + "." + t.table + " z WHERE z.outcome_id = " + outcome + ")"
		}
		into, from := count("main", "mo.outcome_id"), count("src", "o.outcome_id")
		ask("''", "'number of "+t.what+"'", into, from, network, firm+" AND o.status = mo.status AND "+into+" <> "+from)
	}
	which, into, from, any := firstThat(differ, "mx.", "x.", "energy_j", "leakage_j", "busy_s", "area_mm2", "instances", "read_bits", "write_bits")
	ask("''", "x.component || ' ' || "+which+" END", into+" END", from+" END", network+` CROSS JOIN src.outcome_components x ON x.outcome_id = o.outcome_id
		CROSS JOIN main.outcome_components mx ON mx.outcome_id = mo.outcome_id AND mx.component = x.component`, firm+" AND ("+any+")")
	ask("''", "'parameter ' || p.path", "mp.value", "p.value", network+` CROSS JOIN src.params p ON p.candidate_id = k.src
		CROSS JOIN main.params mp ON mp.candidate_id = k.dst AND mp.path = p.path`, "NOT k.fresh AND "+differ("mp.value", "p.value"))
}

// firstThat compares figures of two rows in one walk over them: the name and the two values (without END) of the first that
// differs, and whether any does.
func firstThat(differ func(a, b string) string, into, from string, figures ...string) (which, a, b, any string) {
	which, a, b, any = "CASE", "CASE", "CASE", "false"
	for _, f := range figures {
		d := differ(into+f, from+f)
		which += " WHEN " + d + " THEN '" + f + "'"
		a += " WHEN " + d + " THEN " + into + f
		b += " WHEN " + d + " THEN " + from + f
		any += " OR " + d
	}
	return which, a, b, any
}

// shownConflicts is how many of the figures that differ an error tells.
const shownConflicts = 5

// collect adds what a query finds.
func (m *merger) collect(e *ConflictError, query string) {
	if m.err != nil {
		return
	}
	rows, err := m.tx.QueryContext(m.ctx, query)
	if err != nil {
		m.err = err
		return
	}
	defer rows.Close()
	for rows.Next() {
		var c Conflict
		var a, b any
		if m.err = rows.Scan(&c.Sweep, &c.Settings, &c.Workload, &c.Layer, &c.Figure, &a, &b); m.err != nil {
			return
		}
		if e.N++; len(e.First) < shownConflicts {
			c.Into, c.From = valueText(a), valueText(b)
			e.First = append(e.First, c)
		}
	}
	m.err = rows.Err()
}

// valueText writes a value with all its digits.
func valueText(v any) string {
	switch x := v.(type) {
	case nil:
		return "nothing"
	case float64:
		return fmt.Sprintf("%.17g", x)
	case []byte:
		return string(x)
	}
	return fmt.Sprint(v)
}
