package seal

import "context"

// inspectOFD verifies the seals of an OFD package.
func inspectOFD(ctx context.Context, data []byte, opts Options) *Report {
	return unreadable(opts, pUnsupportedFormat, "OFD")
}
