// Package architecture holds no code, only the tests that keep the house in order: who may import whom, what the
// engine must not touch (clock, environment, network), how large a file may grow, and what lies at the top of the tree.
package architecture
