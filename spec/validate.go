package spec

// Problem is one rule that a State breaks.
type Problem struct {
	Key Key
	// Rule is the stable code of the rule.
	Rule            string
	Summary, Detail string
}

// Validate is every rule that the state breaks.
func Validate(s State) []Problem {
	var out []Problem
	for k, d := range s.Destinations {
		service, ok := s.Services[k.Service]
		if !ok {
			out = append(out, Problem{Key: k, Summary: "Destination without a service"})
		}
		if service.OnePacket && d.Forward == Masquerade {
			out = append(out, Problem{Key: k, Summary: "One-packet scheduling with masquerading"})
		}
		if k.Mixed() && (d.Forward != TunnelTo || len(s.SyncDaemons) > 0) {
			out = append(out, Problem{Key: k, Summary: "Mixed families"})
		}
	}
	return out
}
