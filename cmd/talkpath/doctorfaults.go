package main

import (
	"errors"
	"io/fs"
	"strings"
)

// addFaults adds what is wrong with a configuration that could be read. What is
// open to strangers is left to those who look at the carriers.
func (f *findings) addFaults(err error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range joined.Unwrap() {
			f.addFaults(one)
		}
		return
	}
	if open := (*strangersError)(nil); errors.As(err, &open) {
		return
	}
	setting, says, _ := strings.Cut(strings.ReplaceAll(err.Error(), "\n", "; "), ": ")
	f.fail(setting, says, mend(err))
}

// mend says what to do about a fault, without which the server doesn't start.
func mend(err error) string {
	var unset unsetError
	switch {
	case errors.Is(err, errSecret):
		return "put the secret into an environment variable or a file, and name that"
	case errors.As(err, &unset):
		return "set it where talkpath serve runs, and where doctor does"
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return "put the secret there, readable for the user that talkpath runs as"
	}
	return "correct it: the server doesn't start like this"
}
