package jsonscan

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// Decode walks over the value that stands here and returns what encoding/json makes of it
// for a variable of type any: numbers are json.Number. depth is how many objects and arrays
// are around it. Nothing of the text is kept.
func (s *Scanner) Decode(depth int) (any, error) {
	switch s.Peek() {
	case '"':
		text, err := s.str()
		if err != nil {
			return nil, err
		}
		return textOf(text)
	case '{':
		m := map[string]any{}
		err := s.Object(depth, func(key []byte) (bool, error) {
			name, err := textOf(key)
			if err != nil {
				return true, err
			}
			m[name], err = s.Decode(depth + 1)
			return true, err
		})
		return m, err
	case '[':
		list := []any{}
		err := s.array(depth, func() error {
			v, err := s.Decode(depth + 1)
			list = append(list, v)
			return err
		})
		return list, err
	}
	raw, err := s.Value(depth)
	switch {
	case err != nil:
		return nil, err
	case raw[0] == 't':
		return true, nil
	case raw[0] == 'f':
		return false, nil
	case raw[0] == 'n':
		return nil, nil
	}
	return json.Number(raw), nil
}

// textOf returns what a text says that was walked over.
func textOf(raw []byte) (string, error) {
	if utf8.Valid(raw) {
		if Plain(raw) == len(raw) {
			return string(raw), nil
		}
		if text, ok := Unescape(make([]byte, 0, len(raw)), raw); ok {
			return string(text), nil
		}
	}
	// What is no UTF-8, or is written in surrogates, is left to who knows all about it.
	quoted := make([]byte, 0, len(raw)+2)
	quoted = append(append(append(quoted, '"'), raw...), '"')
	var text string
	if err := json.Unmarshal(quoted, &text); err != nil {
		return "", fmt.Errorf("decode text: %w", err)
	}
	return text, nil
}
