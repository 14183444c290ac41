package detection

import "sort"

// Score counts how cases were judged.
type Score struct {
	Categories map[string]*Tally // of the malicious: found
	Tiers      map[string]*Tally // of the benign: alerted
	Evasions   map[string]*Tally // of the malicious that hide, by the way: found
	Hidden     Tally             // of the malicious that hide in any way: found
}

// Tally is how many of all.
type Tally struct{ Hit, All int }

// Rate is the share, 0 of none.
func (t Tally) Rate() float64 {
	if t.All == 0 {
		return 0
	}
	return float64(t.Hit) / float64(t.All)
}

func (t *Tally) add(hit bool) {
	t.All++
	if hit {
		t.Hit++
	}
}

// Add counts a case.
func (s *Score) Add(c Case, alerted bool) {
	if s.Categories == nil {
		s.Categories, s.Tiers, s.Evasions = map[string]*Tally{}, map[string]*Tally{}, map[string]*Tally{}
	}
	count := func(m map[string]*Tally, name string) {
		t := m[name]
		if t == nil {
			t = &Tally{}
			m[name] = t
		}
		t.add(alerted)
	}
	if c.Label != "malicious" {
		count(s.Tiers, c.Tier)
		return
	}
	count(s.Categories, c.Category)
	for _, e := range c.Evasion {
		count(s.Evasions, e)
	}
	if len(c.Evasion) > 0 {
		s.Hidden.add(alerted)
	}
}

// Macro is the mean of the categories' rates.
func (s *Score) Macro() float64 {
	if len(s.Categories) == 0 {
		return 0
	}
	sum := 0.0
	for _, t := range s.Categories {
		sum += t.Rate()
	}
	return sum / float64(len(s.Categories))
}

// Worst is the category of the lowest rate.
func (s *Score) Worst() (string, float64) {
	name, rate := "", 1.0
	for _, n := range Names(s.Categories) {
		if r := s.Categories[n].Rate(); r < rate || name == "" {
			name, rate = n, r
		}
	}
	return name, rate
}

// Tier is the tally of a tier of the benign.
func (s *Score) Tier(name string) Tally {
	if t := s.Tiers[name]; t != nil {
		return *t
	}
	return Tally{}
}

// Names are the keys in order.
func Names(m map[string]*Tally) []string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}
