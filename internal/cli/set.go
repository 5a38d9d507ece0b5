package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tcmdse/hwmodel"
	"tcmdse/internal/yamlsrc"
)

// setFlag gives a command that works on one architecture the flag that changes it.
func setFlag(cmd *cobra.Command, set *[]string) {
	cmd.Flags().StringArrayVar(set, "set", nil, "PATH=VALUE changes a parameter of the architecture; may be repeated")
}

// openArch reads an architecture and changes it by what --set gave, in order.
func openArch(name string, set []string) (*hwmodel.Spec, error) {
	spec, err := hwmodel.Open(name, "")
	if err != nil {
		return nil, err
	}
	for _, kv := range set {
		path, text, ok := strings.Cut(kv, "=")
		if !ok {
			return nil, usageError{fmt.Errorf("--set %s is not PATH=VALUE", kv)}
		}
		if err := spec.Set(path, text); err != nil {
			return nil, onSet(err, kv)
		}
	}
	return spec, nil
}

// onSet tells a mistake in what --set gave as one of the last that set its path, not of the architecture's file.
func onSet(err error, set ...string) error {
	var bad *yamlsrc.Error
	for _, kv := range slices.Backward(set) {
		if path, _, _ := strings.Cut(kv, "="); errors.As(err, &bad) && bad.Key == path {
			return bad.On("--set " + kv)
		}
	}
	return err
}
