package coordination

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
)

// fillAll sets every field of a struct, those of what it points to as well.
func fillAll(v reflect.Value, text string) {
	for i := range v.NumField() {
		switch f := v.Field(i); f.Kind() {
		case reflect.String:
			f.SetString(text + v.Type().Field(i).Name)
		case reflect.Bool:
			f.SetBool(true)
		case reflect.Int64:
			f.SetInt(-int64(i) - 1)
		case reflect.Uint8, reflect.Uint64:
			f.SetUint(uint64(i) + 1)
		case reflect.Pointer:
			f.Set(reflect.New(f.Type().Elem()))
			fillAll(f.Elem(), text)
		default:
			panic("a field of another kind: " + f.Kind().String())
		}
	}
}

// Every field is written, and read again as it was.
func TestAppendJSON(t *testing.T) {
	var full Event
	fillAll(reflect.ValueOf(&full).Elem(), "\"é\n\\<&>\u2028")
	events := append(nested(), full, Event{}, Event{Asked: &Asked{}})
	for i := range events {
		line := events[i].AppendJSON([]byte("x"))[1:]
		want, err := json.Marshal(&events[i])
		require.NoError(t, err)
		require.JSONEq(t, string(want), string(line))
		var again Event
		require.NoError(t, json.Unmarshal(line, &again))
		require.Equal(t, events[i], again)
	}
}

func FuzzAppendJSONText(f *testing.F) {
	for _, s := range []string{"", "a", "\x00\x1f\x7f", "\"\\/", "é\xff\u2028<&>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want, err := json.Marshal(s)
		require.NoError(t, err)
		var a, b string
		require.NoError(t, json.Unmarshal(AppendJSONText(nil, s), &a))
		require.NoError(t, json.Unmarshal(want, &b))
		require.Equal(t, b, a)
	})
}
