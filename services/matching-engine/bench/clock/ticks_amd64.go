package clock

// Ticks is the processor's time stamp counter, read once all instructions before have been executed.
func Ticks() uint64
