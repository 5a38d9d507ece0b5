package results

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// keyColumns are columns that every results file has had since schema 1; later schemas keep them.
func keyColumns() []string {
	return []string{
		"sweeps.sweep_id", "sweeps.config", "sweeps.model_version",
		"candidates.candidate_id", "candidates.sweep_id", "candidates.key", "candidates.idx", "candidates.area_mm2",
		"params.candidate_id", "params.path", "params.value",
		"outcomes.outcome_id", "outcomes.candidate_id", "outcomes.workload", "outcomes.status",
		"mappings.mapping_id", "mappings.hash", "mappings.json",
		"layers.layer_id", "layers.outcome_id", "layers.layer", "layers.mapping_id",
		"components.layer_id", "components.component", "components.energy_j",
	}
}

// version returns the schema of the file, 0 for an empty one. A newer schema and a file of another program are errors.
// It writes nothing, not even a journal.
func (s *Store) version() (int, error) {
	if err := s.checkNames(); err != nil {
		return 0, err
	}
	v, things, columns, err := s.describe()
	if err != nil {
		return 0, explain(s.path, err)
	}
	lacks := func(column string) bool { return !slices.Contains(columns, column) }
	switch {
	case things == 0 && v == 0:
		return 0, nil
	case v > SchemaVersion && (things == 0 || !lacks(keyColumns()[0])): // the others may be no more in it
		return 0, &VersionError{s.path, v, SchemaVersion}
	case v < 1, v > SchemaVersion, slices.ContainsFunc(keyColumns(), lacks):
		return 0, &NotResultsError{Path: s.path, What: "is an SQLite file of something else, not a results file of tcmdse"}
	}
	return v, nil
}

// describe returns the user_version, how many tables, views and the like there are, and TABLE.COLUMN of those tables
// that results files have. It is one query, so that a writer which is making the file is not met half way.
func (s *Store) describe() (v, things int, columns []string, err error) {
	tables := map[string]bool{}
	for _, column := range keyColumns() {
		table, _, _ := strings.Cut(column, ".")
		tables["'"+table+"'"] = true
	}
	rows, err := s.db.Query(fmt.Sprintf(`SELECT user_version, (SELECT count(*) FROM sqlite_schema), ifnull(t.name || '.' || c.name, '')
		FROM pragma_user_version LEFT JOIN sqlite_schema t ON t.type = 'table' AND t.name IN (%s) LEFT JOIN pragma_table_info(t.name) c`,
		strings.Join(slices.Collect(maps.Keys(tables)), ", ")))
	if err != nil {
		return 0, 0, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var column string
		if err := rows.Scan(&v, &things, &column); err != nil {
			return 0, 0, nil, err
		}
		columns = append(columns, column)
	}
	return v, things, columns, rows.Err()
}
