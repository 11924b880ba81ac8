package concealbench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/talkpath/talkpath/bench/audio/lab"
)

const opusBitrate = 16_000

// references are the reference programs.
type references struct {
	dir        string
	plc, codec string
}

func buildReferences(ctx context.Context, l *lab.Lab) (r references, err error) {
	r.dir = l.Dir
	if r.plc, err = l.BuildC(ctx, "concealbench/reference/conceal_spandsp.c", "-lspandsp", "-lm"); err != nil {
		return r, err
	}
	r.codec, err = l.BuildC(ctx, "concealbench/reference/conceal_opus.c", "-lopus")
	return r, err
}

// spandsp conceals with the PLC of spandsp, of the family of G.711 Appendix I.
func (r references) spandsp(ctx context.Context, sent []int16, lost []bool) (outcome, error) {
	out, _, err := r.run(ctx, r.plc, sent, lost)
	return outcome{out, out, sent}, err
}

// opus codes sound, and conceals with the decoder's PLC.
func (r references) opus(ctx context.Context, sent []int16, lost []bool) (o outcome, err error) {
	var said string
	if o.whole, _, err = r.run(ctx, r.codec, sent, make([]bool, len(lost)), strconv.Itoa(opusBitrate)); err != nil {
		return o, err
	}
	if o.made, said, err = r.run(ctx, r.codec, sent, lost, strconv.Itoa(opusBitrate)); err != nil {
		return o, err
	}
	var late int
	if _, err := fmt.Sscan(said, &late); err != nil || late < 0 || late > frame {
		return o, fmt.Errorf("opus: lookahead %q", said)
	}
	o.heard = o.made[late:][:len(sent)]
	return o, nil
}

// spandspCost returns the microseconds of CPU that spandsp takes for a lost
// frame.
func (r references) spandspCost(ctx context.Context, sent []int16, lost []bool, rounds int) (float64, error) {
	mask, err := r.mask(lost)
	if err != nil {
		return 0, err
	}
	var nanoseconds float64
	out, _, err := lab.Run(ctx, sent, r.plc, strconv.Itoa(frame), mask, strconv.Itoa(rounds))
	if err == nil {
		_, err = fmt.Sscan(string(out), &nanoseconds)
	}
	if err != nil {
		return 0, fmt.Errorf("cost of spandsp: %w", err)
	}
	return nanoseconds / 1000, nil
}

// run has a program conceal sound; said is what it writes on the side.
func (r references) run(ctx context.Context, program string, sent []int16, lost []bool, args ...string) (out []int16, said string, err error) {
	mask, err := r.mask(lost)
	if err != nil {
		return nil, "", err
	}
	written, said, err := lab.Run(ctx, sent, program, append([]string{strconv.Itoa(frame), mask}, args...)...)
	if err != nil {
		return nil, "", err
	}
	out = lab.Samples(written)
	if len(out) < len(sent) {
		return nil, "", fmt.Errorf("%s: %d samples of %d", filepath.Base(program), len(out), len(sent))
	}
	return out, said, nil
}

func (r references) mask(lost []bool) (path string, err error) {
	marks := make([]byte, len(lost))
	for i, gone := range lost {
		marks[i] = '0'
		if gone {
			marks[i] = '1'
		}
	}
	path = filepath.Join(r.dir, "lost")
	return path, os.WriteFile(path, marks, 0o644)
}
