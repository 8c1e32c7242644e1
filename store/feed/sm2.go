package feed

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"github.com/emmansun/gmsm/sm2"
	"github.com/theupdateframework/go-tuf/v2/metadata"
)

// A root may demand that the targets are signed by national algorithms as well. TUF clients refuse a role with a key
// type that they do not know, so the keys stand in a field of their own and the signatures in a file beside the targets.

// sm2Demand is the value of the root's field.
type sm2Demand struct {
	Keys      map[string]string `json:"keys"` // id → uncompressed public point, hexadecimal
	Threshold int               `json:"threshold"`
}

// sm2Signature is an entry of the file N.targets.json.sm2.
type sm2Signature struct {
	KeyID     string `json:"keyid"`
	Signature string `json:"sig"` // ASN.1, hexadecimal; over the bytes of the file, default user id
}

const maxSM2 = 64 << 10

func checkSM2(ctx context.Context, f Fetcher, root *metadata.Metadata[metadata.RootType], name string, signed []byte) error {
	field, ok := root.Signed.UnrecognizedFields[fieldSM2]
	if !ok {
		return nil
	}
	raw, err := json.Marshal(field)
	if err != nil {
		return err
	}
	var demand sm2Demand
	if err := json.Unmarshal(raw, &demand); err != nil || demand.Threshold < 1 || len(demand.Keys) < demand.Threshold {
		return fmt.Errorf("%w: the root's demand for SM2 does not read", ErrRefused)
	}
	b, err := fetch(ctx, f, name+".sm2", maxSM2)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: the SM2 signature is missing", ErrRefused)
	}
	if err != nil {
		return err
	}
	var sigs []sm2Signature
	if err := json.Unmarshal(b, &sigs); err != nil {
		return fmt.Errorf("%w: SM2 signatures: %w", ErrRefused, err)
	}
	good := map[string]bool{} // by public key: the same key under two ids counts once
	for _, s := range sigs {
		point, err1 := hex.DecodeString(demand.Keys[s.KeyID])
		sig, err2 := hex.DecodeString(s.Signature)
		if err1 != nil || err2 != nil || len(point) == 0 {
			continue
		}
		pub, err := sm2.NewPublicKey(point)
		if err != nil {
			continue
		}
		if sm2.VerifyASN1WithSM2(pub, nil, signed, sig) {
			good[hex.EncodeToString(point)] = true
		}
	}
	if len(good) < demand.Threshold {
		return fmt.Errorf("%w: %d of %d SM2 signatures", ErrRefused, len(good), demand.Threshold)
	}
	return nil
}

func signSM2(key *sm2.PrivateKey, signed []byte) (sm2Signature, error) {
	sig, err := key.SignWithSM2(rand.Reader, nil, signed)
	if err != nil {
		return sm2Signature{}, err
	}
	return sm2Signature{KeyID: sm2ID(&key.PublicKey), Signature: hex.EncodeToString(sig)}, nil
}

func sm2Point(pub *ecdsa.PublicKey) string {
	p := make([]byte, 65)
	p[0] = 4
	//lint:ignore SA1019 crypto/ecdsa encodes no keys of the SM2 curve
	x, y := pub.X, pub.Y
	x.FillBytes(p[1:33])
	y.FillBytes(p[33:])
	return hex.EncodeToString(p)
}

func sm2ID(pub *ecdsa.PublicKey) string { return sm2Point(pub)[2:18] }
