"""The one contract of every log (`contracts/README.md`): write to it, serve it, follow it."""
