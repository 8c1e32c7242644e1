//go:build !unix

package ocr_test

import "time"

// usedCPU is not known here.
func usedCPU() time.Duration { return 0 }
