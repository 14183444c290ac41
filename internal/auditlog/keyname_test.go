package auditlog

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestParseKeyName(t *testing.T) {
	const id = "01920000-0000-7000-8000-000000000001"
	origin, epoch, ok := ParseKeyName(KeyName(id, 12))
	assert.True(t, ok)
	assert.Equal(t, Origin(id), origin)
	assert.Equal(t, uint64(12), epoch)
	for _, name := range []string{
		"", id, Origin(id), Origin(id) + "/epoch-", Origin(id) + "/epoch-01", Origin(id) + "/epoch-1/epoch-1", "other/" + id + "/epoch-1",
	} {
		_, _, ok := ParseKeyName(name)
		assert.False(t, ok, name)
	}
}
