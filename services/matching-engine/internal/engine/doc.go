// Package engine is the single writer: a pipeline of two goroutines between the callers and the journal.
//
//	callers -> inbox -> decider -> group -> committer -> journal, event log, answers
//
// The decider takes what queued, stamps each command, has it decided and appends command and events to the group
// that is being formed. The committer makes one group at a time durable with one fsync, shows it to readers and
// answers its calls. While one group is being written the next forms by itself, and it is handed over the moment
// the committer is free: there is no timer in that, an idle engine answers after one fsync, and under load groups
// grow until they are as large as what arrives during an fsync.
//
// Nobody sees a state that is not on disk. Answers and events leave the committer after the fsync; who looks at a
// book is served by the decider, between two commands, and is told what it saw when the group after which it looked
// is durable.
//
// After a failed write nobody in flight is answered, since nobody can know what the disk holds: Run returns the
// error, the process has to end, and the next start's recovery decides.
package engine
