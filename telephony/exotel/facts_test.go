package exotel_test

import (
	"reflect"
	"testing"

	"github.com/talkpath/talkpath/telephony/exotel"
)

func TestNoFactIsLeftOut(t *testing.T) {
	facts := reflect.ValueOf(exotel.Carrier(exotel.Config{}).Quirks.Facts)
	for i := range facts.NumField() {
		if field := facts.Field(i); field.IsZero() || field.Kind() == reflect.Slice && field.Len() == 0 {
			t.Errorf("%s is empty", facts.Type().Field(i).Name)
		}
	}
}
