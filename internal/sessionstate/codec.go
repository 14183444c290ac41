package sessionstate

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
)

// A state file is read and written by every hook call, so it is of fixed fields
// in big-endian order, a hundredth of what JSON costs to read:
//
//	magic (4), FNV-1a of all that follows (8), length of what follows this (4)
//	seq (8), flags (1), number of recent payloads (1), the payloads
//	project, Claude's version, SuperClaude's prompt and context as JSON,
//	each with its length (2) in front
//
// What stands behind the length is left over from a longer state.
const (
	magic      = "ats2"
	sumBytes   = 8
	headBytes  = len(magic) + sumBytes + 4
	fixedBytes = 8 + 1 + 1
	watched    = 1 // flag
	maxText    = 12 << 10
)

// checksum tells a state that is half old, half new. The tables of a CRC would
// take longer to make than everything else that a hook call initialises.
func checksum(b []byte) uint64 {
	h := fnv.New64a()
	_, _ = h.Write(b) // cannot fail
	return h.Sum64()
}

var errDamaged = errors.New("decode session state: it is damaged")

// size is how long the encoded state will be, but for what SuperClaude has in it.
func (s *State) size() int {
	return headBytes + fixedBytes + len(s.Recent) + 4*2 + len(s.Project) + len(s.ClaudeVersion) + len(s.SuperPrompt)
}

// encode appends the state to dst, which is empty.
func (s *State) encode(dst []byte) []byte {
	var context []byte
	if !s.SuperClaude.Empty() {
		context, _ = json.Marshal(s.SuperClaude) // strings only: cannot fail
	}
	recent := s.Recent
	dst = append(dst, magic...)
	dst = append(dst, make([]byte, headBytes-len(magic))...)
	dst = binary.BigEndian.AppendUint64(dst, s.Seq)
	var flags byte
	if s.Watched {
		flags |= watched
	}
	dst = append(dst, flags, byte(len(recent)/entry)) //nolint:gosec // at most MaxRecent
	dst = append(dst, recent...)
	for _, text := range []string{s.Project, s.ClaudeVersion, s.SuperPrompt, string(context)} {
		if len(text) > maxText {
			text = "" // longer than any path: not worth keeping
		}
		dst = binary.BigEndian.AppendUint16(dst, uint16(len(text))) //nolint:gosec // checked above
		dst = append(dst, text...)
	}
	binary.BigEndian.PutUint32(dst[len(magic)+sumBytes:], uint32(len(dst)-headBytes)) //nolint:gosec // below maxFile
	binary.BigEndian.PutUint64(dst[len(magic):], checksum(dst[len(magic)+sumBytes:]))
	return dst
}

// decodeState reads what encode made. An empty file is a session of which
// nothing is known yet.
func decodeState(raw []byte) (State, error) {
	if len(raw) == 0 {
		return State{}, nil
	}
	if len(raw) < headBytes+fixedBytes || string(raw[:len(magic)]) != magic {
		return State{}, errDamaged
	}
	length := int64(binary.BigEndian.Uint32(raw[len(magic)+sumBytes:]))
	if length < int64(fixedBytes) || length > int64(len(raw)-headBytes) {
		return State{}, errDamaged
	}
	raw = raw[:headBytes+int(length)]
	if checksum(raw[len(magic)+sumBytes:]) != binary.BigEndian.Uint64(raw[len(magic):]) {
		return State{}, errDamaged
	}
	rest := raw[headBytes:]
	s := State{Seq: binary.BigEndian.Uint64(rest), Watched: rest[8]&watched != 0}
	n := int(rest[9]) * entry
	if rest = rest[fixedBytes:]; len(rest) < n {
		return State{}, errDamaged
	}
	s.Recent, rest = Recent(rest[:n:n]), rest[n:]
	var texts [4][]byte
	for i := range texts {
		if len(rest) < 2 || len(rest)-2 < int(binary.BigEndian.Uint16(rest)) {
			return State{}, errDamaged
		}
		end := 2 + int(binary.BigEndian.Uint16(rest))
		texts[i], rest = rest[2:end], rest[end:]
	}
	s.Project, s.ClaudeVersion, s.SuperPrompt = string(texts[0]), string(texts[1]), string(texts[2])
	if len(texts[3]) > 0 {
		if err := json.Unmarshal(texts[3], &s.SuperClaude); err != nil {
			return State{}, fmt.Errorf("decode session state: %w", err)
		}
	}
	return s, nil
}
