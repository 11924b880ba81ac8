package lab

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// BuildC compiles the reference program source, a path below Source, with the
// given compiler and linker flags (-lspandsp -lm) and returns the program's
// path.
func (l *Lab) BuildC(ctx context.Context, source string, flags ...string) (string, error) {
	out := filepath.Join(l.Dir, strings.TrimSuffix(filepath.Base(source), filepath.Ext(source)))
	args := append([]string{"-O2", "-Wall", "-o", out, filepath.Join(l.Source, source)}, flags...)
	cc := exec.CommandContext(ctx, "gcc", args...)
	cc.Stderr = os.Stderr
	if err := cc.Run(); err != nil {
		return "", fmt.Errorf("build %s: %w (make bench-setup installs what it needs)", source, err)
	}
	return out, nil
}

// Run gives sound to a reference program, as 16-bit samples with the low byte
// first, and returns what it wrote, and what it told on its standard error.
func Run(ctx context.Context, pcm []int16, program string, args ...string) (written []byte, told string, err error) {
	in := make([]byte, 0, 2*len(pcm))
	for _, s := range pcm {
		in = binary.LittleEndian.AppendUint16(in, uint16(s))
	}
	var aside bytes.Buffer
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), &aside
	written, err = cmd.Output()
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w: %s", filepath.Base(program), err, strings.TrimSpace(aside.String()))
	}
	return written, aside.String(), nil
}

// Samples reads what a reference program wrote as sound.
func Samples(written []byte) []int16 {
	pcm := make([]int16, len(written)/2)
	for i := range pcm {
		pcm[i] = int16(binary.LittleEndian.Uint16(written[2*i:]))
	}
	return pcm
}
