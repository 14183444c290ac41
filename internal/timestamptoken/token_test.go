package timestamptoken_test

import (
	"crypto"
	"crypto/sha256"
	"encoding/asn1"
	"math/big"
	"testing"
	"time"

	"github.com/digitorus/timestamp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/timestamptoken"
	"github.com/agent-telemetry/agent-telemetry/internal/timestamptoken/tokentest"
)

var data = []byte("what was there")

func response(t testing.TB, a tokentest.Authority) []byte {
	t.Helper()
	imprint := sha256.Sum256(data)
	query, err := (&timestamp.Request{HashAlgorithm: crypto.SHA256, HashedMessage: imprint[:], Certificates: true, Nonce: big.NewInt(5)}).Marshal()
	require.NoError(t, err)
	return a.Stamp(t, query, nil)
}

func TestTokens(t *testing.T) {
	a, stranger := tokentest.New(t), tokentest.New(t)
	now := time.Now().Truncate(time.Second)
	sound, err := timestamptoken.Check(a.Token(t, data, now), data, a.Pool())
	require.NoError(t, err)
	assert.True(t, sound.Time.Equal(now))
	assert.Equal(t, "Test TSA", sound.Signer.Subject.CommonName)

	_, err = timestamptoken.Check(a.Token(t, []byte("other"), now), data, a.Pool())
	require.ErrorIs(t, err, timestamptoken.ErrOther)
	_, err = timestamptoken.Check(stranger.Token(t, data, now), data, a.Pool())
	require.ErrorIs(t, err, timestamptoken.ErrUntrusted)
	_, err = timestamptoken.Check(stranger.Token(t, data, now), data, nil)
	require.NoError(t, err, "without roots any authority will do")
	_, err = timestamptoken.Check([]byte("0"), data, nil)
	require.Error(t, err)

	_, err = timestamptoken.Check(a.Token(t, data, now.Add(48*time.Hour)), data, a.Pool())
	require.ErrorIs(t, err, timestamptoken.ErrUntrusted, "the certificate has to be good at the token's time")
}

func TestNoByteOfATokenCanBeChanged(t *testing.T) {
	a := tokentest.New(t)
	response := response(t, a)
	sound, err := timestamptoken.CheckResponse(response, data, a.Pool())
	require.NoError(t, err)
	taken := 0
	for i := range response {
		changed := append([]byte(nil), response...)
		changed[i] ^= 1
		if token, err := timestamptoken.CheckResponse(changed, data, a.Pool()); err == nil {
			// Bytes that nothing signs, such as the version of a structure: what
			// the token says is the same.
			taken++
			assert.Equal(t, sound.Time, token.Time)
		}
	}
	assert.Less(t, taken, len(response)/20)
}

func FuzzCheck(f *testing.F) {
	a := tokentest.New(f)
	f.Add(response(f, a))
	f.Add(a.Token(f, data, time.Now()))
	f.Add([]byte{0x30, 0x03, 0x30, 0x01, 0x00})
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, check := range []func() (timestamptoken.Token, error){
			func() (timestamptoken.Token, error) { return timestamptoken.CheckResponse(b, data, nil) },
			func() (timestamptoken.Token, error) { return timestamptoken.Check(b, data, nil) },
		} {
			if token, err := check(); err == nil && (len(token.DER) == 0 || token.Signer == nil) {
				t.Fatal("sound, and empty")
			}
		}
	})
}

// An answer that is nested as deeply as its length allows costs no more than a
// moment.
func TestADeeplyNestedAnswerEndsSoon(t *testing.T) {
	inner := []byte{}
	for len(inner) < 32<<10-200 {
		var err error
		inner, err = asn1.Marshal(asn1.RawValue{Tag: asn1.TagSequence, IsCompound: true, Bytes: inner})
		require.NoError(t, err)
	}
	status, err := asn1.Marshal(struct{ Status int }{0})
	require.NoError(t, err)
	response, err := asn1.Marshal(asn1.RawValue{Tag: asn1.TagSequence, IsCompound: true, Bytes: append(status, inner...)})
	require.NoError(t, err)
	began := time.Now()
	_, err = timestamptoken.CheckResponse(response, data, nil)
	require.Error(t, err)
	assert.Less(t, time.Since(began), 10*time.Second)
	t.Log(time.Since(began), err)
}
