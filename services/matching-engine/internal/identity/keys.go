// Package identity checks the service tokens of callers: JWTs signed with Ed25519 by a key of the mounted
// key set. It makes none, and it knows no users.
package identity

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"slices"
)

// Key is one caller's public key, and the most that its tokens may ask for.
type Key struct {
	Public  ed25519.PublicKey
	Service string
	Scopes  []string
}

// KeySet is the keys by their id.
type KeySet map[string]Key

// ReadKeySet reads a JWKS file with the members `service` and `scopes` in every key.
func ReadKeySet(path string) (KeySet, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var document struct {
		Keys []struct {
			Type    string   `json:"kty"`
			Curve   string   `json:"crv"`
			X       string   `json:"x"`
			ID      string   `json:"kid"`
			Service string   `json:"service"`
			Scopes  []string `json:"scopes"`
		} `json:"keys"`
	}
	if err := json.Unmarshal(content, &document); err != nil {
		return nil, fmt.Errorf("%s is not a key set: %w", path, err)
	}
	keys := KeySet{}
	for i, k := range document.Keys {
		public, err := base64.RawURLEncoding.DecodeString(k.X)
		_, repeated := keys[k.ID]
		switch {
		case k.Type != "OKP" || k.Curve != "Ed25519":
			return nil, fmt.Errorf("%s: key %d is not an Ed25519 key", path, i)
		case err != nil || len(public) != ed25519.PublicKeySize:
			return nil, fmt.Errorf("%s: key %d: x is not an Ed25519 public key", path, i)
		case k.ID == "" || k.Service == "" || repeated:
			return nil, fmt.Errorf("%s: key %d needs a kid of its own and a service", path, i)
		}
		keys[k.ID] = Key{Public: public, Service: k.Service, Scopes: slices.Clone(k.Scopes)}
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("%s holds no key: nobody could call", path)
	}
	return keys, nil
}
