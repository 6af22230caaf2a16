package conf

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
)

// Secrets are the master secrets from which all tokens' keys are derived. The zero value has none.
type Secrets struct {
	inline string
	file   string
}

// Flags declares -secret and -secret-file.
func (s *Secrets) Flags(fs *flag.FlagSet) {
	fs.StringVar(&s.inline, "secret", "", "master `secret` of all tokens, at least 32 bytes, the same for every service; prefer -secret-file")
	fs.StringVar(&s.file, "secret-file", "", "`file` with master secrets, one a line: the first signs, all verify")
}

// Load returns the secrets. It is an error to have none: there is no default.
func (s *Secrets) Load() ([][]byte, error) {
	switch {
	case s.inline != "" && s.file != "":
		return nil, errors.New("-secret and -secret-file: give one of them")
	case s.inline != "":
		return [][]byte{[]byte(s.inline)}, nil
	case s.file == "":
		return nil, errors.New("-secret-file: required (a file with at least 32 random bytes, such as from `openssl rand -base64 48`)")
	}
	data, err := os.ReadFile(s.file)
	if err != nil {
		return nil, fmt.Errorf("-secret-file: %w", err)
	}
	var out [][]byte
	for line := range bytes.Lines(data) {
		if line = bytes.TrimSpace(line); len(line) > 0 {
			out = append(out, line)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("-secret-file: %s is empty", s.file)
	}
	return out, nil
}
