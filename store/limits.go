package store

import "time"

// Limits on what a row, a block and a file may hold. They keep a stranger's file from costing more than its own refusal.
const (
	maxString      = 1024        // bytes of any one text of a row
	maxSpecialties = 64          // specialties of a row
	maxHistory     = 4096        // earlier values of a row
	maxRowBytes    = 256 << 10   // packed bytes of a row
	maxBlockBytes  = 1 << 20     // bytes of any value in the file
	maxRows        = 1<<32 - 2   // row numbers are 32 bits wide
	maxManifest    = 64 << 10    // bytes of the manifest
	maxMatches     = 256         // records that one lookup returns
	maxProbes      = 4096        // index entries that one lookup follows
	maxTreeLevels  = 12          // 16^12 leaves
	maxPageDepth   = 16          // levels of pages of a bbolt bucket
	maxBranchPages = 1 << 20     // branch pages looked at when a file is opened
	maxLine        = 1 << 20     // bytes of a line of a source file
	maxBadRows     = 10_000      // bad rows kept for the report; more are only counted
	maxColumns     = 256         // columns of a source table
	lockTimeout    = time.Second // wait for the lock of a bbolt file
)
