package auditlog

import "fmt"

// guardKeys puts the keys back that somebody removed or changed, and records
// it: without its private key the log could not be gone on with.
func (l *Log) guardKeys() error {
	var gone []string
	for _, file := range []struct{ name, want string }{
		{keyFile, l.key.skey + "\n"},
		{pubFile, l.pub},
	} {
		if file.want == "" {
			continue // was not there at the start
		}
		have, err := l.keyDir.read(file.name)
		if err == nil && string(have) == file.want {
			continue
		}
		if err := ensureDir(l.keyDir.dir); err != nil {
			return fmt.Errorf("put %s back: %w", file.name, err)
		}
		if err := clearTheWay(l.keyDir.dir, file.name); err != nil {
			return err
		}
		if err := l.keyDir.store(file.name, file.want); err != nil {
			return err
		}
		gone = append(gone, file.name)
	}
	l.writing.Lock()
	defer l.writing.Unlock()
	for _, name := range gone {
		l.owe(fmt.Errorf("%w: the key was removed or changed; it was put back", errDisturbed), name, 0)
	}
	return nil
}
