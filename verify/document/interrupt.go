package document

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// stopGlobal is the name under which an interruptible module exports its stop flag.
const stopGlobal = "zhengyan.stop"

// turns is how many turns of loops a module runs before it looks at the stop flag. Between two looks neither the flag
// nor Go's garbage collector, which waits for running machine code, is served: this is some milliseconds.
const turns = 1 << 14

// interruptible returns the WebAssembly module with a counter at the head of every loop. When it has counted to turns,
// the module calls a function of its own that visits Go, so that Go may stop the world or switch goroutines, and then
// ends with an "unreachable" trap if the host has set the stop flag. It does what wazero's WithCloseOnContextDone does
// at every turn of every loop, five to twenty times faster. wazero validates and compiles the result like any module.
//
// WebAssembly Core Specification 2.0, sections 5.4 and 5.5. Instructions that are not known here are an error, never
// a guess.
func interruptible(wasm []byte) ([]byte, error) {
	if len(wasm) < 8 || string(wasm[:8]) != "\x00asm\x01\x00\x00\x00" {
		return nil, errors.New("not a WebAssembly module")
	}
	out := append(make([]byte, 0, len(wasm)+len(wasm)/8), wasm[:8]...)
	r := wasmReader{b: wasm, at: 8}
	var m wasmAdditions
	for r.at < len(wasm) && r.err == nil {
		id := r.byte()
		body := wasmReader{b: r.bytes(int(r.u32()))}
		if r.err != nil {
			break
		}
		whole, err := m.section(id, &body)
		if err == nil {
			err = body.err
		}
		if err != nil {
			return nil, fmt.Errorf("section %d: %w", id, err)
		}
		out = append(leb(append(out, id), uint32(len(whole))), whole...)
	}
	if r.err == nil && m.done != allAdded {
		r.err = errors.New("a section is missing")
	}
	return out, r.err
}

// wasmAdditions are the indices of what is added to a module: the type and the function of the visit to Go, the
// counter and the stop flag.
type wasmAdditions struct {
	importedFuncs, importedGlobals uint32
	kind, visit, counter, stop     uint32
	done                           int
}

const (
	addedType = 1 << iota
	addedFunction
	addedGlobals
	addedExport
	addedCode
	allAdded = 1<<iota - 1
)

// section gives a section with the additions.
func (m *wasmAdditions) section(id byte, r *wasmReader) ([]byte, error) {
	const types, imports, functions, globals, exports, code = 1, 2, 3, 6, 7, 10
	longer := func(by uint32) (n uint32, b []byte) {
		n = r.u32()
		return n, append(leb(nil, n+by), r.rest()...)
	}
	switch id {
	case types:
		n, b := longer(1)
		m.kind = n
		m.done |= addedType
		return append(b, 0x60, 0x00, 0x00), nil // no parameters, no results
	case imports:
		return r.b, m.countImports(r)
	case functions:
		n, b := longer(1)
		m.visit = m.importedFuncs + n
		m.done |= addedFunction
		return leb(b, m.kind), nil
	case globals:
		n, b := longer(2)
		m.counter, m.stop = m.importedGlobals+n, m.importedGlobals+n+1
		b = append(sleb(append(b, 0x7f, 0x01, 0x41), turns), 0x0b) // i32, mutable
		m.done |= addedGlobals
		return append(b, 0x7f, 0x01, 0x41, 0x00, 0x0b), nil
	case exports:
		_, b := longer(1)
		b = append(leb(b, uint32(len(stopGlobal))), stopGlobal...)
		m.done |= addedExport
		return leb(append(b, 0x03), m.stop), nil
	case code:
		if m.done != allAdded&^addedCode {
			return nil, errors.New("unusual order")
		}
		m.done |= addedCode
		return m.code(r)
	}
	return r.b, nil
}

func (m *wasmAdditions) countImports(r *wasmReader) error {
	for n := r.u32(); n > 0 && r.err == nil; n-- {
		r.bytes(int(r.u32()))
		r.bytes(int(r.u32()))
		switch kind := r.byte(); kind {
		case 0: // function
			r.u32()
			m.importedFuncs++
		case 1: // table
			r.byte()
			r.limits()
		case 2: // memory
			r.limits()
		case 3: // global
			r.bytes(2)
			m.importedGlobals++
		default:
			return fmt.Errorf("import of kind %d", kind)
		}
	}
	return nil
}

// code rewrites the bodies of all functions and adds that of the visit.
func (m *wasmAdditions) code(r *wasmReader) ([]byte, error) {
	// counter = counter - 1; if counter == 0 { visit() }
	count := append(leb([]byte{0x23}, m.counter), 0x41, 0x01, 0x6b, 0x24)
	count = append(leb(count, m.counter), 0x23)
	count = append(leb(count, m.counter), 0x45, 0x04, 0x40, 0x10)
	count = append(leb(count, m.visit), 0x0b)
	n := r.u32()
	out := leb(make([]byte, 0, len(r.b)+len(r.b)/8), n+1)
	var body []byte
	for f := range n {
		fn := wasmReader{b: r.bytes(int(r.u32()))}
		if r.err != nil {
			return nil, r.err
		}
		for locals := fn.u32(); locals > 0 && fn.err == nil; locals-- {
			fn.u32()
			fn.byte()
		}
		body = body[:0]
		from := 0
		for fn.at < len(fn.b) && fn.err == nil {
			if fn.instruction() {
				body = append(append(body, fn.b[from:fn.at]...), count...)
				from = fn.at
			}
		}
		if fn.err != nil {
			return nil, fmt.Errorf("function %d: %w", f, fn.err)
		}
		body = append(body, fn.b[from:]...)
		out = append(leb(out, uint32(len(body))), body...)
	}
	// counter = turns; memory.grow(0), which wazero does in Go; if stop != 0 { unreachable }
	visit := sleb([]byte{0x00, 0x41}, turns)
	visit = leb(append(visit, 0x24), m.counter)
	visit = append(visit, 0x41, 0x00, 0x40, 0x00, 0x1a, 0x23)
	visit = append(leb(visit, m.stop), 0x04, 0x40, 0x00, 0x0b, 0x0b)
	return append(leb(out, uint32(len(visit))), visit...), nil
}

// wasmReader reads the binary format; after an error it gives zeros and stays where it is.
type wasmReader struct {
	b   []byte
	at  int
	err error
}

func (r *wasmReader) byte() byte {
	if r.at >= len(r.b) {
		r.fail("unexpected end")
		return 0
	}
	r.at++
	return r.b[r.at-1]
}

func (r *wasmReader) bytes(n int) []byte {
	if n < 0 || n > len(r.b)-r.at {
		r.fail("unexpected end")
		return nil
	}
	r.at += n
	return r.b[r.at-n : r.at]
}

func (r *wasmReader) rest() []byte { return r.bytes(len(r.b) - r.at) }

func (r *wasmReader) u32() uint32 {
	var v uint64
	for shift := 0; shift < 35; shift += 7 {
		b := r.byte()
		v |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return uint32(v)
		}
	}
	r.fail("number too long")
	return 0
}

// skip passes over a LEB128 number of any width.
func (r *wasmReader) skip() {
	for range 10 {
		if r.byte() < 0x80 {
			return
		}
	}
	r.fail("number too long")
}

func (r *wasmReader) limits() {
	flag := r.byte()
	r.skip()
	if flag&1 != 0 {
		r.skip()
	}
}

func (r *wasmReader) fail(what string) {
	if r.err == nil {
		r.err = errors.New(what)
		r.at = len(r.b)
	}
}

// instruction passes over one instruction and reports whether it opened a loop.
func (r *wasmReader) instruction() (loop bool) {
	switch op := r.byte(); {
	case op == 0x02, op == 0x03, op == 0x04: // block, loop, if with a block type
		r.skip()
		return op == 0x03
	case op == 0x00, op == 0x01, op == 0x05, op == 0x0b, op == 0x0f, op == 0x1a, op == 0x1b, op == 0xd1:
	case op == 0x0c, op == 0x0d, op == 0x10, op >= 0x20 && op <= 0x26, op == 0xd0, op == 0xd2, op == 0x12: // one index
		r.skip()
	case op == 0x0e: // br_table
		for n := r.u32(); n > 0 && r.err == nil; n-- {
			r.skip()
		}
		r.skip()
	case op == 0x11, op == 0x13: // call_indirect, return_call_indirect
		r.skip()
		r.skip()
	case op == 0x1c: // select with types
		r.bytes(int(r.u32()))
	case op >= 0x28 && op <= 0x3e: // loads and stores
		r.skip()
		r.skip()
	case op == 0x3f, op == 0x40:
		r.byte()
	case op == 0x41, op == 0x42: // constants
		r.skip()
	case op == 0x43:
		r.bytes(4)
	case op == 0x44:
		r.bytes(8)
	case op >= 0x45 && op <= 0xc4: // comparisons, arithmetic, conversions, sign extension
	case op == 0xfc:
		r.extended()
	case op == 0xfd:
		r.vector()
	default:
		r.fail(fmt.Sprintf("instruction %#x", op))
	}
	return false
}

// extended passes over what follows 0xfc: saturating conversions, bulk memory and table instructions.
func (r *wasmReader) extended() {
	switch op := r.u32(); {
	case op <= 7:
	case op == 8, op == 10, op == 12, op == 14: // init and copy: two indices
		r.skip()
		r.skip()
	case op == 9, op == 11, op == 13, op >= 15 && op <= 17:
		r.skip()
	default:
		r.fail(fmt.Sprintf("instruction 0xfc %d", op))
	}
}

// vector passes over what follows 0xfd.
func (r *wasmReader) vector() {
	switch op := r.u32(); {
	case op <= 11, op == 92, op == 93: // loads and stores
		r.skip()
		r.skip()
	case op == 12, op == 13: // constant, shuffle
		r.bytes(16)
	case op >= 21 && op <= 34: // lanes
		r.byte()
	case op >= 84 && op <= 91: // loads and stores of lanes
		r.skip()
		r.skip()
		r.byte()
	case op <= 255:
	default:
		r.fail(fmt.Sprintf("instruction 0xfd %d", op))
	}
}

func leb(b []byte, v uint32) []byte { return binary.AppendUvarint(b, uint64(v)) }

// sleb appends a non-negative number as signed LEB128.
func sleb(b []byte, v uint32) []byte {
	for v >= 0x40 {
		b = append(b, byte(v&0x7f)|0x80)
		v >>= 7
	}
	return append(b, byte(v))
}
