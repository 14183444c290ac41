package live

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestStatesThatEncodeCannotHaveMade(t *testing.T) {
	for _, body := range []string{
		`{`, `{"sessions":[{"id":"","c":{}}]}`, `{"sessions":[{"id":"a","c":{}},{"id":"a","c":{}}]}`, `{"sessions":[{"id":"a","c":{"a":{"x":null}}}]}`, `{"sessions":[{"id":"a","c":3}]}`,
	} {
		_, _, err := restore([]byte(body), Limits{})
		require.ErrorIs(t, err, ErrState, body)
	}
	_, _, err := Restore([]byte("nonsense"), Limits{})
	require.ErrorIs(t, err, ErrState)
}

func FuzzRestoreBody(f *testing.F) {
	f.Add([]byte(`{"mark":5,"sessions":[{"id":"a","f":true,"l":3,"c":{"a":{"x":{"s":1,"e":[2],"f":1,"z":2}},"c":{"k":{"a":"x","k":2,"t":"f","e":7,"h":2}}}}]}`))
	f.Fuzz(func(_ *testing.T, body []byte) {
		if t, _, err := restore(body, Limits{}); err == nil {
			t.Quiet(time.Unix(0, 1<<61))
			_ = t.Take() // must not panic
		}
	})
}
