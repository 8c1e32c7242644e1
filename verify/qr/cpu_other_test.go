//go:build !unix

package qr

func processCPU() float64 { return 0 }
