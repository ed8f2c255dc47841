package main

import (
	"cmp"
	"slices"
)

// rounds is how often what takes seconds is measured; the core has its own number.
const rounds = 3

// Spread is the slowest and the fastest of the rounds whose median a row is.
type Spread struct {
	Rounds   int     `json:"rounds"`
	Smallest float64 `json:"smallest"`
	Largest  float64 `json:"largest"`
}

// medianOf measures some rounds. It gives the round in the middle by one figure, whole, and how far the figure went.
func medianOf[T any](measure func() (T, error), figure func(T) float64) (median T, spread Spread, err error) {
	found := make([]T, rounds)
	for i := range found {
		if found[i], err = measure(); err != nil {
			return median, spread, err
		}
	}
	slices.SortFunc(found, func(one, other T) int { return cmp.Compare(figure(one), figure(other)) })
	return found[rounds/2], Spread{rounds, figure(found[0]), figure(found[rounds-1])}, nil
}
