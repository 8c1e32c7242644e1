package qr

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// hostsFile is the name of the host list among the rule data.
const hostsFile = "hosts.json"

// ErrHosts is wrapped by every error of LoadHosts.
var ErrHosts = errors.New("host list")

// LoadHosts reads the dated host list hosts.json, normally from assets.Rules().
func LoadHosts(fsys fs.FS) ([]Host, error) {
	b, err := fs.ReadFile(fsys, hostsFile)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrHosts, err)
	}
	var doc struct {
		Version string `json:"version"`
		Hosts   []Host `json:"hosts"`
	}
	if err := json.Unmarshal(b, &doc); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrHosts, hostsFile, err)
	}
	if doc.Version == "" || len(doc.Hosts) == 0 {
		return nil, fmt.Errorf("%w: %s has no version or no rows", ErrHosts, hostsFile)
	}
	for i, h := range doc.Hosts {
		if h.Host == "" || h.Host != strings.ToLower(h.Host) || strings.ContainsAny(h.Host, "/:@ ") {
			return nil, fmt.Errorf("%w: %s row %d: %q is not a host name in lower case", ErrHosts, hostsFile, i+1, h.Host)
		}
		if h.Owner == "" {
			return nil, fmt.Errorf("%w: %s row %d: %s has no owner", ErrHosts, hostsFile, i+1, h.Host)
		}
	}
	return doc.Hosts, nil
}
