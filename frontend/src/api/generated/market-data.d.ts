// Made by npm run api from contracts/openapi/market-data.json.

export interface paths {
  '/v2/stocks/trades/latest': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Latest Trades
     * @description The newest trade of each symbol; a symbol without one is left out.
     */
    get: operations['latest_trades_v2_stocks_trades_latest_get']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v2/stocks/{symbol}/trades/latest': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Latest Trade
     * @description The newest trade of one symbol.
     */
    get: operations['latest_trade_v2_stocks__symbol__trades_latest_get']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v2/stocks/trades': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Historical Trades
     * @description Trades in a span of time, by symbol, then by time; `limit` counts all symbols together.
     */
    get: operations['historical_trades_v2_stocks_trades_get']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v2/stocks/{symbol}/trades': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Historical Trades Of One
     * @description The same for one symbol.
     */
    get: operations['historical_trades_of_one_v2_stocks__symbol__trades_get']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v2/stocks/quotes/latest': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Latest Quotes
     * @description The best bid and offer of each symbol; a symbol that is not listed is left out.
     */
    get: operations['latest_quotes_v2_stocks_quotes_latest_get']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v2/stocks/{symbol}/quotes/latest': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Latest Quote
     * @description The best bid and offer of one symbol.
     */
    get: operations['latest_quote_v2_stocks__symbol__quotes_latest_get']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v2/stocks/quotes': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Historical Quotes
     * @description Always an empty set: past quotes are not kept. The query is checked all the same.
     */
    get: operations['historical_quotes_v2_stocks_quotes_get']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v2/stocks/{symbol}/quotes': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Historical Quotes Of One
     * @description Always an empty set: past quotes are not kept. The query is checked all the same.
     */
    get: operations['historical_quotes_of_one_v2_stocks__symbol__quotes_get']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v2/stocks/bars/latest': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Latest Bars
     * @description The newest minute bar of each symbol; a symbol without one is left out.
     */
    get: operations['latest_bars_v2_stocks_bars_latest_get']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v2/stocks/{symbol}/bars/latest': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Latest Bar
     * @description The newest minute bar of one symbol.
     */
    get: operations['latest_bar_v2_stocks__symbol__bars_latest_get']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v2/stocks/bars': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Historical Bars
     * @description The bars that start in a span of time, by symbol, then by time; `limit` counts all symbols together.
     */
    get: operations['historical_bars_v2_stocks_bars_get']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v2/stocks/{symbol}/bars': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Historical Bars Of One
     * @description The same for one symbol.
     */
    get: operations['historical_bars_of_one_v2_stocks__symbol__bars_get']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v2/stocks/snapshots': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Snapshots
     * @description A snapshot of each symbol, without an envelope; a symbol that is not listed is left out.
     */
    get: operations['snapshots_v2_stocks_snapshots_get']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v2/stocks/{symbol}/snapshot': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Snapshot
     * @description The snapshot of one symbol.
     */
    get: operations['snapshot_v2_stocks__symbol__snapshot_get']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/market/{symbol}/book': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Book
     * @description The order book by price level.
     */
    get: operations['book_v1_market__symbol__book_get']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/market/symbols': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Symbols
     * @description Every symbol. What it says of prices may be a second old; the stream's tickers go on from there.
     */
    get: operations['symbols_v1_market_symbols_get']
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
     * MarketSymbol
     * @description Prices and quantities are decimal strings; the day is the one of now, in UTC.
     */
    MarketSymbol: {
      /**
       * Symbol
       * @example ACME
       */
      symbol: string
      /** Name */
      name: string
      /**
       * Asset Class
       * @example us_equity
       */
      asset_class: string
      /**
       * Tick Size
       * @description The least step of a price.
       * @example 0.01
       */
      tick_size: string
      /**
       * Lot Size
       * @description The least step of a quantity.
       * @example 1
       */
      lot_size: string
      /** Fractionable */
      fractionable: boolean
      /**
       * Phase
       * @description halted: nothing trades, new orders are rejected, and orders can be canceled.
       * @enum {string}
       */
      phase: 'continuous' | 'halted'
      /**
       * Last Price
       * @description Of the last trade; null before the first.
       */
      last_price: string | null
      /**
       * Day Open
       * @description Null, like the rest of the day, before its trades.
       */
      day_open: string | null
      /** Day High */
      day_high: string | null
      /** Day Low */
      day_low: string | null
      /** Day Volume */
      day_volume: string | null
      /**
       * Previous Close
       * @description The last price before the day; null before the first.
       */
      previous_close: string | null
    }
    /**
     * MarketSymbols
     * @description By symbol.
     */
    MarketSymbols: {
      /** Symbols */
      symbols: components['schemas']['MarketSymbol'][]
    }
    /**
     * NewestBars
     * @description By symbol.
     */
    NewestBars: {
      bars: {
        [key: string]: components['schemas']['Bar']
      }
    }
    /**
     * Bar
     * @description `t` is when it starts, `n` how many trades it has, `vw` their volume-weighted average price.
     */
    Bar: {
      t: string
      o: number
      h: number
      l: number
      c: number
      v: number
      n: number
      vw: number
    }
    /** NewestBar */
    NewestBar: {
      bar: components['schemas']['Bar']
      symbol: string
    }
    /**
     * Bars
     * @description A page, by symbol; the token leads to the next one.
     */
    Bars: {
      bars: {
        [key: string]: components['schemas']['Bar'][]
      }
      next_page_token: string | null
    }
    /**
     * BarsOfOne
     * @description A page of one symbol.
     */
    BarsOfOne: {
      bars: components['schemas']['Bar'][]
      symbol: string
      next_page_token: string | null
    }
    /**
     * Book
     * @description At most 50 levels a side, best first, after the event `sequence` of the engine's log at time `t`.
     */
    Book: {
      symbol: string
      sequence: number
      t: string
      bids: components['schemas']['Level'][]
      asks: components['schemas']['Level'][]
    }
    /**
     * Level
     * @description All orders at one price; decimal strings.
     */
    Level: {
      price: string
      size: string
      orders: number
    }
    /**
     * NewestQuotes
     * @description By symbol.
     */
    NewestQuotes: {
      quotes: {
        [key: string]: components['schemas']['Quote']
      }
    }
    /**
     * Quote
     * @description An empty side has price and size 0.
     */
    Quote: {
      t: string
      bp: number
      bs: number
      ap: number
      as: number
      /** @default V */
      bx: string
      /** @default V */
      ax: string
      /**
       * @default [
       *       "R"
       *     ]
       */
      c: string[]
      /** @default A */
      z: string
    }
    /** NewestQuote */
    NewestQuote: {
      quote: components['schemas']['Quote']
      symbol: string
    }
    /**
     * Quotes
     * @description A page, by symbol; the token leads to the next one.
     */
    Quotes: {
      quotes: {
        [key: string]: components['schemas']['Quote'][]
      }
      next_page_token: string | null
    }
    /**
     * QuotesOfOne
     * @description A page of one symbol.
     */
    QuotesOfOne: {
      quotes: components['schemas']['Quote'][]
      symbol: string
      next_page_token: string | null
    }
    /**
     * Snapshot
     * @description Null for what there is none of.
     */
    Snapshot: {
      latestTrade: components['schemas']['Trade'] | null
      latestQuote: components['schemas']['Quote'] | null
      minuteBar: components['schemas']['Bar'] | null
      dailyBar: components['schemas']['Bar'] | null
      prevDailyBar: components['schemas']['Bar'] | null
    }
    /**
     * Trade
     * @description `i` is the trade's sequence in the engine's log, `tks` the taker's side (B or S).
     *
     *         `x` and `z` are fixed: there is one exchange.
     */
    Trade: {
      t: string
      p: number
      s: number
      i: number
      tks: string
      /** @default V */
      x: string
      /** @default A */
      z: string
      /** @default [] */
      c: string[]
    }
    /**
     * NamedSnapshot
     * @description The answer for a single symbol carries its name.
     */
    NamedSnapshot: {
      latestTrade: components['schemas']['Trade'] | null
      latestQuote: components['schemas']['Quote'] | null
      minuteBar: components['schemas']['Bar'] | null
      dailyBar: components['schemas']['Bar'] | null
      prevDailyBar: components['schemas']['Bar'] | null
      symbol: string
    }
    /**
     * NewestTrades
     * @description By symbol.
     */
    NewestTrades: {
      trades: {
        [key: string]: components['schemas']['Trade']
      }
    }
    /** NewestTrade */
    NewestTrade: {
      trade: components['schemas']['Trade']
      symbol: string
    }
    /**
     * Trades
     * @description A page, by symbol; the token leads to the next one.
     */
    Trades: {
      trades: {
        [key: string]: components['schemas']['Trade'][]
      }
      next_page_token: string | null
    }
    /**
     * TradesOfOne
     * @description A page of one symbol.
     */
    TradesOfOne: {
      trades: components['schemas']['Trade'][]
      symbol: string
      next_page_token: string | null
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
  latest_trades_v2_stocks_trades_latest_get: {
    parameters: {
      query: {
        /** @description Comma-separated, at most 200. */
        symbols: string
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
          'application/json': components['schemas']['NewestTrades']
        }
      }
      /** @description The credentials are missing or wrong. */
      401: {
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
      403: {
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
      /** @description Malformed: a value is missing, of the wrong type or out of range. */
      422: {
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
      /** @description Nothing was done, and trying again later is safe. */
      503: {
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
    }
  }
  latest_trade_v2_stocks__symbol__trades_latest_get: {
    parameters: {
      query?: never
      header?: never
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
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['NewestTrade']
        }
      }
      /** @description The credentials are missing or wrong. */
      401: {
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
      403: {
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
      /** @description Malformed: a value is missing, of the wrong type or out of range. */
      422: {
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
      /** @description Nothing was done, and trying again later is safe. */
      503: {
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
    }
  }
  historical_trades_v2_stocks_trades_get: {
    parameters: {
      query: {
        /** @description Comma-separated, at most 200. */
        symbols: string
        /** @description RFC 3339 or a date; by default the start of the day (UTC). */
        start?: string
        /** @description RFC 3339 or a date; by default now. */
        end?: string
        /** @description Over all symbols. */
        limit?: number
        page_token?: string
        /** @description By time. */
        sort?: 'asc' | 'desc'
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
          'application/json': components['schemas']['Trades']
        }
      }
      /** @description The credentials are missing or wrong. */
      401: {
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
      403: {
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
      /** @description Malformed: a value is missing, of the wrong type or out of range. */
      422: {
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
      /** @description Nothing was done, and trying again later is safe. */
      503: {
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
    }
  }
  historical_trades_of_one_v2_stocks__symbol__trades_get: {
    parameters: {
      query?: {
        /** @description RFC 3339 or a date; by default the start of the day (UTC). */
        start?: string
        /** @description RFC 3339 or a date; by default now. */
        end?: string
        /** @description Over all symbols. */
        limit?: number
        page_token?: string
        /** @description By time. */
        sort?: 'asc' | 'desc'
      }
      header?: never
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
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['TradesOfOne']
        }
      }
      /** @description The credentials are missing or wrong. */
      401: {
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
      403: {
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
      /** @description Malformed: a value is missing, of the wrong type or out of range. */
      422: {
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
      /** @description Nothing was done, and trying again later is safe. */
      503: {
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
    }
  }
  latest_quotes_v2_stocks_quotes_latest_get: {
    parameters: {
      query: {
        /** @description Comma-separated, at most 200. */
        symbols: string
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
          'application/json': components['schemas']['NewestQuotes']
        }
      }
      /** @description The credentials are missing or wrong. */
      401: {
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
      403: {
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
      /** @description Malformed: a value is missing, of the wrong type or out of range. */
      422: {
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
      /** @description Nothing was done, and trying again later is safe. */
      503: {
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
    }
  }
  latest_quote_v2_stocks__symbol__quotes_latest_get: {
    parameters: {
      query?: never
      header?: never
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
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['NewestQuote']
        }
      }
      /** @description The credentials are missing or wrong. */
      401: {
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
      403: {
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
      /** @description Malformed: a value is missing, of the wrong type or out of range. */
      422: {
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
      /** @description Nothing was done, and trying again later is safe. */
      503: {
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
    }
  }
  historical_quotes_v2_stocks_quotes_get: {
    parameters: {
      query: {
        /** @description Comma-separated, at most 200. */
        symbols: string
        /** @description RFC 3339 or a date; by default the start of the day (UTC). */
        start?: string
        /** @description RFC 3339 or a date; by default now. */
        end?: string
        /** @description Over all symbols. */
        limit?: number
        page_token?: string
        /** @description By time. */
        sort?: 'asc' | 'desc'
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
          'application/json': components['schemas']['Quotes']
        }
      }
      /** @description The credentials are missing or wrong. */
      401: {
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
      403: {
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
      /** @description Malformed: a value is missing, of the wrong type or out of range. */
      422: {
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
      /** @description Nothing was done, and trying again later is safe. */
      503: {
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
    }
  }
  historical_quotes_of_one_v2_stocks__symbol__quotes_get: {
    parameters: {
      query?: {
        /** @description RFC 3339 or a date; by default the start of the day (UTC). */
        start?: string
        /** @description RFC 3339 or a date; by default now. */
        end?: string
        /** @description Over all symbols. */
        limit?: number
        page_token?: string
        /** @description By time. */
        sort?: 'asc' | 'desc'
      }
      header?: never
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
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['QuotesOfOne']
        }
      }
      /** @description The credentials are missing or wrong. */
      401: {
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
      403: {
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
      /** @description Malformed: a value is missing, of the wrong type or out of range. */
      422: {
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
      /** @description Nothing was done, and trying again later is safe. */
      503: {
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
    }
  }
  latest_bars_v2_stocks_bars_latest_get: {
    parameters: {
      query: {
        /** @description Comma-separated, at most 200. */
        symbols: string
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
          'application/json': components['schemas']['NewestBars']
        }
      }
      /** @description The credentials are missing or wrong. */
      401: {
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
      403: {
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
      /** @description Malformed: a value is missing, of the wrong type or out of range. */
      422: {
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
      /** @description Nothing was done, and trying again later is safe. */
      503: {
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
    }
  }
  latest_bar_v2_stocks__symbol__bars_latest_get: {
    parameters: {
      query?: never
      header?: never
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
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['NewestBar']
        }
      }
      /** @description The credentials are missing or wrong. */
      401: {
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
      403: {
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
      /** @description Malformed: a value is missing, of the wrong type or out of range. */
      422: {
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
      /** @description Nothing was done, and trying again later is safe. */
      503: {
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
    }
  }
  historical_bars_v2_stocks_bars_get: {
    parameters: {
      query: {
        /** @description Comma-separated, at most 200. */
        symbols: string
        /** @description Such as 1Min, 15T, 1Hour, 1Day, 1Week, 3Month. */
        timeframe: string
        /** @description RFC 3339 or a date; by default the start of the day (UTC). */
        start?: string
        /** @description RFC 3339 or a date; by default now. */
        end?: string
        /** @description Over all symbols. */
        limit?: number
        page_token?: string
        /** @description By time. */
        sort?: 'asc' | 'desc'
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
          'application/json': components['schemas']['Bars']
        }
      }
      /** @description The credentials are missing or wrong. */
      401: {
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
      403: {
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
      /** @description Malformed: a value is missing, of the wrong type or out of range. */
      422: {
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
      /** @description Nothing was done, and trying again later is safe. */
      503: {
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
    }
  }
  historical_bars_of_one_v2_stocks__symbol__bars_get: {
    parameters: {
      query: {
        /** @description Such as 1Min, 15T, 1Hour, 1Day, 1Week, 3Month. */
        timeframe: string
        /** @description RFC 3339 or a date; by default the start of the day (UTC). */
        start?: string
        /** @description RFC 3339 or a date; by default now. */
        end?: string
        /** @description Over all symbols. */
        limit?: number
        page_token?: string
        /** @description By time. */
        sort?: 'asc' | 'desc'
      }
      header?: never
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
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['BarsOfOne']
        }
      }
      /** @description The credentials are missing or wrong. */
      401: {
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
      403: {
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
      /** @description Malformed: a value is missing, of the wrong type or out of range. */
      422: {
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
      /** @description Nothing was done, and trying again later is safe. */
      503: {
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
    }
  }
  snapshots_v2_stocks_snapshots_get: {
    parameters: {
      query: {
        /** @description Comma-separated, at most 200. */
        symbols: string
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
          'application/json': {
            [key: string]: components['schemas']['Snapshot']
          }
        }
      }
      /** @description The credentials are missing or wrong. */
      401: {
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
      403: {
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
      /** @description Malformed: a value is missing, of the wrong type or out of range. */
      422: {
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
      /** @description Nothing was done, and trying again later is safe. */
      503: {
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
    }
  }
  snapshot_v2_stocks__symbol__snapshot_get: {
    parameters: {
      query?: never
      header?: never
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
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['NamedSnapshot']
        }
      }
      /** @description The credentials are missing or wrong. */
      401: {
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
      403: {
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
      /** @description Malformed: a value is missing, of the wrong type or out of range. */
      422: {
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
      /** @description Nothing was done, and trying again later is safe. */
      503: {
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
    }
  }
  book_v1_market__symbol__book_get: {
    parameters: {
      query?: never
      header?: never
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
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Book']
        }
      }
      /** @description The credentials are missing or wrong. */
      401: {
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
      403: {
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
      /** @description Malformed: a value is missing, of the wrong type or out of range. */
      422: {
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
      /** @description Nothing was done, and trying again later is safe. */
      503: {
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
    }
  }
  symbols_v1_market_symbols_get: {
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
          'application/json': components['schemas']['MarketSymbols']
        }
      }
      /** @description The credentials are missing or wrong. */
      401: {
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
      403: {
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
      /** @description Malformed: a value is missing, of the wrong type or out of range. */
      422: {
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
      /** @description Nothing was done, and trying again later is safe. */
      503: {
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
    }
  }
}
