package journal

import (
	"errors"
	"fmt"

	"daytrading/matching-engine/internal/failpoint"
)

// Room says whether bytes more can be appended without needing more of the volume than the journal has
// already taken: nil, or an error that Refusing knows. Ask before deciding commands, with all that is under way
// (decided, not yet appended) and the largest that may come. While room is being made, Room waits for that.
func (j *Journal) Room(bytes int64) error { return j.roomFor(bytes, j.room.await) }

// RoomNow is Room for who only looks: it never waits for the volume.
func (j *Journal) RoomNow(bytes int64) error { return j.roomFor(bytes, j.room.now) }

func (j *Journal) roomFor(bytes int64, await func(capacity int64) error) error {
	if err := failpoint.Hit(noRoomFailpoint); err != nil {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	if bytes <= j.left.Load() {
		return nil
	}
	j.mutex.RLock()
	err := j.usable()
	j.mutex.RUnlock()
	if err != nil {
		return err
	}
	if err = await(max(j.options.SegmentBytes, segmentHeaderBytes+bytes)); Refusing(err) {
		j.toTidy()
	}
	if !errors.Is(err, ErrClosed) {
		return err
	}
	j.mutex.RLock()
	defer j.mutex.RUnlock()
	return j.usable()
}

// Left is how many bytes fit in the segment that is being written.
func (j *Journal) Left() int64 { return max(j.left.Load(), 0) }

// Prepared is how many bytes fit in the segment after it; 0 while there is none.
func (j *Journal) Prepared() int64 { return j.room.prepared() }
