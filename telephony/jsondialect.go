package telephony

// JSONDialect is how a carrier that speaks JSON text words the messages of a
// stream. A message is an object whose field "event" says what it is; sound
// stands in an object "media", a key in "dtmf", what is known at the beginning
// in "start". Names are given in each spelling that is taken; where a list is
// empty, the carrier doesn't tell such a thing.
type JSONDialect struct {
	Carrier  string          // its name in errors
	Events   map[string]Kind // what the events are called; any other is Unknown
	StreamID []string        // the stream's id; in messages of ours it has the first spelling
	Sound    SoundNames
	SeqIn    []string // the object that holds Sound.Seq; the message itself where empty
	Track    []string // whose sound it is; that of "outbound" is what the caller hears
	MarkIn   []string // the object that holds a mark's name; the message itself where empty
	Held     []string // milliseconds for which a key was down
	Reason   []string // why the stream stopped
	// FreeEpoch says that timestamps count from any moment, so that only
	// their differences tell anything; else they count from the stream's
	// start.
	FreeEpoch bool
	// Keys says that the carrier takes keys on its socket.
	Keys bool
	// Fault reads the event "error", in which a carrier reports its own
	// trouble or a message of ours; nil where it has no such event.
	Fault func(body JSONObject) error
}

// PlainEvents returns what most carriers call the events of a stream.
func PlainEvents() map[string]Kind {
	return map[string]Kind{
		"connected": Connected, "start": Started, "media": Audio, "dtmf": Digit, "mark": MarkPlayed, "stop": Stopped,
	}
}
