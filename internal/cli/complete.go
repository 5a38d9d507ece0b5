package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tcmdse/hwmodel"
	"tcmdse/mapper/workload"
	"tcmdse/sweeps"
)

// Completions of words and flags, for the shells that `tcmdse completion` writes scripts for. They read files that the
// line names already (a network for its layers, an architecture for its paths) and never fail: a shell has no place
// for messages.

type completion = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective)

// nameOrFile offers embedded names, or files of these kinds where no name begins as the word does.
func nameOrFile(names func() []string, ext ...string) completion {
	return func(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
		fit := beginning(names(), word)
		if word != "" && len(fit) == 0 || len(names()) == 0 {
			return ext, cobra.ShellCompDirectiveFilterFileExt
		}
		return fit, cobra.ShellCompDirectiveDefault
	}
}

// ofKind offers files of these kinds for every argument.
func ofKind(ext ...string) completion { return nameOrFile(noNames, ext...) }

func noNames() []string { return nil }

// first completes the first arguments by one function each, and nothing after them.
func first(each ...completion) completion {
	return func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		if len(args) >= len(each) {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return each[len(args)](cmd, args, word)
	}
}

func words(choice ...string) completion {
	return func(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
		return beginning(choice, word), cobra.ShellCompDirectiveNoFileComp
	}
}

func beginning(names []string, word string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !strings.HasPrefix(n, word) })
}

func folders(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// freely says that a flag's value is the user's own: a number, a name, a command.
func freely(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveNoFileComp
}

// layers offers those of the network that the line names.
func layers(cmd *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
	n, err := workload.Open(cmd.Flag("workload").Value.String(), "")
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for i := range n.Layers {
		names = append(names, n.Layers[i].Name)
	}
	return beginning(names, word), cobra.ShellCompDirectiveNoFileComp
}

// settable offers the paths of the architecture that the line names, or of that of its sweep.
func settable(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	var spec *hwmodel.Spec
	if arch := cmd.Flag("arch"); arch != nil {
		s, err := hwmodel.Open(arch.Value.String(), "")
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		spec = s
	} else {
		file := ""
		if len(args) > 0 {
			file = args[0]
		}
		s, err := sweeps.Load(file, nil)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		spec = s.Base()
	}
	var paths []string
	for _, p := range spec.Paths() {
		paths = append(paths, p.Path+"=")
	}
	return beginning(paths, word), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

func embeddedNames() []string {
	names := slices.Concat(hwmodel.PresetNames(), workload.Names(), sweeps.Names())
	slices.Sort(names)
	return slices.Compact(names)
}

// flagCompletions says what completes the value of each flag, by its name; words that differ from command to command
// stand under COMMAND FLAG.
func flagCompletions() map[string]completion {
	yaml := []string{"yaml", "yml"}
	out := map[string]completion{
		"arch": nameOrFile(hwmodel.PresetNames, yaml...), "workload": nameOrFile(workload.Names, yaml...), "layer": layers, "set": settable,
		"objective": words("edp", "energy", "latency"), "map objective": words("edp", "energy", "latency", "front", "network-edp"),
		"mapping": ofKind("yaml", "yml", "json"), "format": words("table", "csv", "json"),
		"db": ofKind("db"), "estimator-cache": ofKind("db"), "html": ofKind("html"), "svg": ofKind("svg"), "report output": ofKind("xlsx"),
		"timeloop set": freely, "accelforge set": freely,
		"onnx output": ofKind("yaml", "yml"), "onnx bits": words("8", "16", "types", "inputs=8,weights=8,outputs=8"),
		"out": folders, "csv": folders, "publish": folders,
	}
	for _, own := range []string{"estimator", "estimator-timeout", "jobs", "shard", "shards", "publish-every", "max-nodes", "compare", "sweep", "weights",
		"account", "cpus", "max-running", "mem", "partition", "qos", "sbatch", "time", "batch", "dim", "name"} {
		out[own] = freely
	}
	return out
}

// argCompletions says what completes the words of each command that takes some.
func argCompletions() map[string]completion {
	sweep := nameOrFile(sweeps.Names, "yaml", "yml")
	return map[string]completion{
		"sweep": first(sweep), "slurm": first(sweep), "check": nameOrFile(embeddedNames, "yaml", "yml"), "show": first(words(embeddedNames()...)),
		"report": first(ofKind("db"), freely), "query": first(ofKind("db")), "merge": ofKind("db"),
		"init": first(ofKind("yaml", "yml")), "status": first(folders), "resubmit": first(folders), "man": first(folders),
		"timeloop": ofKind("yaml", "yml"), "accelforge": ofKind("yaml", "yml"),
		"onnx": first(ofKind("onnx")),
	}
}

// complete gives the completions to all commands below root. What has none is left to the shell, which offers files;
// TestCompletions finds it.
func complete(root *cobra.Command) {
	flags, args := flagCompletions(), argCompletions()
	for _, c := range root.Commands() {
		complete(c)
		if f, ok := args[c.Name()]; ok && c.ValidArgsFunction == nil {
			c.ValidArgsFunction = f
		}
		for name, f := range flags {
			command, flag, own := strings.Cut(name, " ")
			if !own {
				command, flag = c.Name(), name
			}
			if _, special := flags[c.Name()+" "+flag]; c.Name() != command || special && !own || c.Flags().Lookup(flag) == nil {
				continue
			}
			_ = c.RegisterFlagCompletionFunc(flag, f) // fails for a flag that is not there, which was asked
		}
	}
}
