// Package verify answers one question: what do the notices say about this copy of an electronic professional
// certificate, and about the registration behind it, as at a given day?
//
// The way of the data:
//
//	file ─ document ─► pages ─┬─ qr ─────┐
//	                          ├─ fields ─┤                          ┌─ report  (terminal, JSON, HTML, ...)
//	                          ├─ seal ───┼─► Evidence ── rules ──► Report ─┼─ ui
//	                          └─ ink ────┘    (Gather)    (Judge)   └─ store
//
// Gather does the slow, bounded, fallible reading and holds no opinion. Judge is pure: it needs the Evidence, an instant
// and a policy, and neither the file, a clock nor the network. So a certificate can be judged again as at another day in
// microseconds, and a misreading and a misjudgement are tested apart.
//
// What is missing never passes: a check without its facts is INCONCLUSIVE, and "nothing ran" is INDETERMINATE.
package verify
