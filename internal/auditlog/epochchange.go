package auditlog

// fresh reports whether the key has signed since before this process.
func (l *Log) fresh() bool { return l.key != nil && l.key == l.startKey }

// changeKey makes the key of the next epoch, has the one that signs now vouch
// for it, and erases that one. A crash in between is finished by the next Open.
func (l *Log) changeKey() error {
	if l.nextKey == nil {
		if err := l.announceKey(); err != nil {
			return err
		}
	}
	// The old key covers its own end.
	if err := l.checkpoint(); err != nil {
		return err
	}
	l.opts.at("key covered")
	if err := l.keyDir.promote(l.nextKey); err != nil {
		return err
	}
	l.opts.at("key in place")
	l.key, l.nextKey = l.nextKey, nil
	l.mirror.epoch.Store(l.key.epoch)
	l.opts.Observer.Epoch(l.key.epoch)
	return nil
}

// announceKey makes the next key and records it.
func (l *Log) announceKey() error {
	next, err := newKey(l.id, l.key.epoch+1)
	if err != nil {
		return err
	}
	change := KeyChange{Log: l.id, Epoch: next.epoch, VKey: next.vkey}
	if change.Note, err = l.key.sign(change.text()); err != nil {
		return err
	}
	if err := l.keyDir.store(keyFile+nextSuffix, next.skey+"\n"); err != nil {
		return err
	}
	l.opts.at("next key stored")
	err = l.own(func() Record {
		return Record{Kind: KindKey, Attributes: map[string]any{
			KeyEpoch: change.Epoch, KeyVKey: change.VKey, KeySignature: string(change.Note),
		}}
	})
	if err != nil {
		return err
	}
	// From here on it has been said that this key comes.
	l.nextKey, l.epochEnd = next, next.epoch
	l.opts.at("key recorded")
	return l.keepChange(change.Note)
}

// keepChange adds a change to the file of them. Where that fails, the next Open
// takes it from the record.
func (l *Log) keepChange(note []byte) error {
	should := l.epochs.size
	disturbed, err := l.epochs.append(note)
	if disturbed != nil {
		l.writing.Lock()
		l.owe(disturbed, EpochsName, should)
		l.writing.Unlock()
	}
	return err
}
