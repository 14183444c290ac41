package supervise

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// The test binary is the child too; its arguments say how it behaves.
func TestMain(m *testing.M) {
	if os.Getenv(semconv.EnvRole) == "" && os.Getenv("TEST_CHILD") == "" {
		goleak.VerifyTestMain(m)
		return
	}
	fmt.Println("begun", os.Getpid())
	switch os.Args[1] {
	case "crash":
		os.Exit(7)
	case "stubborn":
		signal.Ignore(syscall.SIGTERM)
		fmt.Println("deaf")
		time.Sleep(time.Minute)
	default:
		time.Sleep(time.Minute)
	}
}

func home(t *testing.T) statedir.Dir {
	h := statedir.Dir(t.TempDir())
	require.NoError(t, h.Create())
	return h
}

func command(t *testing.T, h statedir.Dir, role Role, behaviour string) *Command {
	self, err := os.Executable()
	require.NoError(t, err)
	return &Command{Path: self, Args: []string{behaviour}, Dir: string(h), Log: filepath.Join(h.Logs(), string(role)+".log")}
}

func child(t *testing.T, h statedir.Dir, role Role, behaviour string) Child {
	c := command(t, h, role, behaviour)
	return Child{Role: role, Command: func(context.Context) (*Command, error) { return c, nil }}
}

// begin runs a supervisor until the test or the returned function ends it.
func begin(t *testing.T, o Options) (end func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	o.Log = os.Stderr
	wg.Go(func() {
		if err := Run(ctx, o); err != nil {
			t.Error(err)
		}
	})
	end = func() { cancel(); wg.Wait() }
	t.Cleanup(end)
	return end
}

func await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	require.Eventually(t, ok, 10*time.Second, 5*time.Millisecond, what)
}

func status(h statedir.Dir, role Role) Status {
	r, err := ReadReport(h)
	if err != nil {
		return Status{}
	}
	return r.Children[role]
}

func logged(h statedir.Dir, role Role) string {
	text, _ := os.ReadFile(filepath.Join(h.Logs(), string(role)+".log"))
	return string(text)
}

func TestCrashingChildIsRestartedWithBackoff(t *testing.T) {
	h := home(t)
	began := time.Now()
	end := begin(t, Options{Home: h, Children: []Child{child(t, h, Collector, "crash")}, MinBackoff: 50 * time.Millisecond})
	await(t, "four crashes", func() bool { return status(h, Collector).Restarts >= 4 })
	require.GreaterOrEqual(t, time.Since(began), (50+100+200)*time.Millisecond)
	require.Contains(t, status(h, Collector).Error, "exit status 7")
	end()
	require.NoFileExists(t, PIDFile(h, Collector))
	require.NoFileExists(t, PIDFile(h, Supervisor))
}

func TestStubbornChildIsKilled(t *testing.T) {
	h := home(t)
	end := begin(t, Options{Home: h, Children: []Child{child(t, h, Collector, "stubborn")}, Grace: 200 * time.Millisecond})
	await(t, "it ignores SIGTERM", func() bool { return strings.Contains(logged(h, Collector), "deaf") })
	p, err := Find(h, Collector)
	require.NoError(t, err)
	began := time.Now()
	end()
	require.GreaterOrEqual(t, time.Since(began), 200*time.Millisecond)
	require.False(t, p.Alive())
}

func TestChildrenStopInOrder(t *testing.T) {
	h := home(t)
	end := begin(t, Options{Home: h, Grace: 300 * time.Millisecond, Children: []Child{child(t, h, Collector, "stubborn"), child(t, h, Loki, "wait")}})
	await(t, "both run", func() bool {
		return strings.Contains(logged(h, Collector), "deaf") && status(h, Loki).State == Running
	})
	loki, err := Find(h, Loki)
	require.NoError(t, err)
	done := make(chan struct{})
	go func() { end(); close(done) }()
	select {
	case <-done:
		t.Fatal("it ended before the collector had its time")
	case <-time.After(100 * time.Millisecond):
		require.True(t, loki.Alive(), "Loki stays while the collector stops")
	}
	<-done
	require.False(t, loki.Alive())
}

func TestAbsentChildStartsAfterReload(t *testing.T) {
	h := home(t)
	var mu sync.Mutex
	there := false
	c := command(t, h, Loki, "wait")
	reload := make(chan struct{})
	begin(t, Options{Home: h, Reload: reload, Children: []Child{{Role: Loki, Command: func(context.Context) (*Command, error) {
		mu.Lock()
		defer mu.Unlock()
		if !there {
			return nil, fmt.Errorf("no program")
		}
		return c, nil
	}}}})
	await(t, "it is absent", func() bool { return status(h, Loki).State == Absent })
	mu.Lock()
	there = true
	mu.Unlock()
	reload <- struct{}{}
	await(t, "it runs", func() bool { return status(h, Loki).State == Running })
}

func TestSecondSupervisorIsRefused(t *testing.T) {
	h := home(t)
	begin(t, Options{Home: h})
	await(t, "it runs", func() bool { _, err := os.Stat(PIDFile(h, Supervisor)); return err == nil })
	require.ErrorIs(t, Run(t.Context(), Options{Home: h, Log: os.Stderr}), ErrRunning)
}

// stranger is a process of this user that is not ours.
func stranger(t *testing.T, env ...string) *exec.Cmd {
	p := exec.Command("sleep", "60")
	p.Env = append(os.Environ(), env...)
	require.NoError(t, p.Start())
	t.Cleanup(func() { _ = p.Process.Kill(); _ = p.Wait() })
	return p
}

func TestForgedPIDFilesAreNotBelieved(t *testing.T) {
	h, other := home(t), home(t)
	victim := stranger(t)
	ofOther := stranger(t, marks(other, Collector)...)
	id, err := Identify(victim.Process.Pid)
	require.NoError(t, err)
	otherID, err := Identify(ofOther.Process.Pid)
	require.NoError(t, err)
	for name, forged := range map[string]Identity{"everything but the marks": id, "another stack": otherID, "init": {PID: 1, Start: "x", Exe: "/sbin/init"}} {
		require.NoError(t, writePID(h, Collector, forged))
		p, err := Find(h, Collector)
		require.NoError(t, err)
		require.Nil(t, p, name)
		n, err := StopAll(t.Context(), h, Collector, time.Second)
		require.NoError(t, err)
		require.Zero(t, n)
	}
	_, err = Identify(victim.Process.Pid)
	require.NoError(t, err, "it lives")
	_, err = Identify(ofOther.Process.Pid)
	require.NoError(t, err, "it lives")
}

func TestRecycledPIDIsNotSignalled(t *testing.T) {
	h := home(t)
	s := stranger(t, marks(h, Collector)...)
	p := open(s.Process.Pid, h, Collector)
	require.NotNil(t, p)
	p.Start = "an earlier process" // as if the PID had been given away since
	require.False(t, p.Alive())
	require.NoError(t, p.Signal(syscall.SIGKILL))
	_, err := Identify(s.Process.Pid)
	require.NoError(t, err, "it lives")
}

func TestLinksInTheRunDirectoryAreNotFollowed(t *testing.T) {
	h := home(t)
	victim := filepath.Join(t.TempDir(), "victim")
	require.NoError(t, os.WriteFile(victim, []byte("precious"), 0o600))
	require.NoError(t, os.Symlink(victim, PIDFile(h, Collector)))
	require.NoError(t, writePID(h, Collector, Identity{PID: 2, Start: "x", Exe: "/x"}))
	log := filepath.Join(h.Logs(), "collector.log")
	require.NoError(t, os.Symlink(victim, log))
	_, err := openLog(log)
	require.Error(t, err)
	text, err := os.ReadFile(victim)
	require.NoError(t, err)
	require.Equal(t, "precious", string(text))
}

func TestLogsStaySmall(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.log")
	f, err := openLog(path)
	require.NoError(t, err)
	defer f.Close()
	_, err = f.WriteString(strings.Repeat("old\n", 100))
	require.NoError(t, err)
	require.NoError(t, rotate(path, 100))
	_, err = f.WriteString("new\n") // by the process that holds it open
	require.NoError(t, err)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "new\n", string(text))
	old, err := os.ReadFile(path + ".1")
	require.NoError(t, err)
	require.Len(t, old, 100)
}

func FuzzParsePID(f *testing.F) {
	f.Add([]byte("12\nboot/5\n/bin/x\n"))
	f.Add([]byte("-1\n\n\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if id, err := parsePID(text); err == nil && (id.PID <= 1 || id.Start == "" || !filepath.IsAbs(id.Exe)) {
			t.Fatalf("%+v", id)
		}
	})
}
