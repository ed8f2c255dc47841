// Made by npm run api from contracts/openapi/auth.json.

export interface paths {
  '/v1/auth/register': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Register
     * @description Make a user, who is a trader of the normal tier. Log in next.
     */
    post: operations['register_v1_auth_register_post']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/auth/me': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Me
     * @description The user whose token this is, as they are now: the token may still say what they were.
     */
    get: operations['me_v1_auth_me_get']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/auth/login': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Log In
     * @description Begin a session: an access token for a quarter of an hour, and a refresh token for the next.
     */
    post: operations['log_in_v1_auth_login_post']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/auth/refresh': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Refresh
     * @description Exchange a refresh token, once, for a new pair: the body's, else the cookie's.
     *
     *     When the answer is lost the same token may be sent again for a few seconds. A token that comes back
     *     later has been stolen from somebody: its session ends.
     */
    post: operations['refresh_v1_auth_refresh_post']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/auth/logout': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Log Out
     * @description End a session: that of the refresh token in the body, else that of the bearer's access token.
     *
     *     Says yes to any refresh token: afterwards none of it is good. Without one the cookie is cleared, too.
     */
    post: operations['log_out_v1_auth_logout_post']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/auth/api-keys': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * List Keys
     * @description The user's keys, oldest first, without their secrets.
     */
    get: operations['list_keys_v1_auth_api_keys_get']
    put?: never
    /**
     * Create Key
     * @description Make a key. Its secret is in this answer and never again.
     */
    post: operations['create_key_v1_auth_api_keys_post']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/auth/api-keys/{api_key_id}': {
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
     * Delete Key
     * @description Delete a key. Tokens already made from it are good until they expire.
     */
    delete: operations['delete_key_v1_auth_api_keys__api_key_id__delete']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/auth/api-keys/exchange': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Exchange Key
     * @description A user's access token for their API key: what the gateway asks when a program calls with one.
     */
    post: operations['exchange_key_v1_auth_api_keys_exchange_post']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/auth/stream-tickets': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Create Ticket
     * @description A ticket for one websocket, to be used within 30 s as `?ticket=`.
     *
     *     An address may end up in logs, so it must never hold what is good for longer, or twice.
     */
    post: operations['create_ticket_v1_auth_stream_tickets_post']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/auth/stream-tickets/exchange': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Exchange Ticket
     * @description An access token like that with which the ticket was asked for; the ticket is used up.
     */
    post: operations['exchange_ticket_v1_auth_stream_tickets_exchange_post']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/jwks': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Jwks
     * @description Every key that a valid token may be signed with, as a JWK set. Public.
     */
    get: operations['jwks_v1_jwks_get']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/admin/users': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * List Users
     * @description All users in the order of their names, a page at a time.
     */
    get: operations['list_users_v1_admin_users_get']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/admin/users/{user_id}': {
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
     * Change User
     * @description Change tier or roles, disable or enable.
     *
     *     Tokens issued before live on for at most their 15 minutes; a disabled user's sessions end at once.
     */
    patch: operations['change_user_v1_admin_users__user_id__patch']
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
    /** AccessToken */
    AccessToken: {
      /** Access Token */
      access_token: string
      /**
       * Token Type
       * @default Bearer
       * @constant
       */
      token_type: 'Bearer'
      /**
       * Expires In
       * @description Seconds for which the token is good.
       */
      expires_in: number
    }
    /** ApiKey */
    ApiKey: {
      /**
       * Id
       * Format: uuid
       */
      id: string
      /** Key Id */
      key_id: string
      /** Name */
      name: string
      /** Scopes */
      scopes: ('trading:read' | 'trading:write' | 'admin' | 'audit')[]
      /**
       * Created At
       * Format: date-time
       */
      created_at: string
      /**
       * Last Used At
       * @description Exact to about a minute.
       */
      last_used_at: string | null
    }
    /** ApiKeyWithSecret */
    ApiKeyWithSecret: {
      /**
       * Id
       * Format: uuid
       */
      id: string
      /** Key Id */
      key_id: string
      /** Name */
      name: string
      /** Scopes */
      scopes: ('trading:read' | 'trading:write' | 'admin' | 'audit')[]
      /**
       * Created At
       * Format: date-time
       */
      created_at: string
      /**
       * Last Used At
       * @description Exact to about a minute.
       */
      last_used_at: string | null
      /**
       * Secret
       * @description Shown this once; it cannot be read again.
       */
      secret: string
    }
    /** Credentials */
    Credentials: {
      /**
       * Username
       * @description 3 to 32 letters, digits, `_`, `.` or `-`; unique without regard to case.
       */
      username: string
      /** Password */
      password: string
    }
    /** HTTPValidationError */
    HTTPValidationError: {
      /** Detail */
      detail?: components['schemas']['ValidationError'][]
    }
    /** KeyPair */
    KeyPair: {
      /** Key Id */
      key_id: string
      /** Secret */
      secret: string
    }
    /** Me */
    Me: {
      /**
       * Id
       * Format: uuid
       */
      id: string
      /** Username */
      username: string
      /** Roles */
      roles: ('trader' | 'admin' | 'auditor')[]
      /**
       * Tier
       * @enum {string}
       */
      tier: 'normal' | 'load'
      /** Disabled */
      disabled: boolean
      /**
       * Created At
       * Format: date-time
       */
      created_at: string
      /**
       * Scopes
       * @description What this token opens, of what its user may do today.
       */
      scopes: ('trading:read' | 'trading:write' | 'admin' | 'audit')[]
    }
    /** NewApiKey */
    NewApiKey: {
      /** Name */
      name: string
      /**
       * Scopes
       * @description None that the user does not have; to trade, when none are named.
       */
      scopes?: ('trading:read' | 'trading:write' | 'admin' | 'audit')[]
    }
    /** PresentedTicket */
    PresentedTicket: {
      /** Ticket */
      ticket: string
    }
    /**
     * RefreshToken
     * @description Clients that keep the token themselves send it; browsers, whose cookie has it, send none.
     */
    RefreshToken: {
      /** Refresh Token */
      refresh_token?: string | null
    }
    /** Registration */
    Registration: {
      /**
       * Username
       * @description 3 to 32 letters, digits, `_`, `.` or `-`; unique without regard to case.
       */
      username: string
      /** Password */
      password: string
    }
    /** StreamTicket */
    StreamTicket: {
      /**
       * Ticket
       * @description `?ticket=` of one websocket's address; works once.
       */
      ticket: string
      /**
       * Expires At
       * Format: date-time
       */
      expires_at: string
    }
    /** Tokens */
    Tokens: {
      /**
       * Access Token
       * @description A JWT; `Authorization: Bearer` of any request.
       */
      access_token: string
      /**
       * Refresh Token
       * @description Good for one exchange at /v1/auth/refresh; null when it is in the cookie.
       */
      refresh_token: string | null
      /**
       * Token Type
       * @default Bearer
       * @constant
       */
      token_type: 'Bearer'
      /**
       * Expires In
       * @description Seconds for which the access token is good.
       */
      expires_in: number
    }
    /** User */
    User: {
      /**
       * Id
       * Format: uuid
       */
      id: string
      /** Username */
      username: string
      /** Roles */
      roles: ('trader' | 'admin' | 'auditor')[]
      /**
       * Tier
       * @enum {string}
       */
      tier: 'normal' | 'load'
      /** Disabled */
      disabled: boolean
      /**
       * Created At
       * Format: date-time
       */
      created_at: string
    }
    /**
     * UserChange
     * @description What is absent stays as it is.
     */
    UserChange: {
      /** Tier */
      tier?: ('normal' | 'load') | null
      /** Roles */
      roles?: ('trader' | 'admin' | 'auditor')[] | null
      /** Disabled */
      disabled?: boolean | null
    }
    /** UserPage */
    UserPage: {
      /** Users */
      users: components['schemas']['User'][]
      /**
       * Next Cursor
       * @description `after` of the next page; null: this is the last one.
       */
      next_cursor: string | null
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
  register_v1_auth_register_post: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['Registration']
      }
    }
    responses: {
      /** @description Successful Response */
      201: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['User']
        }
      }
      /** @description The body is not valid JSON. */
      400: {
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
      /** @description Somebody has this name, perhaps in another case. */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            /** @enum {string} */
            type: 'username_taken'
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
  me_v1_auth_me_get: {
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
          'application/json': components['schemas']['Me']
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
    }
  }
  log_in_v1_auth_login_post: {
    parameters: {
      query?: never
      header?: {
        /** @description `1`: the refresh token goes into an HttpOnly cookie, and is null in the body. */
        'X-Session-Cookie'?: '1' | null
      }
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['Credentials']
      }
    }
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Tokens']
        }
      }
      /** @description The body is not valid JSON. */
      400: {
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
      /** @description Name or password is wrong; which of them is not told. */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            /** @enum {string} */
            type: 'wrong_credentials'
            /** @constant */
            status: 401
            /** @enum {integer} */
            code: 40110001
            title: string
            detail: string
            message: string
            request_id?: string | null
          }
        }
      }
      /** @description The password is right, but an admin has disabled the user. */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            /** @enum {string} */
            type: 'user_disabled'
            /** @constant */
            status: 403
            /** @enum {integer} */
            code: 40310001
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
  refresh_v1_auth_refresh_post: {
    parameters: {
      query?: never
      header?: {
        /** @description `1`: the refresh token goes into an HttpOnly cookie, and is null in the body. */
        'X-Session-Cookie'?: '1' | null
      }
      path?: never
      cookie?: {
        /** @description Used when the body holds no refresh token. */
        refresh_token?: string | null
      }
    }
    requestBody?: {
      content: {
        'application/json': components['schemas']['RefreshToken'] | null
      }
    }
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Tokens']
        }
      }
      /** @description The body is not valid JSON. */
      400: {
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
      /** @description Unknown, expired, used before, or of a session that has ended: log in again. */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            /** @enum {string} */
            type: 'invalid_refresh_token'
            /** @constant */
            status: 401
            /** @enum {integer} */
            code: 40110002
            title: string
            detail: string
            message: string
            request_id?: string | null
          }
        }
      }
      /** @description The cookie alone is not enough, since a browser sends it by itself: `X-Session-Cookie: 1` must come along. */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            /** @enum {string} */
            type: 'session_header_missing'
            /** @constant */
            status: 403
            /** @enum {integer} */
            code: 40310002
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
    }
  }
  log_out_v1_auth_logout_post: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: {
      content: {
        'application/json': components['schemas']['RefreshToken'] | null
      }
    }
    responses: {
      /** @description Successful Response */
      204: {
        headers: {
          [name: string]: unknown
        }
        content?: never
      }
      /** @description The body is not valid JSON. */
      400: {
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
    }
  }
  list_keys_v1_auth_api_keys_get: {
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
          'application/json': components['schemas']['ApiKey'][]
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
    }
  }
  create_key_v1_auth_api_keys_post: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['NewApiKey']
      }
    }
    responses: {
      /** @description Successful Response */
      201: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['ApiKeyWithSecret']
        }
      }
      /** @description The body is not valid JSON. */
      400: {
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
      /** @description The user has as many keys as anybody may have; delete one first. */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            /** @enum {string} */
            type: 'too_many_api_keys'
            /** @constant */
            status: 409
            /** @enum {integer} */
            code: 40910003
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
    }
  }
  delete_key_v1_auth_api_keys__api_key_id__delete: {
    parameters: {
      query?: never
      header?: never
      path: {
        api_key_id: string
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
      /** @description There is no such thing, or it is not the caller's. */
      404: {
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
    }
  }
  exchange_key_v1_auth_api_keys_exchange_post: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['KeyPair']
      }
    }
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['AccessToken']
        }
      }
      /** @description The body is not valid JSON. */
      400: {
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
      /** @description Key id or secret is wrong, the key was deleted, or its user is disabled. The credentials are missing or wrong. */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            /** @enum {string} */
            type: 'wrong_api_key' | 'unauthorized'
            /** @constant */
            status: 401
            /** @enum {integer} */
            code: 40110000 | 40110003
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
    }
  }
  create_ticket_v1_auth_stream_tickets_post: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Successful Response */
      201: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['StreamTicket']
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
    }
  }
  exchange_ticket_v1_auth_stream_tickets_exchange_post: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['PresentedTicket']
      }
    }
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['AccessToken']
        }
      }
      /** @description The body is not valid JSON. */
      400: {
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
      /** @description Unknown, used before, expired, or of somebody who may not come in any more. The credentials are missing or wrong. */
      401: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            /** @enum {string} */
            type: 'wrong_stream_ticket' | 'unauthorized'
            /** @constant */
            status: 401
            /** @enum {integer} */
            code: 40110000 | 40110004
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
    }
  }
  jwks_v1_jwks_get: {
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
          'application/json': {
            [key: string]: unknown
          }
        }
      }
    }
  }
  list_users_v1_admin_users_get: {
    parameters: {
      query?: {
        after?: string | null
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
          'application/json': components['schemas']['UserPage']
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
    }
  }
  change_user_v1_admin_users__user_id__patch: {
    parameters: {
      query?: never
      header?: never
      path: {
        user_id: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['UserChange']
      }
    }
    responses: {
      /** @description Successful Response */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['User']
        }
      }
      /** @description The body is not valid JSON. */
      400: {
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
      /** @description There is no such thing, or it is not the caller's. */
      404: {
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
      /** @description An admin may not take rights from themselves: there would soon be nobody left to give them back. */
      409: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/problem+json': {
            /** @enum {string} */
            type: 'own_rights'
            /** @constant */
            status: 409
            /** @enum {integer} */
            code: 40910002
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
