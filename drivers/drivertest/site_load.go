//go:build linux

package drivertest

import (
	"net/netip"
	"sync"
	"time"
)

// Load is what the clients of a Site do meanwhile: they open connections, one after another whatever becomes of the ones
// before (but for the last sixteen), and hold others open.
type Load struct {
	Network string           // "tcp", "udp" or "sctp"; "": "tcp". A connection of UDP is a flow, from a port of its own
	To      []netip.AddrPort // services, in turn
	From    []netip.Addr     // sources, in turn; none: the kernel's choice
	Rate    int              // new connections a second
	Held    int              // connections that are held, with a ping every 200ms
	// Life is how long one of those is held before it is closed in peace and replaced; 0: to the end.
	Life time.Duration
	// Patience is how long a client waits for an answer; 0: that of the site. The first ones that are held have that of the
	// site for their beginning.
	Patience time.Duration
}

// Traffic is a Load that is running.
type Traffic struct {
	site   *Site
	load   Load
	stop   chan struct{}
	once   sync.Once // stops
	wait   sync.WaitGroup
	mu     sync.Mutex
	begun  int
	report SiteReport
}

const pingEvery = 200 * time.Millisecond

// Load starts one. The connections that it holds are open when it returns; one that cannot be opened ends the test.
func (s *Site) Load(l Load) *Traffic {
	s.t.Helper()
	if l.Network == "" {
		l.Network = "tcp"
	}
	if l.Patience == 0 {
		l.Patience = s.Patience
	}
	r := &Traffic{site: s, load: l, stop: make(chan struct{})}
	s.t.Cleanup(func() { r.Stop() }) // if the test fails before it does
	for i := range l.Held {
		from, to := r.pick(i)
		session, err := s.open(l.Network, s.Patience, from, to)
		if err != nil {
			s.t.Fatalf("a connection to hold: %v", err)
		}
		session.Patience = l.Patience
		r.wait.Go(func() { r.hold(i, session) })
	}
	if l.Rate > 0 {
		r.wait.Go(r.knock)
	}
	return r
}

// Stop ends a load and says what came of it. What has been begun is waited for.
func (r *Traffic) Stop() SiteReport {
	r.once.Do(func() { close(r.stop) })
	r.wait.Wait()
	return r.report
}

// pick is the source and the service of the connection number i.
func (r *Traffic) pick(i int) (from netip.Addr, to netip.AddrPort) {
	if len(r.load.From) > 0 {
		from = r.load.From[i%len(r.load.From)]
	}
	return from, r.load.To[i%len(r.load.To)]
}

// atOnce is how many new connections a Load waits for at most: one more would only keep a slow machine from answering them.
const atOnce = 16

// knock does not make up for what it could not do in time.
func (r *Traffic) knock() {
	pause, slots := time.Second/time.Duration(r.load.Rate), make(chan struct{}, atOnce)
	for i := 0; ; i++ {
		next := time.Now().Add(pause)
		select {
		case <-r.stop:
			return
		case <-time.After(pause):
		}
		r.late(time.Since(next))
		select {
		case <-r.stop:
			return
		case slots <- struct{}{}:
		}
		r.wait.Go(func() {
			if session := r.open(i); session != nil {
				session.Close()
			}
			<-slots
		})
	}
}

// late notes how long after its time something was done: what the machine cost, and not what is tested.
func (r *Traffic) late(by time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report.Late = max(r.report.Late, by)
}

// Begun is how many new connections have been tried so far, or are being tried.
func (r *Traffic) Begun() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.begun
}

// More waits until so many new connections have been tried from now on: a busy machine takes longer for them.
func (r *Traffic) More(n int) {
	for so := r.Begun(); r.load.Rate > 0 && r.Begun() < so+n; {
		time.Sleep(5 * time.Millisecond)
	}
}

// open notes what becomes of an attempt.
func (r *Traffic) open(i int) *SiteSession {
	r.mu.Lock()
	r.begun++
	r.mu.Unlock()
	a := Attempt{From: time.Now()}
	from, to := r.pick(i)
	a.Service = to
	session, err := r.site.open(r.load.Network, r.load.Patience, from, to)
	a.To, a.Err = time.Now(), err
	if err == nil {
		a.Server, a.Retried = session.Server, session.Retried
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report.Attempts = append(r.report.Attempts, a)
	return session
}

// hold pings until the end, with a new connection for each that has lived its life. Those of many are spread in time.
func (r *Traffic) hold(i int, session *SiteSession) {
	life, phase := r.load.Life, time.Duration(i)*pingEvery/time.Duration(r.load.Held)
	if life > 0 {
		life = life/2 + life/2*time.Duration(i)/time.Duration(r.load.Held)
	}
	for born := time.Now(); session != nil; born = time.Now() {
		over, err := r.ping(session, phase, born, life)
		session.Close()
		r.mu.Lock()
		r.report.Held++
		if err != nil {
			r.report.Broken = append(r.report.Broken, Attempt{From: born, To: time.Now(), Server: session.Server, Err: err})
		}
		r.mu.Unlock()
		if over || err != nil {
			return
		}
		session, life = r.open(i), r.load.Life
	}
}

// ping goes on until the traffic is over, the connection breaks or has lived.
func (r *Traffic) ping(session *SiteSession, phase time.Duration, born time.Time, life time.Duration) (over bool, err error) {
	for pause := phase; ; pause = pingEvery {
		select {
		case <-r.stop:
			return true, session.Ping()
		case <-time.After(pause):
		}
		from := time.Now()
		if err := session.Ping(); err != nil {
			return false, err
		}
		r.mu.Lock()
		r.report.Stall = max(r.report.Stall, time.Since(from))
		r.mu.Unlock()
		if life > 0 && time.Since(born) > life {
			return false, nil
		}
	}
}
