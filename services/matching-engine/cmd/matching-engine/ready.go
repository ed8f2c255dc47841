package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

const readyTimeout = 2 * time.Second

// ready asks an engine whether it can do its work: for health checks in an image that has no shell and no curl.
func ready(base string) error {
	client := http.Client{Timeout: readyTimeout}
	response, err := client.Get(strings.TrimSuffix(base, "/") + "/readyz")
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		said, _ := io.ReadAll(io.LimitReader(response.Body, 1<<10))
		return fmt.Errorf("not ready: %s %s", response.Status, said)
	}
	return nil
}

// ownURL is where an engine that listens at an address is reached from the same machine.
func ownURL(listenAddress string) (string, error) {
	host, port, err := net.SplitHostPort(listenAddress)
	if err != nil {
		return "", fmt.Errorf("LISTEN_ADDRESS: %w", err)
	}
	if ip := net.ParseIP(host); host == "" || ip.IsUnspecified() {
		host = "127.0.0.1" // not a name: an image from scratch may resolve none
	}
	return "http://" + net.JoinHostPort(host, port), nil
}
