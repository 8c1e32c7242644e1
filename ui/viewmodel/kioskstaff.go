package viewmodel

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"io"
	"time"
)

// PINHash is a PIN as it is kept: PBKDF2 (RFC 8018) with HMAC-SHA-256, salt and iterations beside it.
type PINHash struct {
	Salt       []byte `json:"salt,omitempty"`
	Hash       []byte `json:"hash,omitempty"`
	Iterations int    `json:"iterations,omitempty"`
}

// Limits of the staff's PIN.
const (
	minPIN        = 4
	maxPIN        = 12
	pinIterations = 210_000
	maxIterations = 5_000_000
	pinAttempts   = 5
	pinLock       = 5 * time.Minute
)

// ErrPIN is returned for a PIN that is not 4 to 12 digits.
var ErrPIN = errors.New("a PIN has 4 to 12 digits")

// HashPIN makes the hash of a PIN. random gives the salt.
func HashPIN(pin string, random io.Reader) (PINHash, error) {
	if len(pin) < minPIN || len(pin) > maxPIN {
		return PINHash{}, ErrPIN
	}
	for _, r := range pin {
		if r < '0' || r > '9' {
			return PINHash{}, ErrPIN
		}
	}
	salt := make([]byte, 16)
	if _, err := io.ReadFull(random, salt); err != nil {
		return PINHash{}, err
	}
	return HashPINRounds(pin, salt, pinIterations)
}

// HashPINRounds is HashPIN with a salt and a number of iterations of the caller's.
func HashPINRounds(pin string, salt []byte, iterations int) (PINHash, error) {
	hash, err := pbkdf2.Key(sha256.New, pin, salt, iterations, sha256.Size)
	return PINHash{Salt: salt, Hash: hash, Iterations: iterations}, err
}

// Set reports whether there is a PIN.
func (h PINHash) Set() bool { return len(h.Hash) == sha256.Size && h.Iterations > 0 }

// Is reports whether the PIN is this one.
func (h PINHash) Is(pin string) bool {
	if !h.Set() || h.Iterations > maxIterations || len(pin) > maxPIN {
		return false
	}
	got, err := pbkdf2.Key(sha256.New, pin, h.Salt, h.Iterations, sha256.Size)
	return err == nil && subtle.ConstantTimeCompare(got, h.Hash) == 1
}

// Staff opens the staff's menu, which asks for the PIN first. What a visitor has on the screen is wiped before.
func (k *Kiosk) Staff() {
	if k.state == KioskStaff {
		return
	}
	k.drop()
	if k.cfg.Wipe != nil {
		go k.cfg.Wipe()
	}
	k.pin, k.staffIn = nil, false
	switch {
	case !k.kept.PIN.Set():
		k.notice = k.m.T("kiosk.pin.none")
	case k.locked():
		k.notice = k.m.T("kiosk.pin.locked")
	}
	k.set(KioskStaff)
}

// locked reports whether too many wrong PINs were typed lately. A clock that was set back does not shorten the wait, nor
// make it endless.
func (k *Kiosk) locked() bool {
	left := k.kept.LockedUntil.Sub(k.cfg.Now())
	if left > pinLock {
		k.kept.LockedUntil = k.cfg.Now().Add(pinLock)
		k.save()
	}
	return left > 0
}

// StaffIn reports whether the PIN was right.
func (k *Kiosk) StaffIn() bool { return k.state == KioskStaff && k.staffIn }

// PINLength is how many digits were typed.
func (k *Kiosk) PINLength() int { return len(k.pin) }

// StaffRune takes a digit; a backspace (U+0008) takes one back.
func (k *Kiosk) StaffRune(r rune) {
	if k.state != KioskStaff || k.staffIn {
		return
	}
	switch {
	case r == '\b' && len(k.pin) > 0:
		k.pin = k.pin[:len(k.pin)-1]
	case r >= '0' && r <= '9' && len(k.pin) < maxPIN:
		k.pin = append(k.pin, r)
	}
	k.set(KioskStaff)
}

// StaffEnter tries the PIN.
func (k *Kiosk) StaffEnter() {
	if k.state != KioskStaff || k.staffIn || len(k.pin) == 0 {
		return
	}
	pin := string(k.pin)
	clear(k.pin)
	k.pin = k.pin[:0]
	m := k.m
	switch {
	case !k.kept.PIN.Set():
		k.notice = m.T("kiosk.pin.none")
	case k.locked():
		k.notice = m.T("kiosk.pin.locked")
	default:
		// The attempt counts before it is tried, so that pulling the plug wins nothing.
		k.kept.Wrong++
		if k.kept.Wrong >= pinAttempts {
			k.kept.LockedUntil = k.cfg.Now().Add(pinLock)
		}
		k.save()
		if k.kept.PIN.Is(pin) {
			k.kept.Wrong, k.kept.LockedUntil = 0, time.Time{}
			k.save()
			k.staffIn, k.notice = true, ""
		} else {
			k.notice = m.T("kiosk.pin.wrong")
			if k.kept.Wrong >= pinAttempts {
				k.kept.Wrong = 0
				k.save()
				k.notice = m.T("kiosk.pin.locked")
			}
		}
	}
	k.set(KioskStaff)
}

// ResetCounts sets today's counters to nothing.
func (k *Kiosk) ResetCounts() {
	if k.StaffIn() {
		k.kept.Passed, k.kept.Failed, k.kept.Unsure = 0, 0, 0
		k.save()
		k.set(KioskStaff)
	}
}

// LeaveStaff goes back to the invitation.
func (k *Kiosk) LeaveStaff() {
	clear(k.pin)
	k.pin, k.staffIn, k.notice = nil, false, ""
	k.invite()
}
