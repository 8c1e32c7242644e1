package verifytest

import (
	"time"

	"github.com/emmansun/gmsm/sm3"
)

// sesOptions says how an electronic seal signature of GB/T 38540-2020 (version 4) is put together.
type sesOptions struct {
	id      *Identity // 签章者
	maker   *Identity // 制章人
	name    string    // 印章名称
	at      time.Time
	picture []byte // PNG
	w, h    int    // millimetres
	fault   SealFault
	stamp   func(value []byte) ([]byte, error)
}

// signSES returns an SES_Signature (GB/T 38540-2020 §7) over data.
func signSES(data []byte, o sesOptions) ([]byte, error) {
	from, to := Day("2021-01-01").Start(), Day("2035-12-31").Start()
	if o.fault == FaultSealExpired {
		to = Day("2025-12-31").Start()
	}
	listed := o.id.Cert.Raw
	if o.fault == FaultNotListed {
		listed = o.maker.Cert.Raw
	}
	sealInfo := derSeq(
		derSeq(derIA5("ES"), derInt(4), derIA5("SPECIMEN")),
		derIA5("99999900000001"),
		derSeq(derInt(1), derUTF8(o.name), derInt(1), derSeq(derOctets(listed)), derGeneralized(from), derGeneralized(from), derGeneralized(to)),
		derSeq(derIA5("PNG"), derOctets(o.picture), derInt(int64(o.w)), derInt(int64(o.h))),
	)
	// The seal maker signs eSealInfo as it stands.
	sealValue, err := signBytes(o.maker, sealInfo)
	if err != nil {
		return nil, err
	}
	seal := derSeq(sealInfo, derOctets(o.maker.Cert.Raw), derOID(oidSM2WithSM3), derBits(sealValue))
	hash := sm3.Sum(data)
	tbs := derSeq(derInt(4), seal, derGeneralized(o.at), derBits(hash[:]), derIA5("application/pdf"))
	value, err := signBytes(o.id, tbs)
	if err != nil {
		return nil, err
	}
	if o.fault == FaultValue {
		value = spoil(value)
	}
	parts := [][]byte{tbs, derOctets(o.id.Cert.Raw), derOID(oidSM2WithSM3), derBits(value)}
	if o.stamp != nil {
		token, err := o.stamp(value)
		if err != nil {
			return nil, err
		}
		parts = append(parts, derExplicit(0, derBits(token)))
	}
	return derSeq(parts...), nil
}
