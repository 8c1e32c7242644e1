package rules

import (
	"slices"
	"strings"

	"zhengyan/verify/civil"
	"zhengyan/verify/fields"
	"zhengyan/verify/qr"
)

// Identifiers of a certificate: 证照标识 on the face and in the code, and the key of its record that the code carries.
// None proves anything offline (DOMAIN §4); two that differ are of different certificates.

// faceIdentifier is the face's 证照标识, "" if there is none, or if a reading program may have misread it: its check
// character does not fit.
func (e *evaluation) faceIdentifier() string {
	if id, err := qr.CheckEcertID(e.cert.EcertID); e.Face != nil && e.Face.Source == fields.SourceOCR && (err != nil || !id.CheckOK) {
		return ""
	}
	return e.cert.EcertID
}

// sameIdentifier compares by the parts of the identifiers, and as texts where either is in a form of its own.
func sameIdentifier(a, b string) bool {
	x, err1 := qr.CheckEcertID(a)
	y, err2 := qr.CheckEcertID(b)
	if err1 != nil || err2 != nil {
		return sameNumber(a, b)
	}
	return x.Same(y)
}

// qrIdentifierDiffers: the code holds the identifier of another certificate than the face.
func qrIdentifierDiffers(e *evaluation) bool {
	face := e.faceIdentifier()
	return face != "" && e.anyCode(func(c *Code) bool {
		if c.Payload.Ecert == nil || sameIdentifier(c.Payload.Ecert.Text(), face) {
			return false
		}
		e.set("coded", c.Payload.Ecert.Text())
		e.set("face", face)
		e.showCode(c)
		e.showField("ecertID")
		return true
	})
}

// sameCopy reports whether the registry's identifiers can be those of the copy that was read: each copy may have its
// own, and the registry's are those of the newest that it knew.
func (e *evaluation) sameCopy(r *RegistryRecord) bool {
	from := e.period().From
	switch {
	case from.IsZero():
		return true
	case r.LatestUsageFrom.IsZero():
		return !from.After(civil.Of(e.Registry.Snapshot.AsOf))
	}
	return from == r.LatestUsageFrom
}

// compareIdentifiers compares those of face and code with the registry's.
func (e *evaluation) compareIdentifiers(r *RegistryRecord, out []difference) []difference {
	if !e.sameCopy(r) {
		return out
	}
	stated := e.faceIdentifier()
	for i := 0; stated == "" && i < len(e.Codes); i++ {
		if id := e.Codes[i].Payload.Ecert; id != nil {
			stated = id.Text()
		}
	}
	is := func(v string) bool { return sameIdentifier(v, stated) }
	if stated != "" && r.EcertID != "" && !is(r.EcertID) && !e.earlier(r, "ecertID", is) {
		out = append(out, difference{"ecertID", stated, r.EcertID})
	}
	key := strings.TrimSpace(r.QRKey)
	for i := range e.Codes {
		c := &e.Codes[i]
		keys := c.Payload.Keys()
		if key == "" || len(keys) == 0 || c.Payload.Kind != qr.PayloadKnownHost || !e.knownFor(c) {
			continue
		}
		has := func(v string) bool { return slices.Contains(keys, strings.TrimSpace(v)) }
		if !has(key) && !e.earlier(r, "qrKey", has) {
			return append(out, difference{"qrKey", keys[0], key})
		}
	}
	return out
}

// ownRecord leaves out records that only share a key or an identifier with that of the face's number: then it names no
// one record, and does not lead away from this one.
func (e *evaluation) ownRecord(all []RegistryRecord) []RegistryRecord {
	if len(all) < 2 {
		return all
	}
	own := -1
	for i := range all {
		if !sameNumber(all[i].Number, e.cert.Number) {
			continue
		}
		if own >= 0 {
			return all
		}
		own = i
	}
	if own < 0 {
		return all
	}
	for i := range all {
		key, id := all[i].QRKey, all[i].EcertID
		if i != own && (key == "" || key != all[own].QRKey) && (id == "" || !sameIdentifier(id, all[own].EcertID)) {
			return all
		}
	}
	return all[own : own+1]
}

// registryIdentifiersDiffer: number, identifier and the code's key lead to different registrations.
func registryIdentifiersDiffer(e *evaluation) bool {
	if len(e.records()) < 2 || !e.judged() || e.ofNumber() > 1 {
		return false
	}
	e.setInt("count", len(e.records()))
	for i := range e.records() {
		e.show("number", e.records()[i].Number)
	}
	e.showSnapshot()
	return true
}

// ofNumber counts the records of the face's number.
func (e *evaluation) ofNumber() (n int) {
	for _, r := range e.records() {
		if sameNumber(r.Number, e.cert.Number) {
			n++
		}
	}
	return n
}
