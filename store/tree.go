package store

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
)

// Hash is a SHA-256 value.
type Hash [sha256.Size]byte

// fanout is the number of children of a node: a group of 16 hashes is one 512-byte value.
const fanout = 16

// The buckets whose values are leaves of a tree, by the byte that stands for them in keys and hashes.
const (
	treeWords    = 'w'
	treeEmployer = 'e'
	treeRows     = 'r'
	treeNumber   = 'n'
	treeEcert    = 'c'
	treeQR       = 'q'
	treeName     = 'm'
)

var bucketNames = map[byte]string{
	treeWords: "words", treeEmployer: "emp", treeRows: "rec",
	treeNumber: "no", treeEcert: "ecert", treeQR: "qr", treeName: "nm",
}

// treeOrder is the order in which the buckets are written.
const treeOrder = "werncqm"

const (
	bucketTree = "t"
	bucketMeta = "meta"
)

const leafHead = 3

// leafText is what a leaf's hash is taken of: it binds a value to its bucket and key, and since a value starts with its
// own ordinal, to its place too. The value stands at its end.
func leafText(buf []byte, tree byte, key, value []byte) []byte {
	return append(append(append(buf, 0, tree, byte(len(key))), key...), value...)
}

// emptyRoot is the root of a tree without leaves.
func emptyRoot(tree byte) Hash { return sha256.Sum256([]byte{2, tree}) }

// treeKey is the key of a group of hashes in the bucket of trees. Level 0 groups hold hashes of leaves.
func treeKey(tree byte, level int, group uint32) []byte {
	k := make([]byte, treeKeyWidth)
	k[0], k[1] = tree, byte(level)
	binary.BigEndian.PutUint32(k[2:], group)
	return k
}

const treeKeyWidth = 6

// groupKey is treeKey as a number.
func groupKey(tree byte, level int, group uint32) uint64 {
	return uint64(tree)<<40 | uint64(level)<<32 | uint64(group)
}

// treeGroups calls put for every group of the tree over leaves, level by level, and returns the root.
func treeGroups(tree byte, leaves []Hash, put func(key, value []byte) error) (Hash, error) {
	if len(leaves) == 0 {
		return emptyRoot(tree), nil
	}
	for level := 0; ; level++ {
		up := make([]Hash, 0, (len(leaves)+fanout-1)/fanout)
		var g hashGroup
		g.buf[0], g.buf[1], g.buf[2] = 1, tree, byte(level)
		for i := 0; i < len(leaves); i += fanout {
			g.n = leafHead
			for _, h := range leaves[i:min(i+fanout, len(leaves))] {
				g.n += copy(g.buf[g.n:], h[:])
			}
			if err := put(treeKey(tree, level, uint32(i/fanout)), g.buf[leafHead:g.n]); err != nil {
				return Hash{}, err
			}
			up = append(up, g.hash())
		}
		if len(up) == 1 {
			return up[0], nil
		}
		leaves = up
	}
}

// prover checks leaves of one tree against its root. It remembers the hashes one level above the leaves that it has
// already traced to the root (32 bytes for 16 blocks, so 2 MB for 20 million rows), and for a bounded number of groups
// also the leaves' own.
type prover struct {
	tree   byte
	name   string // of the bucket
	width  int    // bytes of its keys
	leaves uint32
	root   Hash
	at     *root // of the bucket

	mu    sync.RWMutex
	known []Hash // by group of leaves; the zero Hash is unknown
	near  []atomic.Pointer[nearGroup]
}

// nearGroup holds the first half of each leaf's hash of one group: 128 bits withstand a second preimage.
type nearGroup struct {
	group  uint32
	leaves [fanout][sha256.Size / 2]byte
}

// nearGroups bounds what a prover remembers of leaves: 8,192 groups are 2.3 MB and 131,072 blocks.
const nearGroups = 8192

func newProver(tree byte, leaves uint32, top Hash) (*prover, error) {
	if leaves == 0 && top != emptyRoot(tree) {
		return nil, fmt.Errorf("%w: tree %q has no leaves but a root", ErrDamaged, tree)
	}
	groups := (int(leaves) + fanout - 1) / fanout
	return &prover{
		tree: tree, name: bucketNames[tree], width: keyWidth(tree), leaves: leaves, root: top,
		near: make([]atomic.Pointer[nearGroup], min(groups, nearGroups)),
	}, nil
}

// keyWidth is the number of bytes of a bucket's keys.
func keyWidth(tree byte) int {
	switch tree {
	case treeNumber, treeEcert, treeQR, treeName:
		return 8
	}
	return 4
}

var errPath = errors.New("the Merkle path does not lead to the root")

// hashGroup is a group of hashes behind the bytes that a node's hash begins with: 1, the tree, the level.
type hashGroup struct {
	buf [3 + fanout*sha256.Size]byte
	n   int
}

// load copies a group, so that what is compared and what is hashed are the same bytes, and checks that h is entry at of
// its level, of n hashes.
func (g *hashGroup) load(tree, level byte, value []byte, h Hash, at, n uint32) error {
	size := int(min(n-at/fanout*fanout, fanout)) * sha256.Size
	if len(value) != size {
		return errPath
	}
	g.buf[0], g.buf[1], g.buf[2] = 1, tree, level
	g.n = 3 + copy(g.buf[3:], value)
	if i := 3 + int(at%fanout)*sha256.Size; Hash(g.buf[i:i+sha256.Size]) != h {
		return errPath
	}
	return nil
}

func (g *hashGroup) hash() Hash { return sha256.Sum256(g.buf[:g.n]) }

// check verifies that the leaf stands at place ord of the tree. get reads a group by key.
func (p *prover) check(leaf Hash, ord uint32, get func(key uint64) []byte) error {
	if ord >= p.leaves {
		return errPath
	}
	group := ord / fanout
	slot := &p.near[group%uint32(len(p.near))]
	if near := slot.Load(); near != nil && near.group == group {
		if near.leaves[ord%fanout] != [sha256.Size / 2]byte(leaf[:]) {
			return errPath
		}
		return nil
	}
	var g hashGroup
	if err := g.load(p.tree, 0, get(groupKey(p.tree, 0, group)), leaf, ord, p.leaves); err != nil {
		return err
	}
	near := &nearGroup{group: group}
	for i := 0; i < (g.n-3)/sha256.Size; i++ {
		copy(near.leaves[i][:], g.buf[3+i*sha256.Size:])
	}
	h := g.hash()
	p.mu.RLock()
	known := p.known != nil && p.known[group] == h
	p.mu.RUnlock()
	if !known {
		if err := p.climb(&g, h, group, get); err != nil {
			return err
		}
		p.mu.Lock()
		if p.known == nil {
			p.known = make([]Hash, (p.leaves+fanout-1)/fanout)
		}
		p.known[group] = h
		p.mu.Unlock()
	}
	slot.Store(near)
	return nil
}

// climb follows the hash of a group of leaves to the root. A level of n hashes has ceil(n/16) groups; the root is the hash
// of the only group.
func (p *prover) climb(g *hashGroup, h Hash, at uint32, get func(key uint64) []byte) error {
	n := (p.leaves + fanout - 1) / fanout
	for level := 1; n > 1; level++ {
		if level > maxTreeLevels {
			return errPath
		}
		if err := g.load(p.tree, byte(level), get(groupKey(p.tree, level, at/fanout)), h, at, n); err != nil {
			return err
		}
		h = g.hash()
		at, n = at/fanout, (n+fanout-1)/fanout
	}
	if h != p.root {
		return errPath
	}
	return nil
}
