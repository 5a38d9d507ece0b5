package yamlsrc

import (
	"fmt"
	"io"
	"os"
)

// MostBytes is how long a file that people write may be. A device or a dump given by mistake would otherwise fill the
// memory before anything could be said of it.
const MostBytes = 64 << 20

// ReadFile is os.ReadFile for files of at most MostBytes.
func ReadFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MostBytes+1))
	if err != nil {
		return nil, err
	}
	if len(data) > MostBytes {
		return nil, fmt.Errorf("%s is longer than the %d MiB that a file of this kind may have", path, MostBytes>>20)
	}
	return data, nil
}
