package auditlog

import (
	"bytes"
	"fmt"
	"slices"
)

// loadKeys finds the key that signs, and those that signed before.
func (l *Log) loadKeys() error {
	var err error
	if l.key, err = l.keyDir.load(keyFile); err != nil {
		return err
	}
	if l.nextKey, err = l.keyDir.load(keyFile + nextSuffix); err != nil {
		return err
	}
	known := l.key
	if known == nil {
		known = l.nextKey
	}
	if known == nil {
		return fmt.Errorf("%w: its private key is not there", errUnusable)
	}
	l.id = known.logID
	if pub, err := l.keyDir.read(pubFile); err != nil {
		return err
	} else if vkeyLog(string(pub)) == l.id {
		l.vkeys = append(l.vkeys, string(bytes.TrimSpace(pub)))
	}
	var disturbed error
	disturbed, err = l.epochs.recover(func(n []byte) error {
		k, err := ParseKeyChange(n)
		if err == nil && (k.Log != l.id || k.Epoch <= l.epochEnd) {
			err = fmt.Errorf("%w: it does not follow", errKeyChange)
		}
		if err == nil {
			l.epochEnd, l.vkeys = k.Epoch, append(l.vkeys, k.VKey)
		}
		return err
	})
	l.owe(disturbed, EpochsName, 0)
	l.vkeys = append(l.vkeys, known.vkey)
	slices.Reverse(l.vkeys) // the newest are asked for most
	return err
}

// resumeKeys finishes a change of keys that a crash broke off. changes are those
// in records behind the last checkpoint.
func (l *Log) resumeKeys(changes []KeyChange) error {
	for _, k := range changes {
		if k.Log != l.id || k.Epoch <= l.epochEnd {
			continue
		}
		if _, err := l.epochs.append(k.Note); err != nil {
			return err
		}
		l.epochEnd = k.Epoch
	}
	switch {
	case l.key != nil && l.key.epoch >= l.epochEnd:
		l.nextKey = nil // nobody was told of it
		return l.keyDir.discard()
	case l.nextKey == nil || l.nextKey.logID != l.id || l.nextKey.epoch != l.epochEnd:
		return fmt.Errorf("%w: its private key of epoch %d is not there", errUnusable, l.epochEnd)
	case l.key != nil: // the change itself is to be covered by the key before
		return nil
	}
	if err := l.keyDir.promote(l.nextKey); err != nil {
		return err
	}
	l.key, l.nextKey = l.nextKey, nil
	return nil
}
