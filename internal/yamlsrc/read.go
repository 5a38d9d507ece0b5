package yamlsrc

import (
	"fmt"
	"io"
	"os"
)

// mostBytes is how long a file that people write may be. A device or a dump given by mistake would otherwise fill the
// memory before anything could be said of it.
const mostBytes = 64 << 20

// ReadFile is os.ReadFile for files of at most mostBytes.
func ReadFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, mostBytes+1))
	if err != nil {
		return nil, err
	}
	if len(data) > mostBytes {
		return nil, fmt.Errorf("%s is longer than the %d MiB that a file of this kind may have", path, mostBytes>>20)
	}
	return data, nil
}
