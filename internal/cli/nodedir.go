package cli

import (
	"os"
	"path/filepath"
	"time"

	"tcmdse/results"
)

// nodeFolder is what attempts of shards call their folders on the node.
const nodeFolder = "tcmdse-shard-*"

// nodeDir is a folder on the node's own disk.
func nodeDir() string {
	if dir := os.Getenv("SLURM_TMPDIR"); dir != "" {
		return dir
	}
	return os.TempDir() // $TMPDIR, or /tmp
}

// clearNode removes what killed attempts left on the node, which no other would ever read: databases whose writer is dead
// and which nothing has changed for a day. Those whose last snapshot failed are kept, since their attempts told where they are;
// these have closed their database.
func clearNode(dir string) {
	left, _ := filepath.Glob(filepath.Join(escapeGlob(dir), nodeFolder)) // the pattern is well formed
	for _, path := range left {
		db := filepath.Join(path, "results.db")
		if results.Abandoned(db) && idle(path, 24*time.Hour) {
			os.RemoveAll(path) // another user's stays
		}
	}
}

// idle tells whether nothing in a folder was changed for so long.
func idle(dir string, long time.Duration) bool {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return false
	}
	for _, e := range entries {
		if st, err := e.Info(); err != nil || time.Since(st.ModTime()) < long {
			return false
		}
	}
	return true
}
