package main

// dataCommands are the verbs that keep the data folder.
func dataCommands() []command {
	return []command{
		{"snapshot", [2]string{"注册数据快照：制作、导入、查询、回退", "registry snapshots: build, import, look up, revert"}, cmdSnapshot},
		{"trust", [2]string{"信任锚：查看、添加、移除", "trust anchors: list, add, remove"}, cmdTrust},
		{"audit", [2]string{"核验日志：查看、校验、导出", "audit log: list, verify, export"}, cmdAudit},
	}
}
