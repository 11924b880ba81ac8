package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/rs/zerolog"
)

func (l LogConfig) level() (zerolog.Level, error) {
	level, err := zerolog.ParseLevel(l.Level)
	if err != nil || l.Level == "" {
		return zerolog.InfoLevel, fmt.Errorf("is %q, must be debug, info, warn, error or disabled", l.Level)
	}
	return level, nil
}

// logger returns the logger that the configuration asks for.
func (l LogConfig) logger(w io.Writer) zerolog.Logger {
	level, _ := l.level() // checked with the configuration
	console := l.Format == "console"
	if file, ok := w.(*os.File); ok && l.Format == "auto" {
		info, err := file.Stat()
		console = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	if console {
		w = zerolog.ConsoleWriter{Out: w, TimeFormat: time.TimeOnly}
	}
	return zerolog.New(w).Level(level).With().Timestamp().Logger()
}
