package main

// dataCommands are the verbs that keep the data folder.
func dataCommands() []command {
	return []command{
		{"snapshot", "registry snapshots: build, import, look up, revert", cmdSnapshot},
		{"trust", "trust anchors: list, add, remove", cmdTrust},
		{"audit", "audit log: list, verify, export", cmdAudit},
	}
}
