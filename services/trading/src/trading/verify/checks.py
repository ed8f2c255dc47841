"""Each invariant as one set-based statement that finds what breaks it, also while trading goes on."""

from dataclasses import dataclass

OPEN = "('pending_new', 'new', 'partially_filled', 'pending_cancel')"


@dataclass(frozen=True, slots=True)
class Check:
    """`query` yields one row for each violation."""

    name: str
    query: str


CHECKS = (
    Check(
        "postings sum to zero for cash and for every symbol",
        "SELECT asset, sum(available + held) AS sum FROM postings GROUP BY asset"
        " HAVING sum(available + held) <> 0",
    ),
    Check(
        "every change is balanced by itself",
        "SELECT cause, cause_id, asset, sum(available + held) AS sum FROM postings"
        " GROUP BY cause, cause_id, asset HAVING sum(available + held) <> 0",
    ),
    Check(
        "balances equal the sum of their postings",
        "SELECT account_id, asset, b.available, b.held, p.available AS posted_available,"
        " p.held AS posted_held FROM balances b FULL JOIN ("
        "   SELECT account_id, asset, sum(available) AS available, sum(held) AS held"
        "   FROM postings GROUP BY account_id, asset) p USING (account_id, asset)"
        " WHERE coalesce(b.available, 0) <> coalesce(p.available, 0)"
        " OR coalesce(b.held, 0) <> coalesce(p.held, 0)",
    ),
    Check(
        "no customer's balance is negative",
        "SELECT account_id, asset, available, held FROM balances b JOIN accounts a ON a.id = account_id"
        " WHERE a.user_id IS NOT NULL AND (available < 0 OR held < 0 OR cost < 0)",
    ),
    Check(
        "holds equal what open orders need",
        "SELECT account_id, asset, b.held, o.hold FROM balances b FULL JOIN ("
        "   SELECT account_id, CASE side WHEN 'buy' THEN 'USD' ELSE symbol END AS asset,"
        f"   sum(hold) AS hold FROM orders WHERE status IN {OPEN} GROUP BY 1, 2) o"
        " USING (account_id, asset) WHERE coalesce(b.held, 0) <> coalesce(o.hold, 0)",
    ),
    Check(
        "closed orders hold nothing",
        f"SELECT id, status, hold FROM orders WHERE status NOT IN {OPEN} AND hold <> 0",
    ),
    Check(
        "filled quantities equal the orders' executions",
        "SELECT o.id, o.filled_qty, e.qty FROM orders o FULL JOIN ("
        "   SELECT order_id, sum(qty) AS qty, sum(qty * price) AS value FROM executions"
        "   GROUP BY order_id) e ON e.order_id = o.id"
        " WHERE o.id IS NULL OR o.filled_qty <> coalesce(e.qty, 0)"
        " OR o.filled_value <> coalesce(e.value, 0)",
    ),
    Check(
        "every trade has one buyer and one seller, equal in price and quantity",
        "SELECT sequence FROM executions GROUP BY sequence HAVING count(*) <> 2"
        " OR count(DISTINCT side) <> 2 OR min(price) <> max(price) OR min(qty) <> max(qty)",
    ),
    Check(
        "order states agree with their quantities",
        "SELECT id, status, filled_qty, qty FROM orders"
        " WHERE (status = 'filled') <> (filled_qty = qty)"
        " OR (status IN ('pending_new', 'new', 'rejected') AND filled_qty <> 0)"
        " OR (status = 'partially_filled' AND filled_qty = 0)",
    ),
    Check(
        "rounding never costs the house",
        "SELECT asset, available FROM balances"
        " WHERE account_id = '00000000-0000-0000-0000-000000000003' AND available < 0",
    ),
    Check(
        "executions lie at or before the settlement cursor",
        "SELECT sequence FROM executions WHERE sequence > (SELECT sequence FROM settlement)",
    ),
    Check(
        "undecided place commands belong to pending orders",
        "SELECT c.id FROM commands c LEFT JOIN orders o ON o.id = c.order_id"
        " WHERE c.kind = 'place' AND (o.id IS NULL OR o.status <> 'pending_new')",
    ),
    Check(
        "pending orders have an undecided place command",
        "SELECT o.id FROM orders o WHERE o.status = 'pending_new' AND NOT EXISTS ("
        "   SELECT 1 FROM commands c WHERE c.order_id = o.id AND c.kind = 'place')",
    ),
    # What `updates_since` stands at is kept no longer, or is older than trade updates are.
    Check(
        "an account's trade updates are numbered from 1 without a gap",
        "SELECT account_id, count(*) AS updates, min(number) AS first, max(number) AS last"
        " FROM trade_updates u, settlement s WHERE u.settled_sequence > s.updates_since"
        " GROUP BY account_id, s.updates_since HAVING max(number) - min(number) + 1 <> count(*)"
        " OR (s.updates_since = 0 AND min(number) <> 1)",
    ),
    Check(
        "each trade update of an account is later than the one before",
        "SELECT account_id, number FROM (SELECT account_id, number, at, settled_sequence,"
        "   lag(at) OVER own AS at_before, lag(settled_sequence) OVER own AS settled_before"
        "   FROM trade_updates WINDOW own AS (PARTITION BY account_id ORDER BY number)) u"
        " WHERE at <= at_before OR settled_sequence < settled_before",
    ),
    Check(
        "every execution has exactly one trade update, of its order and quantity",
        "SELECT coalesce(e.id, u.id) AS id, u.updates FROM (SELECT * FROM executions"
        "   WHERE sequence > (SELECT updates_since FROM settlement)) e FULL JOIN ("
        "   SELECT (data::json ->> 'execution_id')::uuid AS id, account_id,"
        "   (data::json #>> '{order,id}')::uuid AS order_id, (data::json ->> 'qty')::numeric AS qty,"
        "   count(*) AS updates FROM trade_updates WHERE event IN ('partial_fill', 'fill')"
        "   AND settled_sequence > (SELECT updates_since FROM settlement) GROUP BY 1, 2, 3, 4) u"
        " USING (id, account_id, order_id, qty)"
        " WHERE e.sequence IS NULL OR u.updates IS DISTINCT FROM 1",
    ),
    Check(
        "the outbox has no gap",
        "SELECT count(*) AS placed, max(sequence) AS last FROM outbox WHERE sequence IS NOT NULL"
        " HAVING count(*) <> coalesce(max(sequence), 0)",
    ),
)
