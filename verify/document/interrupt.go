package document

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// stopGlobal is the name under which an interruptible module exports its stop flag.
const stopGlobal = "zhengyan.stop"

// interruptible returns the WebAssembly module with a check of a stop flag at the head of every loop: a global that
// the host sets to end whatever runs, with an "unreachable" trap. It does what wazero's WithCloseOnContextDone does,
// but in three machine instructions a turn instead of a call out of the sandbox, which makes painting a page five to
// ten times faster. The flag is the module's own business: wazero validates and compiles the result like any module.
//
// WebAssembly Core Specification 2.0, sections 5.4 and 5.5. Instructions that are not known here are an error, never
// a guess.
func interruptible(wasm []byte) ([]byte, error) {
	if len(wasm) < 8 || string(wasm[:8]) != "\x00asm\x01\x00\x00\x00" {
		return nil, errors.New("not a WebAssembly module")
	}
	const sectionImport, sectionGlobal, sectionExport, sectionCode = 2, 6, 7, 10
	out := append(make([]byte, 0, len(wasm)+len(wasm)/8), wasm[:8]...)
	r := wasmReader{b: wasm, at: 8}
	var imported, stop uint32
	var have [11]bool
	for r.at < len(wasm) && r.err == nil {
		id := r.byte()
		body := wasmReader{b: r.bytes(int(r.u32()))}
		if r.err != nil {
			break
		}
		whole := body.b
		var err error
		switch id {
		case sectionImport:
			imported, err = importedGlobals(&body)
		case sectionGlobal:
			n := body.u32()
			stop = imported + n
			// One more global: i32, mutable, starting at 0.
			whole = append(leb(nil, n+1), body.rest()...)
			whole = append(whole, 0x7f, 0x01, 0x41, 0x00, 0x0b)
		case sectionExport:
			n := body.u32()
			whole = append(leb(nil, n+1), body.rest()...)
			whole = append(leb(whole, uint32(len(stopGlobal))), stopGlobal...)
			whole = leb(append(whole, 0x03), stop)
		case sectionCode:
			whole, err = checkLoops(&body, stop)
		}
		if err == nil {
			err = body.err
		}
		if err != nil {
			return nil, fmt.Errorf("section %d: %w", id, err)
		}
		if int(id) < len(have) {
			have[id] = true
		}
		out = append(leb(append(out, id), uint32(len(whole))), whole...)
	}
	if r.err == nil && !(have[sectionGlobal] && have[sectionExport] && have[sectionCode]) {
		r.err = errors.New("a section is missing")
	}
	return out, r.err
}

func importedGlobals(r *wasmReader) (globals uint32, err error) {
	for n := r.u32(); n > 0 && r.err == nil; n-- {
		r.bytes(int(r.u32()))
		r.bytes(int(r.u32()))
		switch kind := r.byte(); kind {
		case 0: // function
			r.u32()
		case 1: // table
			r.byte()
			r.limits()
		case 2: // memory
			r.limits()
		case 3: // global
			r.bytes(2)
			globals++
		default:
			return 0, fmt.Errorf("import of kind %d", kind)
		}
	}
	return globals, nil
}

// checkLoops rewrites the bodies of all functions.
func checkLoops(r *wasmReader, stop uint32) ([]byte, error) {
	// global.get stop; if; unreachable; end
	check := append(leb([]byte{0x23}, stop), 0x04, 0x40, 0x00, 0x0b)
	n := r.u32()
	out := leb(make([]byte, 0, len(r.b)+len(r.b)/8), n)
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
				body = append(append(body, fn.b[from:fn.at]...), check...)
				from = fn.at
			}
		}
		if fn.err != nil {
			return nil, fmt.Errorf("function %d: %w", f, fn.err)
		}
		body = append(body, fn.b[from:]...)
		out = append(leb(out, uint32(len(body))), body...)
	}
	return out, nil
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
