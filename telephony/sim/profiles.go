package sim

import "time"

// Profiles returns the profiles that have names. Their times are those at
// which audio paths were measured: Gaussian jitter of 30 ms; stalls of 120 ms
// every 2 s; one of 300 ms every 10 s and rare ones of 200 to 300 ms; a lost
// segment that costs 1.5 round trips of 40 ms and 20 ms more.
func Profiles() []Profile {
	return []Profile{
		{Name: "clean"},
		both("jitter", Path{Delay: 60 * time.Millisecond, Jitter: 30 * time.Millisecond}, func(p *Profile) {
			p.Reordered = Reordering{Share: 0.1, Window: 2}
		}),
		both("bursts", Path{
			Delay: 20 * time.Millisecond, Burst: 100 * time.Millisecond,
			Stalls: []Stall{{Every: 2 * time.Second, Shortest: 120 * time.Millisecond, Longest: 120 * time.Millisecond}},
		}, nil),
		both("stalls", Path{
			Delay: 20 * time.Millisecond,
			Stalls: []Stall{
				{Every: 10 * time.Second, Shortest: 300 * time.Millisecond, Longest: 300 * time.Millisecond},
				{Every: 10 * time.Second, Shortest: 200 * time.Millisecond, Longest: 300 * time.Millisecond, Random: true},
			},
		}, nil),
		{Name: "drift", Drift: 200},
		both("loss", Path{
			Delay: 20 * time.Millisecond,
			Lost:  Retransmits{Share: 0.01, Hole: 80 * time.Millisecond},
		}, func(p *Profile) {
			p.Dropped = Drops{Share: 0.01, Run: 3}
		}),
	}
}

// both returns a profile with the same path in both directions.
func both(name string, path Path, more func(*Profile)) Profile {
	p := Profile{Name: name, ToServer: path, FromServer: path}
	if more != nil {
		more(&p)
	}
	return p
}

// ProfileNamed returns the profile of a name, and whether there is one.
func ProfileNamed(name string) (Profile, bool) {
	for _, p := range Profiles() {
		if p.Name == name {
			return p, true
		}
	}
	return Profile{}, false
}

// ProfileNames returns the names of Profiles, in order.
func ProfileNames() (names []string) {
	for _, p := range Profiles() {
		names = append(names, p.Name)
	}
	return names
}
