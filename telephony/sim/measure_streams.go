package sim

import "github.com/talkpath/talkpath/media"

// streams measures each of the call's streams.
func (r recording) streams(all []*stream) []StreamReport {
	reports := make([]StreamReport, 0, len(all))
	for i, s := range all {
		until := len(r.heard.pcm)
		if i+1 < len(all) {
			until = all[i+1].heard
		}
		report := StreamReport{ID: s.streamID, Start: Millis(s.begun), End: s.end}
		if first := r.heard.first(s.heard, until); first >= 0 {
			resumed := Millis(media.PCMDuration(first, r.heard.rate) - s.begun)
			report.Resumed = &resumed
		}
		reports = append(reports, report)
	}
	return reports
}

// lostIn says whether the agent's speech in a stretch of the waveform ended
// since its stream did.
func (r recording) lostIn(from, to int) bool {
	for _, at := range r.drops {
		if at > from && at <= to {
			return true
		}
	}
	return false
}
