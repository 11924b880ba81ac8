package main

import (
	"errors"

	"github.com/talkpath/talkpath/conversation"
	"github.com/talkpath/talkpath/conversation/asr/pocketsphinx"
	"github.com/talkpath/talkpath/conversation/tts/espeak"
)

// lookAtAgent looks whether an agent's script can be read and whether its
// engines are there.
func (f *findings) lookAtAgent(cfg AgentConfig) {
	about := "agents " + cfg.Name
	script, err := loadScript(cfg.Script)
	if err != nil {
		f.fail(about+" script", err.Error(), "correct the script, or name another file")
		return
	}
	f.ok(about+" script", cfg.Script)
	switch cfg.Recognizer.Engine {
	case enginePocketsphinx:
		sphinx, failed := pocketsphinx.New(pocketsphinx.Config{Phrases: script.Phrases(), Parallel: cfg.Recognizer.Parallel})
		if failed == nil {
			failed = sphinx.Close()
		}
		f.engine(about+" recognizer", enginePocketsphinx, failed)
	case engineFake:
		f.pretends(about + " recognizer")
	}
	switch cfg.Voice.Engine {
	case engineEspeak:
		_, failed := espeak.New(espeak.Config{Voice: cfg.Voice.Voice, Speed: cfg.Voice.Speed})
		f.engine(about+" voice", engineEspeak, failed)
	case engineFake:
		f.pretends(about + " voice")
	}
}

func (f *findings) pretends(about string) {
	f.warn(about, "only pretends, for load tests", "name an engine that hears and speaks")
}

// engine tells whether an engine is there.
func (f *findings) engine(about, name string, err error) {
	switch {
	case errors.Is(err, conversation.ErrMissingProgram):
		f.fail(about, err.Error(), "make setup installs what is missing")
	case err != nil:
		f.fail(about, err.Error(), "correct the agent's settings")
	default:
		f.ok(about, name)
	}
}
