package spec

import (
	"maps"
	"slices"
)

// Sound is the part of a State that Validate finds nothing wrong with, and what is wrong with the rest. A service goes with
// all of its destinations if it or one of them is wrong, because a service with some of its servers would be another one;
// so do the destinations of a service that is not there. The State itself is not changed.
func Sound(s State) (State, []Problem) {
	problems := Validate(s)
	sound, wrong := s.Clone(), map[ServiceKey]bool{}
	for _, p := range problems {
		if kind := p.Key.Kind(); kind != KindService && kind != KindDestination {
			sound.Set(p.Key, nil)
		}
	}
	if len(sound.SyncDaemons) == 0 {
		problems = slices.DeleteFunc(problems, func(p Problem) bool { return p.Rule == besideDaemon })
	}
	for _, p := range problems {
		switch k := p.Key.(type) {
		case ServiceKey:
			wrong[k] = true
		case DestinationKey:
			wrong[k.Service] = true
		}
	}
	maps.DeleteFunc(sound.Services, func(k ServiceKey, _ Service) bool { return wrong[k] })
	maps.DeleteFunc(sound.Destinations, func(k DestinationKey, _ Destination) bool { return wrong[k.Service] })
	return sound, problems
}

// besideDaemon is the rule that is broken only as long as there are sync daemons.
const besideDaemon = "LVS152"
