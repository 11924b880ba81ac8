//go:build !linux

package tcpbench

func realtime() (back func(), err error) { return nil, errNotPermitted }
