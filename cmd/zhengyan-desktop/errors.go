package main

import (
	"errors"

	"zhengyan/store"
)

// errorKey is the key of the words that the window has for an error of the store, "" for none.
func errorKey(err error) string {
	for _, x := range []struct {
		err error
		key string
	}{
		{store.ErrBusy, "error.busy"},
		{store.ErrNewerFormat, "error.newer"},
		{store.ErrNotSnapshot, "error.notsnapshot"},
		{store.ErrNoSnapshot, "error.nosnapshot"},
		{store.ErrDamaged, "error.damaged"},
		{store.ErrOlder, "error.older"},
		{store.ErrUnsigned, "error.unsigned"},
		{store.ErrSame, "error.same"},
		{store.ErrDelta, "error.delta"},
		{store.ErrNoSpace, "error.nospace"},
		{store.ErrDeskDamaged, "error.desk"},
		{store.ErrFull, "error.full"},
		{store.ErrAnchorKnown, "error.anchor.known"},
		{store.ErrAnchorUnknown, "error.anchor.unknown"},
		{store.ErrAudit, "error.audit"},
	} {
		if errors.Is(err, x.err) {
			return x.key
		}
	}
	return ""
}
