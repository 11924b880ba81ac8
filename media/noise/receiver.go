package noise

// Receiver makes one sound of what a Sender sent: speech as it is, noise from
// descriptions and for the frames behind them that were not sent. It belongs
// to one goroutine, and allocates nothing after NewReceiver.
type Receiver struct {
	generator *Generator
	noisy     bool  // whether noise sounds
	last      int16 // the last sample of the speech before
}

// NewReceiver returns a Receiver of rate samples per second; one that is not
// positive counts as 8000.
func NewReceiver(rate int) *Receiver { return &Receiver{generator: New(rate)} }

// Seed restarts the noise at its seed, as Generator.Seed does.
func (r *Receiver) Seed(seed uint64) { r.generator.Seed(seed) }

// Speech takes the sound of a frame that was sent. Where noise was before, the
// beginning of pcm is changed, so that the two join.
func (r *Receiver) Speech(pcm []int16) {
	if len(pcm) == 0 {
		return
	}
	last := pcm[len(pcm)-1] // before it is changed
	if r.noisy {
		r.generator.Yield(pcm)
		r.noisy = false
	}
	r.last = last
}

// Noise takes a description that was sent, and fills dst with the sound of its
// frame.
func (r *Receiver) Noise(d Description, dst []int16) {
	r.generator.SetNoise(d)
	if !r.noisy {
		r.generator.Start(r.last)
		r.noisy = true
	}
	r.generator.Fill(dst)
}

// Nothing fills dst with the sound of a frame for which nothing came. It
// returns false, and leaves dst as it is, where speech was under way: then the
// frame was lost, and noise is no match for it.
func (r *Receiver) Nothing(dst []int16) bool {
	if r.noisy {
		r.generator.Fill(dst)
	}
	return r.noisy
}
