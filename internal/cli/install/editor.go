package install

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/claudesettings"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// editor changes the settings files of a target.
type editor struct {
	target  target
	home    statedir.Dir
	dryRun  bool
	secret  bool // the written file holds the token
	now     func() time.Time
	result  *Result
	madeDir bool
	marks   []footprint // what is remembered of the files that were looked at
}

// locked runs work while no other command changes the same settings. The lock
// is on their directory: without one there is nothing that others could change.
func (e *editor) locked(ctx context.Context, work func() error) (err error) {
	if _, err := os.Stat(e.target.dir()); e.dryRun || errors.Is(err, fs.ErrNotExist) {
		return work()
	}
	unlock, err := e.target.lock(ctx)
	if err != nil {
		return err
	}
	defer func() {
		if uerr := unlock(); uerr != nil {
			err = errors.Join(err, fmt.Errorf("unlock settings: %w", uerr))
		}
	}()
	return work()
}

type editStep func(*claudesettings.File, footprint) (claudesettings.Change, error)

func unregister(f *claudesettings.File, mark footprint) (claudesettings.Change, error) {
	return claudesettings.Unregister(f.Doc, mark.EmptyBefore)
}

// edit does step to the settings file of a level: backup, what an uninstall has
// to know, then the file. Nothing is written when step changes nothing or fails.
func (e *editor) edit(level claudesettings.Level, step editStep) (claudesettings.Change, error) {
	path := e.target.locations.Path(level)
	file, err := claudesettings.Open(path)
	if err != nil {
		return claudesettings.Change{}, fmt.Errorf("%w (nothing was changed)", err)
	}
	mark, known, err := loadFootprint(e.home, file.Target)
	if err != nil {
		return claudesettings.Change{}, err
	}
	if known {
		e.marks = append(e.marks, mark)
	}
	change, err := step(file, mark)
	if err != nil {
		return change, fmt.Errorf("%s: %w: correct the file and run the command again (nothing was changed)", path, err)
	}
	secret := e.secret && level == e.target.level
	if !change.Changed() {
		if secret && file.Loose() && !e.dryRun {
			return change, file.Save(true)
		}
		return change, nil
	}
	out := FileResult{Path: path, Added: orEmpty(change.Added), Removed: orEmpty(change.Removed)}
	adding := len(change.Added) > 0
	out.Deleted = !adding && mark.CreatedFile && file.Empty()
	if !e.dryRun {
		if adding {
			mark.note(file, change)
			if err := mark.save(e.home); err != nil {
				return change, err
			}
		}
		if err := e.write(file, &out, secret); err != nil {
			return change, err
		}
	}
	e.result.Files = append(e.result.Files, out)
	return change, nil
}

func (e *editor) write(file *claudesettings.File, out *FileResult, secret bool) (err error) {
	if out.Deleted {
		return file.Remove() // there was nothing before us: nothing to keep a copy of
	}
	if out.Backup, err = file.Backup(e.now()); err != nil {
		return err
	}
	return file.Save(secret)
}

// note adds what an install is about to make. An install into a file without
// hooks of ours begins anew: what an earlier one made there is gone.
func (f *footprint) note(file *claudesettings.File, change claudesettings.Change) {
	if len(change.Removed) == 0 && len(change.Added) == len(claudesettings.Events()) {
		f.CreatedFile, f.EmptyBefore = !file.Exists, nil
	}
	for _, name := range change.EmptyBefore {
		f.EmptyBefore = appendNew(f.EmptyBefore, name)
	}
}

func appendNew(list []string, v string) []string {
	for _, have := range list {
		if have == v {
			return list
		}
	}
	return append(list, v)
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
