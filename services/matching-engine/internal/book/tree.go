package book

import "math/bits"

// tree orders the prices of one side so that the best is the smallest: a path-compressed radix tree that takes six
// bits of the price at a step. A node has two children or more, so there are fewer nodes than levels; none lies
// deeper than the 11th, whatever the prices are; neighbours are found by scanning one 64-bit word a node.
type tree struct {
	root      uint32 // level, node (with nodeBit), or 0
	best      uint32 // level
	near      uint32 // the node where the last search ended: the next one often begins below it
	levels    uint32
	bestPrice int64  // of best
	mirror    uint64 // all ones where the highest price is the best
}

type node struct {
	bits     uint64 // which children there are
	prefix   uint64 // what the keys below have in common
	parent   uint32
	shift    uint32 // the child's number is the six bits of the key from here on
	children [64]uint32
}

const nodeBit = 1 << 31

// ladders holds the levels and nodes of all trees.
type ladders struct {
	levels slab[level]
	nodes  slab[node]
}

func (t *tree) key(price int64) uint64 { return uint64(price) ^ 1<<63 ^ t.mirror }

func (n *node) covers(key uint64) bool { return (key^n.prefix)>>(n.shift+6) == 0 }

func (n *node) child(key uint64) *uint32 { return &n.children[key>>n.shift&63] }

// start gives where a search may begin: the near node when it covers the key, else the root.
func (t *tree) start(l *ladders, key uint64) uint32 {
	if t.near != 0 && l.nodes.at(t.near).covers(key) {
		return t.near | nodeBit
	}
	return t.root
}

// find gives the level of a price, 0 when there is none.
func (t *tree) find(l *ladders, price int64) uint32 {
	key := t.key(price)
	at := t.start(l, key)
	for at&nodeBit != 0 {
		n := l.nodes.at(at &^ nodeBit)
		if !n.covers(key) {
			return 0
		}
		t.near = at &^ nodeBit
		at = *n.child(key)
		if n.shift == 0 {
			return at // every bit of the key has been followed: no need to touch the level
		}
	}
	if at != 0 && l.levels.at(at).price != price {
		return 0
	}
	return at
}

// insert adds an empty level for a price that has none.
func (t *tree) insert(l *ladders, price int64) uint32 {
	number := l.levels.take()
	*l.levels.at(number) = level{price: price}
	key := t.key(price)
	t.levels++
	if t.best == 0 || key < t.key(t.bestPrice) {
		t.best, t.bestPrice = number, price
	}
	at, parent := t.start(l, key), uint32(0)
	if at&nodeBit != 0 {
		parent = l.nodes.at(at &^ nodeBit).parent
	}
	for at != 0 {
		other := uint64(0)
		if at&nodeBit == 0 {
			other = t.key(l.levels.at(at).price)
		} else if n := l.nodes.at(at &^ nodeBit); !n.covers(key) {
			other = n.prefix
		} else {
			parent = at &^ nodeBit
			at = *n.child(key)
			continue
		}
		parent = t.split(l, parent, at, other, key)
		break
	}
	t.hang(l, parent, key, number)
	return number
}

// split puts a node between a parent and its child, where the keys of the child and of a newcomer part.
func (t *tree) split(l *ladders, parent, child uint32, childKey, key uint64) uint32 {
	shift := uint32(63-bits.LeadingZeros64(childKey^key)) / 6 * 6
	number := l.nodes.take()
	n := l.nodes.at(number)
	*n = node{prefix: key >> (shift + 6) << (shift + 6), shift: shift}
	t.hang(l, parent, key, number|nodeBit)
	t.hang(l, number, childKey, child)
	return number
}

// hang makes a level or node the child of a node at a key, or the root where the parent is 0.
func (t *tree) hang(l *ladders, parent uint32, key uint64, child uint32) {
	if parent == 0 {
		t.root = child
	} else {
		n := l.nodes.at(parent)
		*n.child(key) = child
		n.bits |= 1 << (key >> n.shift & 63)
	}
	if child&nodeBit == 0 {
		l.levels.at(child).node = parent
	} else {
		l.nodes.at(child &^ nodeBit).parent = parent
	}
}

// remove takes out an empty level.
func (t *tree) remove(l *ladders, number uint32) {
	gone := l.levels.at(number)
	parent := gone.node
	next := uint32(0) // child of parent, or the root
	if parent == 0 {
		t.root = 0
	} else {
		n, key := l.nodes.at(parent), t.key(gone.price)
		*n.child(key) = 0
		n.bits &^= 1 << (key >> n.shift & 63)
		next = n.children[bits.TrailingZeros64(n.bits)]
		if n.bits&(n.bits-1) == 0 {
			t.hang(l, n.parent, n.prefix, next)
			if t.near == parent {
				t.near = n.parent
			}
			l.nodes.giveBack(parent)
		}
	}
	t.levels--
	if t.best == number {
		// The smallest key is gone: the next one is the smallest below its node, or that node's heir.
		t.best = t.smallest(l, next)
		if t.best != 0 {
			t.bestPrice = l.levels.at(t.best).price
		}
	}
	l.levels.giveBack(number)
}

// smallest gives the best level below a child.
func (t *tree) smallest(l *ladders, child uint32) uint32 {
	for child&nodeBit != 0 {
		n := l.nodes.at(child &^ nodeBit)
		child = n.children[bits.TrailingZeros64(n.bits)]
	}
	return child
}

// next gives the level behind one, 0 behind the last.
func (t *tree) next(l *ladders, number uint32) uint32 {
	from := l.levels.at(number)
	key := t.key(from.price)
	for at := from.node; at != 0; {
		n := l.nodes.at(at)
		behind := key>>n.shift&63 + 1
		if later := n.bits >> behind << behind; later != 0 {
			return t.smallest(l, n.children[bits.TrailingZeros64(later)])
		}
		at = n.parent
	}
	return 0
}

// within says whether a price of this side is at an arriving order's limit or better for it.
func (t *tree) within(price, limit int64) bool {
	if t.mirror == 0 {
		return price <= limit
	}
	return price >= limit
}
