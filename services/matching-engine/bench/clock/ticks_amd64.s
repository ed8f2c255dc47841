#include "textflag.h"

// func Ticks() uint64
// RDTSCP waits for the instructions before it; LFENCE keeps those after it from starting early.
TEXT ·Ticks(SB), NOSPLIT, $0-8
	RDTSCP
	LFENCE
	SHLQ $32, DX
	ORQ  DX, AX
	MOVQ AX, ret+0(FP)
	RET
