package ocr

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// Field numbers of ONNX (onnx.proto): only what is looked at here.
const (
	modelGraph  = 7
	graphInput  = 11
	graphOutput = 12
	valueName   = 1
)

var errNoModel = errors.New("not an ONNX model")

// part is one field of a protocol buffer message.
type part struct {
	num  protowire.Number
	typ  protowire.Type
	data []byte // the content, of BytesType
	raw  []byte // all, with the tag
	u    uint64 // of VarintType
}

// parts takes a message apart.
func parts(b []byte) ([]part, error) {
	var out []part
	for len(b) > 0 {
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			return nil, errNoModel
		}
		m := protowire.ConsumeFieldValue(num, typ, b[n:])
		if m < 0 {
			return nil, errNoModel
		}
		p := part{num: num, typ: typ, raw: b[:n+m]}
		switch typ {
		case protowire.BytesType:
			p.data, _ = protowire.ConsumeBytes(b[n:])
		case protowire.VarintType:
			p.u, _ = protowire.ConsumeVarint(b[n:])
		}
		out = append(out, p)
		b = b[n+m:]
	}
	return out, nil
}

// first is the content of the first field of that number.
func first(ps []part, num protowire.Number) []byte {
	for _, p := range ps {
		if p.num == num && p.typ == protowire.BytesType {
			return p.data
		}
	}
	return nil
}

// ports are the names of a model's first input and first output.
func ports(model []byte) (in, out string, err error) {
	top, err := parts(model)
	if err != nil {
		return "", "", err
	}
	graph, err := parts(first(top, modelGraph))
	if err != nil {
		return "", "", err
	}
	name := func(num protowire.Number) string {
		ps, err := parts(first(graph, num))
		if err != nil {
			return ""
		}
		return string(first(ps, valueName))
	}
	if in, out = name(graphInput), name(graphOutput); in == "" || out == "" {
		return "", "", errNoModel
	}
	return in, out, nil
}

// fingerprint names a model by what it is.
func fingerprint(what string, model []byte) string {
	sum := sha256.Sum256(model)
	return fmt.Sprintf("%s %x", what, sum[:4])
}
