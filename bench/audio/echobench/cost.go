package echobench

import (
	"math/rand/v2"
	"time"

	"github.com/talkpath/talkpath/bench/audio/lab"
	"github.com/talkpath/talkpath/bench/audio/report"
	"github.com/talkpath/talkpath/media/echo"
)

// guardCost returns what the guard costs while the agent speaks and nothing
// comes back, as on nearly all calls.
func guardCost(l *lab.Lab) report.Row {
	frames := 200_000
	if l.Short {
		frames = 1000
	}
	rng := rand.New(rand.NewPCG(l.Seed, 2))
	sent, heard := make([]int16, step), make([]int16, step)
	for i := range sent {
		sent[i], heard[i] = int16(rng.IntN(8000)-4000), int16(rng.IntN(17)-8)
	}
	least := lab.Least{}
	for range l.Runs() {
		g, err := echo.New(rate)
		if err != nil {
			break
		}
		now := epoch()
		least.Add("guard", lab.Spent(frames, func() {
			for range frames {
				now = now.Add(slot)
				g.Queue(sent)
				g.Sent(slot, now.Add(200*time.Millisecond))
				g.Hear(now, heard)
				g.Explains()
			}
		}))
	}
	return report.Row{
		Name: "Echo guard for a frame of 20 ms while the agent speaks", Unit: "µs", Decimals: 2, Ours: least["guard"],
		Anchor: report.None(), Goal: report.Most(1), SlackPart: 0.5, Note: "the goal is our own",
	}
}
