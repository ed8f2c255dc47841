// Package failpoint lets fault tests stop or disturb the process at named places. It does nothing unless
// the environment variable FAILPOINTS names a point when the process starts, or FAILPOINTS_FILE a file that
// may name some while it runs.
package failpoint

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// The points: first the idle engine's, then in the order in which one group of commands passes them.
const (
	IdleTick               = "idle_tick"                 // `error`: a tick is left out, journal time stands still
	NoRoom                 = "no_room"                   // `error`: the volume has no room for more
	BeforeApply            = "before_apply"              // a group is about to be decided
	BeforeWrite            = "before_write"              // decided, nothing written
	TornWrite              = "torn_write"                // half of the group is written, then the process ends
	BeforeFsync            = "before_fsync"              // written, not yet durable
	Fsync                  = "fsync"                     // `error`: the fsync reports a failure
	AfterFsync             = "after_fsync"               // durable, readers do not see it yet
	AfterFsyncBeforeAnswer = "after_fsync_before_answer" // readers see it, the caller does not know
	DropAnswer             = "drop_answer"               // `error`: the connection is closed instead of answering
	BeforePublish          = "before_publish"            // a message for RabbitMQ is about to be sent
	BeforeConfirm          = "before_confirm"            // published, the position not yet kept
)

var points = []string{
	IdleTick, NoRoom, BeforeApply, BeforeWrite, TornWrite, BeforeFsync, Fsync, AfterFsync, AfterFsyncBeforeAnswer, DropAnswer,
	BeforePublish, BeforeConfirm,
}

// Err is what a point armed with `error` or `once` reports.
var Err = errors.New("failpoint")

type rule struct {
	action string
	delay  time.Duration
	from   int // the hit at which it starts to act, from 1
	hits   int
}

var (
	rules atomic.Pointer[map[string]*rule] // nil: nothing is armed
	mutex sync.Mutex                       // guards what the rules count
)

// Arm reads `point=action[@hit],...`. Actions: `exit` (as kill -9), `error` (every time), `once` (an error,
// one time), `delay:<ms>`. An action starts at the given hit, by default the first. `wall_clock=shift:<seconds>` is
// no point: the process takes the machine's clock for so much later.
func Arm(setting string) error {
	armed := map[string]*rule{}
	var shifted time.Duration
	for part := range strings.SplitSeq(setting, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		point, what, ok := strings.Cut(part, "=")
		if seconds, isShift := strings.CutPrefix(what, "shift:"); isShift && point == wallClock {
			var err error
			if shifted, err = time.ParseDuration(seconds + "s"); err != nil {
				return fmt.Errorf("%q: %w", part, err)
			}
			continue
		}
		if !ok || !slices.Contains(points, point) {
			return fmt.Errorf("%q is not `point=action` with one of the points %s", part, strings.Join(points, ", "))
		}
		r, err := parse(what)
		if err != nil {
			return fmt.Errorf("%q: %w", part, err)
		}
		armed[point] = r
	}
	shift.Store(int64(shifted))
	if len(armed) == 0 {
		rules.Store(nil)
	} else {
		rules.Store(&armed)
	}
	return nil
}

func parse(what string) (*rule, error) {
	action, hit, counted := strings.Cut(what, "@")
	r := &rule{action: action, from: 1}
	if counted {
		from, err := strconv.Atoi(hit)
		if err != nil || from < 1 {
			return nil, errors.New("the hit must be a number from 1")
		}
		r.from = from
	}
	if ms, ok := strings.CutPrefix(action, "delay:"); ok {
		delay, err := strconv.Atoi(ms)
		if err != nil || delay < 1 {
			return nil, errors.New("the delay must be a number of milliseconds from 1")
		}
		r.action, r.delay = "delay", time.Duration(delay)*time.Millisecond
		return r, nil
	}
	if action != "exit" && action != "error" && action != "once" {
		return nil, errors.New("the action must be exit, error, once or delay:<ms>")
	}
	return r, nil
}

// Hit does what the point is armed with; unarmed, it returns nil at once.
func Hit(point string) error {
	r := ruleOf(point)
	if r == nil {
		return nil
	}
	mutex.Lock()
	r.hits++
	acts := r.hits >= r.from && (r.action != "once" || r.hits == r.from)
	first := r.hits == r.from
	mutex.Unlock()
	if !acts {
		return nil
	}
	if first {
		tell(point, r.action)
	}
	switch r.action {
	case "exit":
		Exit()
	case "delay":
		time.Sleep(r.delay)
		return nil
	}
	return fmt.Errorf("%w %s", Err, point)
}

// Hits is how often an armed point was passed: for tests that wait until a goroutine gets there.
func Hits(point string) int {
	r := ruleOf(point)
	if r == nil {
		return 0
	}
	mutex.Lock()
	defer mutex.Unlock()
	return r.hits
}

func ruleOf(point string) *rule {
	readAgain()
	armed := rules.Load()
	if armed == nil {
		return nil
	}
	return (*armed)[point]
}

// Exit ends the process as kill -9 does: no deferred call runs, no buffer is flushed.
func Exit() {
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {} // the signal is on its way
}
