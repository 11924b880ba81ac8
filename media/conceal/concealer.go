package conceal

// Noise makes the comfort noise into which a long gap fades. A Concealer uses
// it from 30 ms of a gap on, and at once only where nothing was heard before.
type Noise interface {
	// Fill overwrites dst with the next samples of the noise.
	Fill(dst []int16)
}

// The times of a gap, as parts of a second.
const (
	historyPerSecond = 45  // 22 ms of sound are looked at
	joinPerSecond    = 250 // the cross-fade of a Join takes 4 ms
	cellsPerSecond   = 200 // gains are worked out every 5 ms
	cellsPerGap      = 4   // or four times in a short gap whose end is known
	leastPerSecond   = 200 // the shortest sound that can be continued, 5 ms
)

// Concealer fills the gaps of one stream of sound. It belongs to one goroutine.
type Concealer struct {
	rate        int
	msPerSample float32
	noise       Noise
	past        ring // the newest sound, made up or not

	// Scratch for what a gap begins with.
	sound []float32
	pitch search

	// The gap, while one is open.
	open    bool
	length  int // where its end is known, zero elsewhere
	at      int // samples made up so far
	before  side
	behind  side // empty where the end isn't known
	cell    int  // samples between two of the gains
	gain    gain // at its end
	gains   gains
	sum     []float32 // of a cell
	joining []int16
}

// New returns a Concealer for sound of rate samples per second; one that is
// below 4000 counts as 8000.
func New(rate int, noise Noise) *Concealer {
	if rate < lowRate {
		rate = 8000
	}
	history := rate / historyPerSecond
	return &Concealer{
		rate:        rate,
		msPerSample: 1000 / float32(rate),
		noise:       noise,
		past:        ring{buf: make([]int16, history)},
		sound:       make([]float32, history),
		pitch:       newSearch(rate, history),
		before:      newSide(rate),
		behind:      newSide(rate),
		sum:         make([]float32, rate/cellsPerSecond),
		joining:     make([]int16, rate/joinPerSecond),
	}
}

// Reset forgets what was heard.
func (c *Concealer) Reset() {
	c.open = false
	c.past.next, c.past.full = 0, false
}

// History returns how many samples of what was heard count at the most.
func (c *Concealer) History() int { return len(c.past.buf) }

// Played tells what was heard and is no concealment; of much only the newest
// counts. It ends a gap, if one is open. pcm stays the caller's.
func (c *Concealer) Played(pcm []int16) {
	c.open = false
	c.past.write(pcm)
}

// Bridge begins a gap of which both sides are known: length samples are
// missing, and next lies behind them. The following calls of Conceal lead from
// the one side to the other, so that nothing is left for Join to do. next stays
// the caller's; 22 ms of it are enough. With less than 5 ms the gap is filled
// as if its end were not known.
func (c *Concealer) Bridge(length int, next []int16) {
	c.begin()
	next = next[:min(len(next), len(c.sound))]
	if length <= 0 || len(next) < c.pitch.least {
		c.alone()
		return
	}
	c.length = length
	c.cell = max(1, min(c.cell, length/cellsPerGap))
	sound := c.sound[:len(next)]
	for i := range sound {
		sound[i] = float32(next[len(next)-1-i])
	}
	c.behind.set(sound, &c.pitch, c.before.voice)
	c.behind.turn()
	c.gain = c.gainAt(0)
}

// Conceal fills dst with the next samples of the gap that began behind what was
// played last, or goes on.
func (c *Concealer) Conceal(dst []int16) {
	if !c.open {
		c.begin()
		c.alone()
	}
	c.fill(dst)
	c.past.write(dst)
}

// Join ends the gap: over up to 4 ms the beginning of next, which is what is
// heard behind it, is changed in place to follow what was made up. It keeps
// nothing of next, which is to be told to Played as well. Without a gap, and
// where Bridge has led to its end, it changes nothing.
func (c *Concealer) Join(next []int16) {
	if !c.open {
		return
	}
	c.open = false
	if c.length > 0 && c.at == c.length {
		return
	}
	tail := c.joining[:min(len(next), len(c.joining))]
	c.fill(tail)
	step := 1 / float32(len(tail)+1)
	for i, made := range tail {
		next[i] = round(mixed(float32(made), float32(next[i]), smooth(float32(i+1)*step)))
	}
}

// begin opens a gap behind what was played.
func (c *Concealer) begin() {
	c.open, c.length, c.at = true, 0, 0
	c.cell = c.rate / cellsPerSecond
	c.behind.clear()
	n := c.past.read(c.sound)
	c.before.set(c.sound[:n], &c.pitch, 0)
}

// alone readies a gap whose end isn't known.
func (c *Concealer) alone() {
	if len(c.before.cycle) > 0 {
		c.before.trend = c.pitch.trend()
	}
	c.gain = c.gainAt(0)
}

// fill makes the next samples of the gap, up to a cell at a time.
func (c *Concealer) fill(dst []int16) {
	for len(dst) > 0 {
		within := c.at % c.cell
		if within == 0 {
			from := c.gain
			c.gain = c.gainAt(c.at + c.cell)
			c.gains = newGains(from, c.gain, c.cell)
		}
		part := dst[:min(len(dst), c.cell-within)]
		sum := c.sum[:len(part)]
		c.before.lead(sum, c.at, c.gains.before.behind(within))
		if c.length > 0 {
			c.behind.meet(sum, c.length-c.at, c.gains.behind.behind(within))
		}
		if g := c.gains.noise.behind(within); !g.silent() {
			c.noise.Fill(part)
			for i, s := range part {
				sum[i] += float32(s) * g.at(i)
			}
		}
		for i, x := range sum {
			part[i] = round(x)
		}
		c.at += len(part)
		dst = dst[len(part):]
	}
}
