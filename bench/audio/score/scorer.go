package score

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/talkpath/talkpath/codec/resample"
	"github.com/talkpath/talkpath/media/wav"
)

// The scores' names.
const (
	NameESTOI  = "ESTOI"
	NamePESQ   = "PESQ"
	NameViSQOL = "ViSQOL"
)

// Scorer scores pairs with every score that is installed. Its methods may run
// together.
type Scorer struct {
	python, script string
	names          []string
}

// New returns a Scorer. source is the folder bench/audio of the checkout, and
// venv that of the Python environment that make bench-setup has made. Where
// that isn't there, ESTOI alone is left.
func New(ctx context.Context, source, venv string) *Scorer {
	s := &Scorer{
		python: filepath.Join(venv, "bin", "python"),
		script: filepath.Join(source, "score", "score.py"),
		names:  []string{NameESTOI},
	}
	out, err := exec.CommandContext(ctx, s.python, s.script, "--list").Output()
	var more []string
	if err == nil && json.Unmarshal(out, &more) == nil {
		s.names = append(s.names, more...)
	}
	return s
}

// Names returns the scores in use: ESTOI, then PESQ and ViSQOL where installed.
func (s *Scorer) Names() []string { return slices.Clone(s.names) }

// Has reports whether a score is in use.
func (s *Scorer) Has(name string) bool { return slices.Contains(s.names, name) }

// With returns a Scorer that uses those of the names that this one has. ViSQOL
// takes a third of the speech's own time, ESTOI and PESQ a hundredth.
func (s *Scorer) With(names ...string) *Scorer {
	fewer := *s
	fewer.names = slices.DeleteFunc(slices.Clone(s.names), func(n string) bool { return !slices.Contains(names, n) })
	return &fewer
}

// Pair is speech as it was and as it came through, in step.
type Pair struct {
	Ref, Deg []int16
	Rate     int // 8000 or 16000
}

// Scores has a value by name; NaN where a score couldn't take the pair.
type Scores map[string]float64

// Score scores all pairs, in their order. PESQ is the narrow-band one at 8 kHz,
// on the MOS-LQO scale of P.862.1, and ViSQOL's is its speech mode at 16 kHz.
// Both were made for pieces of about 10 s.
func (s *Scorer) Score(ctx context.Context, pairs []Pair) ([]Scores, error) {
	out := make([]Scores, len(pairs))
	for i := range out {
		out[i] = Scores{}
	}
	if s.Has(NameESTOI) {
		for i, p := range pairs {
			v, err := ESTOI(p.Ref, p.Deg, p.Rate)
			if err != nil {
				v = math.NaN()
			}
			out[i][NameESTOI] = v
		}
	}
	if len(pairs) == 0 || !s.Has(NamePESQ) && !s.Has(NameViSQOL) {
		return out, nil
	}
	return out, s.python3(ctx, pairs, out)
}

// job is one line for score.py, and where its answer goes.
type job struct {
	Score string `json:"score"`
	Ref   string `json:"ref"`
	Deg   string `json:"deg"`
	to    Scores
}

// python3 has score.py score the pairs, in two processes.
func (s *Scorer) python3(ctx context.Context, pairs []Pair, out []Scores) error {
	dir, err := os.MkdirTemp("", "score")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	var jobs []job
	for _, want := range []struct {
		name string
		rate int
	}{{NamePESQ, 8000}, {NameViSQOL, 16000}} {
		if !s.Has(want.name) {
			continue
		}
		for i, p := range pairs {
			j := job{Score: want.name, to: out[i]}
			base := filepath.Join(dir, fmt.Sprint(want.name, i))
			j.Ref, j.Deg = base+"r.wav", base+"d.wav"
			if err := errors.Join(write(j.Ref, p.Ref, p.Rate, want.rate), write(j.Deg, p.Deg, p.Rate, want.rate)); err != nil {
				return err
			}
			jobs = append(jobs, j)
		}
	}
	var wait sync.WaitGroup
	var errs [2]error
	for part := range errs {
		wait.Go(func() {
			var mine []job
			for i := part; i < len(jobs); i += len(errs) {
				mine = append(mine, jobs[i])
			}
			errs[part] = s.run(ctx, mine)
		})
	}
	wait.Wait()
	return errors.Join(errs[:]...)
}

func (s *Scorer) run(ctx context.Context, jobs []job) error {
	if len(jobs) == 0 {
		return nil
	}
	var in, complaints bytes.Buffer
	for _, j := range jobs {
		line, err := json.Marshal(j)
		if err != nil {
			return err
		}
		in.Write(append(line, '\n'))
	}
	cmd := exec.CommandContext(ctx, s.python, s.script)
	cmd.Stdin, cmd.Stderr = &in, &complaints
	// Each process keeps to one core: there are two of them.
	cmd.Env = append(os.Environ(), "OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1")
	answers, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("score.py: %w: %s", err, strings.TrimSpace(complaints.String()))
	}
	lines := bufio.NewScanner(bytes.NewReader(answers))
	for _, j := range jobs {
		if !lines.Scan() {
			return fmt.Errorf("score.py: answers are missing: %s", strings.TrimSpace(complaints.String()))
		}
		var v *float64
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			return fmt.Errorf("score.py: %w", err)
		}
		j.to[j.Score] = math.NaN()
		if v != nil {
			j.to[j.Score] = *v
		}
	}
	return nil
}

// write writes pcm to a file at the rate that a score takes.
func write(path string, pcm []int16, from, to int) error {
	if from != to {
		r, err := resample.New(from, to)
		if err != nil {
			return err
		}
		pcm = r.Resample(nil, pcm)
	}
	return wav.WriteFile(path, to, pcm)
}
