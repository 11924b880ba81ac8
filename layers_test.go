package talkpath_test

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/talkpath/talkpath/"

// layers holds each folder's layer; the longest prefix that fits a package
// counts. A package may import what is in lower layers only.
var layers = map[string]int{
	"agents":                  1,
	"media":                   0,
	"media/conceal":           1,
	"media/denoise":           1,
	"media/dtmf":              1,
	"media/echo":              1,
	"media/noise":             1,
	"media/pace":              1,
	"media/quality":           1,
	"media/stretch":           1,
	"media/wav":               1,
	"codec":                   1,
	"conversation":            1,
	"jitter":                  1,
	"ledger":                  1,
	"telephony":               1,
	"vad":                     1,
	"codec/":                  2,
	"jitter/":                 2,
	"conversation/asr/":       2,
	"conversation/dialogue/":  2,
	"conversation/tts/":       2,
	"telephony/":              2,
	"telephony/sim":           2,
	"telephony/telephonytest": 2,
	"telephony/wsconn":        2,
	"telephony/wsconn/":       2,
	"api":                     3,
	"bridge":                  3,
	"cmd/":                    4,
	"bench/":                  4,
	"bench/audio/report":      1,
	"bench/audio/trace":       1,
	"bench/audio/corpus":      3,
	"bench/audio/score":       3,
	"bench/audio/lab":         4,
	"bench/audio/neteq":       5,
	"bench/audio/":            6,
	"bench/audio":             7,
	"e2e":                     5,
}

func TestImportsPointDownwardsOnly(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for dec := json.NewDecoder(strings.NewReader(string(out))); dec.More(); {
		var pkg struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&pkg); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(pkg.ImportPath, module) {
			continue // the root, which holds this test only
		}
		from, ok := layerOf(pkg.ImportPath)
		if !ok {
			t.Errorf("%s has no layer: give it a row in this test and in the design", pkg.ImportPath)
			continue
		}
		for _, imported := range pkg.Imports {
			if !strings.HasPrefix(imported, module) {
				continue
			}
			if to, _ := layerOf(imported); to >= from {
				t.Errorf("%s (layer %d) imports %s (layer %d)", pkg.ImportPath, from, imported, to)
			}
		}
	}
}

func TestGorillaIsUsedInOnePackageOnly(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-f", "{{.ImportPath}} {{join .Imports \" \"}}", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	allowed := map[string]bool{module + "telephony/wsconn": true, module + "bench/echo": true}
	for line := range strings.Lines(string(out)) {
		pkg, imports, _ := strings.Cut(line, " ")
		if strings.Contains(imports, "gorilla/websocket") && !allowed[pkg] {
			t.Errorf("%s imports gorilla/websocket; only telephony/wsconn does", pkg)
		}
	}
}

// layerOf returns the layer of the longest row that fits: a row that ends in
// a slash stands for the folders below, another for the package itself.
func layerOf(pkg string) (layer int, found bool) {
	path := strings.TrimPrefix(pkg, module)
	best := -1
	for row, l := range layers {
		fits := path == row || strings.HasSuffix(row, "/") && strings.HasPrefix(path, row)
		if fits && len(row) > best {
			best, layer, found = len(row), l, true
		}
	}
	return layer, found
}
