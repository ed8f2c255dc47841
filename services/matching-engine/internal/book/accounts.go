package book

// account knows which orders it has: how many are open, and their slots in the order of acceptance. A slot stays in
// the list when its order leaves, so that leaving costs nothing here; of a slot's entries the last one counts, and
// only while an order of this account is in it.
type account struct {
	id    ID
	open  int64
	slots []uint32
}

// accounts numbers the accounts that had an order accepted.
type accounts struct {
	table table
	last  Account       // the latest one found: a command asks twice
	slab  slab[account] // the number of an account is one less than that in the slab
}

func (a *accounts) at(number Account) *account { return a.slab.at(uint32(number) + 1) }

func (a *accounts) find(id *ID) (Account, bool) {
	if uint32(a.last) < a.slab.used && a.at(a.last).id == *id {
		return a.last, true
	}
	hash := id.Hash()
	for slot, place := a.table.next(hash, hash); slot != 0; slot, place = a.table.next(hash, place) {
		if a.slab.at(slot).id == *id {
			a.last = Account(slot - 1)
			return a.last, true
		}
	}
	return NoAccount, false
}

func (a *accounts) intern(id *ID) Account {
	if number, known := a.find(id); known {
		return number
	}
	slot := a.slab.take()
	a.slab.at(slot).id = *id
	a.table.put(id.Hash(), slot)
	return Account(slot - 1)
}

// AccountID gives the id of an account, the zero id for NoAccount.
func (b *Books) AccountID(number Account) ID {
	if uint32(number) >= b.accounts.slab.used {
		return ID{}
	}
	return b.accounts.at(number).id
}

// note adds a newly accepted order to its account's list.
func (b *Books) note(number Account, slot uint32) {
	a := b.accounts.at(number)
	if len(a.slots) == cap(a.slots) && a.open < int64(len(a.slots)/2) {
		b.compact(number, a)
	}
	a.slots = append(a.slots, slot)
}

// compact leaves one entry for every order of the account that is open: a slot's last one.
func (b *Books) compact(number Account, a *account) {
	kept := len(a.slots)
	for i := len(a.slots) - 1; i >= 0; i-- {
		o := b.orders.at(a.slots[i])
		if o.flags.state() != free && o.account == number {
			o.account = NoAccount // until the end: its earlier entries are of orders that left
			kept--
			a.slots[kept] = a.slots[i]
		}
	}
	a.slots = a.slots[:copy(a.slots, a.slots[kept:])]
	for _, slot := range a.slots {
		b.orders.at(slot).account = number
	}
}
