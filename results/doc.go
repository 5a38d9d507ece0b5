// Package results keeps sweeps in one SQLite file and answers questions about them. It holds plain rows and knows
// neither mapper nor architectures, so a report of an old database never runs today's model.
//
// The schema, with a comment on every column, is in schema/; its views are what outside queries rely on (docs/sql.md).
//
//	s, err := results.Open("results.db")               // one writer; readers at any time
//	id, resumed, err := s.Begin(ctx, sweep)
//	done, err := s.Done(ctx, id)                        // go on where an earlier run stopped
//	err = s.Append(ctx, id, candidates)                 // one transaction
//	rows, err := s.Query(ctx, "SELECT * FROM front")    // a user's SQL, reading only
//
// What holds: a candidate is stored whole or not at all; no result that was stored changes, only a failure or a skipped
// candidate may become one; where files that are joined differ on a candidate, that is an error and never a choice;
// what a file of an earlier schema says is what its migration says (testdata has one of each).
//
// Write:
//
//   - store.go: open and close, create. lock_unix.go, lock_other.go: one writer a file. version.go, migrate.go: schemas.
//   - connect.go: what a connection may do and hold. shape.go: files that hold other things under these names are refused.
//   - types.go: the rows. write.go: sweeps and candidates. finite.go: no figure that is no number, appended or joined. sums.go: components over a network. runs.go, shards.go: who computed what.
//   - recall.go: layers and refusals by work key, for later sweeps. keys.go: what is done. estimates.go: answers of external estimators.
//
// Read:
//
//   - read.go: fronts and lists. stream.go: the rows of sweeps of any size. tensors.go: traffic by tensor, read fast.
//   - query.go: a user's SQL behind an authorizer. statement.go: one statement, no more. hint.go: what a wrong name may have meant.
//
// Several files and machines:
//
//   - merge.go: join files. conflict.go: what both have and differs. source.go: is a file whole, did it change meanwhile?
//   - snapshot.go: copies that are whole, and reading them without locks. explain.go: SQLite's errors for users.
package results
