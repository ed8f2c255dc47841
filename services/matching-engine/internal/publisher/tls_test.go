package publisher

import (
	"crypto/tls"
	"encoding/pem"
	"io"
	"net"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"
)

// newTLSWay is the broker's address over TLS: of a server that the authority in the file signed.
func newTLSWay(t *testing.T, address string) (secure *url.URL, authority string) {
	t.Helper()
	secure, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	plain := secure.Host
	certified := httptest.NewTLSServer(nil) // only for its certificate, which signs itself
	t.Cleanup(certified.Close)
	authority = filepath.Join(t.TempDir(), "ca.pem")
	content := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certified.Certificate().Raw})
	if err := os.WriteFile(authority, content, 0o600); err != nil {
		t.Fatal(err)
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: certified.TLS.Certificates})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			outside, err := listener.Accept()
			if err != nil {
				return
			}
			inside, err := net.Dial("tcp", plain)
			if err != nil {
				_ = outside.Close()
				continue
			}
			go func() { _, _ = io.Copy(inside, outside); _ = inside.Close() }()
			go func() { _, _ = io.Copy(outside, inside); _ = outside.Close() }()
		}
	}()
	secure.Scheme, secure.Host = "amqps", listener.Addr().String()
	return secure, authority
}

func TestTheBrokerIsSpokenToOverTLSWhereTheAddressSaysSo(t *testing.T) {
	address, log := broker(t), newMemoryLog(t)
	c := newConsumer(t, address)
	secure, authority := newTLSWay(t, address)
	log.grow(10, false)

	stranger := publisher(t, secure.String(), c.exchange, log)
	if err := stranger.session(t.Context()); err == nil {
		t.Fatal("a server was trusted that no known authority signed")
	}
	secure.RawQuery = url.Values{"cacertfile": {authority}}.Encode()
	run(t, publisher(t, secure.String(), c.exchange, log))
	c.until(10)
}
