package telephony_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/talkpath/talkpath/telephony"
)

func TestACallGoesOnBehindAConversationAndBesideACopy(t *testing.T) {
	const recovery, next = "https://b.example.com/recover", "https://b.example.com/next"
	for _, test := range []struct {
		s    telephony.Stream
		want string
		err  error
	}{
		{telephony.Stream{RecoverURL: recovery, Next: next}, recovery, nil},
		{telephony.Stream{Next: next}, "", nil},
		{telephony.Stream{RecoverURL: recovery, Next: next, Listen: telephony.ListenBoth}, next, nil},
		{telephony.Stream{RecoverURL: recovery, Listen: telephony.ListenCaller}, "", telephony.ErrNoNext},
	} {
		if got, err := test.s.Continuation(); got != test.want || !errors.Is(err, test.err) {
			t.Errorf("%+v: %q, %v", test.s, got, err)
		}
	}
}

func TestOnlyACopyIsMarkedInItsParameters(t *testing.T) {
	own := map[string]string{"a": "1"}
	if got := (telephony.Stream{Params: own}).MarkedParams(); !cmp.Equal(got, own) {
		t.Errorf("conversation: %v", got)
	}
	got := telephony.Stream{Params: own, Listen: telephony.ListenBoth}.MarkedParams()
	if want := map[string]string{"a": "1", telephony.ListenParam: "both"}; !cmp.Equal(got, want) || len(own) != 1 {
		t.Errorf("copy: %v of %v", got, own)
	}
}
