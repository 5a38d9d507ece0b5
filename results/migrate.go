package results

import (
	"database/sql"
	"errors"
	"fmt"
)

// migrate brings the file to SchemaVersion. A file that it refuses is left as it was, down to its journal mode.
func (s *Store) migrate() error {
	v, err := s.version()
	if err != nil {
		return err
	}
	if err := s.checkShape(); err != nil {
		return err
	}
	if _, err := s.db.Exec("PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=8000"); err != nil {
		return explain(s.path, err)
	}
	// Foreign keys would empty the tables that refer to one which is rebuilt; they can be switched outside of
	// transactions only, and the one connection keeps them.
	if v < SchemaVersion {
		if _, err := s.db.Exec("PRAGMA foreign_keys=OFF"); err != nil {
			return explain(s.path, err)
		}
	}
	for ; v < SchemaVersion; v++ {
		if err := s.step(v + 1); err != nil {
			return explain(s.path, err)
		}
	}
	if _, err := s.db.Exec("PRAGMA foreign_keys=ON"); err != nil {
		return explain(s.path, err)
	}
	s.schema = v
	return nil
}

// step migrates to one version, in one transaction.
func (s *Store) step(version int) error {
	ddl, err := schema.ReadFile(fmt.Sprintf("schema/%04d.sql", version))
	if err != nil {
		return err
	}
	tx, err := s.db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.Exec(string(ddl) + fmt.Sprintf("; PRAGMA user_version = %d", version)); err != nil {
		return err
	}
	if err := checkReferences(tx); err != nil {
		return fmt.Errorf("migrating to schema %d: %w", version, err)
	}
	return tx.Commit()
}

// checkReferences refuses rows that refer to none.
func checkReferences(tx *sql.Tx) error {
	var table string
	var n int64
	err := tx.QueryRow("SELECT \"table\", count(*) FROM pragma_foreign_key_check GROUP BY 1 LIMIT 1").Scan(&table, &n)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return fmt.Errorf("%d rows of %s refer to nothing; the file is damaged", n, table)
}
