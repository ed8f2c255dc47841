module daytrading/matching-engine/bench

go 1.26.0

replace daytrading/matching-engine => ../

require (
	daytrading/matching-engine v0.0.0-00010101000000-000000000000
	github.com/tidwall/btree v1.8.2
)
