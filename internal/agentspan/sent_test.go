package agentspan

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The list remembers the last calls and who made them, also over a state.
func TestSentCalls(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var c sentCalls
	made := map[ID]string{}
	for i := range 5 * maxSent {
		id, agent := CallID(fmt.Sprint("call", i)), fmt.Sprint("agent", i/100+random.IntN(3))
		if i%4 == 0 {
			agent = ""
		}
		c.put(id, agent)
		c.put(id, "another")
		made[id] = agent
		require.LessOrEqual(t, c.len(), maxSent)
		require.LessOrEqual(t, len(c.agents), c.len())
		if i%777 == 0 {
			raw, err := json.Marshal(c)
			require.NoError(t, err)
			var again sentCalls
			require.NoError(t, json.Unmarshal(raw, &again))
			require.Equal(t, c.ids, again.ids)
			require.Equal(t, c.size(), again.size())
			c = again
		}
		for _, at := range []int{i, i - random.IntN(maxSent/2)} {
			id := CallID(fmt.Sprint("call", max(0, at)))
			got, ok := c.get(id)
			require.True(t, ok, "call %d after %d", at, i)
			require.Equal(t, made[id], got)
		}
	}
	_, ok := c.get(CallID("call0"))
	assert.False(t, ok)
	assert.Less(t, len(c.agents), 20, "agents whose calls are forgotten are, too")
	c.forget(maxSent)
	assert.Zero(t, c.len())
	assert.Empty(t, c.agents)
}

func TestSentCallsOfOthers(t *testing.T) {
	for _, text := range []string{
		`{"ids":"AAAAAAAAAAA=","by":"AAE=","agents":["a"]}`,                 // no such agent
		`{"ids":"AAAAAAAAAAA=","by":"AA==","agents":["a"]}`,                 // half a number
		`{"ids":"AAAA","by":"AAA=","agents":["a"]}`,                         // half an id
		`{"ids":"AAAAAAAAAAAAAAAAAAAAAA==","by":"AAAAAA==","agents":["a"]}`, // one twice
		`{"ids":"AAAAAAAAAAA=","by":"AAA=","agents":null}`,
		`{"ids":"AAAAAAAAAAA=","by":"AAA=","agents":["a","b"]}`, // one that made none
		`{"ids":"?"}`, `[]`, `7`,
		`{"ids":"","by":"","agents":["` + strings.Repeat("x", maxID+1) + `"]}`,
	} {
		var c sentCalls
		assert.Error(t, json.Unmarshal([]byte(text), &c), text[:min(len(text), 80)])
	}
}
