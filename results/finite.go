package results

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// finite refuses numbers that are not: SQLite would store NaN as NULL and infinity as something no sheet reads.
func finite(what string, xs ...float64) error {
	for _, x := range xs {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Errorf("%s is %g; only finite numbers are stored", what, x)
		}
	}
	return nil
}

// check refuses what Append does not store: numbers that are not finite, work keys of another length.
func (c *Candidate) check() error {
	errs := []error{finite("area", c.AreaMM2)}
	for _, p := range c.Params {
		errs = append(errs, finite(p.Path, p.Value))
	}
	for _, k := range c.Costs {
		for _, f := range k.Figures {
			errs = append(errs, finite(k.Component+" "+f.Field, f.Value, f.ErrorP95))
		}
	}
	for i := range c.Results {
		r := &c.Results[i]
		errs = append(errs, r.Finite())
		for _, l := range r.Layers {
			if n := len(l.WorkKey); n != 0 && n != workKeyBytes {
				errs = append(errs, fmt.Errorf("work key of %s has %d bytes; %d are allowed, or none", l.Name, n, workKeyBytes))
			}
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("results: candidate %d: %w", c.Index, err)
	}
	return nil
}

// Finite says which figures of a result, if any, are not finite, or would not be in the sums that are stored beside
// them: a component's over the network, a layer's over its runs.
func (r *WorkloadResult) Finite() error {
	errs := []error{finite(r.Workload, r.EnergyJ, r.LatencyS, r.EDPJs, r.BoundEDPJs)}
	for i := range r.Layers {
		l, n := &r.Layers[i], float64(r.Layers[i].Count)
		errs = append(errs, finite(l.Name, l.EnergyJ, l.LatencyS, l.EDPJs, l.MACs, l.Utilization, l.MapspaceLog10, l.Seconds),
			finite("all runs of "+l.Name, n*l.EnergyJ, n*l.LatencyS, n*l.MACs))
		for j := range l.Components {
			k := &l.Components[j]
			errs = append(errs, finite(l.Name+" "+k.Name, k.EnergyJ, k.LeakageJ, k.BusyS, k.AreaMM2, k.PeakBits, k.ReadBits, k.WriteBits))
			for _, t := range k.Tensors {
				errs = append(errs, finite(l.Name+" "+k.Name+" "+t.Tensor, t.ReadBits, t.WriteBits, t.PeakBits))
			}
		}
		for _, x := range []any{share(l.Count, l.EnergyJ, r.EnergyJ), share(l.Count, l.LatencyS, r.LatencyS)} {
			if x, ok := x.(float64); ok {
				errs = append(errs, finite("share of "+l.Name, x))
			}
		}
	}
	sums := sum(r.Layers)
	for i := range sums {
		t := &sums[i]
		errs = append(errs, finite("sum of "+t.Name, t.EnergyJ+t.LeakageJ, t.BusyS, t.ReadBits, t.WriteBits, t.limitingS))
	}
	return errors.Join(errs...)
}

// InfiniteError tells that a file to be joined holds a figure that is no finite number, which no build of this tool stores.
type InfiniteError struct{ Path, Table, Column, Row, Value string }

func (e *InfiniteError) Error() string {
	return fmt.Sprintf("%s holds %s in column %s of table %s (%s), where only finite numbers are stored; it was changed by other means than tcmdse, and nothing of it was joined",
		e.Path, e.Value, e.Column, e.Table, e.Row)
}

// checkFinite looks through the figures of the attached file src: columns of real numbers that it and main have in this tool's tables.
func checkFinite(ctx context.Context, tx *sql.Tx, path string) error {
	ours, _ := declared()
	rows, err := tx.QueryContext(ctx, `SELECT lower(t.name), c.name, c.pk > 0 FROM main.sqlite_schema t CROSS JOIN pragma_table_info(t.name, 'main') c
		CROSS JOIN pragma_table_info(t.name, 'src') s ON s.name = c.name WHERE t.type = 'table' AND (c.type = 'REAL' OR c.pk > 0) ORDER BY t.name, c.cid`)
	if err != nil {
		return err
	}
	defer rows.Close()
	figures, keys := map[string][]string{}, map[string][]string{}
	for rows.Next() {
		var table, column string
		var key bool
		if err := rows.Scan(&table, &column, &key); err != nil {
			return err
		}
		if of := figures; ours[table] == "table" {
			if key {
				of = keys
			}
			of[table] = append(of[table], column)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, table := range slices.Sorted(maps.Keys(figures)) {
		if err := finiteIn(ctx, tx, path, table, figures[table], keys[table]); err != nil {
			return err
		}
	}
	return nil
}

// finiteIn looks through one table. What is no number at all is greater than any to SQLite.
func finiteIn(ctx context.Context, tx *sql.Tx, path, table string, figures, keys []string) error {
	which, value, row := "CASE", "CASE", "''"
	for i, c := range figures {
		when := fmt.Sprintf(" WHEN %s NOT BETWEEN -?1 AND ?1 THEN ", identifier(c))
		which += when + strconv.Itoa(i+1)
		value += when + identifier(c)
	}
	for i, k := range keys {
		row += fmt.Sprintf(" || '%s%s ' || %s", strings.Repeat(", ", min(i, 1)), strings.ReplaceAll(k, "'", "''"), identifier(k))
	}
	e := InfiniteError{Path: path, Table: table}
	var n int
	err := tx.QueryRowContext(ctx, fmt.Sprintf("SELECT %s END AS n, CAST(%s END AS TEXT), %s FROM src.%s WHERE n LIMIT 1", which, value, row, identifier(table)), math.MaxFloat64).
		Scan(&n, &e.Value, &e.Row)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	e.Column = figures[n-1]
	return &e
}

// identifier makes a name of SQL.
func identifier(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
