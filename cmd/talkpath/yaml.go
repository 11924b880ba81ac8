package main

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// errNoYAML reports text that makes the decoder panic, as "a:\n b:\n  ! " does
// where b is a list.
var errNoYAML = errors.New("[1:1] can't be read as YAML")

// decodeYAML decodes the next document.
func decodeYAML(dec *yaml.Decoder, into any) (err error) {
	defer func() {
		if recover() != nil {
			err = errNoYAML
		}
	}()
	return dec.Decode(into)
}

// unreadable says what is wrong with a file, without its text, which may hold a
// secret, and without the names of Go's types.
func unreadable(err error, text []byte) string {
	if value, ok := strings.CutPrefix(err.Error(), "time: invalid duration "); ok {
		return noTime(strings.Trim(value, `"`), text)
	}
	var value *yaml.TypeError
	var shape *yaml.UnexpectedNodeTypeError
	switch {
	case errors.As(err, &value) && value.Token != nil:
		return valueAt(value.Token) + ": must be " + kindName(value.DstType)
	case errors.As(err, &shape) && shape.Token != nil && shape.Expected == ast.SequenceType:
		return valueAt(shape.Token) + ": must be a list"
	case errors.As(err, &shape) && shape.Token != nil:
		return valueAt(shape.Token) + ": must be a set of keys"
	}
	return yaml.FormatError(err, false, false)
}

// valueAt says where a value is: its line, column and key.
func valueAt(value *token.Token) string {
	at := fmt.Sprintf("[%d:%d]", value.Position.Line, value.Position.Column)
	if colon := value.Prev; colon != nil && colon.Type == token.MappingValueType && colon.Prev != nil {
		at += " " + colon.Prev.Value
	}
	return at
}

// noTime says where a value that is no time is: the error doesn't tell.
func noTime(value string, text []byte) string {
	line := 0
	for of := range strings.Lines(string(text)) {
		line++
		key, given, _ := strings.Cut(strings.TrimLeft(of, " -"), ":")
		given, _, _ = strings.Cut(given, " #")
		if strings.Trim(strings.TrimSpace(given), `"'`) == value {
			return fmt.Sprintf("[%d:%d] %s: must be %s", line, strings.LastIndex(of, value)+1, key, aTime)
		}
	}
	return fmt.Sprintf("%q: must be %s", value, aTime)
}

const aTime = "a time such as 1.5s or 800ms"

func kindName(of reflect.Type) string {
	if of == reflect.TypeFor[time.Duration]() {
		return aTime
	}
	switch of.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64, reflect.Uint, reflect.Uint64:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	case reflect.String:
		return "text"
	case reflect.Slice:
		return "a list"
	default:
		return "a set of keys"
	}
}
