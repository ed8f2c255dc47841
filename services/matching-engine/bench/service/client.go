package service

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"

	"daytrading/matching-engine/internal/command"
)

// Form is how commands are written on the wire.
type Form struct {
	Name      string
	MediaType string
	Refusal   []byte // what an answer holds when a command was refused
	Encode    func(commands []command.Command) []byte
}

// Forms are those that the service takes.
var Forms = []Form{
	{Name: "json", MediaType: "application/json", Refusal: []byte(`"refused"`), Encode: encodeJSON},
	{Name: "binary", MediaType: command.MediaType, Refusal: []byte(`"refused"`), Encode: encodeBinary},
}

func encodeJSON(commands []command.Command) []byte {
	body := []byte(`{"commands":[`)
	for i := range commands {
		if i > 0 {
			body = append(body, ',')
		}
		body = command.AppendJSON(body, &commands[i])
	}
	return append(body, "]}"...)
}

func encodeBinary(commands []command.Command) []byte {
	var body []byte
	for i := range commands {
		at := len(body)
		body = append(body, 0, 0, 0, 0)
		body = command.AppendBinary(body, &commands[i])
		binary.LittleEndian.PutUint32(body[at:], uint32(len(body)-at-4))
	}
	return body
}

// Client is one open connection. It is for one goroutine.
type Client struct {
	connection net.Conn
	reader     *bufio.Reader
	head       []byte // of every request, up to the length of its body
	request    []byte
	answer     []byte
}

// Dial opens a connection for calls of one form.
func (p *Process) Dial(form Form) (*Client, error) {
	token, err := p.token()
	if err != nil {
		return nil, err
	}
	connection, err := net.Dial("tcp", p.address)
	if err != nil {
		return nil, err
	}
	head := fmt.Sprintf("POST /v1/commands HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\nContent-Length: ",
		p.address, token, form.MediaType)
	return &Client{connection: connection, reader: bufio.NewReaderSize(connection, 16<<10), head: []byte(head),
		answer: make([]byte, 0, 8<<10)}, nil
}

// Post sends one call and returns the body of its answer, valid until the next. Anything but 200 is an error.
func (c *Client) Post(body []byte) ([]byte, error) {
	c.request = strconv.AppendInt(append(c.request[:0], c.head...), int64(len(body)), 10)
	c.request = append(append(c.request, "\r\n\r\n"...), body...)
	if _, err := c.connection.Write(c.request); err != nil {
		return nil, err
	}
	answer, err := http.ReadResponse(c.reader, nil)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	c.answer = c.answer[:0]
	for {
		if len(c.answer) == cap(c.answer) {
			c.answer = append(c.answer, 0)[:len(c.answer)]
		}
		n, err := answer.Body.Read(c.answer[len(c.answer):cap(c.answer)])
		c.answer = c.answer[:len(c.answer)+n]
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d: %.300s", answer.StatusCode, c.answer)
	}
	return c.answer, nil
}

// Close closes the connection.
func (c *Client) Close() { c.connection.Close() }
