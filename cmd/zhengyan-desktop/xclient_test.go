//go:build realwindow

package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"time"
)

// xclient speaks as much of the X protocol (X11R7, with the XTEST extension) as it takes to press a key and to hear of a
// window's new title at the very moment: starting a program for each would take longer than what is to be measured.
type xclient struct {
	conn     net.Conn
	xtest    byte   // its opcode
	name     uint32 // the atom _NET_WM_NAME
	replies  chan []byte
	titled   chan time.Time // a window whose properties are watched has a new title
	failed   chan error
	keycodes map[uint32]byte // by keysym
}

// Keysyms of X11/keysymdef.h.
const (
	keysymUp   = 0xff52
	keysymDown = 0xff54
)

func dialX(display string) (*xclient, error) {
	conn, err := net.Dial("unix", "/tmp/.X11-unix/X"+display)
	if err != nil {
		return nil, err
	}
	x := &xclient{conn: conn, replies: make(chan []byte, 8), titled: make(chan time.Time, 64), failed: make(chan error, 1), keycodes: map[uint32]byte{}}
	if _, err := conn.Write([]byte{'l', 0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0}); err != nil {
		return nil, err
	}
	head := make([]byte, 8)
	if _, err := io.ReadFull(conn, head); err != nil {
		return nil, err
	}
	setup := make([]byte, 4*int(binary.LittleEndian.Uint16(head[6:])))
	if _, err := io.ReadFull(conn, setup); err != nil {
		return nil, err
	}
	if head[0] != 1 || len(setup) < 32 {
		return nil, errors.New("the X server refuses")
	}
	go x.read()
	least, most := setup[26], setup[27]
	r, err := x.ask(98, 0, named("XTEST"))
	if err != nil || r[8] == 0 {
		return nil, fmt.Errorf("no XTEST: %v", err)
	}
	x.xtest = r[9]
	if r, err = x.ask(16, 0, named("_NET_WM_NAME")); err != nil {
		return nil, err
	}
	x.name = binary.LittleEndian.Uint32(r[8:])
	if r, err = x.ask(101, 0, []byte{least, most - least + 1, 0, 0}); err != nil {
		return nil, err
	}
	for i, per := 0, int(r[1]); per > 0 && 32+4*(i+1)*per <= len(r); i++ {
		x.keycodes[binary.LittleEndian.Uint32(r[32+4*i*per:])] = least + byte(i)
	}
	return x, nil
}

// named is a name as requests carry it: its length, and padding to whole words.
func named(s string) []byte {
	b := append([]byte{byte(len(s)), 0, 0, 0}, s...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

func words(v ...uint32) (b []byte) {
	for _, w := range v {
		b = binary.LittleEndian.AppendUint32(b, w)
	}
	return b
}

func (x *xclient) send(opcode, detail byte, body []byte) error {
	b := binary.LittleEndian.AppendUint16([]byte{opcode, detail}, uint16(1+len(body)/4))
	_, err := x.conn.Write(append(b, body...))
	return err
}

func (x *xclient) ask(opcode, detail byte, body []byte) ([]byte, error) {
	if err := x.send(opcode, detail, body); err != nil {
		return nil, err
	}
	select {
	case r := <-x.replies:
		return r, nil
	case err := <-x.failed:
		return nil, err
	case <-time.After(patience):
		return nil, errors.New("the X server does not answer")
	}
}

// read takes in what the server sends: errors, replies, events.
func (x *xclient) read() {
	const wmName = 39 // the predefined atom WM_NAME
	for {
		b := make([]byte, 32)
		if _, err := io.ReadFull(x.conn, b); err != nil {
			x.failed <- err
			return
		}
		switch b[0] &^ 0x80 {
		case 0:
			x.failed <- fmt.Errorf("X error %d of request %d", b[1], b[10])
			return
		case 1:
			rest := make([]byte, 4*int(binary.LittleEndian.Uint32(b[4:])))
			if _, err := io.ReadFull(x.conn, rest); err != nil {
				x.failed <- err
				return
			}
			x.replies <- append(b, rest...)
		case 28: // PropertyNotify
			if a := binary.LittleEndian.Uint32(b[8:]); a == wmName || a == x.name {
				select {
				case x.titled <- time.Now():
				default:
				}
			}
		}
	}
}

// watch asks for the events of a window's properties.
func (x *xclient) watch(window uint32) error {
	const eventMask, propertyChange = 1 << 11, 1 << 22
	return x.send(2, 0, words(window, eventMask, propertyChange))
}

// press presses and releases a key.
func (x *xclient) press(keysym uint32) error {
	code, ok := x.keycodes[keysym]
	if !ok {
		return fmt.Errorf("no key for keysym %#x", keysym)
	}
	for _, event := range []byte{2, 3} { // KeyPress, KeyRelease
		body := make([]byte, 32)
		body[0], body[1] = event, code
		if err := x.send(x.xtest, 2, body); err != nil {
			return err
		}
	}
	return nil
}

// title is a window's title.
func (x *xclient) title(window uint32) (string, error) {
	r, err := x.ask(20, 0, words(window, x.name, 0, 0, 256))
	if err != nil {
		return "", err
	}
	n := int(binary.LittleEndian.Uint32(r[16:]))
	return string(r[32:min(len(r), 32+n)]), nil
}
