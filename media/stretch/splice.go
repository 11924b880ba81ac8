package stretch

// cut leaves out tape[at:at+n] and moves the past up to what follows.
func (s *Stretcher) cut(tape []int16, at, n int) {
	f := min(s.fade, len(tape)-at-n, n)
	fade(tape[at+n:at+n+max(f, 0)], tape[at:])
	past := min(s.Past(), at)
	copy(tape[at-past+n:at+n], tape[at-past:at])
}

// repeat plays tape[at-n:at] twice and moves the past back to make room.
func (s *Stretcher) repeat(tape []int16, at, n int) {
	past := min(s.Past(), at-n)
	copy(tape[at-past-n:at-n], tape[at-past:at])
	f := min(s.fade, len(tape)-at, n)
	fade(tape[at-n:at-n+f], tape[at:])
}

// fade moves over the length of to from the samples of from to those of to,
// and leaves the result in to.
func fade(to, from []int16) {
	n := int32(len(to) + 1)
	for i, x := range to {
		k := int32(i + 1)
		to[i] = int16((int32(x)*k + int32(from[i])*(n-k)) / n)
	}
}

// silence returns how much of the beginning of pcm is silent, in whole fades,
// looking no further than most.
func (s *Stretcher) silence(pcm []int16, most int) int {
	n := 0
	for n < most && n+s.fade <= len(pcm) && s.Silent(pcm[n:n+s.fade]) {
		n += s.fade
	}
	return n
}
