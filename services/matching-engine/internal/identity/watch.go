package identity

import (
	"context"
	"log/slog"
	"os"
	"time"
)

// Watch takes a changed key set file into use, so that keys can be added and removed without a restart. A
// file that cannot be read leaves the last good set in use.
func (v *Verifier) Watch(ctx context.Context, path string, every time.Duration) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	last := changedAt(path)
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		changed := changedAt(path)
		if changed.Equal(last) {
			continue
		}
		last = changed
		keys, err := ReadKeySet(path)
		if err != nil {
			slog.Error("the key set cannot be read; the last good one stays in use", "error", err)
			continue
		}
		v.Replace(keys)
		slog.Info("the key set was replaced", "keys", len(keys))
	}
}

func changedAt(path string) time.Time {
	info, err := os.Stat(path)
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}
