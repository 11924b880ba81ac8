// Package agents holds the scripts of the agents that are built in.
package agents

import _ "embed"

//go:embed demo.yaml
var demo []byte

// Demo returns the script of the demo agent, a clinic that books, moves and
// cancels appointments, as YAML for dialogue/scripted. The caller owns it.
func Demo() []byte { return append([]byte(nil), demo...) }
