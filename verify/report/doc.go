// Package report writes a Report for people and programs, and reads exported ones back. All forms of one run show the same
// numbers, and none of them can leave a failed check out.
package report
