package identity_test

import (
	"crypto/ed25519"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"daytrading/matching-engine/internal/identity"
	"daytrading/matching-engine/internal/identity/identitytest"
)

func verifier(t *testing.T, caller *identitytest.Caller, now *time.Time) *identity.Verifier {
	t.Helper()
	keys, err := identity.ReadKeySet(caller.KeySetFile)
	if err != nil {
		t.Fatal(err)
	}
	return identity.NewVerifier(keys, func() time.Time { return *now })
}

func TestAGoodTokenIsTakenUntilItExpires(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	caller := identitytest.New(t)
	v := verifier(t, caller, &now)
	token := caller.Token(t, identitytest.Claims(now))
	for range 2 { // the second time it is remembered
		who, err := v.Verify(token)
		if err != nil || who.Service != "trading" || !who.May("engine:command") || who.May("events:read") {
			t.Fatalf("%+v, %v", who, err)
		}
	}
	now = now.Add(66 * time.Second)
	if _, err := v.Verify(token); !errors.Is(err, identity.ErrToken) {
		t.Fatal("an expired token was taken:", err)
	}
}

func TestTokensThatAreNotQuiteRightAreRefused(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	caller := identitytest.New(t)
	v := verifier(t, caller, &now)
	for name, change := range map[string]func(jwt.MapClaims){
		"another audience":     func(c jwt.MapClaims) { c["aud"] = "trading" },
		"another issuer":       func(c jwt.MapClaims) { c["iss"] = "gateway" },
		"another subject":      func(c jwt.MapClaims) { c["sub"] = "gateway" },
		"a scope too many":     func(c jwt.MapClaims) { c["scope"] = "engine:read keys:exchange" },
		"no expiry":            func(c jwt.MapClaims) { delete(c, "exp") },
		"no time of issue":     func(c jwt.MapClaims) { delete(c, "iat") },
		"too long a life":      func(c jwt.MapClaims) { c["exp"] = now.Add(time.Hour).Unix() },
		"issued in the future": func(c jwt.MapClaims) { c["iat"] = now.Add(30 * time.Second).Unix() },
		"expired":              func(c jwt.MapClaims) { c["exp"] = now.Add(-10 * time.Second).Unix() },
	} {
		claims := identitytest.Claims(now)
		change(claims)
		if _, err := v.Verify(caller.Token(t, claims)); !errors.Is(err, identity.ErrToken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestForgedTokensAreRefused(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	caller := identitytest.New(t)
	v := verifier(t, caller, &now)
	claims := identitytest.Claims(now)
	public := caller.Private.Public().(ed25519.PublicKey)

	none := jwt.NewWithClaims(jwt.SigningMethodNone, claims)
	none.Header["kid"] = "trading-1"
	unsigned, _ := none.SignedString(jwt.UnsafeAllowNoneSignatureType)
	hmac := jwt.NewWithClaims(jwt.SigningMethodHS256, claims)
	hmac.Header["kid"] = "trading-1"
	confused, _ := hmac.SignedString([]byte(public))
	other := identitytest.New(t).Token(t, claims)
	unknown := jwt.NewWithClaims(jwt.SigningMethodEdDSA, claims)
	unknown.Header["kid"] = "trading-2"
	unlisted, _ := unknown.SignedString(caller.Private)

	for name, token := range map[string]string{
		"alg none": unsigned, "HMAC with the public key": confused, "another key": other, "unknown kid": unlisted,
		"empty": "", "not a token": "a.b.c",
	} {
		if _, err := v.Verify(token); !errors.Is(err, identity.ErrToken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAReplacedKeySetForgetsWhatTheOldOneVerified(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	caller := identitytest.New(t)
	v := verifier(t, caller, &now)
	token := caller.Token(t, identitytest.Claims(now))
	if _, err := v.Verify(token); err != nil {
		t.Fatal(err)
	}
	keys, err := identity.ReadKeySet(identitytest.New(t).KeySetFile)
	if err != nil {
		t.Fatal(err)
	}
	v.Replace(keys)
	if _, err := v.Verify(token); err == nil {
		t.Fatal("a removed key still opens")
	}
}

func TestABrokenKeySetIsRefusedWithAReason(t *testing.T) {
	path := identitytest.New(t).KeySetFile
	for _, content := range []string{``, `{}`, `{"keys":[]}`, `{"keys":[{"kty":"RSA","kid":"a","service":"b"}]}`,
		`{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AAAA","kid":"a","service":"b"}]}`} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := identity.ReadKeySet(path); err == nil {
			t.Errorf("%q was taken for a key set", content)
		}
	}
}
