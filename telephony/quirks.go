package telephony

import (
	"time"

	"github.com/talkpath/talkpath/media"
)

// Quirks are the facts in which carriers differ, as data. Adapters, the pace
// of sending and the simulator all read them here.
type Quirks struct {
	// Name is the URL segment, metric label and flag value: "twilio".
	Name string
	// Formats are what a stream can carry; the first is the carrier's default.
	Formats []media.Format
	// Packet is the sound in one message from the carrier.
	Packet time.Duration
	// Chunk are the rules for one audio message to the carrier.
	Chunk Chunk
	// ReorderWait is how long a frame that is out of order may be waited for
	// while sound goes on coming, which is how much can overtake it; zero for
	// carriers that promise order.
	ReorderWait time.Duration
	// Marks says whether the carrier confirms what it has played.
	Marks bool
	// ClearReturnsMarks says whether a Clear brings the marks back whose
	// sound was dropped.
	ClearReturnsMarks bool
	// ConfirmsClear says whether the carrier says that it has done a Clear.
	ConfirmsClear bool
	// Connected says whether a greeting precedes Started.
	Connected bool
	// SameCallID says whether the call's id in the webhook is documented to
	// be that of the stream.
	SameCallID bool
	// TicketInPath says whether the ticket may travel in the socket's path;
	// a carrier that carries it in custom parameters has it there as well.
	TicketInPath bool
	// PlainParams says whether the names and values of custom parameters are
	// held to letters and digits of ASCII, at least one in each.
	PlainParams bool
	// HandshakeWait is how long the carrier waits for its socket to open.
	HandshakeWait time.Duration
	// MaxStream is how long a stream may last; zero where no limit is known.
	MaxStream time.Duration
	// Queue is how much sound the carrier holds for playing before it takes
	// no more; zero where that isn't told.
	Queue time.Duration
	// Anonymous says whether messages don't tell which stream they are of:
	// nothing but the socket binds them to it.
	Anonymous bool
	// Untimed says whether the carrier's sound has neither counters nor
	// timestamps: Frame.Seq is then zero, and Frame.At counts the samples
	// that came.
	Untimed bool
	// EndsWithSocket says whether the close of the socket is all that tells
	// that the stream is over: no Stopped comes.
	EndsWithSocket bool
	// OneWay says whether the carrier can copy a call's sound to a stream on
	// which nothing is sent, and BothTracks whether such a copy may have what
	// the caller hears as well.
	OneWay, BothTracks bool
	// Redials says whether the carrier by itself opens a socket that broke
	// again, at the same URL and with the same ids.
	Redials bool
	// RecoversByCall says whether the carrier asks how a call goes on at one URL
	// for all calls, which its flow names and no document of ours, and then
	// announces the call anew to learn where to stream.
	RecoversByCall bool
	// SometimesUnsigned says whether requests come without a signature now
	// and then, and are sent again where they are answered with 503.
	SometimesUnsigned bool
	// Endings is how the carrier tells why calls ended.
	Endings EndingTable
	// Facts are what people want to know beside all that.
	Facts Facts
}

// Facts are what the page about a carrier tells, in words.
type Facts struct {
	Product     string   // what the carrier calls its streams
	WebhookAuth string   // how a webhook's request is proven to be the carrier's
	SocketAuth  string   // how a socket is
	RESTAuth    string   // how we prove ourselves at the carrier's API
	Recovery    string   // what becomes of a call whose socket broke
	HangUp      string   // how we end a call
	Transfer    string   // how a call is handed to somebody else
	KeysIn      string   // how the caller's keys reach us
	KeysOut     string   // how keys are sent to the far end
	OneWay      string   // how a one-way stream is opened
	Limits      []string // numbers that the carrier sets
	Lacks       []string // what the carrier itself can't do
	Unsure      []string // what its sources contradict or leave out, and what we do
	Regions     []Region
	Sources     []string // pages and repositories
}

// Region is a place where a carrier serves calls.
type Region struct {
	Name string
	REST string // the host of its API
}

// Chunk bounds the payload of one audio message to a carrier, in bytes before
// base64.
type Chunk struct {
	Multiple int // every payload is a multiple of it; 1 where any size will do
	Min      int // zero where there is no least size
	Max      int // zero where there is no largest size
	// Exact is how much sound every message must hold; zero where that is
	// free. The other bounds are then of no account.
	Exact time.Duration
	// Least is the least sound in a message where that is told in time rather
	// than bytes; zero where it isn't. Who sends whole frames of 20 ms keeps it.
	Least time.Duration
}

// Fit returns how many bytes a last chunk of n bytes must be padded to.
func (c Chunk) Fit(n int) int {
	n = max(n, c.Min)
	if c.Multiple > 1 {
		n = (n + c.Multiple - 1) / c.Multiple * c.Multiple
	}
	return n
}
