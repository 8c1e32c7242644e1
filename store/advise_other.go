//go:build !linux && !darwin

package store

func adviseOrder([]byte, bool) {}
