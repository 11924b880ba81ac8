package wav

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
)

// ReadFile reads a whole file of linear sound as mono and returns its samples
// and its rate. Sound in G.711 is an error that wraps ErrEncoded; open the file
// and use NewReader for that.
func ReadFile(path string) (pcm []int16, rate int, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = file.Close() }()
	r, err := NewReader(file)
	if err != nil {
		return nil, 0, fmt.Errorf("%s: %w", path, err)
	}
	var block [blockSize / 2]int16
	for {
		n, err := r.ReadPCM(block[:])
		pcm = append(pcm, block[:n]...)
		if errors.Is(err, io.EOF) {
			return pcm, r.Rate(), nil
		}
		if err != nil {
			return nil, 0, fmt.Errorf("%s: %w", path, err)
		}
	}
}

// WriteFile writes pcm as Write does to a file at path. It writes beside path
// and renames, so that path holds the old file or the whole new one, never a
// part.
func WriteFile(path string, rate int, pcm []int16) error {
	part := path + "." + rand.Text() + ".part"
	file, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	err = Write(file, rate, pcm)
	if err == nil {
		err = file.Sync()
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(part, path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(part))
	}
	return nil
}
