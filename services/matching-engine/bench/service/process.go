// Package service runs the matching engine's program and calls it as other services do: with a signed token, over
// connections that stay open. The client is a plain one, since it takes its time from the same cores.
package service

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Process is a running engine with a data folder of its own.
type Process struct {
	address string
	debug   string // where pprof is
	command *exec.Cmd
	ended   chan error
	private ed25519.PrivateKey
}

// DataFolder is where the program that Start starts in a folder keeps its data.
func DataFolder(folder string) string { return filepath.Join(folder, "data") }

// Start starts the program and returns when it is ready.
func Start(program, folder string) (*Process, error) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return nil, err
	}
	keys, err := json.Marshal(map[string]any{"keys": []map[string]any{{
		"kty": "OKP", "crv": "Ed25519", "x": base64.RawURLEncoding.EncodeToString(public), "kid": "bench-1",
		"service": "bench", "scopes": []string{"engine:command"},
	}}})
	if err != nil {
		return nil, err
	}
	keyFile := filepath.Join(folder, "keys.json")
	if err := os.WriteFile(keyFile, keys, 0o600); err != nil {
		return nil, err
	}
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	debug, err := freeAddress()
	if err != nil {
		return nil, err
	}
	p := &Process{address: address, debug: debug, private: private, ended: make(chan error, 1)}
	p.command = exec.Command(program)
	p.command.Env = append(os.Environ(), "DATA_DIR="+DataFolder(folder), "SERVICE_KEYS_FILE="+keyFile,
		"LISTEN_ADDRESS="+address, "DEBUG_ADDRESS="+debug, "BROKER_URL=", "LOG_LEVEL=ERROR", "MAX_OPEN_ORDERS_PER_ACCOUNT=4000000")
	p.command.Stderr = os.Stderr
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	go func() { p.ended <- p.command.Wait() }()
	if err := p.ready(); err != nil {
		return nil, errors.Join(err, p.Stop())
	}
	return p, nil
}

func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}

func (p *Process) ready() error {
	deadline := time.After(5 * time.Minute) // it may replay ten million commands first
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		if answer, err := http.Get("http://" + p.address + "/readyz"); err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case err := <-p.ended:
			p.ended <- nil
			return fmt.Errorf("the engine ended at its start: %w", err)
		case <-deadline:
			return errors.New("the engine is not ready after five minutes")
		case <-again.C:
		}
	}
}

// CPU is the processor time that the engine has taken so far, to 10 ms.
func (p *Process) CPU() time.Duration {
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.command.Process.Pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(content[strings.LastIndexByte(string(content), ')')+1:]))
	const user, system, ticksPerSecond = 11, 12, 100 // after the program's name, see proc(5)
	sum := 0
	for _, at := range []int{user, system} {
		ticks, err := strconv.Atoi(fields[at])
		if err != nil {
			return 0
		}
		sum += ticks
	}
	return time.Duration(sum) * time.Second / ticksPerSecond
}

// Profile writes what the engine's processor time goes into for some seconds from now on.
func (p *Process) Profile(path string, seconds int) error {
	answer, err := http.Get(fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%d", p.debug, seconds))
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the engine's profile: status %d", answer.StatusCode)
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, answer.Body)
	return errors.Join(err, file.Close())
}

// Stop asks the engine to end and waits until it has.
func (p *Process) Stop() error {
	// It may have ended by itself already; then Wait tells why.
	_ = p.command.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-p.ended:
		return err
	case <-time.After(time.Minute):
		return errors.Join(errors.New("the engine does not end"), p.command.Process.Kill(), <-p.ended)
	}
}

// token is good for a minute.
func (p *Process) token() (string, error) {
	now := time.Now()
	header, err := json.Marshal(map[string]string{"alg": "EdDSA", "typ": "JWT", "kid": "bench-1"})
	if err != nil {
		return "", err
	}
	claims, err := json.Marshal(map[string]any{"iss": "bench", "sub": "bench", "aud": "matching-engine",
		"scope": "engine:command", "iat": now.Unix(), "exp": now.Add(time.Minute).Unix()})
	if err != nil {
		return "", err
	}
	signed := base64.RawURLEncoding.EncodeToString(header) + "." + base64.RawURLEncoding.EncodeToString(claims)
	return signed + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(p.private, []byte(signed))), nil
}
