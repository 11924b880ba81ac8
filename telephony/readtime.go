package telephony

import (
	"strconv"
	"time"
)

// ReadSeconds returns a duration that a carrier tells in seconds, zero where
// text is none that a call could last.
func ReadSeconds(text string) time.Duration {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n >= 0 && n < 1<<31) { // not a number is neither
		return 0
	}
	return time.Duration(n * float64(time.Second))
}

// ReadTime returns a moment that is written in one of layouts, in UTC; the zero
// Time where text is none.
func ReadTime(text string, layouts ...string) time.Time {
	for _, layout := range layouts {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC()
		}
	}
	return time.Time{}
}
