// Made by npm run api from contracts/openapi/trading.json.

export interface paths {
  '/v2/orders': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * List Orders
     * @description Orders by submission time. `after` and `until` are exclusive, and so are the two order id cursors.
     *
     *     With `nested`, exits are in `legs` of their parents, and the others have none.
     */
    get: operations['list_orders_v2_orders_get']
    put?: never
    /**
     * Place Order
     * @description Place an order. The answer shows it as settled; `pending_new` says that its fate is not known yet.
     */
    post: operations['place_order_v2_orders_post']
    /**
     * Cancel All Orders
     * @description Cancel every open order of the caller's, by one command; an HTTP status for each that was open.
     */
    delete: operations['cancel_all_orders_v2_orders_delete']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/orders': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Place Own Order
     * @description Place an order with terms that Alpaca has not. Unknown members are refused; the answer is an order like any.
     */
    post: operations['place_own_order_v1_orders_post']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v2/orders/{order_id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Order By Id
     * @description One order of the caller's.
     */
    get: operations['order_by_id_v2_orders__order_id__get']
    put?: never
    post?: never
    /**
     * Cancel Order
     * @description Cancel an order. 204 once that is settled; 503 `outcome_unknown` while it is stored but not decided.
     *
     *     With an exit that waits for its entry, the entry is cancelled; with one of two exits, the other.
     */
    delete: operations['cancel_order_v2_orders__order_id__delete']
    options?: never
    head?: never
    /**
     * Replace Order
     * @description Put a new order in an open one's place. When the old one ends first, the new one is `rejected`.
     */
    patch: operations['replace_order_v2_orders__order_id__patch']
    trace?: never
  }
  '/v1/orders/{order_id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    /**
     * Replace Own Order
     * @description The same; unknown members are refused.
     */
    patch: operations['replace_own_order_v1_orders__order_id__patch']
    trace?: never
  }
  '/v2/orders:by_client_order_id': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Order By Client Order Id
     * @description The order with this client order id. 404 only when there certainly is none, also none on its way in.
     */
    get: operations['order_by_client_order_id_v2_orders_by_client_order_id_get']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v2/account': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Account
     * @description Cash, buying power and equity of the caller's account, which the first request opens.
     *
     *     With the rules from which a client can tell what an order will hold before it is sent. `last_equity` is what it
     *     was worth at the end of the session of `balance_asof`.
     */
    get: operations['account_v2_account_get']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v2/positions': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * List Positions
     * @description Every open position.
     */
    get: operations['list_positions_v2_positions_get']
    put?: never
    post?: never
    /**
     * Close All Positions
     * @description Sell every position at the market; with `cancel_orders`, after all open orders are cancelled.
     *
     *     Shares that open orders hold cannot be sold: then that position's row says so.
     */
    delete: operations['close_all_positions_v2_positions_delete']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v2/positions/{symbol_or_asset_id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Position
     * @description The position in one asset.
     */
    get: operations['position_v2_positions__symbol_or_asset_id__get']
    put?: never
    post?: never
    /**
     * Close Position
     * @description Sell a position, or a part of it, at the market. The order is answered.
     */
    delete: operations['close_position_v2_positions__symbol_or_asset_id__delete']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v2/account/portfolio/history': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Portfolio History
     * @description Equity at the end of each window, and profit net of what came and went.
     *
     *     The market never closes, so `intraday_reporting` makes no difference. Profit counts from the start of each session
     *     (`pnl_reset=per_day`) or of the history (`no_reset`). Shares that were granted or corrected count as cash flows
     *     (`JNLS`) at what they were worth at their window's end.
     */
    get: operations['portfolio_history_v2_account_portfolio_history_get']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/account/statements': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * List Statements
     * @description The sessions that are over since the account was opened, newest first.
     */
    get: operations['list_statements_v1_account_statements_get']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/account/statements/{name}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Statement
     * @description One session's statement, named by its date and `.csv`.
     */
    get: operations['statement_v1_account_statements__name__get']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v2/assets': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * List Assets
     * @description Every asset, by symbol. `attributes` (a comma list) asks for those that have any of them.
     */
    get: operations['list_assets_v2_assets_get']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v2/assets/{symbol_or_asset_id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Asset
     * @description One asset.
     */
    get: operations['asset_v2_assets__symbol_or_asset_id__get']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/admin/assets': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Create Asset
     * @description Make an asset. It is `inactive` until the engine has listed it, which is usually before the answer.
     */
    post: operations['create_asset_v1_admin_assets_post']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/admin/assets/{symbol}/grants': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Grant Shares
     * @description Give shares to an account, at no cost. With an `Idempotency-Key`, once however often it is asked.
     */
    post: operations['grant_shares_v1_admin_assets__symbol__grants_post']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/admin/assets/{symbol}/halt': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Halt
     * @description Nothing of it trades and no order is taken; what is open stays, suspended. `halted` once the engine says so.
     */
    post: operations['halt_v1_admin_assets__symbol__halt_post']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/admin/assets/{symbol}/resume': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Resume
     * @description It trades again.
     */
    post: operations['resume_v1_admin_assets__symbol__resume_post']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/admin/assets/{symbol}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    /**
     * Change
     * @description Set how far from the last price a limit may be. In every replica within a second.
     */
    patch: operations['change_v1_admin_assets__symbol__patch']
    trace?: never
  }
  '/v1/admin/halts': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * List Halts
     * @description What the kill switch holds, by scope and target.
     */
    get: operations['list_halts_v1_admin_halts_get']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/admin/halts/all': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    /**
     * Halt All
     * @description Take no orders of anybody, and cancel all that are open.
     */
    put: operations['halt_all_v1_admin_halts_all_put']
    post?: never
    /**
     * Resume All
     * @description Take orders again, where nothing else stands in the way.
     */
    delete: operations['resume_all_v1_admin_halts_all_delete']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/admin/halts/accounts/{account_id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    /**
     * Halt Account
     * @description Take no orders of one account (given by its id or its user's), and cancel its open ones.
     */
    put: operations['halt_account_v1_admin_halts_accounts__account_id__put']
    post?: never
    /**
     * Resume Account
     * @description Take its orders again.
     */
    delete: operations['resume_account_v1_admin_halts_accounts__account_id__delete']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/admin/halts/symbols/{symbol}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    /**
     * Halt Symbol
     * @description Take no orders for a symbol, and cancel the open ones.
     */
    put: operations['halt_symbol_v1_admin_halts_symbols__symbol__put']
    post?: never
    /**
     * Resume Symbol
     * @description Take its orders again.
     */
    delete: operations['resume_symbol_v1_admin_halts_symbols__symbol__delete']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/admin/accounts/{account_id}/risk': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Account Risk
     * @description What an account (given by its id or its user's) has of its own, and the house's limits.
     */
    get: operations['account_risk_v1_admin_accounts__account_id__risk_get']
    /**
     * Set Account Risk
     * @description Give an account limits of its own. A block is in force at once, limits in every replica within seconds.
     */
    put: operations['set_account_risk_v1_admin_accounts__account_id__risk_put']
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/funding/deposits': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Deposit
     * @description Put paper cash into the caller's account: at once, or in transit for as long as the house has set.
     *
     *     With an `Idempotency-Key`, once however often it is asked.
     */
    post: operations['deposit_v1_funding_deposits_post']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/funding/withdrawals': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Withdraw
     * @description Take paper cash out. What open orders hold, and what is in transit, stays. `Idempotency-Key` as for deposits.
     */
    post: operations['withdraw_v1_funding_withdrawals_post']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/admin/corrections': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Correct
     * @description Move cash or shares between accounts, with a reason. Needs an `Idempotency-Key`, and acts once for it.
     *
     *     Shares that are given cost nothing; with shares that are taken goes their average cost.
     */
    post: operations['correct_v1_admin_corrections_post']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/admin/fee-tiers': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * List Fee Tiers
     * @description Every tier. `default` is every account's that has no other; its rates are the settings' until it is set.
     */
    get: operations['list_fee_tiers_v1_admin_fee_tiers_get']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/admin/fee-tiers/{name}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    /**
     * Set Fee Tier
     * @description Make a tier, or change its rates: for orders accepted from now on, in every replica within ten seconds.
     */
    put: operations['set_fee_tier_v1_admin_fee_tiers__name__put']
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/admin/accounts/{account_id}/fee-tier': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    /**
     * Set Account Fee Tier
     * @description Put an account into a tier, for its orders from now on.
     */
    put: operations['set_account_fee_tier_v1_admin_accounts__account_id__fee_tier_put']
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v2/account/activities': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Activities
     * @description Activities of all or some types. The next page's token is the id of the last item; a list ends empty.
     */
    get: operations['activities_v2_account_activities_get']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v2/account/activities/{activity_type}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Activities Of Type
     * @description Activities of one type: `FILL`, `CSD` (deposit), `CSW` (withdrawal), `JNLC` (corrected cash) or `JNLS`
     *     (granted or corrected shares).
     */
    get: operations['activities_of_type_v2_account_activities__activity_type__get']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/account/trade-updates': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Trade Updates
     * @description The caller's trade updates past the one whose `event_id` is `after`, oldest first, as the stream sends them.
     */
    get: operations['trade_updates_v1_account_trade_updates_get']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v2/account/configurations': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Configurations
     * @description The account's configurations.
     */
    get: operations['configurations_v2_account_configurations_get']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    /**
     * Configure
     * @description Change some of them. `suspend_trade` holds from the next order on.
     */
    patch: operations['configure_v2_account_configurations_patch']
    trace?: never
  }
  '/v2/watchlists': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Watchlists
     * @description The caller's watchlists, by name, without their assets.
     */
    get: operations['watchlists_v2_watchlists_get']
    put?: never
    /**
     * Create Watchlist
     * @description Make a watchlist. Its name is the account's own.
     */
    post: operations['create_watchlist_v2_watchlists_post']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v2/watchlists:by_name': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Watchlist By Name
     * @description One watchlist.
     */
    get: operations['watchlist_by_name_v2_watchlists_by_name_get']
    /**
     * Change Watchlist By Name
     * @description Rename it, or put another list in its place.
     */
    put: operations['change_watchlist_by_name_v2_watchlists_by_name_put']
    /**
     * Add By Name
     * @description Append an asset.
     */
    post: operations['add_by_name_v2_watchlists_by_name_post']
    /**
     * Delete By Name
     * @description Delete a watchlist.
     */
    delete: operations['delete_by_name_v2_watchlists_by_name_delete']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v2/watchlists/{watchlist_id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Watchlist
     * @description One watchlist.
     */
    get: operations['watchlist_v2_watchlists__watchlist_id__get']
    /**
     * Change Watchlist
     * @description Rename it, or put another list in its place.
     */
    put: operations['change_watchlist_v2_watchlists__watchlist_id__put']
    /**
     * Add
     * @description Append an asset.
     */
    post: operations['add_v2_watchlists__watchlist_id__post']
    /**
     * Delete
     * @description Delete a watchlist.
     */
    delete: operations['delete_v2_watchlists__watchlist_id__delete']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v2/watchlists/{watchlist_id}/{symbol}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post?: never
    /**
     * Remove
     * @description Take an asset out of it.
     */
    delete: operations['remove_v2_watchlists__watchlist_id___symbol__delete']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v2/calendar': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Calendar
     * @description Trading days; this year's and the next's when nothing is asked for. Trades settle on their own day.
     */
    get: operations['calendar_v2_calendar_get']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v2/clock': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Clock
     * @description The market's clock. `next_close` is when day orders end; the next session opens at that moment.
     */
    get: operations['clock_v2_clock_get']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/events': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Events
     * @description One page of the log: the events after `after`, in order and without a gap.
     *
     *     With `wait_ms` an answer that would be empty is held back until an event arrives or the time is over.
     */
    get: operations['events_v1_events_get']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
}
export type webhooks = Record<string, never>
export interface components {
  schemas: {
    /**
     * AccountDocument
     * @description Amounts are decimal text in US dollars. Buying power is the cash that no order holds.
     */
    AccountDocument: {
      /**
       * Id
       * Format: uuid
       */
      id: string
      /** Account Number */
      account_number: string
      /**
       * Status
       * @default ACTIVE
       * @constant
       */
      status: 'ACTIVE'
      /**
       * Crypto Status
       * @default ACTIVE
       * @constant
       */
      crypto_status: 'ACTIVE'
      /**
       * Currency
       * @default USD
       * @constant
       */
      currency: 'USD'
      /** Cash */
      cash: string
      /** Equity */
      equity: string
      /**
       * Last Equity
       * @description At the end of the session before the running one.
       */
      last_equity: string
      /**
       * Balance Asof
       * @description That session's date.
       * @example 2026-03-16
       */
      balance_asof: string
      /** Portfolio Value */
      portfolio_value: string
      /** Buying Power */
      buying_power: string
      /** Regt Buying Power */
      regt_buying_power: string
      /** Daytrading Buying Power */
      daytrading_buying_power: string
      /** Non Marginable Buying Power */
      non_marginable_buying_power: string
      /** Long Market Value */
      long_market_value: string
      /**
       * Short Market Value
       * @default 0
       */
      short_market_value: string
      /** Position Market Value */
      position_market_value: string
      /**
       * Initial Margin
       * @default 0
       */
      initial_margin: string
      /**
       * Maintenance Margin
       * @default 0
       */
      maintenance_margin: string
      /**
       * Multiplier
       * @default 1
       */
      multiplier: string
      /**
       * Accrued Fees
       * @default 0
       */
      accrued_fees: string
      /** Pending Transfer In */
      pending_transfer_in: string
      /**
       * Pending Transfer Out
       * @default 0
       */
      pending_transfer_out: string
      /**
       * Daytrade Count
       * @default 0
       */
      daytrade_count: number
      /**
       * Pattern Day Trader
       * @default false
       */
      pattern_day_trader: boolean
      /**
       * Trading Blocked
       * @description By an administrator, or while trading is halted.
       */
      trading_blocked: boolean
      /**
       * Transfers Blocked
       * @default false
       */
      transfers_blocked: boolean
      /** Account Blocked */
      account_blocked: boolean
      /** Trade Suspended By User */
      trade_suspended_by_user: boolean
      /**
       * Shorting Enabled
       * @default false
       */
      shorting_enabled: boolean
      /**
       * Created At
       * Format: date-time
       */
      created_at: string
      /**
       * Realized Pl
       * @description Of ours: what all sales brought in beyond the average cost of what was sold.
       */
      realized_pl: string
      /**
       * Fee Tier
       * @description Of ours: which fees its new orders pay.
       * @example default
       */
      fee_tier: string
      /**
       * Maker Fee Rate
       * @description Of ours: the fee of what gives liquidity, a fraction of its value.
       */
      maker_fee_rate: string
      /**
       * Taker Fee Rate
       * @description Of ours: the fee of what takes liquidity, a fraction of its value.
       */
      taker_fee_rate: string
      /**
       * Market Collar
       * @description Of ours: how far from the last price a market order may trade, a fraction.
       */
      market_collar: string
    }
    /** AccountFeeTierDocument */
    AccountFeeTierDocument: {
      /**
       * Account Id
       * Format: uuid
       */
      account_id: string
      /** Tier */
      tier: string
      /** Maker Rate */
      maker_rate: string
      /** Taker Rate */
      taker_rate: string
    }
    /** AccountFeeTierRequest */
    AccountFeeTierRequest: {
      /**
       * Tier
       * @example default
       */
      tier: string
    }
    /**
     * AccountRiskDocument
     * @description What the account has of its own; null: as the house, whose limits are in `defaults`.
     */
    AccountRiskDocument: {
      /** Max Order Qty */
      max_order_qty: string | null
      /** Max Order Value */
      max_order_value: string | null
      /** Max Open Orders */
      max_open_orders: number | null
      /** Max Orders Per Second */
      max_orders_per_second: number | null
      /** Max Identical Orders */
      max_identical_orders: number | null
      /** Market Collar */
      market_collar: string | null
      /**
       * Account Id
       * Format: uuid
       */
      account_id: string
      /** Blocked */
      blocked: boolean
      /**
       * Trade Suspended
       * @description By the account's own configuration.
       */
      trade_suspended: boolean
      defaults: components['schemas']['LimitsDocument']
    }
    /** AddedSymbol */
    AddedSymbol: {
      /**
       * Symbol
       * @example ACME
       */
      symbol: string
    }
    /** AssetDocument */
    AssetDocument: {
      /**
       * Id
       * Format: uuid
       */
      id: string
      /**
       * Class
       * @enum {string}
       */
      class: 'us_equity' | 'crypto'
      /**
       * Exchange
       * @default
       */
      exchange: string
      /** Symbol */
      symbol: string
      /** Name */
      name: string
      /**
       * Status
       * @enum {string}
       */
      status: 'active' | 'inactive'
      /** Tradable */
      tradable: boolean
      /**
       * Marginable
       * @default false
       */
      marginable: boolean
      /**
       * Shortable
       * @default false
       */
      shortable: boolean
      /**
       * Easy To Borrow
       * @default false
       */
      easy_to_borrow: boolean
      /** Fractionable */
      fractionable: boolean
      /** Min Order Size */
      min_order_size: string
      /** Min Trade Increment */
      min_trade_increment: string
      /** Price Increment */
      price_increment: string
      /**
       * Maintenance Margin Requirement
       * @default 100
       */
      maintenance_margin_requirement: number
      /**
       * Margin Requirement Long
       * @default 100
       */
      margin_requirement_long: string
      /**
       * Margin Requirement Short
       * @default 100
       */
      margin_requirement_short: string
      /**
       * Attributes
       * @default []
       */
      attributes: string[]
      /**
       * Halted
       * @description Of ours: no order of it is taken, and nothing trades.
       * @default false
       */
      halted: boolean
      /**
       * Price Band
       * @description Of ours: how far from the last price a limit may be, a fraction.
       */
      price_band: string | null
    }
    /**
     * AssetRequest
     * @description `tick_size` is the price step, `lot_size` the quantity step: 1 for whole shares, less for fractions.
     */
    AssetRequest: {
      /**
       * Symbol
       * @example ACME
       */
      symbol: string
      /**
       * Name
       * @default
       */
      name: string
      /**
       * Class
       * @default us_equity
       * @enum {string}
       */
      class: 'us_equity' | 'crypto'
      /**
       * Tick Size
       * @default 0.01
       */
      tick_size: number | string
      /**
       * Lot Size
       * @default 1
       */
      lot_size: number | string
    }
    /**
     * BandRequest
     * @description null: no band.
     */
    BandRequest: {
      /** Price Band */
      price_band: (number | string) | null
    }
    /**
     * CalendarDay
     * @description One trading day. The last minute stands for midnight, which `HH:MM` cannot say of the day that ends.
     */
    CalendarDay: {
      /**
       * Date
       * Format: date
       * @example 2026-03-16
       */
      date: string
      /**
       * Open
       * @default 00:00
       * @example 00:00
       */
      open: string
      /**
       * Close
       * @default 23:59
       * @example 23:59
       */
      close: string
      /**
       * Session Open
       * @default 0000
       * @example 0000
       */
      session_open: string
      /**
       * Session Close
       * @default 2359
       * @example 2359
       */
      session_close: string
      /**
       * Settlement Date
       * Format: date
       * @example 2026-03-16
       */
      settlement_date: string
    }
    /**
     * CanceledOrder
     * @description One order of those that were to be cancelled, with an HTTP status of its own.
     */
    CanceledOrder: {
      /**
       * Id
       * Format: uuid
       */
      id: string
      /** Status */
      status: number
      /** @description Only where the cancel failed. */
      body?: components['schemas']['ProblemBody'] | null
    }
    /**
     * CashActivity
     * @description Paper cash in (`CSD`, positive) or out (`CSW`, negative), or corrected (`JNLC`).
     */
    CashActivity: {
      /** Id */
      id: string
      /**
       * Account Id
       * Format: uuid
       */
      account_id: string
      /**
       * @description discriminator enum property added by openapi-typescript
       * @enum {string}
       */
      activity_type: 'CSD' | 'CSW' | 'JNLC'
      /**
       * Date
       * Format: date
       */
      date: string
      /**
       * Created At
       * Format: date-time
       */
      created_at: string
      /** Description */
      description: string
      /**
       * Status
       * @enum {string}
       */
      status: 'executed' | 'correct'
      /** Net Amount */
      net_amount: string
    }
    /** ClockDocument */
    ClockDocument: {
      /**
       * Timestamp
       * Format: date-time
       */
      timestamp: string
      /**
       * Is Open
       * @default true
       */
      is_open: boolean
      /**
       * Next Open
       * Format: date-time
       */
      next_open: string
      /**
       * Next Close
       * Format: date-time
       */
      next_close: string
    }
    /**
     * ClosedPosition
     * @description One position, with an HTTP status of its own: 200 when the order that closes it was placed.
     */
    ClosedPosition: {
      /** Symbol */
      symbol: string
      /** Status */
      status: number
      /**
       * Body
       * @description The order, or why there is none.
       */
      body: components['schemas']['OrderDocument'] | components['schemas']['ProblemBody']
    }
    /**
     * ConfigurationsDocument
     * @description Only `suspend_trade` changes what the account can do; the others are kept for clients that set them.
     *
     *     This brokerage lends neither cash nor shares, and sends no mail.
     */
    ConfigurationsDocument: {
      /**
       * Dtbp Check
       * @default both
       * @enum {string}
       */
      dtbp_check: 'both' | 'entry' | 'exit'
      /**
       * Trade Confirm Email
       * @default none
       * @enum {string}
       */
      trade_confirm_email: 'all' | 'none'
      /**
       * Suspend Trade
       * @description Refuse new orders; cancels go on.
       * @default false
       */
      suspend_trade: boolean
      /**
       * Trade Suspended By User
       * @description The same, under the name that some clients read.
       * @default false
       */
      trade_suspended_by_user: boolean
      /**
       * No Shorting
       * @default true
       */
      no_shorting: boolean
      /**
       * Fractional Trading
       * @default true
       */
      fractional_trading: boolean
      /**
       * Max Margin Multiplier
       * @default 1
       * @enum {string}
       */
      max_margin_multiplier: '1' | '2' | '4'
      /** Max Options Trading Level */
      max_options_trading_level: number | null
      /**
       * Pdt Check
       * @default both
       * @enum {string}
       */
      pdt_check: 'both' | 'entry' | 'exit'
      /**
       * Ptp No Exception Entry
       * @default false
       */
      ptp_no_exception_entry: boolean
      /**
       * Disable Overnight Trading
       * @default false
       */
      disable_overnight_trading: boolean
    }
    /**
     * ConfigurationsRequest
     * @description What is not given, `null` or empty stays as it is.
     */
    ConfigurationsRequest: {
      /** Dtbp Check */
      dtbp_check?: ('both' | 'entry' | 'exit') | null
      /** Trade Confirm Email */
      trade_confirm_email?: ('all' | 'none') | null
      /** Suspend Trade */
      suspend_trade?: boolean | null
      /** No Shorting */
      no_shorting?: boolean | null
      /** Fractional Trading */
      fractional_trading?: boolean | null
      /** Max Margin Multiplier */
      max_margin_multiplier?: ('1' | '2' | '4') | null
      /** Max Options Trading Level */
      max_options_trading_level?: number | null
      /** Pdt Check */
      pdt_check?: ('both' | 'entry' | 'exit') | null
      /** Ptp No Exception Entry */
      ptp_no_exception_entry?: boolean | null
      /** Disable Overnight Trading */
      disable_overnight_trading?: boolean | null
    }
    /** CorrectionDocument */
    CorrectionDocument: {
      /**
       * Id
       * Format: uuid
       */
      id: string
      /** Reason */
      reason: string
      /**
       * Created At
       * Format: date-time
       */
      created_at: string
      /** Legs */
      legs: components['schemas']['CorrectionLegDocument'][]
    }
    /**
     * CorrectionLeg
     * @description What one account gets (above zero) or loses of one asset.
     */
    CorrectionLeg: {
      /**
       * Account Id
       * Format: uuid
       */
      account_id: string
      /**
       * Asset
       * @example USD
       */
      asset: string
      /**
       * Amount
       * @example -5.00
       */
      amount: number | string
    }
    /** CorrectionLegDocument */
    CorrectionLegDocument: {
      /**
       * Account Id
       * Format: uuid
       */
      account_id: string
      /** Asset */
      asset: string
      /** Amount */
      amount: string
    }
    /**
     * CorrectionRequest
     * @description Legs that sum to zero for each asset.
     */
    CorrectionRequest: {
      /** Reason */
      reason: string
      /** Legs */
      legs: components['schemas']['CorrectionLeg'][]
    }
    /**
     * FeeTierDocument
     * @description The rates of new orders of its accounts, as decimal text.
     */
    FeeTierDocument: {
      /** Name */
      name: string
      /** Maker Rate */
      maker_rate: string
      /** Taker Rate */
      taker_rate: string
    }
    /** FeeTierRequest */
    FeeTierRequest: {
      /**
       * Maker Rate
       * @example 0.0025
       */
      maker_rate: number | string
      /**
       * Taker Rate
       * @example 0.0025
       */
      taker_rate: number | string
    }
    /** FeeTiersDocument */
    FeeTiersDocument: {
      /** Fee Tiers */
      fee_tiers: components['schemas']['FeeTierDocument'][]
      /** Next Cursor */
      next_cursor: null
    }
    /**
     * FillActivity
     * @description One execution of an order of the account's. Amounts are decimal text.
     */
    FillActivity: {
      /** Id */
      id: string
      /**
       * Account Id
       * Format: uuid
       */
      account_id: string
      /**
       * @description discriminator enum property added by openapi-typescript
       * @enum {string}
       */
      activity_type: 'FILL'
      /**
       * Transaction Time
       * Format: date-time
       */
      transaction_time: string
      /**
       * Type
       * @enum {string}
       */
      type: 'fill' | 'partial_fill'
      /** Price */
      price: string
      /** Qty */
      qty: string
      /**
       * Side
       * @enum {string}
       */
      side: 'buy' | 'sell'
      /** Symbol */
      symbol: string
      /** Leaves Qty */
      leaves_qty: string
      /** Cum Qty */
      cum_qty: string
      /**
       * Order Id
       * Format: uuid
       */
      order_id: string
      /**
       * Order Status
       * @enum {string}
       */
      order_status: 'filled' | 'partially_filled'
      /**
       * Trade Id
       * @description The engine's sequence number of the trade.
       */
      trade_id: number
      /** Fee */
      fee: string
    }
    /**
     * FillUpdate
     * @description An execution of an order: `fill` when nothing of it is left. Amounts are decimal text.
     */
    FillUpdate: {
      /**
       * Event Id
       * @description The account's own count, from 1, without a gap.
       */
      event_id: string
      /**
       * At
       * Format: date-time
       * @description Strictly later than that of the update before.
       */
      at: string
      /**
       * Timestamp
       * Format: date-time
       * @description When it happened, in journal time.
       */
      timestamp: string
      /** @description The order right after this event. */
      order: components['schemas']['OrderDocument']
      /**
       * @description discriminator enum property added by openapi-typescript
       * @enum {string}
       */
      event: 'partial_fill' | 'fill'
      /**
       * Execution Id
       * Format: uuid
       */
      execution_id: string
      /** Price */
      price: string
      /** Qty */
      qty: string
      /**
       * Position Qty
       * @description The account's position after it.
       */
      position_qty: string
    }
    /**
     * GrantActivity
     * @description Shares that an administrator gave or corrected (then `qty` may be negative).
     */
    GrantActivity: {
      /** Id */
      id: string
      /**
       * Account Id
       * Format: uuid
       */
      account_id: string
      /**
       * @description discriminator enum property added by openapi-typescript
       * @enum {string}
       */
      activity_type: 'JNLS'
      /**
       * Date
       * Format: date
       */
      date: string
      /**
       * Created At
       * Format: date-time
       */
      created_at: string
      /** Description */
      description: string
      /**
       * Status
       * @enum {string}
       */
      status: 'executed' | 'correct'
      /** Net Amount */
      net_amount: string
      /** Symbol */
      symbol: string
      /** Qty */
      qty: string
    }
    /** GrantDocument */
    GrantDocument: {
      /**
       * Id
       * Format: uuid
       */
      id: string
      /**
       * Account Id
       * Format: uuid
       */
      account_id: string
      /** Symbol */
      symbol: string
      /** Qty */
      qty: string
    }
    /**
     * GrantRequest
     * @description Shares for one account, given by its id or by its user's.
     */
    GrantRequest: {
      /** Account Id */
      account_id?: string | null
      /** User Id */
      user_id?: string | null
      /** Qty */
      qty: number | string
    }
    /**
     * HaltDocument
     * @description `target`: an account's id or a symbol; null for all.
     */
    HaltDocument: {
      /**
       * Scope
       * @enum {string}
       */
      scope: 'all' | 'account' | 'symbol'
      /** Target */
      target: string | null
      /** Reason */
      reason: string
      /**
       * Set By
       * Format: uuid
       */
      set_by: string
      /**
       * Set At
       * Format: date-time
       */
      set_at: string
    }
    /** HaltRequest */
    HaltRequest: {
      /** Reason */
      reason: string
    }
    /** HaltSetDocument */
    HaltSetDocument: {
      /**
       * Scope
       * @enum {string}
       */
      scope: 'all' | 'account' | 'symbol'
      /** Target */
      target: string | null
      /** Reason */
      reason: string
      /**
       * Set By
       * Format: uuid
       */
      set_by: string
      /**
       * Set At
       * Format: date-time
       */
      set_at: string
      /**
       * Open Orders
       * @description Orders in scope that were still open when this was answered; their cancels are stored.
       */
      open_orders: number
    }
    /** HaltsDocument */
    HaltsDocument: {
      /** Halts */
      halts: components['schemas']['HaltDocument'][]
      /** Next Cursor */
      next_cursor: string | null
    }
    /**
     * LimitsDocument
     * @description Amounts are decimal text; null: no limit.
     */
    LimitsDocument: {
      /** Max Order Qty */
      max_order_qty: string | null
      /** Max Order Value */
      max_order_value: string | null
      /** Max Open Orders */
      max_open_orders: number | null
      /** Max Orders Per Second */
      max_orders_per_second: number | null
      /** Max Identical Orders */
      max_identical_orders: number | null
      /** Market Collar */
      market_collar: string | null
    }
    /**
     * NewWatchlist
     * @description Symbols or asset ids; one that is there twice counts once.
     */
    NewWatchlist: {
      /**
       * Name
       * @example Tech
       */
      name: string
      /** Symbols */
      symbols?: string[] | null
    }
    /**
     * OrderDocument
     * @description An order, with Alpaca's field names. Amounts are decimal text, times RFC 3339.
     */
    OrderDocument: {
      /**
       * Id
       * Format: uuid
       */
      id: string
      /** Client Order Id */
      client_order_id: string
      /**
       * Created At
       * Format: date-time
       */
      created_at: string
      /**
       * Updated At
       * Format: date-time
       */
      updated_at: string
      /**
       * Submitted At
       * Format: date-time
       */
      submitted_at: string
      /** Filled At */
      filled_at: string | null
      /** Expired At */
      expired_at: string | null
      /**
       * Expires At
       * @description Of an order until a date, whose time_in_force is told as gtc.
       */
      expires_at: string | null
      /** Canceled At */
      canceled_at: string | null
      /** Failed At */
      failed_at: string | null
      /** Replaced At */
      replaced_at: string | null
      /** Replaced By */
      replaced_by: string | null
      /** Replaces */
      replaces: string | null
      /**
       * Asset Id
       * Format: uuid
       */
      asset_id: string
      /** Symbol */
      symbol: string
      /**
       * Asset Class
       * @enum {string}
       */
      asset_class: 'us_equity' | 'crypto'
      /**
       * Notional
       * @example 250.00
       */
      notional: string | null
      /**
       * Qty
       * @description null where notional was given.
       * @example 100
       */
      qty: string | null
      /** Filled Qty */
      filled_qty: string
      /** Filled Avg Price */
      filled_avg_price: string | null
      /**
       * Order Class
       * @enum {string}
       */
      order_class: 'simple' | 'bracket' | 'oco' | 'oto'
      /**
       * Order Type
       * @enum {string}
       */
      order_type: 'market' | 'limit' | 'stop' | 'stop_limit' | 'trailing_stop'
      /**
       * Type
       * @enum {string}
       */
      type: 'market' | 'limit' | 'stop' | 'stop_limit' | 'trailing_stop'
      /**
       * Side
       * @enum {string}
       */
      side: 'buy' | 'sell'
      /**
       * Position Intent
       * @enum {string}
       */
      position_intent: 'buy_to_open' | 'sell_to_close'
      /**
       * Time In Force
       * @enum {string}
       */
      time_in_force: 'day' | 'gtc' | 'ioc' | 'fok'
      /**
       * Limit Price
       * @example 101.25
       */
      limit_price: string | null
      /**
       * Stop Price
       * @description Of a trailing stop: where it stands right now.
       */
      stop_price: string | null
      /** Trail Price */
      trail_price: string | null
      /** Trail Percent */
      trail_percent: string | null
      /**
       * Hwm
       * @description The best price since a trailing stop's acceptance.
       */
      hwm: string | null
      /**
       * Status
       * @enum {string}
       */
      status:
        | 'held'
        | 'pending_new'
        | 'new'
        | 'partially_filled'
        | 'suspended'
        | 'pending_cancel'
        | 'pending_replace'
        | 'filled'
        | 'canceled'
        | 'expired'
        | 'replaced'
        | 'rejected'
      /** Extended Hours */
      extended_hours: boolean
      /** Legs */
      legs: components['schemas']['OrderDocument'][] | null
      /** Reject Reason */
      reject_reason: string | null
      /**
       * Exit
       * @description Of ours, like all that follow: which of the exits it is.
       */
      exit: ('take_profit' | 'stop_loss') | null
      /**
       * Parent Id
       * @description An exit's entry; the stop loss' take profit in an oco.
       */
      parent_id: string | null
      /**
       * Group Id
       * @description Shared by orders whose fates are linked.
       */
      group_id: string | null
      /**
       * Reduced Qty
       * @description Lost without a trade.
       */
      reduced_qty: string
      /** Triggered At */
      triggered_at: string | null
      /** Display Qty */
      display_qty: string | null
      /** Minimum Qty */
      minimum_qty: string | null
      /** Post Only */
      post_only: ('reject' | 'reprice') | null
      /** Self Trade Prevention */
      self_trade_prevention:
        ('none' | 'cancel_newest' | 'cancel_oldest' | 'cancel_both' | 'decrement') | null
    }
    /**
     * PortfolioHistoryDocument
     * @description Arrays of one length: an entry for each window. `cashflow` is there when `cashflow_types` asked for it.
     */
    PortfolioHistoryDocument: {
      /** Timestamp */
      timestamp: number[]
      /** Equity */
      equity: number[]
      /** Profit Loss */
      profit_loss: number[]
      /** Profit Loss Pct */
      profit_loss_pct: (number | null)[]
      /** Base Value */
      base_value: number
      /**
       * Base Value Asof
       * Format: date
       */
      base_value_asof: string
      /** Timeframe */
      timeframe: string
      /** Cashflow */
      cashflow?: {
        [key: string]: number[]
      } | null
    }
    /**
     * PositionDocument
     * @description Amounts are decimal text; values that need a price are null before the asset's first trade.
     *
     *     `*_plpc` are fractions (0.0084 is 0.84 %).
     */
    PositionDocument: {
      /**
       * Asset Id
       * Format: uuid
       */
      asset_id: string
      /** Symbol */
      symbol: string
      /**
       * Exchange
       * @default
       */
      exchange: string
      /**
       * Asset Class
       * @enum {string}
       */
      asset_class: 'us_equity' | 'crypto'
      /**
       * Asset Marginable
       * @default false
       */
      asset_marginable: boolean
      /** Qty */
      qty: string
      /** Qty Available */
      qty_available: string
      /**
       * Side
       * @default long
       * @constant
       */
      side: 'long'
      /** Avg Entry Price */
      avg_entry_price: string
      /** Cost Basis */
      cost_basis: string
      /** Market Value */
      market_value: string | null
      /** Current Price */
      current_price: string | null
      /**
       * Lastday Price
       * @description Of the last trade before the running session.
       */
      lastday_price: string | null
      /** Change Today */
      change_today: string | null
      /** Unrealized Pl */
      unrealized_pl: string | null
      /** Unrealized Plpc */
      unrealized_plpc: string | null
      /** Unrealized Intraday Pl */
      unrealized_intraday_pl: string | null
      /** Unrealized Intraday Plpc */
      unrealized_intraday_plpc: string | null
      /**
       * Realized Pl
       * @description Of ours: what sales brought in beyond the average cost of what was sold.
       */
      realized_pl: string
    }
    /**
     * ProblemBody
     * @description Why one of several orders was not cancelled, or one of several positions not closed.
     */
    ProblemBody: {
      /** Type */
      type: string
      /** Title */
      title: string
      /** Status */
      status: number
      /** Detail */
      detail: string
      /** Code */
      code: number
      /** Message */
      message: string
      /** Order Id */
      order_id?: string | null
      /** Symbol */
      symbol?: string | null
      /** Available */
      available?: string | null
      /** Existing Qty */
      existing_qty?: string | null
      /** Held For Orders */
      held_for_orders?: string | null
      /** Related Orders */
      related_orders?: string[] | null
    }
    /**
     * RiskRequest
     * @description The whole of what differs from the house's: what is null or left out is the house's again.
     */
    RiskRequest: {
      /**
       * Blocked
       * @default false
       */
      blocked: boolean
      /** Max Order Qty */
      max_order_qty?: (number | string) | null
      /** Max Order Value */
      max_order_value?: (number | string) | null
      /** Max Open Orders */
      max_open_orders?: number | null
      /** Max Orders Per Second */
      max_orders_per_second?: number | null
      /** Max Identical Orders */
      max_identical_orders?: number | null
      /** Market Collar */
      market_collar?: (number | string) | null
    }
    /**
     * StateUpdate
     * @description An order was taken by the engine, or ended.
     */
    StateUpdate: {
      /**
       * Event Id
       * @description The account's own count, from 1, without a gap.
       */
      event_id: string
      /**
       * At
       * Format: date-time
       * @description Strictly later than that of the update before.
       */
      at: string
      /**
       * Timestamp
       * Format: date-time
       * @description When it happened, in journal time.
       */
      timestamp: string
      /** @description The order right after this event. */
      order: components['schemas']['OrderDocument']
      /**
       * @description discriminator enum property added by openapi-typescript
       * @enum {string}
       */
      event: 'new' | 'canceled' | 'expired' | 'rejected'
    }
    /**
     * StatementDocument
     * @description A session that is over. Equity at its start and its end, in US dollars.
     */
    StatementDocument: {
      /**
       * Date
       * Format: date
       */
      date: string
      /** Opening Equity */
      opening_equity: string
      /** Closing Equity */
      closing_equity: string
    }
    /** StatementsDocument */
    StatementsDocument: {
      /** Statements */
      statements: components['schemas']['StatementDocument'][]
      /** Next Cursor */
      next_cursor: string | null
    }
    /** TransferDocument */
    TransferDocument: {
      /**
       * Id
       * Format: uuid
       */
      id: string
      /**
       * Kind
       * @enum {string}
       */
      kind: 'deposit' | 'withdrawal'
      /** Amount */
      amount: string
      /**
       * Created At
       * Format: date-time
       */
      created_at: string
      /**
       * Settles At
       * Format: date-time
       * @description From when on a deposit can be used; until then it is pending_transfer_in.
       */
      settles_at: string
    }
    /** TransferRequest */
    TransferRequest: {
      /**
       * Amount
       * @example 10000
       */
      amount: number | string
    }
    /**
     * WatchlistChange
     * @description What is not given, `null` or empty stays; `symbols` takes the place of the whole list.
     */
    WatchlistChange: {
      /** Name */
      name?: string | null
      /** Symbols */
      symbols?: string[] | null
    }
    /**
     * WatchlistDocument
     * @description A watchlist with its assets, in their order.
     */
    WatchlistDocument: {
      /**
       * Id
       * Format: uuid
       */
      id: string
      /**
       * Account Id
       * Format: uuid
       */
      account_id: string
      /**
       * Name
       * @example Tech
       */
      name: string
      /**
       * Created At
       * Format: date-time
       */
      created_at: string
      /**
       * Updated At
       * Format: date-time
       */
      updated_at: string
      /** Assets */
      assets: components['schemas']['AssetDocument'][]
    }
    /**
     * WatchlistSummary
     * @description A watchlist as lists show it.
     */
    WatchlistSummary: {
      /**
       * Id
       * Format: uuid
       */
      id: string
      /**
       * Account Id
       * Format: uuid
       */
      account_id: string
      /**
       * Name
       * @example Tech
       */
      name: string
      /**
       * Created At
       * Format: date-time
       */
      created_at: string
      /**
       * Updated At
       * Format: date-time
       */
      updated_at: string
    }
  }
  responses: {
    /** @description The body is not valid JSON. */
    '400.malformed_request': {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': {
          /** @enum {string} */
          type: 'malformed_request'
          /** @constant */
          status: 400
          /** @enum {integer} */
          code: 40010000
          title: string
          detail: string
          message: string
          request_id?: string | null
        }
      }
    }
    /** @description The credentials are missing or wrong. */
    '401.unauthorized': {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': {
          /** @enum {string} */
          type: 'unauthorized'
          /** @constant */
          status: 401
          /** @enum {integer} */
          code: 40110000
          title: string
          detail: string
          message: string
          request_id?: string | null
        }
      }
    }
    /** @description The caller may not do this. */
    '403.forbidden': {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': {
          /** @enum {string} */
          type: 'forbidden'
          /** @constant */
          status: 403
          /** @enum {integer} */
          code: 40310000
          title: string
          detail: string
          message: string
          request_id?: string | null
        }
      }
    }
    /** @description The caller may not do this. More than is available: open orders may hold the rest. The caller may not do this. */
    '403.forbidden.insufficient_cash': {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': {
          /** @enum {string} */
          type: 'forbidden' | 'insufficient_cash'
          /** @constant */
          status: 403
          /** @enum {integer} */
          code: 40310000
          title: string
          detail: string
          message: string
          request_id?: string | null
        }
      }
    }
    /** @description The order would hold more cash than is available. The order would sell more shares than are available; `related_orders` hold them. The account holds no short positions: it sells what it has. An administrator has blocked the account. The kill switch: no order is taken of anybody. The kill switch: no order is taken of this account. The account's owner has suspended trading in its configurations. The account has as many open orders as it may. The caller may not do this. */
    '403.insufficient_buying_power.insufficient_shares.short_sale.account_blocked.trading_halted.account_halted.trade_suspended.too_many_open_orders.forbidden': {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': {
          /** @enum {string} */
          type:
            | 'insufficient_buying_power'
            | 'insufficient_shares'
            | 'short_sale'
            | 'account_blocked'
            | 'trading_halted'
            | 'account_halted'
            | 'trade_suspended'
            | 'too_many_open_orders'
            | 'forbidden'
          /** @constant */
          status: 403
          /** @enum {integer} */
          code: 40310000 | 40310010 | 40310011 | 40310012 | 40310013 | 40310014
          title: string
          detail: string
          message: string
          request_id?: string | null
        }
      }
    }
    /** @description There is no such thing, or it is not the caller's. */
    '404.not_found': {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': {
          /** @enum {string} */
          type: 'not_found'
          /** @constant */
          status: 404
          /** @enum {integer} */
          code: 40410000
          title: string
          detail: string
          message: string
          request_id?: string | null
        }
      }
    }
    /** @description asset exists The first request with this `Idempotency-Key` is still under way; its answer will be repeated. */
    '409.asset_exists.idempotency_key_in_use': {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': {
          /** @enum {string} */
          type: 'asset_exists' | 'idempotency_key_in_use'
          /** @constant */
          status: 409
          /** @enum {integer} */
          code: 40910000 | 40910001
          title: string
          detail: string
          message: string
          request_id?: string | null
        }
      }
    }
    /** @description The first request with this `Idempotency-Key` is still under way; its answer will be repeated. */
    '409.idempotency_key_in_use': {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': {
          /** @enum {string} */
          type: 'idempotency_key_in_use'
          /** @constant */
          status: 409
          /** @enum {integer} */
          code: 40910001
          title: string
          detail: string
          message: string
          request_id?: string | null
        }
      }
    }
    /** @description It has changed since the tag in `If-Match` was given; nothing was done. */
    '412.precondition_failed': {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': {
          /** @enum {string} */
          type: 'precondition_failed'
          /** @constant */
          status: 412
          /** @enum {integer} */
          code: 41210000
          title: string
          detail: string
          message: string
          request_id?: string | null
        }
      }
    }
    /** @description The body is too large. */
    '413.payload_too_large': {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': {
          /** @enum {string} */
          type: 'payload_too_large'
          /** @constant */
          status: 413
          /** @enum {integer} */
          code: 41310000
          title: string
          detail: string
          message: string
          request_id?: string | null
        }
      }
    }
    /** @description Malformed: a value is missing, of the wrong type or out of range. */
    '422.invalid_input': {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': {
          /** @enum {string} */
          type: 'invalid_input'
          /** @constant */
          status: 422
          /** @enum {integer} */
          code: 40010001
          title: string
          detail: string
          message: string
          request_id?: string | null
        }
      }
    }
    /** @description Malformed: a value is missing, of the wrong type or out of range. A correction without an `Idempotency-Key`. The legs do not sum to zero for each asset. A leg takes more than is available. Malformed: a value is missing, of the wrong type or out of range. The `Idempotency-Key` was used for another request. */
    '422.invalid_input.idempotency_key_needed.unbalanced.balance_too_small.idempotency_key_reused': {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': {
          /** @enum {string} */
          type:
            | 'invalid_input'
            | 'idempotency_key_needed'
            | 'unbalanced'
            | 'balance_too_small'
            | 'idempotency_key_reused'
          /** @constant */
          status: 422
          /** @enum {integer} */
          code: 40010001 | 42210000
          title: string
          detail: string
          message: string
          request_id?: string | null
        }
      }
    }
    /** @description Malformed: a value is missing, of the wrong type or out of range. Malformed: a value is missing, of the wrong type or out of range. The `Idempotency-Key` was used for another request. */
    '422.invalid_input.idempotency_key_reused': {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': {
          /** @enum {string} */
          type: 'invalid_input' | 'idempotency_key_reused'
          /** @constant */
          status: 422
          /** @enum {integer} */
          code: 40010001
          title: string
          detail: string
          message: string
          request_id?: string | null
        }
      }
    }
    /** @description Malformed: a value is missing, of the wrong type or out of range. Well formed, but not possible as things stand. Another order of the account has this `client_order_id`, maybe one that ended long ago. More than an order may be for. Quantity times worst price is above what an order may be worth. The limit is too far from the asset's last price. The asset has not traded yet, and an order without a limit has nothing to be bounded by. No order of this symbol is taken for now. The same order again and again, without a `client_order_id`: most likely a loop gone wrong. Malformed: a value is missing, of the wrong type or out of range. The `Idempotency-Key` was used for another request. */
    '422.invalid_input.not_possible.duplicate_client_order_id.order_qty_too_large.order_value_too_large.price_outside_band.no_reference_price.symbol_halted.duplicate_burst.idempotency_key_reused': {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': {
          /** @enum {string} */
          type:
            | 'invalid_input'
            | 'not_possible'
            | 'duplicate_client_order_id'
            | 'order_qty_too_large'
            | 'order_value_too_large'
            | 'price_outside_band'
            | 'no_reference_price'
            | 'symbol_halted'
            | 'duplicate_burst'
            | 'idempotency_key_reused'
          /** @constant */
          status: 422
          /** @enum {integer} */
          code:
            40010001 | 42210000 | 42210010 | 42210011 | 42210012 | 42210013 | 42210014 | 42210015
          title: string
          detail: string
          message: string
          request_id?: string | null
        }
      }
    }
    /** @description Malformed: a value is missing, of the wrong type or out of range. Well formed, but not possible as things stand. Malformed: a value is missing, of the wrong type or out of range. The `Idempotency-Key` was used for another request. */
    '422.invalid_input.not_possible.idempotency_key_reused': {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': {
          /** @enum {string} */
          type: 'invalid_input' | 'not_possible' | 'idempotency_key_reused'
          /** @constant */
          status: 422
          /** @enum {integer} */
          code: 40010001 | 42210000
          title: string
          detail: string
          message: string
          request_id?: string | null
        }
      }
    }
    /** @description Malformed: a value is missing, of the wrong type or out of range. Well formed, but not possible as things stand. More than an order may be for. Quantity times worst price is above what an order may be worth. The limit is too far from the asset's last price. The asset has not traded yet, and an order without a limit has nothing to be bounded by. No order of this symbol is taken for now. The same order again and again, without a `client_order_id`: most likely a loop gone wrong. Malformed: a value is missing, of the wrong type or out of range. The `Idempotency-Key` was used for another request. */
    '422.invalid_input.not_possible.order_qty_too_large.order_value_too_large.price_outside_band.no_reference_price.symbol_halted.duplicate_burst.idempotency_key_reused': {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': {
          /** @enum {string} */
          type:
            | 'invalid_input'
            | 'not_possible'
            | 'order_qty_too_large'
            | 'order_value_too_large'
            | 'price_outside_band'
            | 'no_reference_price'
            | 'symbol_halted'
            | 'duplicate_burst'
            | 'idempotency_key_reused'
          /** @constant */
          status: 422
          /** @enum {integer} */
          code:
            40010001 | 42210000 | 42210010 | 42210011 | 42210012 | 42210013 | 42210014 | 42210015
          title: string
          detail: string
          message: string
          request_id?: string | null
        }
      }
    }
    /** @description Malformed: a value is missing, of the wrong type or out of range. The watchlist has this symbol already. A symbol that is no asset's. As many watchlists, or symbols in one, as there may be. Malformed: a value is missing, of the wrong type or out of range. The `Idempotency-Key` was used for another request. */
    '422.invalid_input.symbol_listed.unknown_symbol.watchlist_full.idempotency_key_reused': {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': {
          /** @enum {string} */
          type:
            | 'invalid_input'
            | 'symbol_listed'
            | 'unknown_symbol'
            | 'watchlist_full'
            | 'idempotency_key_reused'
          /** @constant */
          status: 422
          /** @enum {integer} */
          code: 40010001 | 42210000
          title: string
          detail: string
          message: string
          request_id?: string | null
        }
      }
    }
    /** @description Malformed: a value is missing, of the wrong type or out of range. There already is a watchlist with this name. A symbol that is no asset's. As many watchlists, or symbols in one, as there may be. Malformed: a value is missing, of the wrong type or out of range. The `Idempotency-Key` was used for another request. */
    '422.invalid_input.watchlist_exists.unknown_symbol.watchlist_full.idempotency_key_reused': {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': {
          /** @enum {string} */
          type:
            | 'invalid_input'
            | 'watchlist_exists'
            | 'unknown_symbol'
            | 'watchlist_full'
            | 'idempotency_key_reused'
          /** @constant */
          status: 422
          /** @enum {integer} */
          code: 40010001 | 42210000
          title: string
          detail: string
          message: string
          request_id?: string | null
        }
      }
    }
    /** @description Well formed, but not possible as things stand. Malformed: a value is missing, of the wrong type or out of range. The `Idempotency-Key` was used for another request. */
    '422.not_possible.invalid_input.idempotency_key_reused': {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': {
          /** @enum {string} */
          type: 'not_possible' | 'invalid_input' | 'idempotency_key_reused'
          /** @constant */
          status: 422
          /** @enum {integer} */
          code: 40010001 | 42210000
          title: string
          detail: string
          message: string
          request_id?: string | null
        }
      }
    }
    /** @description Before any effect: it may be sent again a moment later. More requests than the caller may send; nothing was done. */
    '429.too_many_orders_per_second.too_many_requests': {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': {
          /** @enum {string} */
          type: 'too_many_orders_per_second' | 'too_many_requests'
          /** @constant */
          status: 429
          /** @enum {integer} */
          code: 42910000 | 42910010
          title: string
          detail: string
          message: string
          request_id?: string | null
        }
      }
    }
    /** @description More requests than the caller may send; nothing was done. */
    '429.too_many_requests': {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': {
          /** @enum {string} */
          type: 'too_many_requests'
          /** @constant */
          status: 429
          /** @enum {integer} */
          code: 42910000
          title: string
          detail: string
          message: string
          request_id?: string | null
        }
      }
    }
    /** @description An answer that says no. Subclasses fix status, `type` and `code`; `detail` is the sentence that helps. */
    '500.internal': {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': {
          /** @enum {string} */
          type: 'internal'
          /** @constant */
          status: 500
          /** @enum {integer} */
          code: 50010000
          title: string
          detail: string
          message: string
          request_id?: string | null
        }
      }
    }
    /** @description Something this service depends on gave an answer that makes no sense. */
    '502.bad_gateway': {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': {
          /** @enum {string} */
          type: 'bad_gateway'
          /** @constant */
          status: 502
          /** @enum {integer} */
          code: 50210000
          title: string
          detail: string
          message: string
          request_id?: string | null
        }
      }
    }
    /** @description Nothing was done, and trying again later is safe. */
    '503.unavailable': {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': {
          /** @enum {string} */
          type: 'unavailable'
          /** @constant */
          status: 503
          /** @enum {integer} */
          code: 50310000
          title: string
          detail: string
          message: string
          request_id?: string | null
        }
      }
    }
    /** @description Nothing was done, and trying again later is safe. The effect may or may not come about; the document says how to find out. */
    '503.unavailable.outcome_unknown': {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': {
          /** @enum {string} */
          type: 'unavailable' | 'outcome_unknown'
          /** @constant */
          status: 503
          /** @enum {integer} */
          code: 50310000 | 50310001
          title: string
          detail: string
          message: string
          request_id?: string | null
        }
      }
    }
  }
  parameters: never
  requestBodies: never
  headers: never
  pathItems: never
}
export type $defs = Record<string, never>
export interface operations {
  list_orders_v2_orders_get: {
    parameters: {
      query?: {
        status?: 'open' | 'closed' | 'all'
        limit?: number
        after?: string | null
        until?: string | null
        direction?: 'asc' | 'desc'
        nested?: boolean
        symbols?: string | null
        side?: ('buy' | 'sell') | null
        asset_class?: string | null
        before_order_id?: string | null
        after_order_id?: string | null
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example [
           *       {
           *         "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *         "client_order_id": "bot-7-0001",
           *         "created_at": "2026-03-16T14:30:00.123456Z",
           *         "updated_at": "2026-03-16T14:30:00.123456Z",
           *         "submitted_at": "2026-03-16T14:30:00.123456Z",
           *         "filled_at": null,
           *         "expired_at": null,
           *         "expires_at": null,
           *         "canceled_at": null,
           *         "failed_at": null,
           *         "replaced_at": null,
           *         "replaced_by": null,
           *         "replaces": null,
           *         "asset_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *         "symbol": "ACME",
           *         "asset_class": "us_equity",
           *         "notional": "250.00",
           *         "qty": "100",
           *         "filled_qty": "100",
           *         "filled_avg_price": null,
           *         "order_class": "simple",
           *         "order_type": "market",
           *         "type": "market",
           *         "side": "buy",
           *         "position_intent": "buy_to_open",
           *         "time_in_force": "day",
           *         "limit_price": "101.25",
           *         "stop_price": null,
           *         "trail_price": null,
           *         "trail_percent": null,
           *         "hwm": null,
           *         "status": "held",
           *         "extended_hours": false,
           *         "legs": null,
           *         "reject_reason": null,
           *         "exit": null,
           *         "parent_id": null,
           *         "group_id": null,
           *         "reduced_qty": "100",
           *         "triggered_at": null,
           *         "display_qty": null,
           *         "minimum_qty": null,
           *         "post_only": null,
           *         "self_trade_prevention": null
           *       }
           *     ]
           */
          'application/json': components['schemas']['OrderDocument'][]
        }
      }
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      422: components['responses']['422.invalid_input']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable']
    }
  }
  place_order_v2_orders_post: {
    parameters: {
      query?: never
      header?: {
        /** @description A name for this request: sent again with it, the request is answered as it was first, and carried out once. Another request with the same key is refused. */
        'idempotency-key'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          /**
           * @description Symbol or asset id.
           * @example ACME
           */
          symbol: string
          /**
           * @description Either this or `notional`.
           * @example 100
           */
          qty?: string | number | null
          /**
           * @description Cash to spend or to raise: market orders of the day, of assets that are traded in parts.
           * @example 250.00
           */
          notional?: string | number | null
          /** @enum {string} */
          side: 'buy' | 'sell'
          /** @enum {string} */
          type: 'market' | 'limit' | 'stop' | 'stop_limit' | 'trailing_stop'
          /** @enum {string} */
          time_in_force: 'day' | 'gtc' | 'ioc' | 'fok'
          /**
           * @description Of limit and stop_limit orders.
           * @example 101.25
           */
          limit_price?: string | number | null
          /**
           * @description Of stop and stop_limit orders; on its side of the last price.
           * @example 101.25
           */
          stop_price?: string | number | null
          /**
           * @description Of trailing stops: this or `trail_percent`.
           * @example 1.50
           */
          trail_price?: string | number | null
          /**
           * @description Of trailing stops, in steps of 0.01.
           * @example 2.5
           */
          trail_percent?: string | number | null
          /** @description Limit orders, day or gtc. */
          extended_hours?: boolean | null
          client_order_id?: string | null
          /** @enum {string|null} */
          order_class?: 'simple' | 'bracket' | 'oco' | 'oto' | '' | null
          /** @description Required for bracket and oco; oto has this or `stop_loss`. */
          take_profit?: {
            /** @example 101.25 */
            limit_price?: string | number | null
          } | null
          stop_loss?: {
            /** @example 101.25 */
            stop_price?: string | number | null
            /**
             * @description Makes it a stop_limit.
             * @example 101.25
             */
            limit_price?: string | number | null
          } | null
          /** @enum {string|null} */
          position_intent?: 'buy_to_open' | 'buy_to_close' | 'sell_to_open' | 'sell_to_close' | null
        }
      }
    }
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          /** @description `true`: the answer to an earlier request with the same key. */
          'Idempotency-Replayed'?: string
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "client_order_id": "bot-7-0001",
           *       "created_at": "2026-03-16T14:30:00.123456Z",
           *       "updated_at": "2026-03-16T14:30:00.123456Z",
           *       "submitted_at": "2026-03-16T14:30:00.123456Z",
           *       "filled_at": null,
           *       "expired_at": null,
           *       "expires_at": null,
           *       "canceled_at": null,
           *       "failed_at": null,
           *       "replaced_at": null,
           *       "replaced_by": null,
           *       "replaces": null,
           *       "asset_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "symbol": "ACME",
           *       "asset_class": "us_equity",
           *       "notional": "250.00",
           *       "qty": "100",
           *       "filled_qty": "100",
           *       "filled_avg_price": null,
           *       "order_class": "simple",
           *       "order_type": "market",
           *       "type": "market",
           *       "side": "buy",
           *       "position_intent": "buy_to_open",
           *       "time_in_force": "day",
           *       "limit_price": "101.25",
           *       "stop_price": null,
           *       "trail_price": null,
           *       "trail_percent": null,
           *       "hwm": null,
           *       "status": "held",
           *       "extended_hours": false,
           *       "legs": null,
           *       "reject_reason": null,
           *       "exit": null,
           *       "parent_id": null,
           *       "group_id": null,
           *       "reduced_qty": "100",
           *       "triggered_at": null,
           *       "display_qty": null,
           *       "minimum_qty": null,
           *       "post_only": null,
           *       "self_trade_prevention": null
           *     }
           */
          'application/json': components['schemas']['OrderDocument']
        }
      }
      400: components['responses']['400.malformed_request']
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.insufficient_buying_power.insufficient_shares.short_sale.account_blocked.trading_halted.account_halted.trade_suspended.too_many_open_orders.forbidden']
      409: components['responses']['409.idempotency_key_in_use']
      413: components['responses']['413.payload_too_large']
      422: components['responses']['422.invalid_input.not_possible.duplicate_client_order_id.order_qty_too_large.order_value_too_large.price_outside_band.no_reference_price.symbol_halted.duplicate_burst.idempotency_key_reused']
      429: components['responses']['429.too_many_orders_per_second.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable.outcome_unknown']
    }
  }
  cancel_all_orders_v2_orders_delete: {
    parameters: {
      query?: never
      header?: {
        /** @description A name for this request: sent again with it, the request is answered as it was first, and carried out once. Another request with the same key is refused. */
        'idempotency-key'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Successful Response */
      207: {
        headers: {
          /** @description `true`: the answer to an earlier request with the same key. */
          'Idempotency-Replayed'?: string
          [name: string]: unknown
        }
        content: {
          /**
           * @example [
           *       {
           *         "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *         "status": 1,
           *         "body": null
           *       }
           *     ]
           */
          'application/json': components['schemas']['CanceledOrder'][]
        }
      }
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      409: components['responses']['409.idempotency_key_in_use']
      422: components['responses']['422.invalid_input.idempotency_key_reused']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable.outcome_unknown']
    }
  }
  place_own_order_v1_orders_post: {
    parameters: {
      query?: never
      header?: {
        /** @description A name for this request: sent again with it, the request is answered as it was first, and carried out once. Another request with the same key is refused. */
        'idempotency-key'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          /**
           * @description Symbol or asset id.
           * @example ACME
           */
          symbol: string
          /**
           * @description Either this or `notional`.
           * @example 100
           */
          qty?: string | number | null
          /**
           * @description Cash to spend or to raise: market orders of the day, of assets that are traded in parts.
           * @example 250.00
           */
          notional?: string | number | null
          /** @enum {string} */
          side: 'buy' | 'sell'
          /** @enum {string} */
          type: 'market' | 'limit' | 'stop' | 'stop_limit' | 'trailing_stop'
          /** @enum {string} */
          time_in_force: 'day' | 'gtc' | 'ioc' | 'fok' | 'gtd'
          /**
           * @description Of limit and stop_limit orders.
           * @example 101.25
           */
          limit_price?: string | number | null
          /**
           * @description Of stop and stop_limit orders; on its side of the last price.
           * @example 101.25
           */
          stop_price?: string | number | null
          /**
           * @description Of trailing stops: this or `trail_percent`.
           * @example 1.50
           */
          trail_price?: string | number | null
          /**
           * @description Of trailing stops, in steps of 0.01.
           * @example 2.5
           */
          trail_percent?: string | number | null
          /** @description Limit orders, day or gtc. */
          extended_hours?: boolean | null
          client_order_id?: string | null
          /** @enum {string|null} */
          order_class?: 'simple' | 'bracket' | 'oco' | 'oto' | '' | null
          /** @description Required for bracket and oco; oto has this or `stop_loss`. */
          take_profit?: {
            /** @example 101.25 */
            limit_price?: string | number | null
          } | null
          stop_loss?: {
            /** @example 101.25 */
            stop_price?: string | number | null
            /**
             * @description Makes it a stop_limit.
             * @example 101.25
             */
            limit_price?: string | number | null
          } | null
          /** @enum {string|null} */
          position_intent?: 'buy_to_open' | 'buy_to_close' | 'sell_to_open' | 'sell_to_close' | null
          /**
           * Format: date-time
           * @description Of time_in_force gtd.
           */
          expires_at?: string | null
          /**
           * @description An iceberg: what it shows at a time.
           * @example 10
           */
          display_qty?: string | number | null
          /**
           * @description Trades so much at once, or not at all.
           * @example 10
           */
          minimum_qty?: string | number | null
          /**
           * @description What becomes of an order that would trade on arrival.
           * @enum {string|null}
           */
          post_only?: 'reject' | 'reprice' | null
          /** @enum {string|null} */
          self_trade_prevention?:
            'none' | 'cancel_newest' | 'cancel_oldest' | 'cancel_both' | 'decrement' | null
        }
      }
    }
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          /** @description `true`: the answer to an earlier request with the same key. */
          'Idempotency-Replayed'?: string
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "client_order_id": "bot-7-0001",
           *       "created_at": "2026-03-16T14:30:00.123456Z",
           *       "updated_at": "2026-03-16T14:30:00.123456Z",
           *       "submitted_at": "2026-03-16T14:30:00.123456Z",
           *       "filled_at": null,
           *       "expired_at": null,
           *       "expires_at": null,
           *       "canceled_at": null,
           *       "failed_at": null,
           *       "replaced_at": null,
           *       "replaced_by": null,
           *       "replaces": null,
           *       "asset_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "symbol": "ACME",
           *       "asset_class": "us_equity",
           *       "notional": "250.00",
           *       "qty": "100",
           *       "filled_qty": "100",
           *       "filled_avg_price": null,
           *       "order_class": "simple",
           *       "order_type": "market",
           *       "type": "market",
           *       "side": "buy",
           *       "position_intent": "buy_to_open",
           *       "time_in_force": "day",
           *       "limit_price": "101.25",
           *       "stop_price": null,
           *       "trail_price": null,
           *       "trail_percent": null,
           *       "hwm": null,
           *       "status": "held",
           *       "extended_hours": false,
           *       "legs": null,
           *       "reject_reason": null,
           *       "exit": null,
           *       "parent_id": null,
           *       "group_id": null,
           *       "reduced_qty": "100",
           *       "triggered_at": null,
           *       "display_qty": null,
           *       "minimum_qty": null,
           *       "post_only": null,
           *       "self_trade_prevention": null
           *     }
           */
          'application/json': components['schemas']['OrderDocument']
        }
      }
      400: components['responses']['400.malformed_request']
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.insufficient_buying_power.insufficient_shares.short_sale.account_blocked.trading_halted.account_halted.trade_suspended.too_many_open_orders.forbidden']
      409: components['responses']['409.idempotency_key_in_use']
      413: components['responses']['413.payload_too_large']
      422: components['responses']['422.invalid_input.not_possible.duplicate_client_order_id.order_qty_too_large.order_value_too_large.price_outside_band.no_reference_price.symbol_halted.duplicate_burst.idempotency_key_reused']
      429: components['responses']['429.too_many_orders_per_second.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable.outcome_unknown']
    }
  }
  order_by_id_v2_orders__order_id__get: {
    parameters: {
      query?: {
        /** @description With its exits in `legs`. */
        nested?: 'true' | 'false' | 'True' | 'False'
      }
      header?: never
      path: {
        order_id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "client_order_id": "bot-7-0001",
           *       "created_at": "2026-03-16T14:30:00.123456Z",
           *       "updated_at": "2026-03-16T14:30:00.123456Z",
           *       "submitted_at": "2026-03-16T14:30:00.123456Z",
           *       "filled_at": null,
           *       "expired_at": null,
           *       "expires_at": null,
           *       "canceled_at": null,
           *       "failed_at": null,
           *       "replaced_at": null,
           *       "replaced_by": null,
           *       "replaces": null,
           *       "asset_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "symbol": "ACME",
           *       "asset_class": "us_equity",
           *       "notional": "250.00",
           *       "qty": "100",
           *       "filled_qty": "100",
           *       "filled_avg_price": null,
           *       "order_class": "simple",
           *       "order_type": "market",
           *       "type": "market",
           *       "side": "buy",
           *       "position_intent": "buy_to_open",
           *       "time_in_force": "day",
           *       "limit_price": "101.25",
           *       "stop_price": null,
           *       "trail_price": null,
           *       "trail_percent": null,
           *       "hwm": null,
           *       "status": "held",
           *       "extended_hours": false,
           *       "legs": null,
           *       "reject_reason": null,
           *       "exit": null,
           *       "parent_id": null,
           *       "group_id": null,
           *       "reduced_qty": "100",
           *       "triggered_at": null,
           *       "display_qty": null,
           *       "minimum_qty": null,
           *       "post_only": null,
           *       "self_trade_prevention": null
           *     }
           */
          'application/json': components['schemas']['OrderDocument']
        }
      }
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      404: components['responses']['404.not_found']
      422: components['responses']['422.invalid_input']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable']
    }
  }
  cancel_order_v2_orders__order_id__delete: {
    parameters: {
      query?: never
      header?: {
        /** @description A name for this request: sent again with it, the request is answered as it was first, and carried out once. Another request with the same key is refused. */
        'idempotency-key'?: string
      }
      path: {
        order_id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Successful Response */
      204: {
        headers: {
          /** @description `true`: the answer to an earlier request with the same key. */
          'Idempotency-Replayed'?: string
          [name: string]: unknown
        }
        content?: never
      }
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      404: components['responses']['404.not_found']
      409: components['responses']['409.idempotency_key_in_use']
      422: components['responses']['422.invalid_input.not_possible.idempotency_key_reused']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable.outcome_unknown']
    }
  }
  replace_order_v2_orders__order_id__patch: {
    parameters: {
      query?: never
      header?: {
        /** @description A name for this request: sent again with it, the request is answered as it was first, and carried out once. Another request with the same key is refused. */
        'idempotency-key'?: string
      }
      path: {
        order_id: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          /**
           * @description The total, with what was filled already.
           * @example 120
           */
          qty?: string | number | null
          /** @description May be given, and must be the order's own. */
          time_in_force?: string | null
          /** @example 101.25 */
          limit_price?: string | number | null
          /** @example 101.25 */
          stop_price?: string | number | null
          /**
           * @description Of a trailing stop: price or per cent, as it has now.
           * @example 2
           */
          trail?: string | number | null
          /** @description The new order's. */
          client_order_id?: string | null
        }
      }
    }
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          /** @description `true`: the answer to an earlier request with the same key. */
          'Idempotency-Replayed'?: string
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "client_order_id": "bot-7-0001",
           *       "created_at": "2026-03-16T14:30:00.123456Z",
           *       "updated_at": "2026-03-16T14:30:00.123456Z",
           *       "submitted_at": "2026-03-16T14:30:00.123456Z",
           *       "filled_at": null,
           *       "expired_at": null,
           *       "expires_at": null,
           *       "canceled_at": null,
           *       "failed_at": null,
           *       "replaced_at": null,
           *       "replaced_by": null,
           *       "replaces": null,
           *       "asset_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "symbol": "ACME",
           *       "asset_class": "us_equity",
           *       "notional": "250.00",
           *       "qty": "100",
           *       "filled_qty": "100",
           *       "filled_avg_price": null,
           *       "order_class": "simple",
           *       "order_type": "market",
           *       "type": "market",
           *       "side": "buy",
           *       "position_intent": "buy_to_open",
           *       "time_in_force": "day",
           *       "limit_price": "101.25",
           *       "stop_price": null,
           *       "trail_price": null,
           *       "trail_percent": null,
           *       "hwm": null,
           *       "status": "held",
           *       "extended_hours": false,
           *       "legs": null,
           *       "reject_reason": null,
           *       "exit": null,
           *       "parent_id": null,
           *       "group_id": null,
           *       "reduced_qty": "100",
           *       "triggered_at": null,
           *       "display_qty": null,
           *       "minimum_qty": null,
           *       "post_only": null,
           *       "self_trade_prevention": null
           *     }
           */
          'application/json': components['schemas']['OrderDocument']
        }
      }
      400: components['responses']['400.malformed_request']
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.insufficient_buying_power.insufficient_shares.short_sale.account_blocked.trading_halted.account_halted.trade_suspended.too_many_open_orders.forbidden']
      404: components['responses']['404.not_found']
      409: components['responses']['409.idempotency_key_in_use']
      413: components['responses']['413.payload_too_large']
      422: components['responses']['422.invalid_input.not_possible.duplicate_client_order_id.order_qty_too_large.order_value_too_large.price_outside_band.no_reference_price.symbol_halted.duplicate_burst.idempotency_key_reused']
      429: components['responses']['429.too_many_orders_per_second.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable.outcome_unknown']
    }
  }
  replace_own_order_v1_orders__order_id__patch: {
    parameters: {
      query?: never
      header?: {
        /** @description A name for this request: sent again with it, the request is answered as it was first, and carried out once. Another request with the same key is refused. */
        'idempotency-key'?: string
      }
      path: {
        order_id: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          /**
           * @description The total, with what was filled already.
           * @example 120
           */
          qty?: string | number | null
          /** @description May be given, and must be the order's own. */
          time_in_force?: string | null
          /** @example 101.25 */
          limit_price?: string | number | null
          /** @example 101.25 */
          stop_price?: string | number | null
          /**
           * @description Of a trailing stop: price or per cent, as it has now.
           * @example 2
           */
          trail?: string | number | null
          /** @description The new order's. */
          client_order_id?: string | null
        }
      }
    }
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          /** @description `true`: the answer to an earlier request with the same key. */
          'Idempotency-Replayed'?: string
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "client_order_id": "bot-7-0001",
           *       "created_at": "2026-03-16T14:30:00.123456Z",
           *       "updated_at": "2026-03-16T14:30:00.123456Z",
           *       "submitted_at": "2026-03-16T14:30:00.123456Z",
           *       "filled_at": null,
           *       "expired_at": null,
           *       "expires_at": null,
           *       "canceled_at": null,
           *       "failed_at": null,
           *       "replaced_at": null,
           *       "replaced_by": null,
           *       "replaces": null,
           *       "asset_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "symbol": "ACME",
           *       "asset_class": "us_equity",
           *       "notional": "250.00",
           *       "qty": "100",
           *       "filled_qty": "100",
           *       "filled_avg_price": null,
           *       "order_class": "simple",
           *       "order_type": "market",
           *       "type": "market",
           *       "side": "buy",
           *       "position_intent": "buy_to_open",
           *       "time_in_force": "day",
           *       "limit_price": "101.25",
           *       "stop_price": null,
           *       "trail_price": null,
           *       "trail_percent": null,
           *       "hwm": null,
           *       "status": "held",
           *       "extended_hours": false,
           *       "legs": null,
           *       "reject_reason": null,
           *       "exit": null,
           *       "parent_id": null,
           *       "group_id": null,
           *       "reduced_qty": "100",
           *       "triggered_at": null,
           *       "display_qty": null,
           *       "minimum_qty": null,
           *       "post_only": null,
           *       "self_trade_prevention": null
           *     }
           */
          'application/json': components['schemas']['OrderDocument']
        }
      }
      400: components['responses']['400.malformed_request']
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.insufficient_buying_power.insufficient_shares.short_sale.account_blocked.trading_halted.account_halted.trade_suspended.too_many_open_orders.forbidden']
      404: components['responses']['404.not_found']
      409: components['responses']['409.idempotency_key_in_use']
      413: components['responses']['413.payload_too_large']
      422: components['responses']['422.invalid_input.not_possible.duplicate_client_order_id.order_qty_too_large.order_value_too_large.price_outside_band.no_reference_price.symbol_halted.duplicate_burst.idempotency_key_reused']
      429: components['responses']['429.too_many_orders_per_second.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable.outcome_unknown']
    }
  }
  order_by_client_order_id_v2_orders_by_client_order_id_get: {
    parameters: {
      query: {
        client_order_id: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "client_order_id": "bot-7-0001",
           *       "created_at": "2026-03-16T14:30:00.123456Z",
           *       "updated_at": "2026-03-16T14:30:00.123456Z",
           *       "submitted_at": "2026-03-16T14:30:00.123456Z",
           *       "filled_at": null,
           *       "expired_at": null,
           *       "expires_at": null,
           *       "canceled_at": null,
           *       "failed_at": null,
           *       "replaced_at": null,
           *       "replaced_by": null,
           *       "replaces": null,
           *       "asset_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "symbol": "ACME",
           *       "asset_class": "us_equity",
           *       "notional": "250.00",
           *       "qty": "100",
           *       "filled_qty": "100",
           *       "filled_avg_price": null,
           *       "order_class": "simple",
           *       "order_type": "market",
           *       "type": "market",
           *       "side": "buy",
           *       "position_intent": "buy_to_open",
           *       "time_in_force": "day",
           *       "limit_price": "101.25",
           *       "stop_price": null,
           *       "trail_price": null,
           *       "trail_percent": null,
           *       "hwm": null,
           *       "status": "held",
           *       "extended_hours": false,
           *       "legs": null,
           *       "reject_reason": null,
           *       "exit": null,
           *       "parent_id": null,
           *       "group_id": null,
           *       "reduced_qty": "100",
           *       "triggered_at": null,
           *       "display_qty": null,
           *       "minimum_qty": null,
           *       "post_only": null,
           *       "self_trade_prevention": null
           *     }
           */
          'application/json': components['schemas']['OrderDocument']
        }
      }
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      404: components['responses']['404.not_found']
      422: components['responses']['422.invalid_input']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable']
    }
  }
  account_v2_account_get: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "account_number": "100000001",
           *       "status": "ACTIVE",
           *       "crypto_status": "ACTIVE",
           *       "currency": "USD",
           *       "cash": "100",
           *       "equity": "100",
           *       "last_equity": "100",
           *       "balance_asof": "2026-03-16",
           *       "portfolio_value": "100",
           *       "buying_power": "100",
           *       "regt_buying_power": "100",
           *       "daytrading_buying_power": "100",
           *       "non_marginable_buying_power": "100",
           *       "long_market_value": "100",
           *       "short_market_value": "0",
           *       "position_market_value": "100",
           *       "initial_margin": "0",
           *       "maintenance_margin": "0",
           *       "multiplier": "1",
           *       "accrued_fees": "0",
           *       "pending_transfer_in": "100",
           *       "pending_transfer_out": "0",
           *       "daytrade_count": 0,
           *       "pattern_day_trader": false,
           *       "trading_blocked": false,
           *       "transfers_blocked": false,
           *       "account_blocked": false,
           *       "trade_suspended_by_user": false,
           *       "shorting_enabled": false,
           *       "created_at": "2026-03-16T14:30:00.123456Z",
           *       "realized_pl": "100",
           *       "fee_tier": "default",
           *       "maker_fee_rate": "100",
           *       "taker_fee_rate": "100",
           *       "market_collar": "100"
           *     }
           */
          'application/json': components['schemas']['AccountDocument']
        }
      }
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable']
    }
  }
  list_positions_v2_positions_get: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example [
           *       {
           *         "asset_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *         "symbol": "ACME",
           *         "exchange": "",
           *         "asset_class": "us_equity",
           *         "asset_marginable": false,
           *         "qty": "100",
           *         "qty_available": "100",
           *         "side": "long",
           *         "avg_entry_price": "100",
           *         "cost_basis": "100",
           *         "market_value": null,
           *         "current_price": null,
           *         "lastday_price": null,
           *         "change_today": null,
           *         "unrealized_pl": null,
           *         "unrealized_plpc": null,
           *         "unrealized_intraday_pl": null,
           *         "unrealized_intraday_plpc": null,
           *         "realized_pl": "100"
           *       }
           *     ]
           */
          'application/json': components['schemas']['PositionDocument'][]
        }
      }
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable']
    }
  }
  close_all_positions_v2_positions_delete: {
    parameters: {
      query?: {
        cancel_orders?: boolean
      }
      header?: {
        /** @description A name for this request: sent again with it, the request is answered as it was first, and carried out once. Another request with the same key is refused. */
        'idempotency-key'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Successful Response */
      207: {
        headers: {
          /** @description `true`: the answer to an earlier request with the same key. */
          'Idempotency-Replayed'?: string
          [name: string]: unknown
        }
        content: {
          /**
           * @example [
           *       {
           *         "symbol": "ACME",
           *         "status": 1,
           *         "body": {
           *           "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *           "client_order_id": "bot-7-0001",
           *           "created_at": "2026-03-16T14:30:00.123456Z",
           *           "updated_at": "2026-03-16T14:30:00.123456Z",
           *           "submitted_at": "2026-03-16T14:30:00.123456Z",
           *           "filled_at": null,
           *           "expired_at": null,
           *           "expires_at": null,
           *           "canceled_at": null,
           *           "failed_at": null,
           *           "replaced_at": null,
           *           "replaced_by": null,
           *           "replaces": null,
           *           "asset_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *           "symbol": "ACME",
           *           "asset_class": "us_equity",
           *           "notional": "250.00",
           *           "qty": "100",
           *           "filled_qty": "100",
           *           "filled_avg_price": null,
           *           "order_class": "simple",
           *           "order_type": "market",
           *           "type": "market",
           *           "side": "buy",
           *           "position_intent": "buy_to_open",
           *           "time_in_force": "day",
           *           "limit_price": "101.25",
           *           "stop_price": null,
           *           "trail_price": null,
           *           "trail_percent": null,
           *           "hwm": null,
           *           "status": "held",
           *           "extended_hours": false,
           *           "legs": null,
           *           "reject_reason": null,
           *           "exit": null,
           *           "parent_id": null,
           *           "group_id": null,
           *           "reduced_qty": "100",
           *           "triggered_at": null,
           *           "display_qty": null,
           *           "minimum_qty": null,
           *           "post_only": null,
           *           "self_trade_prevention": null
           *         }
           *       }
           *     ]
           */
          'application/json': components['schemas']['ClosedPosition'][]
        }
      }
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      409: components['responses']['409.idempotency_key_in_use']
      422: components['responses']['422.invalid_input.idempotency_key_reused']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable.outcome_unknown']
    }
  }
  position_v2_positions__symbol_or_asset_id__get: {
    parameters: {
      query?: never
      header?: never
      path: {
        symbol_or_asset_id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "asset_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "symbol": "ACME",
           *       "exchange": "",
           *       "asset_class": "us_equity",
           *       "asset_marginable": false,
           *       "qty": "100",
           *       "qty_available": "100",
           *       "side": "long",
           *       "avg_entry_price": "100",
           *       "cost_basis": "100",
           *       "market_value": null,
           *       "current_price": null,
           *       "lastday_price": null,
           *       "change_today": null,
           *       "unrealized_pl": null,
           *       "unrealized_plpc": null,
           *       "unrealized_intraday_pl": null,
           *       "unrealized_intraday_plpc": null,
           *       "realized_pl": "100"
           *     }
           */
          'application/json': components['schemas']['PositionDocument']
        }
      }
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      404: components['responses']['404.not_found']
      422: components['responses']['422.invalid_input']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable']
    }
  }
  close_position_v2_positions__symbol_or_asset_id__delete: {
    parameters: {
      query?: {
        /** @description Shares; none: all. */
        qty?: string | null
        /** @description Of the position, above 0 to 100. */
        percentage?: string | null
      }
      header?: {
        /** @description A name for this request: sent again with it, the request is answered as it was first, and carried out once. Another request with the same key is refused. */
        'idempotency-key'?: string
      }
      path: {
        symbol_or_asset_id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          /** @description `true`: the answer to an earlier request with the same key. */
          'Idempotency-Replayed'?: string
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "client_order_id": "bot-7-0001",
           *       "created_at": "2026-03-16T14:30:00.123456Z",
           *       "updated_at": "2026-03-16T14:30:00.123456Z",
           *       "submitted_at": "2026-03-16T14:30:00.123456Z",
           *       "filled_at": null,
           *       "expired_at": null,
           *       "expires_at": null,
           *       "canceled_at": null,
           *       "failed_at": null,
           *       "replaced_at": null,
           *       "replaced_by": null,
           *       "replaces": null,
           *       "asset_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "symbol": "ACME",
           *       "asset_class": "us_equity",
           *       "notional": "250.00",
           *       "qty": "100",
           *       "filled_qty": "100",
           *       "filled_avg_price": null,
           *       "order_class": "simple",
           *       "order_type": "market",
           *       "type": "market",
           *       "side": "buy",
           *       "position_intent": "buy_to_open",
           *       "time_in_force": "day",
           *       "limit_price": "101.25",
           *       "stop_price": null,
           *       "trail_price": null,
           *       "trail_percent": null,
           *       "hwm": null,
           *       "status": "held",
           *       "extended_hours": false,
           *       "legs": null,
           *       "reject_reason": null,
           *       "exit": null,
           *       "parent_id": null,
           *       "group_id": null,
           *       "reduced_qty": "100",
           *       "triggered_at": null,
           *       "display_qty": null,
           *       "minimum_qty": null,
           *       "post_only": null,
           *       "self_trade_prevention": null
           *     }
           */
          'application/json': components['schemas']['OrderDocument']
        }
      }
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.insufficient_buying_power.insufficient_shares.short_sale.account_blocked.trading_halted.account_halted.trade_suspended.too_many_open_orders.forbidden']
      404: components['responses']['404.not_found']
      409: components['responses']['409.idempotency_key_in_use']
      422: components['responses']['422.invalid_input.not_possible.order_qty_too_large.order_value_too_large.price_outside_band.no_reference_price.symbol_halted.duplicate_burst.idempotency_key_reused']
      429: components['responses']['429.too_many_orders_per_second.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable.outcome_unknown']
    }
  }
  portfolio_history_v2_account_portfolio_history_get: {
    parameters: {
      query?: {
        period?: string | null
        timeframe?: string | null
        start?: string | null
        end?: string | null
        intraday_reporting?: string | null
        pnl_reset?: string | null
        cashflow_types?: string | null
        /** @deprecated */
        date_start?: string | null
        /** @deprecated */
        date_end?: string | null
        /** @deprecated */
        extended_hours?: string | null
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "timestamp": [
           *         1
           *       ],
           *       "equity": [
           *         1
           *       ],
           *       "profit_loss": [
           *         1
           *       ],
           *       "profit_loss_pct": [
           *         null
           *       ],
           *       "base_value": 1,
           *       "base_value_asof": "2026-03-16",
           *       "timeframe": "100",
           *       "cashflow": null
           *     }
           */
          'application/json': components['schemas']['PortfolioHistoryDocument']
        }
      }
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      422: components['responses']['422.invalid_input']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable']
    }
  }
  list_statements_v1_account_statements_get: {
    parameters: {
      query?: {
        limit?: number
        /** @description `next_cursor` of the page before; none: the first. */
        cursor?: string | null
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "statements": [
           *         {
           *           "date": "2026-03-16",
           *           "opening_equity": "100",
           *           "closing_equity": "100"
           *         }
           *       ],
           *       "next_cursor": null
           *     }
           */
          'application/json': components['schemas']['StatementsDocument']
        }
      }
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      422: components['responses']['422.invalid_input']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable']
    }
  }
  statement_v1_account_statements__name__get: {
    parameters: {
      query?: never
      header?: never
      path: {
        name: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'text/csv': string
        }
      }
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      404: components['responses']['404.not_found']
      422: components['responses']['422.invalid_input']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable']
    }
  }
  list_assets_v2_assets_get: {
    parameters: {
      query?: {
        status?: ('active' | 'inactive' | '') | null
        asset_class?: string | null
        exchange?: string | null
        attributes?: string | null
      }
      header?: {
        /** @description 304 while this is its entity tag. */
        'If-None-Match'?: string | null
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example [
           *       {
           *         "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *         "class": "us_equity",
           *         "exchange": "",
           *         "symbol": "ACME",
           *         "name": "Acme Incorporated",
           *         "status": "active",
           *         "tradable": false,
           *         "marginable": false,
           *         "shortable": false,
           *         "easy_to_borrow": false,
           *         "fractionable": false,
           *         "min_order_size": "100",
           *         "min_trade_increment": "100",
           *         "price_increment": "100",
           *         "maintenance_margin_requirement": 100,
           *         "margin_requirement_long": "100",
           *         "margin_requirement_short": "100",
           *         "attributes": [],
           *         "halted": false,
           *         "price_band": null
           *       }
           *     ]
           */
          'application/json': components['schemas']['AssetDocument'][]
        }
      }
      /** @description It is as it was when the tag in `If-None-Match` was given. */
      304: {
        headers: {
          [name: string]: unknown
        }
        content?: never
      }
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      422: components['responses']['422.invalid_input']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable']
    }
  }
  asset_v2_assets__symbol_or_asset_id__get: {
    parameters: {
      query?: never
      header?: {
        /** @description 304 while this is its entity tag. */
        'If-None-Match'?: string | null
      }
      path: {
        symbol_or_asset_id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "class": "us_equity",
           *       "exchange": "",
           *       "symbol": "ACME",
           *       "name": "Acme Incorporated",
           *       "status": "active",
           *       "tradable": false,
           *       "marginable": false,
           *       "shortable": false,
           *       "easy_to_borrow": false,
           *       "fractionable": false,
           *       "min_order_size": "100",
           *       "min_trade_increment": "100",
           *       "price_increment": "100",
           *       "maintenance_margin_requirement": 100,
           *       "margin_requirement_long": "100",
           *       "margin_requirement_short": "100",
           *       "attributes": [],
           *       "halted": false,
           *       "price_band": null
           *     }
           */
          'application/json': components['schemas']['AssetDocument']
        }
      }
      /** @description It is as it was when the tag in `If-None-Match` was given. */
      304: {
        headers: {
          [name: string]: unknown
        }
        content?: never
      }
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      404: components['responses']['404.not_found']
      422: components['responses']['422.invalid_input']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable']
    }
  }
  create_asset_v1_admin_assets_post: {
    parameters: {
      query?: never
      header?: {
        /** @description A name for this request: sent again with it, the request is answered as it was first, and carried out once. Another request with the same key is refused. */
        'idempotency-key'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['AssetRequest']
      }
    }
    responses: {
      /** @description Successful Response */
      201: {
        headers: {
          /** @description `true`: the answer to an earlier request with the same key. */
          'Idempotency-Replayed'?: string
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "class": "us_equity",
           *       "exchange": "",
           *       "symbol": "ACME",
           *       "name": "Acme Incorporated",
           *       "status": "active",
           *       "tradable": false,
           *       "marginable": false,
           *       "shortable": false,
           *       "easy_to_borrow": false,
           *       "fractionable": false,
           *       "min_order_size": "100",
           *       "min_trade_increment": "100",
           *       "price_increment": "100",
           *       "maintenance_margin_requirement": 100,
           *       "margin_requirement_long": "100",
           *       "margin_requirement_short": "100",
           *       "attributes": [],
           *       "halted": false,
           *       "price_band": null
           *     }
           */
          'application/json': components['schemas']['AssetDocument']
        }
      }
      400: components['responses']['400.malformed_request']
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      409: components['responses']['409.asset_exists.idempotency_key_in_use']
      413: components['responses']['413.payload_too_large']
      422: components['responses']['422.invalid_input.idempotency_key_reused']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable.outcome_unknown']
    }
  }
  grant_shares_v1_admin_assets__symbol__grants_post: {
    parameters: {
      query?: never
      header?: {
        /** @description A name for this request: sent again with it, the request is answered as it was first, and carried out once. Another request with the same key is refused. */
        'idempotency-key'?: string
      }
      path: {
        symbol: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['GrantRequest']
      }
    }
    responses: {
      /** @description Successful Response */
      201: {
        headers: {
          /** @description `true`: the answer to an earlier request with the same key. */
          'Idempotency-Replayed'?: string
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "account_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "symbol": "ACME",
           *       "qty": "100"
           *     }
           */
          'application/json': components['schemas']['GrantDocument']
        }
      }
      400: components['responses']['400.malformed_request']
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      404: components['responses']['404.not_found']
      409: components['responses']['409.idempotency_key_in_use']
      413: components['responses']['413.payload_too_large']
      422: components['responses']['422.not_possible.invalid_input.idempotency_key_reused']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable.outcome_unknown']
    }
  }
  halt_v1_admin_assets__symbol__halt_post: {
    parameters: {
      query?: never
      header?: {
        /** @description A name for this request: sent again with it, the request is answered as it was first, and carried out once. Another request with the same key is refused. */
        'idempotency-key'?: string
      }
      path: {
        symbol: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          /** @description `true`: the answer to an earlier request with the same key. */
          'Idempotency-Replayed'?: string
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "class": "us_equity",
           *       "exchange": "",
           *       "symbol": "ACME",
           *       "name": "Acme Incorporated",
           *       "status": "active",
           *       "tradable": false,
           *       "marginable": false,
           *       "shortable": false,
           *       "easy_to_borrow": false,
           *       "fractionable": false,
           *       "min_order_size": "100",
           *       "min_trade_increment": "100",
           *       "price_increment": "100",
           *       "maintenance_margin_requirement": 100,
           *       "margin_requirement_long": "100",
           *       "margin_requirement_short": "100",
           *       "attributes": [],
           *       "halted": false,
           *       "price_band": null
           *     }
           */
          'application/json': components['schemas']['AssetDocument']
        }
      }
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      404: components['responses']['404.not_found']
      409: components['responses']['409.idempotency_key_in_use']
      422: components['responses']['422.invalid_input.idempotency_key_reused']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable.outcome_unknown']
    }
  }
  resume_v1_admin_assets__symbol__resume_post: {
    parameters: {
      query?: never
      header?: {
        /** @description A name for this request: sent again with it, the request is answered as it was first, and carried out once. Another request with the same key is refused. */
        'idempotency-key'?: string
      }
      path: {
        symbol: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          /** @description `true`: the answer to an earlier request with the same key. */
          'Idempotency-Replayed'?: string
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "class": "us_equity",
           *       "exchange": "",
           *       "symbol": "ACME",
           *       "name": "Acme Incorporated",
           *       "status": "active",
           *       "tradable": false,
           *       "marginable": false,
           *       "shortable": false,
           *       "easy_to_borrow": false,
           *       "fractionable": false,
           *       "min_order_size": "100",
           *       "min_trade_increment": "100",
           *       "price_increment": "100",
           *       "maintenance_margin_requirement": 100,
           *       "margin_requirement_long": "100",
           *       "margin_requirement_short": "100",
           *       "attributes": [],
           *       "halted": false,
           *       "price_band": null
           *     }
           */
          'application/json': components['schemas']['AssetDocument']
        }
      }
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      404: components['responses']['404.not_found']
      409: components['responses']['409.idempotency_key_in_use']
      422: components['responses']['422.invalid_input.idempotency_key_reused']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable.outcome_unknown']
    }
  }
  change_v1_admin_assets__symbol__patch: {
    parameters: {
      query?: never
      header?: {
        /** @description A name for this request: sent again with it, the request is answered as it was first, and carried out once. Another request with the same key is refused. */
        'idempotency-key'?: string
      }
      path: {
        symbol: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['BandRequest']
      }
    }
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          /** @description `true`: the answer to an earlier request with the same key. */
          'Idempotency-Replayed'?: string
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "class": "us_equity",
           *       "exchange": "",
           *       "symbol": "ACME",
           *       "name": "Acme Incorporated",
           *       "status": "active",
           *       "tradable": false,
           *       "marginable": false,
           *       "shortable": false,
           *       "easy_to_borrow": false,
           *       "fractionable": false,
           *       "min_order_size": "100",
           *       "min_trade_increment": "100",
           *       "price_increment": "100",
           *       "maintenance_margin_requirement": 100,
           *       "margin_requirement_long": "100",
           *       "margin_requirement_short": "100",
           *       "attributes": [],
           *       "halted": false,
           *       "price_band": null
           *     }
           */
          'application/json': components['schemas']['AssetDocument']
        }
      }
      400: components['responses']['400.malformed_request']
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      404: components['responses']['404.not_found']
      409: components['responses']['409.idempotency_key_in_use']
      413: components['responses']['413.payload_too_large']
      422: components['responses']['422.invalid_input.idempotency_key_reused']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable.outcome_unknown']
    }
  }
  list_halts_v1_admin_halts_get: {
    parameters: {
      query?: {
        /** @description `next_cursor` of the page before; none: the first. */
        cursor?: string | null
        limit?: number
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "halts": [
           *         {
           *           "scope": "all",
           *           "target": null,
           *           "reason": "a sentence",
           *           "set_by": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *           "set_at": "2026-03-16T14:30:00.123456Z"
           *         }
           *       ],
           *       "next_cursor": null
           *     }
           */
          'application/json': components['schemas']['HaltsDocument']
        }
      }
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      422: components['responses']['422.invalid_input']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable']
    }
  }
  halt_all_v1_admin_halts_all_put: {
    parameters: {
      query?: never
      header?: {
        /** @description A name for this request: sent again with it, the request is answered as it was first, and carried out once. Another request with the same key is refused. */
        'idempotency-key'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['HaltRequest']
      }
    }
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          /** @description `true`: the answer to an earlier request with the same key. */
          'Idempotency-Replayed'?: string
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "scope": "all",
           *       "target": null,
           *       "reason": "a sentence",
           *       "set_by": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "set_at": "2026-03-16T14:30:00.123456Z",
           *       "open_orders": 1
           *     }
           */
          'application/json': components['schemas']['HaltSetDocument']
        }
      }
      400: components['responses']['400.malformed_request']
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      409: components['responses']['409.idempotency_key_in_use']
      413: components['responses']['413.payload_too_large']
      422: components['responses']['422.invalid_input.idempotency_key_reused']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable.outcome_unknown']
    }
  }
  resume_all_v1_admin_halts_all_delete: {
    parameters: {
      query?: never
      header?: {
        /** @description A name for this request: sent again with it, the request is answered as it was first, and carried out once. Another request with the same key is refused. */
        'idempotency-key'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Successful Response */
      204: {
        headers: {
          /** @description `true`: the answer to an earlier request with the same key. */
          'Idempotency-Replayed'?: string
          [name: string]: unknown
        }
        content?: never
      }
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      404: components['responses']['404.not_found']
      409: components['responses']['409.idempotency_key_in_use']
      422: components['responses']['422.invalid_input.idempotency_key_reused']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable.outcome_unknown']
    }
  }
  halt_account_v1_admin_halts_accounts__account_id__put: {
    parameters: {
      query?: never
      header?: {
        /** @description A name for this request: sent again with it, the request is answered as it was first, and carried out once. Another request with the same key is refused. */
        'idempotency-key'?: string
      }
      path: {
        account_id: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['HaltRequest']
      }
    }
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          /** @description `true`: the answer to an earlier request with the same key. */
          'Idempotency-Replayed'?: string
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "scope": "all",
           *       "target": null,
           *       "reason": "a sentence",
           *       "set_by": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "set_at": "2026-03-16T14:30:00.123456Z",
           *       "open_orders": 1
           *     }
           */
          'application/json': components['schemas']['HaltSetDocument']
        }
      }
      400: components['responses']['400.malformed_request']
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      404: components['responses']['404.not_found']
      409: components['responses']['409.idempotency_key_in_use']
      413: components['responses']['413.payload_too_large']
      422: components['responses']['422.invalid_input.idempotency_key_reused']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable.outcome_unknown']
    }
  }
  resume_account_v1_admin_halts_accounts__account_id__delete: {
    parameters: {
      query?: never
      header?: {
        /** @description A name for this request: sent again with it, the request is answered as it was first, and carried out once. Another request with the same key is refused. */
        'idempotency-key'?: string
      }
      path: {
        account_id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Successful Response */
      204: {
        headers: {
          /** @description `true`: the answer to an earlier request with the same key. */
          'Idempotency-Replayed'?: string
          [name: string]: unknown
        }
        content?: never
      }
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      404: components['responses']['404.not_found']
      409: components['responses']['409.idempotency_key_in_use']
      422: components['responses']['422.invalid_input.idempotency_key_reused']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable.outcome_unknown']
    }
  }
  halt_symbol_v1_admin_halts_symbols__symbol__put: {
    parameters: {
      query?: never
      header?: {
        /** @description A name for this request: sent again with it, the request is answered as it was first, and carried out once. Another request with the same key is refused. */
        'idempotency-key'?: string
      }
      path: {
        symbol: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['HaltRequest']
      }
    }
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          /** @description `true`: the answer to an earlier request with the same key. */
          'Idempotency-Replayed'?: string
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "scope": "all",
           *       "target": null,
           *       "reason": "a sentence",
           *       "set_by": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "set_at": "2026-03-16T14:30:00.123456Z",
           *       "open_orders": 1
           *     }
           */
          'application/json': components['schemas']['HaltSetDocument']
        }
      }
      400: components['responses']['400.malformed_request']
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      404: components['responses']['404.not_found']
      409: components['responses']['409.idempotency_key_in_use']
      413: components['responses']['413.payload_too_large']
      422: components['responses']['422.invalid_input.idempotency_key_reused']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable.outcome_unknown']
    }
  }
  resume_symbol_v1_admin_halts_symbols__symbol__delete: {
    parameters: {
      query?: never
      header?: {
        /** @description A name for this request: sent again with it, the request is answered as it was first, and carried out once. Another request with the same key is refused. */
        'idempotency-key'?: string
      }
      path: {
        symbol: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Successful Response */
      204: {
        headers: {
          /** @description `true`: the answer to an earlier request with the same key. */
          'Idempotency-Replayed'?: string
          [name: string]: unknown
        }
        content?: never
      }
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      404: components['responses']['404.not_found']
      409: components['responses']['409.idempotency_key_in_use']
      422: components['responses']['422.invalid_input.idempotency_key_reused']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable.outcome_unknown']
    }
  }
  account_risk_v1_admin_accounts__account_id__risk_get: {
    parameters: {
      query?: never
      header?: never
      path: {
        account_id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "max_order_qty": null,
           *       "max_order_value": null,
           *       "max_open_orders": null,
           *       "max_orders_per_second": null,
           *       "max_identical_orders": null,
           *       "market_collar": null,
           *       "account_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "blocked": false,
           *       "trade_suspended": false,
           *       "defaults": {
           *         "max_order_qty": null,
           *         "max_order_value": null,
           *         "max_open_orders": null,
           *         "max_orders_per_second": null,
           *         "max_identical_orders": null,
           *         "market_collar": null
           *       }
           *     }
           */
          'application/json': components['schemas']['AccountRiskDocument']
        }
      }
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      404: components['responses']['404.not_found']
      422: components['responses']['422.invalid_input']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable']
    }
  }
  set_account_risk_v1_admin_accounts__account_id__risk_put: {
    parameters: {
      query?: never
      header?: {
        /** @description A name for this request: sent again with it, the request is answered as it was first, and carried out once. Another request with the same key is refused. */
        'idempotency-key'?: string
      }
      path: {
        account_id: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['RiskRequest']
      }
    }
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          /** @description `true`: the answer to an earlier request with the same key. */
          'Idempotency-Replayed'?: string
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "max_order_qty": null,
           *       "max_order_value": null,
           *       "max_open_orders": null,
           *       "max_orders_per_second": null,
           *       "max_identical_orders": null,
           *       "market_collar": null,
           *       "account_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "blocked": false,
           *       "trade_suspended": false,
           *       "defaults": {
           *         "max_order_qty": null,
           *         "max_order_value": null,
           *         "max_open_orders": null,
           *         "max_orders_per_second": null,
           *         "max_identical_orders": null,
           *         "market_collar": null
           *       }
           *     }
           */
          'application/json': components['schemas']['AccountRiskDocument']
        }
      }
      400: components['responses']['400.malformed_request']
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      404: components['responses']['404.not_found']
      409: components['responses']['409.idempotency_key_in_use']
      413: components['responses']['413.payload_too_large']
      422: components['responses']['422.invalid_input.idempotency_key_reused']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable.outcome_unknown']
    }
  }
  deposit_v1_funding_deposits_post: {
    parameters: {
      query?: never
      header?: {
        /** @description A name for this request: sent again with it, the request is answered as it was first, and carried out once. Another request with the same key is refused. */
        'idempotency-key'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['TransferRequest']
      }
    }
    responses: {
      /** @description Successful Response */
      201: {
        headers: {
          /** @description `true`: the answer to an earlier request with the same key. */
          'Idempotency-Replayed'?: string
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "kind": "deposit",
           *       "amount": "100",
           *       "created_at": "2026-03-16T14:30:00.123456Z",
           *       "settles_at": "2026-03-16T14:30:00.123456Z"
           *     }
           */
          'application/json': components['schemas']['TransferDocument']
        }
      }
      400: components['responses']['400.malformed_request']
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      409: components['responses']['409.idempotency_key_in_use']
      413: components['responses']['413.payload_too_large']
      422: components['responses']['422.invalid_input.idempotency_key_reused']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable.outcome_unknown']
    }
  }
  withdraw_v1_funding_withdrawals_post: {
    parameters: {
      query?: never
      header?: {
        /** @description A name for this request: sent again with it, the request is answered as it was first, and carried out once. Another request with the same key is refused. */
        'idempotency-key'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['TransferRequest']
      }
    }
    responses: {
      /** @description Successful Response */
      201: {
        headers: {
          /** @description `true`: the answer to an earlier request with the same key. */
          'Idempotency-Replayed'?: string
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "kind": "deposit",
           *       "amount": "100",
           *       "created_at": "2026-03-16T14:30:00.123456Z",
           *       "settles_at": "2026-03-16T14:30:00.123456Z"
           *     }
           */
          'application/json': components['schemas']['TransferDocument']
        }
      }
      400: components['responses']['400.malformed_request']
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden.insufficient_cash']
      409: components['responses']['409.idempotency_key_in_use']
      413: components['responses']['413.payload_too_large']
      422: components['responses']['422.invalid_input.idempotency_key_reused']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable.outcome_unknown']
    }
  }
  correct_v1_admin_corrections_post: {
    parameters: {
      query?: never
      header?: {
        /** @description A name for this request: sent again with it, the request is answered as it was first, and carried out once. Another request with the same key is refused. */
        'idempotency-key'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['CorrectionRequest']
      }
    }
    responses: {
      /** @description Successful Response */
      201: {
        headers: {
          /** @description `true`: the answer to an earlier request with the same key. */
          'Idempotency-Replayed'?: string
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "reason": "a sentence",
           *       "created_at": "2026-03-16T14:30:00.123456Z",
           *       "legs": [
           *         {
           *           "account_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *           "asset": "USD",
           *           "amount": "100"
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['CorrectionDocument']
        }
      }
      400: components['responses']['400.malformed_request']
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      404: components['responses']['404.not_found']
      409: components['responses']['409.idempotency_key_in_use']
      413: components['responses']['413.payload_too_large']
      422: components['responses']['422.invalid_input.idempotency_key_needed.unbalanced.balance_too_small.idempotency_key_reused']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable.outcome_unknown']
    }
  }
  list_fee_tiers_v1_admin_fee_tiers_get: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "fee_tiers": [
           *         {
           *           "name": "Acme Incorporated",
           *           "maker_rate": "100",
           *           "taker_rate": "100"
           *         }
           *       ],
           *       "next_cursor": null
           *     }
           */
          'application/json': components['schemas']['FeeTiersDocument']
        }
      }
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      422: components['responses']['422.invalid_input']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable']
    }
  }
  set_fee_tier_v1_admin_fee_tiers__name__put: {
    parameters: {
      query?: never
      header?: {
        /** @description A name for this request: sent again with it, the request is answered as it was first, and carried out once. Another request with the same key is refused. */
        'idempotency-key'?: string
      }
      path: {
        name: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['FeeTierRequest']
      }
    }
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          /** @description `true`: the answer to an earlier request with the same key. */
          'Idempotency-Replayed'?: string
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "name": "Acme Incorporated",
           *       "maker_rate": "100",
           *       "taker_rate": "100"
           *     }
           */
          'application/json': components['schemas']['FeeTierDocument']
        }
      }
      400: components['responses']['400.malformed_request']
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      409: components['responses']['409.idempotency_key_in_use']
      413: components['responses']['413.payload_too_large']
      422: components['responses']['422.invalid_input.idempotency_key_reused']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable.outcome_unknown']
    }
  }
  set_account_fee_tier_v1_admin_accounts__account_id__fee_tier_put: {
    parameters: {
      query?: never
      header?: {
        /** @description A name for this request: sent again with it, the request is answered as it was first, and carried out once. Another request with the same key is refused. */
        'idempotency-key'?: string
      }
      path: {
        account_id: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['AccountFeeTierRequest']
      }
    }
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          /** @description `true`: the answer to an earlier request with the same key. */
          'Idempotency-Replayed'?: string
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "account_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "tier": "100",
           *       "maker_rate": "100",
           *       "taker_rate": "100"
           *     }
           */
          'application/json': components['schemas']['AccountFeeTierDocument']
        }
      }
      400: components['responses']['400.malformed_request']
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      404: components['responses']['404.not_found']
      409: components['responses']['409.idempotency_key_in_use']
      413: components['responses']['413.payload_too_large']
      422: components['responses']['422.invalid_input.idempotency_key_reused']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable.outcome_unknown']
    }
  }
  activities_v2_account_activities_get: {
    parameters: {
      query?: {
        activity_types?: string | null
        category?: ('trade_activity' | 'non_trade_activity') | null
        date?: string | null
        until?: string | null
        after?: string | null
        direction?: 'asc' | 'desc'
        page_size?: number
        page_token?: string | null
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example [
           *       {
           *         "id": "100",
           *         "account_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *         "activity_type": "FILL",
           *         "transaction_time": "2026-03-16T14:30:00.123456Z",
           *         "type": "fill",
           *         "price": "100",
           *         "qty": "100",
           *         "side": "buy",
           *         "symbol": "ACME",
           *         "leaves_qty": "100",
           *         "cum_qty": "100",
           *         "order_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *         "order_status": "filled",
           *         "trade_id": 1,
           *         "fee": "100"
           *       }
           *     ]
           */
          'application/json': (
            | components['schemas']['FillActivity']
            | components['schemas']['CashActivity']
            | components['schemas']['GrantActivity']
          )[]
        }
      }
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      422: components['responses']['422.invalid_input']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable']
    }
  }
  activities_of_type_v2_account_activities__activity_type__get: {
    parameters: {
      query?: {
        date?: string | null
        until?: string | null
        after?: string | null
        direction?: 'asc' | 'desc'
        page_size?: number
        page_token?: string | null
      }
      header?: never
      path: {
        activity_type: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example [
           *       {
           *         "id": "100",
           *         "account_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *         "activity_type": "FILL",
           *         "transaction_time": "2026-03-16T14:30:00.123456Z",
           *         "type": "fill",
           *         "price": "100",
           *         "qty": "100",
           *         "side": "buy",
           *         "symbol": "ACME",
           *         "leaves_qty": "100",
           *         "cum_qty": "100",
           *         "order_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *         "order_status": "filled",
           *         "trade_id": 1,
           *         "fee": "100"
           *       }
           *     ]
           */
          'application/json': (
            | components['schemas']['FillActivity']
            | components['schemas']['CashActivity']
            | components['schemas']['GrantActivity']
          )[]
        }
      }
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      422: components['responses']['422.invalid_input']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable']
    }
  }
  trade_updates_v1_account_trade_updates_get: {
    parameters: {
      query?: {
        after?: number
        limit?: number
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example [
           *       {
           *         "event_id": "17",
           *         "at": "2026-03-16T14:30:00.123456Z",
           *         "timestamp": "2026-03-16T14:30:00.123456Z",
           *         "order": {
           *           "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *           "client_order_id": "bot-7-0001",
           *           "created_at": "2026-03-16T14:30:00.123456Z",
           *           "updated_at": "2026-03-16T14:30:00.123456Z",
           *           "submitted_at": "2026-03-16T14:30:00.123456Z",
           *           "filled_at": null,
           *           "expired_at": null,
           *           "expires_at": null,
           *           "canceled_at": null,
           *           "failed_at": null,
           *           "replaced_at": null,
           *           "replaced_by": null,
           *           "replaces": null,
           *           "asset_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *           "symbol": "ACME",
           *           "asset_class": "us_equity",
           *           "notional": "250.00",
           *           "qty": "100",
           *           "filled_qty": "100",
           *           "filled_avg_price": null,
           *           "order_class": "simple",
           *           "order_type": "market",
           *           "type": "market",
           *           "side": "buy",
           *           "position_intent": "buy_to_open",
           *           "time_in_force": "day",
           *           "limit_price": "101.25",
           *           "stop_price": null,
           *           "trail_price": null,
           *           "trail_percent": null,
           *           "hwm": null,
           *           "status": "held",
           *           "extended_hours": false,
           *           "legs": null,
           *           "reject_reason": null,
           *           "exit": null,
           *           "parent_id": null,
           *           "group_id": null,
           *           "reduced_qty": "100",
           *           "triggered_at": null,
           *           "display_qty": null,
           *           "minimum_qty": null,
           *           "post_only": null,
           *           "self_trade_prevention": null
           *         },
           *         "event": "new"
           *       }
           *     ]
           */
          'application/json': (
            components['schemas']['StateUpdate'] | components['schemas']['FillUpdate']
          )[]
        }
      }
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      422: components['responses']['422.invalid_input']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable']
    }
  }
  configurations_v2_account_configurations_get: {
    parameters: {
      query?: never
      header?: {
        /** @description 304 while this is its entity tag. */
        'If-None-Match'?: string | null
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "dtbp_check": "both",
           *       "trade_confirm_email": "none",
           *       "suspend_trade": false,
           *       "trade_suspended_by_user": false,
           *       "no_shorting": true,
           *       "fractional_trading": true,
           *       "max_margin_multiplier": "1",
           *       "max_options_trading_level": null,
           *       "pdt_check": "both",
           *       "ptp_no_exception_entry": false,
           *       "disable_overnight_trading": false
           *     }
           */
          'application/json': components['schemas']['ConfigurationsDocument']
        }
      }
      /** @description It is as it was when the tag in `If-None-Match` was given. */
      304: {
        headers: {
          [name: string]: unknown
        }
        content?: never
      }
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      422: components['responses']['422.invalid_input']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable']
    }
  }
  configure_v2_account_configurations_patch: {
    parameters: {
      query?: never
      header?: {
        /** @description Change it only while this is its entity tag. */
        'If-Match'?: string | null
        /** @description A name for this request: sent again with it, the request is answered as it was first, and carried out once. Another request with the same key is refused. */
        'idempotency-key'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['ConfigurationsRequest']
      }
    }
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          /** @description `true`: the answer to an earlier request with the same key. */
          'Idempotency-Replayed'?: string
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "dtbp_check": "both",
           *       "trade_confirm_email": "none",
           *       "suspend_trade": false,
           *       "trade_suspended_by_user": false,
           *       "no_shorting": true,
           *       "fractional_trading": true,
           *       "max_margin_multiplier": "1",
           *       "max_options_trading_level": null,
           *       "pdt_check": "both",
           *       "ptp_no_exception_entry": false,
           *       "disable_overnight_trading": false
           *     }
           */
          'application/json': components['schemas']['ConfigurationsDocument']
        }
      }
      400: components['responses']['400.malformed_request']
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      409: components['responses']['409.idempotency_key_in_use']
      412: components['responses']['412.precondition_failed']
      413: components['responses']['413.payload_too_large']
      422: components['responses']['422.invalid_input.idempotency_key_reused']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable.outcome_unknown']
    }
  }
  watchlists_v2_watchlists_get: {
    parameters: {
      query?: never
      header?: {
        /** @description 304 while this is its entity tag. */
        'If-None-Match'?: string | null
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example [
           *       {
           *         "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *         "account_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *         "name": "Tech",
           *         "created_at": "2026-03-16T14:30:00.123456Z",
           *         "updated_at": "2026-03-16T14:30:00.123456Z"
           *       }
           *     ]
           */
          'application/json': components['schemas']['WatchlistSummary'][]
        }
      }
      /** @description It is as it was when the tag in `If-None-Match` was given. */
      304: {
        headers: {
          [name: string]: unknown
        }
        content?: never
      }
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      422: components['responses']['422.invalid_input']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable']
    }
  }
  create_watchlist_v2_watchlists_post: {
    parameters: {
      query?: never
      header?: {
        /** @description A name for this request: sent again with it, the request is answered as it was first, and carried out once. Another request with the same key is refused. */
        'idempotency-key'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['NewWatchlist']
      }
    }
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          /** @description `true`: the answer to an earlier request with the same key. */
          'Idempotency-Replayed'?: string
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "account_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "name": "Tech",
           *       "created_at": "2026-03-16T14:30:00.123456Z",
           *       "updated_at": "2026-03-16T14:30:00.123456Z",
           *       "assets": [
           *         {
           *           "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *           "class": "us_equity",
           *           "exchange": "",
           *           "symbol": "ACME",
           *           "name": "Acme Incorporated",
           *           "status": "active",
           *           "tradable": false,
           *           "marginable": false,
           *           "shortable": false,
           *           "easy_to_borrow": false,
           *           "fractionable": false,
           *           "min_order_size": "100",
           *           "min_trade_increment": "100",
           *           "price_increment": "100",
           *           "maintenance_margin_requirement": 100,
           *           "margin_requirement_long": "100",
           *           "margin_requirement_short": "100",
           *           "attributes": [],
           *           "halted": false,
           *           "price_band": null
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['WatchlistDocument']
        }
      }
      400: components['responses']['400.malformed_request']
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      409: components['responses']['409.idempotency_key_in_use']
      413: components['responses']['413.payload_too_large']
      422: components['responses']['422.invalid_input.watchlist_exists.unknown_symbol.watchlist_full.idempotency_key_reused']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable.outcome_unknown']
    }
  }
  watchlist_by_name_v2_watchlists_by_name_get: {
    parameters: {
      query: {
        name: string
      }
      header?: {
        /** @description 304 while this is its entity tag. */
        'If-None-Match'?: string | null
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "account_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "name": "Tech",
           *       "created_at": "2026-03-16T14:30:00.123456Z",
           *       "updated_at": "2026-03-16T14:30:00.123456Z",
           *       "assets": [
           *         {
           *           "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *           "class": "us_equity",
           *           "exchange": "",
           *           "symbol": "ACME",
           *           "name": "Acme Incorporated",
           *           "status": "active",
           *           "tradable": false,
           *           "marginable": false,
           *           "shortable": false,
           *           "easy_to_borrow": false,
           *           "fractionable": false,
           *           "min_order_size": "100",
           *           "min_trade_increment": "100",
           *           "price_increment": "100",
           *           "maintenance_margin_requirement": 100,
           *           "margin_requirement_long": "100",
           *           "margin_requirement_short": "100",
           *           "attributes": [],
           *           "halted": false,
           *           "price_band": null
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['WatchlistDocument']
        }
      }
      /** @description It is as it was when the tag in `If-None-Match` was given. */
      304: {
        headers: {
          [name: string]: unknown
        }
        content?: never
      }
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      404: components['responses']['404.not_found']
      422: components['responses']['422.invalid_input']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable']
    }
  }
  change_watchlist_by_name_v2_watchlists_by_name_put: {
    parameters: {
      query: {
        name: string
      }
      header?: {
        /** @description Change it only while this is its entity tag. */
        'If-Match'?: string | null
        /** @description A name for this request: sent again with it, the request is answered as it was first, and carried out once. Another request with the same key is refused. */
        'idempotency-key'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['WatchlistChange']
      }
    }
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          /** @description `true`: the answer to an earlier request with the same key. */
          'Idempotency-Replayed'?: string
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "account_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "name": "Tech",
           *       "created_at": "2026-03-16T14:30:00.123456Z",
           *       "updated_at": "2026-03-16T14:30:00.123456Z",
           *       "assets": [
           *         {
           *           "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *           "class": "us_equity",
           *           "exchange": "",
           *           "symbol": "ACME",
           *           "name": "Acme Incorporated",
           *           "status": "active",
           *           "tradable": false,
           *           "marginable": false,
           *           "shortable": false,
           *           "easy_to_borrow": false,
           *           "fractionable": false,
           *           "min_order_size": "100",
           *           "min_trade_increment": "100",
           *           "price_increment": "100",
           *           "maintenance_margin_requirement": 100,
           *           "margin_requirement_long": "100",
           *           "margin_requirement_short": "100",
           *           "attributes": [],
           *           "halted": false,
           *           "price_band": null
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['WatchlistDocument']
        }
      }
      400: components['responses']['400.malformed_request']
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      404: components['responses']['404.not_found']
      409: components['responses']['409.idempotency_key_in_use']
      412: components['responses']['412.precondition_failed']
      413: components['responses']['413.payload_too_large']
      422: components['responses']['422.invalid_input.watchlist_exists.unknown_symbol.watchlist_full.idempotency_key_reused']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable.outcome_unknown']
    }
  }
  add_by_name_v2_watchlists_by_name_post: {
    parameters: {
      query: {
        name: string
      }
      header?: {
        /** @description Change it only while this is its entity tag. */
        'If-Match'?: string | null
        /** @description A name for this request: sent again with it, the request is answered as it was first, and carried out once. Another request with the same key is refused. */
        'idempotency-key'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['AddedSymbol']
      }
    }
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          /** @description `true`: the answer to an earlier request with the same key. */
          'Idempotency-Replayed'?: string
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "account_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "name": "Tech",
           *       "created_at": "2026-03-16T14:30:00.123456Z",
           *       "updated_at": "2026-03-16T14:30:00.123456Z",
           *       "assets": [
           *         {
           *           "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *           "class": "us_equity",
           *           "exchange": "",
           *           "symbol": "ACME",
           *           "name": "Acme Incorporated",
           *           "status": "active",
           *           "tradable": false,
           *           "marginable": false,
           *           "shortable": false,
           *           "easy_to_borrow": false,
           *           "fractionable": false,
           *           "min_order_size": "100",
           *           "min_trade_increment": "100",
           *           "price_increment": "100",
           *           "maintenance_margin_requirement": 100,
           *           "margin_requirement_long": "100",
           *           "margin_requirement_short": "100",
           *           "attributes": [],
           *           "halted": false,
           *           "price_band": null
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['WatchlistDocument']
        }
      }
      400: components['responses']['400.malformed_request']
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      404: components['responses']['404.not_found']
      409: components['responses']['409.idempotency_key_in_use']
      412: components['responses']['412.precondition_failed']
      413: components['responses']['413.payload_too_large']
      422: components['responses']['422.invalid_input.symbol_listed.unknown_symbol.watchlist_full.idempotency_key_reused']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable.outcome_unknown']
    }
  }
  delete_by_name_v2_watchlists_by_name_delete: {
    parameters: {
      query: {
        name: string
      }
      header?: {
        /** @description Change it only while this is its entity tag. */
        'If-Match'?: string | null
        /** @description A name for this request: sent again with it, the request is answered as it was first, and carried out once. Another request with the same key is refused. */
        'idempotency-key'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Successful Response */
      204: {
        headers: {
          /** @description `true`: the answer to an earlier request with the same key. */
          'Idempotency-Replayed'?: string
          [name: string]: unknown
        }
        content?: never
      }
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      404: components['responses']['404.not_found']
      409: components['responses']['409.idempotency_key_in_use']
      412: components['responses']['412.precondition_failed']
      422: components['responses']['422.invalid_input.idempotency_key_reused']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable.outcome_unknown']
    }
  }
  watchlist_v2_watchlists__watchlist_id__get: {
    parameters: {
      query?: never
      header?: {
        /** @description 304 while this is its entity tag. */
        'If-None-Match'?: string | null
      }
      path: {
        watchlist_id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "account_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "name": "Tech",
           *       "created_at": "2026-03-16T14:30:00.123456Z",
           *       "updated_at": "2026-03-16T14:30:00.123456Z",
           *       "assets": [
           *         {
           *           "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *           "class": "us_equity",
           *           "exchange": "",
           *           "symbol": "ACME",
           *           "name": "Acme Incorporated",
           *           "status": "active",
           *           "tradable": false,
           *           "marginable": false,
           *           "shortable": false,
           *           "easy_to_borrow": false,
           *           "fractionable": false,
           *           "min_order_size": "100",
           *           "min_trade_increment": "100",
           *           "price_increment": "100",
           *           "maintenance_margin_requirement": 100,
           *           "margin_requirement_long": "100",
           *           "margin_requirement_short": "100",
           *           "attributes": [],
           *           "halted": false,
           *           "price_band": null
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['WatchlistDocument']
        }
      }
      /** @description It is as it was when the tag in `If-None-Match` was given. */
      304: {
        headers: {
          [name: string]: unknown
        }
        content?: never
      }
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      404: components['responses']['404.not_found']
      422: components['responses']['422.invalid_input']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable']
    }
  }
  change_watchlist_v2_watchlists__watchlist_id__put: {
    parameters: {
      query?: never
      header?: {
        /** @description Change it only while this is its entity tag. */
        'If-Match'?: string | null
        /** @description A name for this request: sent again with it, the request is answered as it was first, and carried out once. Another request with the same key is refused. */
        'idempotency-key'?: string
      }
      path: {
        watchlist_id: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['WatchlistChange']
      }
    }
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          /** @description `true`: the answer to an earlier request with the same key. */
          'Idempotency-Replayed'?: string
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "account_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "name": "Tech",
           *       "created_at": "2026-03-16T14:30:00.123456Z",
           *       "updated_at": "2026-03-16T14:30:00.123456Z",
           *       "assets": [
           *         {
           *           "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *           "class": "us_equity",
           *           "exchange": "",
           *           "symbol": "ACME",
           *           "name": "Acme Incorporated",
           *           "status": "active",
           *           "tradable": false,
           *           "marginable": false,
           *           "shortable": false,
           *           "easy_to_borrow": false,
           *           "fractionable": false,
           *           "min_order_size": "100",
           *           "min_trade_increment": "100",
           *           "price_increment": "100",
           *           "maintenance_margin_requirement": 100,
           *           "margin_requirement_long": "100",
           *           "margin_requirement_short": "100",
           *           "attributes": [],
           *           "halted": false,
           *           "price_band": null
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['WatchlistDocument']
        }
      }
      400: components['responses']['400.malformed_request']
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      404: components['responses']['404.not_found']
      409: components['responses']['409.idempotency_key_in_use']
      412: components['responses']['412.precondition_failed']
      413: components['responses']['413.payload_too_large']
      422: components['responses']['422.invalid_input.watchlist_exists.unknown_symbol.watchlist_full.idempotency_key_reused']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable.outcome_unknown']
    }
  }
  add_v2_watchlists__watchlist_id__post: {
    parameters: {
      query?: never
      header?: {
        /** @description Change it only while this is its entity tag. */
        'If-Match'?: string | null
        /** @description A name for this request: sent again with it, the request is answered as it was first, and carried out once. Another request with the same key is refused. */
        'idempotency-key'?: string
      }
      path: {
        watchlist_id: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['AddedSymbol']
      }
    }
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          /** @description `true`: the answer to an earlier request with the same key. */
          'Idempotency-Replayed'?: string
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "account_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "name": "Tech",
           *       "created_at": "2026-03-16T14:30:00.123456Z",
           *       "updated_at": "2026-03-16T14:30:00.123456Z",
           *       "assets": [
           *         {
           *           "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *           "class": "us_equity",
           *           "exchange": "",
           *           "symbol": "ACME",
           *           "name": "Acme Incorporated",
           *           "status": "active",
           *           "tradable": false,
           *           "marginable": false,
           *           "shortable": false,
           *           "easy_to_borrow": false,
           *           "fractionable": false,
           *           "min_order_size": "100",
           *           "min_trade_increment": "100",
           *           "price_increment": "100",
           *           "maintenance_margin_requirement": 100,
           *           "margin_requirement_long": "100",
           *           "margin_requirement_short": "100",
           *           "attributes": [],
           *           "halted": false,
           *           "price_band": null
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['WatchlistDocument']
        }
      }
      400: components['responses']['400.malformed_request']
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      404: components['responses']['404.not_found']
      409: components['responses']['409.idempotency_key_in_use']
      412: components['responses']['412.precondition_failed']
      413: components['responses']['413.payload_too_large']
      422: components['responses']['422.invalid_input.symbol_listed.unknown_symbol.watchlist_full.idempotency_key_reused']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable.outcome_unknown']
    }
  }
  delete_v2_watchlists__watchlist_id__delete: {
    parameters: {
      query?: never
      header?: {
        /** @description Change it only while this is its entity tag. */
        'If-Match'?: string | null
        /** @description A name for this request: sent again with it, the request is answered as it was first, and carried out once. Another request with the same key is refused. */
        'idempotency-key'?: string
      }
      path: {
        watchlist_id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Successful Response */
      204: {
        headers: {
          /** @description `true`: the answer to an earlier request with the same key. */
          'Idempotency-Replayed'?: string
          [name: string]: unknown
        }
        content?: never
      }
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      404: components['responses']['404.not_found']
      409: components['responses']['409.idempotency_key_in_use']
      412: components['responses']['412.precondition_failed']
      422: components['responses']['422.invalid_input.idempotency_key_reused']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable.outcome_unknown']
    }
  }
  remove_v2_watchlists__watchlist_id___symbol__delete: {
    parameters: {
      query?: never
      header?: {
        /** @description Change it only while this is its entity tag. */
        'If-Match'?: string | null
        /** @description A name for this request: sent again with it, the request is answered as it was first, and carried out once. Another request with the same key is refused. */
        'idempotency-key'?: string
      }
      path: {
        watchlist_id: string
        symbol: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          /** @description `true`: the answer to an earlier request with the same key. */
          'Idempotency-Replayed'?: string
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "account_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *       "name": "Tech",
           *       "created_at": "2026-03-16T14:30:00.123456Z",
           *       "updated_at": "2026-03-16T14:30:00.123456Z",
           *       "assets": [
           *         {
           *           "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
           *           "class": "us_equity",
           *           "exchange": "",
           *           "symbol": "ACME",
           *           "name": "Acme Incorporated",
           *           "status": "active",
           *           "tradable": false,
           *           "marginable": false,
           *           "shortable": false,
           *           "easy_to_borrow": false,
           *           "fractionable": false,
           *           "min_order_size": "100",
           *           "min_trade_increment": "100",
           *           "price_increment": "100",
           *           "maintenance_margin_requirement": 100,
           *           "margin_requirement_long": "100",
           *           "margin_requirement_short": "100",
           *           "attributes": [],
           *           "halted": false,
           *           "price_band": null
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['WatchlistDocument']
        }
      }
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      404: components['responses']['404.not_found']
      409: components['responses']['409.idempotency_key_in_use']
      412: components['responses']['412.precondition_failed']
      422: components['responses']['422.invalid_input.idempotency_key_reused']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable.outcome_unknown']
    }
  }
  calendar_v2_calendar_get: {
    parameters: {
      query?: {
        /** @description A date or a time; inclusive. */
        start?: string | null
        /** @description A date or a time; inclusive. */
        end?: string | null
        date_type?: 'TRADING' | 'SETTLEMENT'
      }
      header?: {
        /** @description 304 while this is its entity tag. */
        'If-None-Match'?: string | null
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example [
           *       {
           *         "date": "2026-03-16",
           *         "open": "00:00",
           *         "close": "23:59",
           *         "session_open": "0000",
           *         "session_close": "2359",
           *         "settlement_date": "2026-03-16"
           *       }
           *     ]
           */
          'application/json': components['schemas']['CalendarDay'][]
        }
      }
      /** @description It is as it was when the tag in `If-None-Match` was given. */
      304: {
        headers: {
          [name: string]: unknown
        }
        content?: never
      }
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      422: components['responses']['422.invalid_input']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable']
    }
  }
  clock_v2_clock_get: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example {
           *       "timestamp": "2026-03-16T14:30:00.123456Z",
           *       "is_open": true,
           *       "next_open": "2026-03-16T14:30:00.123456Z",
           *       "next_close": "2026-03-16T14:30:00.123456Z"
           *     }
           */
          'application/json': components['schemas']['ClockDocument']
        }
      }
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      429: components['responses']['429.too_many_requests']
      500: components['responses']['500.internal']
      502: components['responses']['502.bad_gateway']
      503: components['responses']['503.unavailable']
    }
  }
  events_v1_events_get: {
    parameters: {
      query?: {
        after?: number
        limit?: number
        wait_ms?: number
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /** @example null */
          'application/json': unknown
        }
      }
      401: components['responses']['401.unauthorized']
      403: components['responses']['403.forbidden']
      422: components['responses']['422.invalid_input']
      500: components['responses']['500.internal']
      503: components['responses']['503.unavailable']
    }
  }
}
