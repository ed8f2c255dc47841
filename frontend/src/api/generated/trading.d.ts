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
     * @description Cancel every open order of the caller's (the newest 500); an HTTP status for each.
     */
    delete: operations['cancel_all_orders_v2_orders_delete']
    options?: never
    head?: never
    patch?: never
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
     */
    delete: operations['cancel_order_v2_orders__order_id__delete']
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
     *     With the rules from which a client can tell what an order will hold before it is sent.
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
    delete?: never
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
     * @description Every asset, by symbol.
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
     * @description Put paper cash into the caller's account. With an `Idempotency-Key`, once however often it is asked.
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
     * @description Take paper cash out. What open orders hold stays. `Idempotency-Key` as for deposits.
     */
    post: operations['withdraw_v1_funding_withdrawals_post']
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
     * @description Activities of one type: `FILL`, `CSD` (deposit), `CSW` (withdrawal) or `JNLS` (granted shares).
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
       * @default false
       */
      trading_blocked: boolean
      /**
       * Transfers Blocked
       * @default false
       */
      transfers_blocked: boolean
      /**
       * Account Blocked
       * @default false
       */
      account_blocked: boolean
      /**
       * Trade Suspended By User
       * @default false
       */
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
       * Attributes
       * @default []
       */
      attributes: string[]
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
     * @description Paper cash in (`CSD`, positive) or out (`CSW`, negative).
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
      activity_type: 'CSD' | 'CSW'
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
       * @constant
       */
      status: 'executed'
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
     * @description Shares that an administrator gave.
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
       * @constant
       */
      status: 'executed'
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
    /** HTTPValidationError */
    HTTPValidationError: {
      /** Detail */
      detail?: components['schemas']['ValidationError'][]
    }
    /**
     * OrderDocument
     * @description An order, with Alpaca's field names. Amounts are decimal text, times RFC 3339.
     *
     *     The fields that are always null belong to kinds of order that are not traded here.
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
      /** Expires At */
      expires_at: null
      /** Canceled At */
      canceled_at: string | null
      /** Failed At */
      failed_at: string | null
      /** Replaced At */
      replaced_at: null
      /** Replaced By */
      replaced_by: null
      /** Replaces */
      replaces: null
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
      /** Notional */
      notional: null
      /**
       * Qty
       * @example 100
       */
      qty: string
      /** Filled Qty */
      filled_qty: string
      /** Filled Avg Price */
      filled_avg_price: string | null
      /**
       * Order Class
       * @constant
       */
      order_class: 'simple'
      /**
       * Order Type
       * @enum {string}
       */
      order_type: 'market' | 'limit'
      /**
       * Type
       * @enum {string}
       */
      type: 'market' | 'limit'
      /**
       * Side
       * @enum {string}
       */
      side: 'buy' | 'sell'
      /** Position Intent */
      position_intent: null
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
      /** Stop Price */
      stop_price: null
      /** Trail Price */
      trail_price: null
      /** Trail Percent */
      trail_percent: null
      /** Hwm */
      hwm: null
      /**
       * Status
       * @enum {string}
       */
      status:
        | 'pending_new'
        | 'new'
        | 'partially_filled'
        | 'pending_cancel'
        | 'filled'
        | 'canceled'
        | 'expired'
        | 'rejected'
      /** Extended Hours */
      extended_hours: boolean
      /** Legs */
      legs: null
      /** Reject Reason */
      reject_reason: string | null
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
      /** Lastday Price */
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
    }
    /**
     * ProblemBody
     * @description Why an order of several was not cancelled.
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
    }
    /** TransferRequest */
    TransferRequest: {
      /**
       * Amount
       * @example 10000
       */
      amount: number | string
    }
    /** ValidationError */
    ValidationError: {
      /** Location */
      loc: (string | number)[]
      /** Message */
      msg: string
      /** Error Type */
      type: string
      /** Input */
      input?: unknown
      /** Context */
      ctx?: Record<string, never>
    }
  }
  responses: never
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
        symbols?: string | null
        side?: ('buy' | 'sell') | null
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
          'application/json': components['schemas']['OrderDocument'][]
        }
      }
      /** @description Unauthorized */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
      /** @description Malformed: a value is missing, of the wrong type or out of range. */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
    }
  }
  place_order_v2_orders_post: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          /** @description Symbol or asset id. */
          symbol: string
          /** @example 100 */
          qty: string | number
          /** @enum {string} */
          side: 'buy' | 'sell'
          /** @enum {string} */
          type: 'market' | 'limit'
          /** @enum {string} */
          time_in_force: 'day' | 'gtc' | 'ioc' | 'fok'
          /**
           * @description Required for a limit order; none for a market order.
           * @example 101.25
           */
          limit_price?: string | number | null
          client_order_id?: string | null
        }
      }
    }
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['OrderDocument']
        }
      }
      /** @description Unauthorized */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
      /** @description Forbidden */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
      /** @description Request Entity Too Large */
      413: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
      /** @description Well formed, but not possible as things stand. */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
      /** @description Nothing was done, and trying again later is safe. */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
    }
  }
  cancel_all_orders_v2_orders_delete: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Successful Response */
      207: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['CanceledOrder'][]
        }
      }
      /** @description Unauthorized */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
      /** @description Nothing was done, and trying again later is safe. */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
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
          'application/json': components['schemas']['OrderDocument']
        }
      }
      /** @description Unauthorized */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
      /** @description Not Found */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
      /** @description Malformed: a value is missing, of the wrong type or out of range. */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
    }
  }
  order_by_id_v2_orders__order_id__get: {
    parameters: {
      query?: never
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
          'application/json': components['schemas']['OrderDocument']
        }
      }
      /** @description Unauthorized */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
      /** @description Not Found */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
      /** @description Malformed: a value is missing, of the wrong type or out of range. */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
    }
  }
  cancel_order_v2_orders__order_id__delete: {
    parameters: {
      query?: never
      header?: never
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
          [name: string]: unknown
        }
        content?: never
      }
      /** @description Unauthorized */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
      /** @description Not Found */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
      /** @description Well formed, but not possible as things stand. */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
      /** @description The effect may or may not come about; the document says how to find out. */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
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
          'application/json': components['schemas']['AccountDocument']
        }
      }
      /** @description Unauthorized */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
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
          'application/json': components['schemas']['PositionDocument'][]
        }
      }
      /** @description Unauthorized */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
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
          'application/json': components['schemas']['PositionDocument']
        }
      }
      /** @description Unauthorized */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
      /** @description Not Found */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
      /** @description Malformed: a value is missing, of the wrong type or out of range. */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
    }
  }
  list_assets_v2_assets_get: {
    parameters: {
      query?: {
        status?: ('active' | 'inactive') | null
        asset_class?: string | null
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
          'application/json': components['schemas']['AssetDocument'][]
        }
      }
      /** @description Unauthorized */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
      /** @description Malformed: a value is missing, of the wrong type or out of range. */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
    }
  }
  asset_v2_assets__symbol_or_asset_id__get: {
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
          'application/json': components['schemas']['AssetDocument']
        }
      }
      /** @description Unauthorized */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
      /** @description Not Found */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
      /** @description Malformed: a value is missing, of the wrong type or out of range. */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
    }
  }
  create_asset_v1_admin_assets_post: {
    parameters: {
      query?: never
      header?: never
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
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['AssetDocument']
        }
      }
      /** @description Unauthorized */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
      /** @description Forbidden */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
      /** @description Conflict */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
      /** @description Malformed: a value is missing, of the wrong type or out of range. */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
    }
  }
  grant_shares_v1_admin_assets__symbol__grants_post: {
    parameters: {
      query?: never
      header?: {
        'idempotency-key'?: string | null
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
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['GrantDocument']
        }
      }
      /** @description Unauthorized */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
      /** @description Forbidden */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
      /** @description Not Found */
      404: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
      /** @description Well formed, but not possible as things stand. */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
    }
  }
  deposit_v1_funding_deposits_post: {
    parameters: {
      query?: never
      header?: {
        'idempotency-key'?: string | null
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
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['TransferDocument']
        }
      }
      /** @description Unauthorized */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
      /** @description Forbidden */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
      /** @description Malformed: a value is missing, of the wrong type or out of range. */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
    }
  }
  withdraw_v1_funding_withdrawals_post: {
    parameters: {
      query?: never
      header?: {
        'idempotency-key'?: string | null
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
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['TransferDocument']
        }
      }
      /** @description Unauthorized */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
      /** @description Forbidden */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
      /** @description Malformed: a value is missing, of the wrong type or out of range. */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
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
          'application/json': (
            | components['schemas']['FillActivity']
            | components['schemas']['CashActivity']
            | components['schemas']['GrantActivity']
          )[]
        }
      }
      /** @description Unauthorized */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
      /** @description Malformed: a value is missing, of the wrong type or out of range. */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
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
          'application/json': (
            | components['schemas']['FillActivity']
            | components['schemas']['CashActivity']
            | components['schemas']['GrantActivity']
          )[]
        }
      }
      /** @description Unauthorized */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
      /** @description Malformed: a value is missing, of the wrong type or out of range. */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
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
          'application/json': (
            components['schemas']['StateUpdate'] | components['schemas']['FillUpdate']
          )[]
        }
      }
      /** @description Unauthorized */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
      /** @description Malformed: a value is missing, of the wrong type or out of range. */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
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
          'application/json': components['schemas']['ClockDocument']
        }
      }
      /** @description Unauthorized */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            type: string
            title: string
            status: number
            detail: string
            code: number
            message: string
            /** Format: uuid */
            request_id?: string
          }
        }
      }
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
          'application/json': unknown
        }
      }
      /** @description Validation Error */
      422: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['HTTPValidationError']
        }
      }
    }
  }
}
