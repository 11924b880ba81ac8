package exotel

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/talkpath/talkpath/telephony"
)

// Limits of a stream URL's query.
const (
	rateKey   = "sample-rate"
	maxParams = 3
	maxQuery  = 256 // characters, taken as those of the whole encoded query
)

// ErrQuery reports custom parameters that Exotel wouldn't pass on.
var ErrQuery = errors.New("stream URL's query must have sample-rate 8000, 16000 or 24000, " +
	"at most 3 custom parameters and 256 characters")

// askedRate returns the rate in a socket's query, zero where there is none
// that Exotel offers.
func askedRate(query url.Values) int {
	rate, err := strconv.ParseUint(query.Get(rateKey), 10, 32)
	if err != nil || !offers(rate) {
		return 0
	}
	return int(rate)
}

// composeQuery returns the query of a stream URL.
func composeQuery(s telephony.Stream) (string, error) {
	rate := s.Rate
	if rate == 0 {
		rate = defaultRate
	}
	if s.Listen == telephony.ListenBoth {
		return "", ErrListening
	}
	params := s.MarkedParams() // nothing else tells that a stream is one-way
	if rate < 0 || !offers(uint64(rate)) || len(params) > maxParams {
		return "", fmt.Errorf("%w: %d parameters at %d Hz", ErrQuery, len(params), s.Rate)
	}
	query := []byte(rateKey + "=")
	query = strconv.AppendInt(query, int64(rate), 10)
	for _, key := range slices.Sorted(maps.Keys(params)) {
		if key == "" || key == rateKey {
			return "", fmt.Errorf("%w: parameter named %q", ErrQuery, key)
		}
		query = append(query, '&')
		query = append(query, escape(key)...)
		query = append(query, '=')
		query = append(query, escape(params[key])...)
	}
	if len(query) > maxQuery {
		return "", fmt.Errorf("%w: it has %d", ErrQuery, len(query))
	}
	return string(query), nil
}

// listening returns which part of a call a stream copies, by the custom
// parameter of it; what the caller hears is part of no stream.
func listening(param string) telephony.Listening {
	if telephony.ReadListening(param) == telephony.ListenNone {
		return telephony.ListenNone
	}
	return telephony.ListenCaller
}

// escape writes a space as %20, which every reader of queries understands.
func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// readQuery returns the rate and the custom parameters of a stream URL, as
// Exotel reads them; the rate is zero where the URL has none.
func readQuery(u *url.URL) (rate int, params map[string]string, err error) {
	values, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return 0, nil, fmt.Errorf("%w: %w", ErrQuery, err)
	}
	rate = askedRate(values)
	if values.Has(rateKey) && rate == 0 {
		return 0, nil, fmt.Errorf("%w: sample-rate is %.64q", ErrQuery, values.Get(rateKey))
	}
	values.Del(rateKey)
	if len(values) > maxParams || len(u.RawQuery) > maxQuery {
		return 0, nil, fmt.Errorf("%w: %d parameters, %d characters", ErrQuery, len(values), len(u.RawQuery))
	}
	for key := range values {
		if params == nil {
			params = make(map[string]string, len(values))
		}
		params[key] = values.Get(key)
	}
	return rate, params, nil
}
