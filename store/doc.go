// Package store keeps what must last on a machine without a network: registry snapshots, trust anchors and the audit log.
//
// A snapshot is one immutable bbolt file. Rows lie packed in blocks in the order of (kind, number); hash indexes lead
// from a registration number, certificate identifier, QR key or name to row numbers; a Merkle tree over all blocks is
// checked on every read. So a flipped bit, a lost page or a cut file is damage (ErrDamaged) and never "not found":
// "not found" is said only where a verified index page covers the place at which the entry would stand.
//
//	words, emp        dictionaries: short recurring words, employers (sorted, blocks of strings)
//	rec               blocks of packed rows, key = number of the first row
//	no, ecert, qr, nm index pages of (hash, row), key = first entry; each page names the first entry of the next
//	t                 groups of 16 hashes, key = tree, level, group
//	meta              the manifest: what the publisher says, and the root of each tree
//
// The bytes of the file are a function of the set of rows and the manifest's words only, so a publisher's fresh build
// and a client's merge of an older file with a delta are the same file.
//
// The data folder holds generations of such files and one pointer, which is moved atomically (Data).
package store
