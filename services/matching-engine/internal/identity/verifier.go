package identity

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Audience is what a token for this service says.
const Audience = "matching-engine"

// The scopes of this service.
const (
	ScopeCommand = "engine:command"
	ScopeRead    = "engine:read"
)

const (
	leeway          = 5 * time.Second // between two machines' clocks
	maxLifetime     = 60 * time.Second
	maxRemembered   = 1024
	maxTokenBytes   = 4096
	maxScopesOfAKey = 32
)

// ErrToken says that a token is not to be trusted; what it wraps says why.
var ErrToken = errors.New("the token is not valid")

// Caller is who a verified token speaks for.
type Caller struct {
	Service string
	Scopes  []string
	expires time.Time
}

// May says whether the caller's token carries a scope.
func (c *Caller) May(scope string) bool { return slices.Contains(c.Scopes, scope) }

// Verifier checks tokens and remembers the ones that passed until they expire. It is safe for concurrent use.
type Verifier struct {
	now    func() time.Time
	parser *jwt.Parser

	mutex      sync.RWMutex
	keys       KeySet
	remembered map[string]*Caller
}

// NewVerifier makes a verifier for a key set.
func NewVerifier(keys KeySet, now func() time.Time) *Verifier {
	return &Verifier{
		now:  now,
		keys: keys, remembered: map[string]*Caller{},
		parser: jwt.NewParser(
			jwt.WithValidMethods([]string{jwt.SigningMethodEdDSA.Alg()}), jwt.WithAudience(Audience),
			jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithLeeway(leeway), jwt.WithTimeFunc(now),
		),
	}
}

// Replace takes another key set; what was verified with the old one is forgotten.
func (v *Verifier) Replace(keys KeySet) {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	v.keys, v.remembered = keys, map[string]*Caller{}
}

// Verify checks a token, or fails with an ErrToken.
func (v *Verifier) Verify(token string) (*Caller, error) {
	v.mutex.RLock()
	caller, keys := v.remembered[token], v.keys
	v.mutex.RUnlock()
	if caller != nil && v.now().Before(caller.expires.Add(leeway)) {
		return caller, nil
	}
	caller, err := v.check(token, keys)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrToken, err)
	}
	v.remember(token, caller)
	return caller, nil
}

type claims struct {
	jwt.RegisteredClaims
	Scope string `json:"scope"`
}

func (v *Verifier) check(token string, keys KeySet) (*Caller, error) {
	if len(token) > maxTokenBytes {
		return nil, errors.New("it is too long")
	}
	var c claims
	var key Key
	_, err := v.parser.ParseWithClaims(token, &c, func(t *jwt.Token) (any, error) {
		id, _ := t.Header["kid"].(string)
		var known bool
		if key, known = keys[id]; !known {
			return nil, errors.New("its key is not in the key set")
		}
		return key.Public, nil
	})
	if err != nil {
		return nil, err
	}
	scopes := strings.Fields(c.Scope)
	switch {
	case c.Issuer != key.Service || c.Subject != key.Service:
		return nil, errors.New("its key belongs to another service than iss and sub name")
	case c.IssuedAt == nil || c.ExpiresAt.Sub(c.IssuedAt.Time) > maxLifetime:
		return nil, fmt.Errorf("it lives longer than %s", maxLifetime)
	case len(scopes) > maxScopesOfAKey:
		return nil, errors.New("it names too many scopes")
	}
	for _, scope := range scopes {
		if !slices.Contains(key.Scopes, scope) {
			return nil, fmt.Errorf("its key may not be used for %s", scope)
		}
	}
	return &Caller{Service: key.Service, Scopes: scopes, expires: c.ExpiresAt.Time}, nil
}

func (v *Verifier) remember(token string, caller *Caller) {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	if len(v.remembered) >= maxRemembered {
		now := v.now()
		for known, c := range v.remembered {
			if !now.Before(c.expires) {
				delete(v.remembered, known)
			}
		}
	}
	if len(v.remembered) >= maxRemembered {
		clear(v.remembered)
	}
	v.remembered[token] = caller
}
