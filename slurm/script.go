package slurm

import (
	"fmt"
	"path/filepath"
	"strings"
)

// Options are what is asked of Slurm. Empty ones are left to the site.
type Options struct {
	CPUs                                  int // of an element
	Time, Partition, Memory, Account, QOS string
	Extra                                 []string // further options of sbatch, such as --constraint=avx2
	Run                                   string   // the run folder, absolute
	Program                               string   // this tool, absolute
	Dir                                   string   // where the command was given; what --set names is relative to it
}

// Check finds what cannot stand in a script; errors are *InputError.
func (o *Options) Check() error {
	if o.CPUs < 1 {
		return &InputError{Key: "--cpus", Msg: fmt.Sprintf("given %d", o.CPUs), Allowed: "1 or more"}
	}
	for _, w := range []struct{ key, value string }{{"--time", o.Time}, {"--partition", o.Partition}, {"--mem", o.Memory},
		{"--account", o.Account}, {"--qos", o.QOS}, {"--out", o.Run}, {"the path of tcmdse", o.Program}, {"the present folder", o.Dir}} {
		if strings.ContainsAny(w.value, "\n\r\x00") {
			return &InputError{Key: w.key, Msg: fmt.Sprintf("given %q", w.value), Allowed: "one line"}
		}
	}
	if strings.ContainsAny(o.Run, `\%`) {
		return &InputError{Key: "--out", Msg: fmt.Sprintf("given %q", o.Run), Allowed: "paths without % and backslash, which Slurm reads as patterns in the names of logs"}
	}
	for _, x := range o.Extra {
		if !strings.HasPrefix(x, "-") || strings.ContainsAny(x, "\n\r\x00") {
			return &InputError{Key: "--sbatch", Msg: fmt.Sprintf("given %q", x), Allowed: "one option of sbatch, such as --sbatch=--constraint=avx2"}
		}
	}
	return nil
}

// ShardScript is the array's script. The program replaces the shell, so that SIGTERM reaches it.
func (p *Plan) ShardScript(o *Options) string {
	var b strings.Builder
	fmt.Fprintf(&b, "#!/bin/bash\n# One shard of sweep %s an array element; made by tcmdse slurm.\n", oneLine(p.Name))
	b.WriteString(directive("job-name", "tcmdse-"+oneLine(p.Name)))
	b.WriteString("#SBATCH --array=" + ArrayList(all(p.Shards), p.MaxRunning) + "\n")
	b.WriteString(directive("output", "logs/shard-%a.%A.log"))
	b.WriteString("#SBATCH --signal=B:TERM@60\n")
	b.WriteString(directive("cpus-per-task", fmt.Sprint(o.CPUs)))
	o.common(&b)
	args := []string{"sweep", p.File}
	words := quoted(append([]string{o.Program}, args...))
	fmt.Fprintf(&b, "exec %s --shard \"$SLURM_ARRAY_TASK_ID/%d\" --publish %s --jobs \"${SLURM_CPUS_PER_TASK:-1}\" --quiet", words, p.Shards, ShellWord(o.Run))
	for _, s := range p.Sets {
		b.WriteString(" " + ShellWord("--set="+s))
	}
	if p.Objective != "" {
		b.WriteString(" " + ShellWord("--objective="+p.Objective))
	}
	if p.FrontOnly {
		b.WriteString(" --front-only")
	}
	return b.String() + "\n"
}

// MergeScript is the script of the job behind the array. It fails where a shard is missing.
func (p *Plan) MergeScript(o *Options) string {
	var b strings.Builder
	fmt.Fprintf(&b, "#!/bin/bash\n# Joins the shards of sweep %s once all elements have ended, well or not; made by tcmdse slurm.\n", oneLine(p.Name))
	b.WriteString(directive("job-name", "tcmdse-merge-"+oneLine(p.Name)))
	b.WriteString(directive("output", "logs/merge.%j.log"))
	b.WriteString("#SBATCH --cpus-per-task=1\n")
	o.common(&b)
	at := func(name string) string { return filepath.Join(o.Run, name) }
	fmt.Fprintf(&b, "%s &&\n%s\n",
		quoted([]string{o.Program, "merge", at("results.db"), at("parts"), "--complete"}),
		quoted([]string{o.Program, "report", at("results.db"), "-o", at("report.xlsx"), "--html", at("report.html")}))
	return b.String()
}

// common is what both scripts ask for. Logs are appended to, since a requeued job writes to the same one.
func (o *Options) common(b *strings.Builder) {
	b.WriteString("#SBATCH --requeue\n#SBATCH --open-mode=append\n")
	b.WriteString(directive("chdir", o.Run))
	for _, d := range []struct{ option, value string }{{"time", o.Time}, {"partition", o.Partition}, {"mem", o.Memory}, {"account", o.Account}, {"qos", o.QOS}} {
		if d.value != "" {
			b.WriteString(directive(d.option, d.value))
		}
	}
	for _, x := range o.Extra {
		b.WriteString("#SBATCH " + x + "\n")
	}
	fmt.Fprintf(b, "\ncd %s || exit 1\n", ShellWord(o.Dir))
}

func quoted(words []string) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = ShellWord(w)
	}
	return strings.Join(out, " ")
}

// oneLine keeps a name from ending a comment or an option.
func oneLine(s string) string { return strings.Join(strings.Fields(s), "-") }
