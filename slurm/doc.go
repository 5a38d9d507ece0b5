// Package slurm runs a sweep as a Slurm job array, one shard an element, with a job behind it that joins what they found.
// It writes two batch scripts and a plan into a run folder, submits them, and afterwards tells from the files of that
// folder alone how far the run is. Nothing of tcmdse stays running, and Slurm is only ever asked through sbatch, squeue,
// scontrol and scancel.
//
// The run folder, which all machines have to see:
//
//	plan.json    what was submitted (Plan)
//	shard.sh     the array's script; merge.sh that of the job behind it
//	logs/        what the elements said
//	parts/       snapshots of the shards: whole, immutable files, one name an attempt, replaced by rename
//	results.db   after the merge, with report.xlsx and report.html
//
// What fails, and how. Measured with Slurm 22.05 on one machine, with two virtual nodes, but for what is said of NFS and of
// sites' settings.
//
//   - An element that ends with an error leaves a job that depends on it with afterok pending for ever
//     (DependencyNeverSatisfied), even when it is requeued and succeeds. So the merge depends with afterany and itself
//     refuses to call a sweep complete of which a shard is missing.
//   - A dead node's elements are requeued after SlurmdTimeout and some 20 s (26 s with a timeout of 5 s; sites have 300 s),
//     and then wait another 120 s (Reason=BeginTime), as every requeued job does. --requeue asks for it; a job with
//     --no-requeue is lost as NODE_FAIL. The second attempt finds the snapshots of the first and goes on from them.
//   - A slurmstepd that dies leaves its element's process running as an orphan, while Slurm requeues the element (after
//     72 s). Two attempts at a shard can run at once, so no file is ever shared between attempts: each publishes under a
//     name of its own, job id and restart count in it, and an orphan costs time and nothing else.
//   - scancel, requeue and the time limit send SIGTERM, the last one a minute ahead (--signal=B:TERM@60). B is the batch
//     shell, and shard.sh is replaced by the program (exec), so the signal reaches it; it publishes what it has and ends.
//   - Shared file systems: SQLite's locks and its shared memory are not to be trusted over NFS. Elements write to the disk of
//     their node and publish copies; whoever reads opens those as immutable. With that, no file is written by two machines.
//   - Slurm forgets: squeue knows a job for MinJobAge (300 s by default), sacct needs a database that many sites have not.
//     So what is finished is read from the snapshots, and squeue only adds what waits or runs.
//
// An array starts some 32 elements/s; elements of a minute or more make that cost nothing.
//
// Files: plan.go the plan, script.go the scripts, quote.go words in them, submit.go submission, state.go a run's state from
// its files, snapshot.go what one of them says, queue.go what squeue adds, resubmit.go what is missing, lock.go one submission at
// a time, command.go how programs are run.
package slurm
