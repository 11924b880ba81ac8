package codecbench

import (
	"context"
	"encoding/binary"
	"math/rand/v2"
	"runtime"
	"strconv"

	"github.com/talkpath/talkpath/bench/audio/lab"
	"github.com/talkpath/talkpath/bench/audio/report"
	"github.com/talkpath/talkpath/bench/audio/score"
	"github.com/talkpath/talkpath/codec/opus"
)

// speechCodec measures Opus: what our binding adds to libopus called from C,
// whether copies are in the packets, and what they are worth.
func speechCodec(ctx context.Context, l *lab.Lab, s *report.Section) error {
	libopus, err := l.BuildC(ctx, "codecbench/reference/codec_opus.c", "-lopus", "-lm")
	if err != nil {
		return err
	}
	table := report.Table{
		Title: "Opus: CPU for 20 ms, and ESTOI of what comes back, by complexity",
		Head:  []string{"rate, bitrate, complexity", "encode", "decode", "libopus' encode", "libopus' decode", "ESTOI"},
	}
	for _, rate := range []int{8000, 16000} {
		pcm, err := speech(l, rate)
		if err != nil {
			return err
		}
		for _, complexity := range []int{0, 5, 9} {
			cfg := opus.Defaults(rate)
			cfg.Complexity = complexity
			var m opusFigures
			if m, err = measureOpus(ctx, l.Runs(), cfg, pcm, libopus); err != nil {
				return err
			}
			table.Lines = append(table.Lines, m.line(cfg))
			if complexity == opus.DefaultComplexity {
				s.Rows = append(s.Rows, m.rows(cfg)...)
			}
		}
		lossy, err := lossRows(rate, pcm, l.Seed)
		if err != nil {
			return err
		}
		s.Rows = append(s.Rows, lossy...)
	}
	s.Tables = append(s.Tables, table)
	return nil
}

// opusFigures are what was measured of Opus and of libopus.
type opusFigures struct {
	cost          lab.Least // µs for 20 ms
	differ        int       // packets
	allocs, estoi float64
}

func measureOpus(ctx context.Context, runs int, cfg opus.Config, pcm []int16, libopus string) (m opusFigures, err error) {
	m.cost = lab.Least{}
	frame := cfg.Rate / 50
	packets, err := encodeAll(cfg, pcm)
	if err != nil {
		return m, err
	}
	c, err := opus.Open(cfg)
	if err != nil {
		return m, err
	}
	var buf []byte
	var heard []int16
	var raw []byte
	for range runs {
		raw, err = reference(ctx, m.cost, pcm, libopus, strconv.Itoa(cfg.Rate), strconv.Itoa(cfg.Bitrate), strconv.Itoa(cfg.Complexity), strconv.Itoa(cfg.Loss))
		if err != nil {
			return m, err
		}
		m.cost.Add(encode, lab.Spent(len(packets), func() {
			for i := range packets {
				buf = c.Encode(buf[:0], pcm[i*frame:(i+1)*frame])
				giveWay(i)
			}
		}))
		m.cost.Add(decode, lab.Spent(len(packets), func() {
			heard = heard[:0]
			for i, p := range packets {
				heard, _ = c.Decode(heard, p)
				giveWay(i)
			}
		}))
	}
	for i, theirs := range split(raw) {
		if i >= len(packets) || string(theirs) != string(packets[i]) {
			m.differ++
		}
	}
	room := make([]int16, 0, frame)
	m.allocs = allocations(func() {
		buf = c.Encode(buf[:0], pcm[:frame])
		room, _ = c.Decode(room[:0], buf)
	})
	late := lookAhead(cfg.Rate)
	m.estoi, err = score.ESTOI(pcm[:len(heard)-late], heard[late:], cfg.Rate)
	return m, err
}

// giveWay lets others run now and then, as a call does that waits for its next
// frame: from a goroutine that spends 10 ms on end in C, Go's runtime takes its
// processor away at every call.
func giveWay(packet int) {
	if packet%32 == 0 {
		runtime.Gosched()
	}
}

// lookAhead returns by how many samples decoded sound comes late: the
// encoder's look-ahead of 6.5 ms.
func lookAhead(rate int) int { return rate * 65 / 10000 }

func encodeAll(cfg opus.Config, pcm []int16) (packets [][]byte, err error) {
	c, err := opus.Open(cfg)
	if err != nil {
		return nil, err
	}
	for frame := cfg.Rate / 50; len(pcm) >= frame; pcm = pcm[frame:] {
		packets = append(packets, c.Encode(nil, pcm[:frame]))
	}
	return packets, nil
}

// split returns the packets that the reference program wrote.
func split(raw []byte) (packets [][]byte) {
	for len(raw) >= 2 {
		n := min(len(raw)-2, int(binary.LittleEndian.Uint16(raw)))
		packets = append(packets, raw[2:2+n])
		raw = raw[2+n:]
	}
	return packets
}

func kilohertz(rate int) string { return strconv.Itoa(rate/1000) + " kHz" }

func (m opusFigures) line(cfg opus.Config) []string {
	return []string{
		kilohertz(cfg.Rate) + ", " + strconv.Itoa(cfg.Bitrate/1000) + " kbit/s, " + strconv.Itoa(cfg.Complexity),
		number(m.cost[encode], 0) + " µs", number(m.cost[decode], 0) + " µs", number(m.cost[theirEncode], 0) + " µs", number(m.cost[theirDecode], 0) + " µs", number(m.estoi, 3),
	}
}

func (m opusFigures) rows(cfg opus.Config) []report.Row {
	where := ", " + kilohertz(cfg.Rate)
	return []report.Row{
		{
			Name: "Opus: CPU beside libopus called from C, encoded and decoded" + where, Unit: "×", Decimals: 2,
			Ours: (m.cost[encode] + m.cost[decode]) / (m.cost[theirEncode] + m.cost[theirDecode]), Anchor: 1, AnchorName: "libopus", Goal: report.Most(1.1), SlackPart: 0.2,
		},
		{Name: "Opus: packets that differ from libopus'" + where, Ours: float64(m.differ), Anchor: report.None(), Goal: report.Most(0)},
		{Name: "Opus: allocations for 20 ms" + where, Ours: m.allocs, Anchor: report.None(), Goal: report.Most(0)},
	}
}

// lossRows measures speech of which a tenth of the packets never came, each by
// itself, with copies from the next packet and with libopus' concealment alone.
func lossRows(rate int, pcm []int16, seed uint64) ([]report.Row, error) {
	cfg := opus.Defaults(rate)
	packets, err := encodeAll(cfg, pcm)
	if err != nil {
		return nil, err
	}
	with := 0
	for _, p := range packets {
		if opus.HasFEC(p) {
			with++
		}
	}
	copied, err := lossScore(cfg, pcm, packets, seed, true)
	if err != nil {
		return nil, err
	}
	concealed, err := lossScore(cfg, pcm, packets, seed, false)
	if err != nil {
		return nil, err
	}
	where := ", " + kilohertz(rate)
	return []report.Row{
		{
			Name: "Opus: packets that hold a copy of the one before" + where, Unit: "%", Decimals: 1,
			Ours: 100 * float64(with) / float64(len(packets)), Anchor: report.None(), Goal: report.Least(50), Slack: 1,
			Note: "read from the packets; silence needs none",
		},
		{
			Name: "Opus: ESTOI at 10 % loss, with copies" + where, Decimals: 3, Ours: copied, Anchor: concealed, AnchorName: "libopus' concealment",
			Goal: report.Least(0.945), Slack: 0.002,
		},
	}, nil
}

// lossScore returns the ESTOI of what is heard where packets are lost, against
// what went in.
func lossScore(cfg opus.Config, pcm []int16, packets [][]byte, seed uint64, copies bool) (float64, error) {
	c, err := opus.Open(cfg)
	if err != nil {
		return 0, err
	}
	random, missing := rand.New(rand.NewPCG(seed, 3)), 0
	var heard []int16
	for _, p := range packets {
		if random.IntN(10) == 0 {
			missing += cfg.Rate / 50
			continue
		}
		next := p
		if !copies {
			next = nil
		}
		heard, _ = c.Conceal(heard, missing, next)
		missing = 0
		if heard, err = c.Decode(heard, p); err != nil {
			return 0, err
		}
	}
	late := lookAhead(cfg.Rate)
	return score.ESTOI(pcm[:len(heard)-late], heard[late:], cfg.Rate)
}
