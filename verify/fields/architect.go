package fields

// finishArchitect checks the face of a 注册建筑师注册证书 against itself. Its number has no published rule (DOMAIN §2.4),
// so only signs that cannot be part of one are reported.
func (r *reader) finishArchitect() {
	for _, c := range r.cert.Number {
		if !isHan(c) && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && c != '-' {
			r.problem(BadNumber, "number", string(c))
			return
		}
	}
}
