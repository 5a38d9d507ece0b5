package timeloop

func (r *reader) convert() error { return nil }

// MappingYAML writes the mapping as a file of this project.
func (im *Import) MappingYAML() []byte { return nil }
