// Package identitytest makes keys and tokens for tests of this module.
package identitytest

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Caller is a service that calls, with a key in a key set file.
type Caller struct {
	KeySetFile string
	Private    ed25519.PrivateKey
}

// New makes a key for the service `trading`, with the scopes of the engine, and its key set file.
func New(t testing.TB) *Caller {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &Caller{KeySetFile: filepath.Join(t.TempDir(), "keys.json"), Private: private}
	document, err := json.Marshal(map[string]any{"keys": []map[string]any{{
		"kty": "OKP", "crv": "Ed25519", "x": base64.RawURLEncoding.EncodeToString(public), "kid": "trading-1",
		"service": "trading", "scopes": []string{"engine:command", "engine:read"},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(c.KeySetFile, document, 0o600); err != nil {
		t.Fatal(err)
	}
	return c
}

// Claims are those of a good token.
func Claims(now time.Time) jwt.MapClaims {
	return jwt.MapClaims{
		"iss": "trading", "sub": "trading", "aud": "matching-engine", "scope": "engine:command engine:read",
		"iat": now.Unix(), "exp": now.Add(time.Minute).Unix(),
	}
}

// Token signs claims.
func (c *Caller) Token(t testing.TB, claims jwt.MapClaims) string {
	t.Helper()
	token := jwt.NewWithClaims(jwt.SigningMethodEdDSA, claims)
	token.Header["kid"] = "trading-1"
	signed, err := token.SignedString(c.Private)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}
