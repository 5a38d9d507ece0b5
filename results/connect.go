package results

import (
	"context"
	"database/sql/driver"
	"fmt"

	"github.com/mattn/go-sqlite3"
)

// mostText is how long one value or row may be, in bytes. SQLite would take a thousand million; the longest that this tool writes is a
// configuration, of files that are at most 64 MiB each and in practice some kB.
const mostText = 128 << 20

// sqliteLimitLength is SQLITE_LIMIT_LENGTH.
const sqliteLimitLength = 0

// mostMemory is what SQLite may hold in a process that reads files of others: a row may have 2,000 values, each as long as mostText.
const mostMemory = 1 << 30

// boundMemory makes SQLite answer "out of memory" before the machine is. It holds for all files of the process; a sweep takes a tenth.
func (s *Store) boundMemory() error {
	if _, err := s.db.Exec(fmt.Sprintf("PRAGMA hard_heap_limit=%d", mostMemory)); err != nil {
		return explain(s.path, err)
	}
	return nil
}

// connector opens connections that a file from elsewhere cannot use for more than its data: functions and virtual tables with effects are
// not called by what the file's schema says, pages are checked before they are believed, and no value fills the memory
// (sqlite.org/security.html).
type connector struct {
	driver *sqlite3.SQLiteDriver
	dsn    string
}

func newConnector(dsn string) connector {
	return connector{&sqlite3.SQLiteDriver{ConnectHook: func(c *sqlite3.SQLiteConn) error {
		c.SetLimit(sqliteLimitLength, mostText)
		_, err := c.Exec("PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON", nil)
		return err
	}}, dsn}
}

func (c connector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.dsn) }

func (c connector) Driver() driver.Driver { return c.driver }
