// Package cli is the command line: one file a command, each a function from flags to output. It alone writes to the
// terminal and decides exit statuses: 0 done, 1 failed, 2 wrong usage or bad input, 130 interrupted with what is finished kept.
//
//	os.Exit(cli.Main(ctx, os.Args[1:], os.Stdout, os.Stderr))
//
// Results go to standard output, progress and messages to standard error. What decides results comes from files and --set;
// variables (TCMDSE_OUT, TCMDSE_JOBS, ...) say where to write and how hard to work. A file that a command makes is there whole
// or not at all. Reports are written anew; files that people go on to edit (init, import) are never written over unasked.
//
// Status 2 is for errors of these types, whatever wraps them: *yamlsrc.Error, usageError, *model.InvalidError,
// *results.VersionError, *results.NotResultsError; and for all that goes wrong before a command starts.
//
// Every command:
//
//   - cli.go: Main, the list of commands, exit statuses. complete.go: completions. near.go: the flag that was meant. set.go: --set.
//   - plain.go: no control character reaches a terminal. paths.go: files to write. kind.go: what a file is by its keys. version.go, man.go.
//
// One architecture and one network:
//
//   - map.go: map and evaluate. map_print.go: what they print. cost.go. estimator.go: --estimator.
//   - list.go: list, show and check. init.go: a starter of a sweep.
//
// Sweeps and what is stored of them:
//
//   - sweep.go. progress.go: its line on the terminal. report.go. compare.go: report --compare. query.go, query_rows.go. merge.go.
//
// Shards and clusters:
//
//   - shard.go: sweep --shard. publish.go: its snapshots. nodedir.go: the node's own disk. slurm.go: slurm and resubmit. status.go.
//
// Files of other tools:
//
//   - import.go, import_onnx.go, import_timeloop.go, import_accelforge.go. import_files.go: what the last two share.
package cli
