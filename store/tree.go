package store

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
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

// leafHash binds a value to its bucket and key. The value starts with its own ordinal, so it is bound to its place too.
func leafHash(tree byte, key, value []byte) Hash {
	var buf [64]byte
	h := sha256.New()
	b := append(buf[:0], 0, tree, byte(len(key)))
	h.Write(append(b, key...))
	h.Write(value)
	var out Hash
	h.Sum(out[:0])
	return out
}

// nodeHash is the hash of a group of child hashes.
func nodeHash(tree, level byte, group []byte) Hash {
	var buf [3 + fanout*sha256.Size]byte
	b := append(buf[:0], 1, tree, level)
	return sha256.Sum256(append(b, group...))
}

// emptyRoot is the root of a tree without leaves.
func emptyRoot(tree byte) Hash { return sha256.Sum256([]byte{2, tree}) }

// treeKey is the key of a group of hashes in the bucket of trees. Level 0 groups hold hashes of leaves.
func treeKey(tree byte, level int, group uint32) []byte {
	k := make([]byte, 6)
	k[0], k[1] = tree, byte(level)
	binary.BigEndian.PutUint32(k[2:], group)
	return k
}

// treeGroups calls put for every group of the tree over leaves, level by level, and returns the root.
func treeGroups(tree byte, leaves []Hash, put func(key, value []byte) error) (Hash, error) {
	if len(leaves) == 0 {
		return emptyRoot(tree), nil
	}
	for level := 0; ; level++ {
		up := make([]Hash, 0, (len(leaves)+fanout-1)/fanout)
		for i := 0; i < len(leaves); i += fanout {
			g := make([]byte, 0, fanout*sha256.Size)
			for _, h := range leaves[i:min(i+fanout, len(leaves))] {
				g = append(g, h[:]...)
			}
			if err := put(treeKey(tree, level, uint32(i/fanout)), g); err != nil {
				return Hash{}, err
			}
			up = append(up, nodeHash(tree, byte(level), g))
		}
		if len(up) == 1 {
			return up[0], nil
		}
		leaves = up
	}
}

// prover checks leaves of one tree against its root. It remembers the hashes one level above the leaves that it has
// already traced to the root: 32 bytes for 16 blocks, so 2 MB for 20 million rows.
type prover struct {
	tree   byte
	leaves uint32
	root   Hash

	mu    sync.RWMutex
	known []Hash // by group of leaves; the zero Hash is unknown
}

func newProver(tree byte, leaves uint32, root Hash) (*prover, error) {
	if leaves == 0 && root != emptyRoot(tree) {
		return nil, fmt.Errorf("%w: tree %q has no leaves but a root", ErrDamaged, tree)
	}
	return &prover{tree: tree, leaves: leaves, root: root}, nil
}

var errPath = errors.New("the Merkle path does not lead to the root")

// check verifies that the leaf stands at place ord of the tree. get reads a group by key.
func (p *prover) check(leaf Hash, ord uint32, get func(key []byte) []byte) error {
	if ord >= p.leaves {
		return errPath
	}
	group := ord / fanout
	g := get(treeKey(p.tree, 0, group))
	if err := member(g, leaf, ord, p.leaves); err != nil {
		return err
	}
	h := nodeHash(p.tree, 0, g)
	p.mu.RLock()
	known := p.known != nil && p.known[group] == h
	p.mu.RUnlock()
	if known {
		return nil
	}
	// Climb to the root. A level of n hashes has ceil(n/16) groups; the root is the hash of the only group.
	climb, n, at := h, (p.leaves+fanout-1)/fanout, group
	for level := 1; n > 1; level++ {
		if level > maxTreeLevels {
			return errPath
		}
		g := get(treeKey(p.tree, level, at/fanout))
		if err := member(g, climb, at, n); err != nil {
			return err
		}
		climb = nodeHash(p.tree, byte(level), g)
		at, n = at/fanout, (n+fanout-1)/fanout
	}
	if climb != p.root {
		return errPath
	}
	p.mu.Lock()
	if p.known == nil {
		p.known = make([]Hash, (p.leaves+fanout-1)/fanout)
	}
	p.known[group] = h
	p.mu.Unlock()
	return nil
}

// member checks that h is entry at of its level, of n hashes, within the group g.
func member(g []byte, h Hash, at, n uint32) error {
	size := min(n-at/fanout*fanout, fanout)
	i := int(at%fanout) * sha256.Size
	if len(g) != int(size)*sha256.Size || Hash(g[i:i+sha256.Size]) != h {
		return errPath
	}
	return nil
}
