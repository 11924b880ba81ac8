package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/rs/zerolog"

	builtin "github.com/talkpath/talkpath/agents"
	"github.com/talkpath/talkpath/bridge"
	"github.com/talkpath/talkpath/conversation"
	fakeasr "github.com/talkpath/talkpath/conversation/asr/fake"
	"github.com/talkpath/talkpath/conversation/asr/pocketsphinx"
	fakedialogue "github.com/talkpath/talkpath/conversation/dialogue/fake"
	"github.com/talkpath/talkpath/conversation/dialogue/scripted"
	"github.com/talkpath/talkpath/conversation/tts/espeak"
	faketts "github.com/talkpath/talkpath/conversation/tts/fake"
)

// agents are those who answer calls.
type agents struct {
	names  []string // in the order of the configuration
	byName map[string]*bridge.Agent
	closes []io.Closer
}

// newAgents makes the agents of a configuration. What is missing is said with
// the command that installs it.
func newAgents(ctx context.Context, configs []AgentConfig, log zerolog.Logger) (*agents, error) {
	all := &agents{byName: map[string]*bridge.Agent{}}
	for _, cfg := range configs {
		if err := all.add(ctx, cfg, log); err != nil {
			all.close()
			return nil, fmt.Errorf("agent %s: %w", cfg.Name, err)
		}
	}
	return all, nil
}

func (a *agents) add(ctx context.Context, cfg AgentConfig, log zerolog.Logger) error {
	agent := conversation.Agent{Name: cfg.Name, Manners: cfg.Manners.manners()}
	script, err := loadScript(cfg.Script)
	if err != nil {
		return err
	}
	agent.Dialogue = script
	switch cfg.Recognizer.Engine {
	case engineFake:
		agent.Recognizer = fakeasr.New(fakeasr.Config{Delay: 100 * time.Millisecond, Texts: []string{"hello"}})
	default:
		sphinx, failed := pocketsphinx.New(pocketsphinx.Config{Phrases: script.Phrases(), Parallel: cfg.Recognizer.Parallel})
		if failed != nil {
			return failed
		}
		a.closes = append(a.closes, sphinx)
		agent.Recognizer = sphinx
	}
	switch cfg.Voice.Engine {
	case engineFake:
		agent.Synthesizer = faketts.New(faketts.Config{First: 20 * time.Millisecond})
	default:
		voice, failed := espeak.New(espeak.Config{Voice: cfg.Voice.Voice, Speed: cfg.Voice.Speed})
		if failed != nil {
			return failed
		}
		agent.Synthesizer = voice
	}
	if cfg.Script == scriptFake {
		agent.Dialogue = fakeDialogue()
	}
	ready, err := bridge.NewAgent(ctx, agent)
	if err != nil {
		if ready == nil {
			return err
		}
		log.Warn().Err(err).Msg("tones stand in for the phrases of trouble")
	}
	ready.Ears = bridge.Ears{NoEchoGuard: !cfg.EchoGuard, SuppressNoise: cfg.NoiseSuppression}
	a.names = append(a.names, cfg.Name)
	a.byName[cfg.Name] = ready
	return nil
}

// loadScript reads a script: the one that is built in, or a file.
func loadScript(name string) (*scripted.Script, error) {
	if name == scriptDemo || name == scriptFake {
		return scripted.Load(bytes.NewReader(builtin.Demo()))
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("script: %w", err)
	}
	defer func() { _ = file.Close() }()
	script, err := scripted.Load(file)
	if err != nil {
		return nil, fmt.Errorf("script %s: %w", name, err)
	}
	return script, nil
}

// fakeDialogue answers each utterance of a load test's callers, which last
// two seconds, with two seconds of speech.
func fakeDialogue() conversation.Dialogue {
	reply := fakedialogue.Reply{Text: "one two three four five six seven."}
	return fakedialogue.New(fakedialogue.Config{
		Replies: []fakedialogue.Reply{reply, reply}, Delay: 50 * time.Millisecond,
	})
}

// useFakes gives one agent, whose engines only pretend.
func (c *Config) useFakes() {
	agent := defaultAgent()
	agent.Name, agent.Script = "fake", scriptFake
	agent.Recognizer.Engine, agent.Voice.Engine = engineFake, engineFake
	c.Agents = []AgentConfig{agent}
}

func (a *agents) close() {
	for _, c := range a.closes {
		_ = c.Close()
	}
}
