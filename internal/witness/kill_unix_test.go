//go:build unix

package witness

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/anchor/anchortest"
)

// Environment of a witness process made of the test binary.
const (
	envDir  = "WITNESS_TEST_DIR"
	envKey  = "WITNESS_TEST_LOG_KEY"
	envHang = "WITNESS_TEST_HANG"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(envDir); dir != "" {
		witnessProcess(dir)
	}
	os.Exit(m.Run())
}

// witnessProcess serves until it is killed. With envHang it says when it has made
// a checkpoint durable, and never answers.
func witnessProcess(dir string) {
	w, err := Open(Options{Dir: dir, Name: "witness.example/1", Logs: []LogConfig{{Keys: []string{os.Getenv(envKey)}}}})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if os.Getenv(envHang) != "" {
		w.persisted = func() {
			fmt.Println("durable")
			select {}
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		os.Exit(1)
	}
	fmt.Println(l.Addr())
	_ = http.Serve(l, w.Handler(1000))
	os.Exit(1)
}

// spawn starts a witness process and returns what it prints and its address.
func spawn(t *testing.T, dir, vkey string, hang bool) (*exec.Cmd, *bufio.Scanner, string) {
	t.Helper()
	exe, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = append(os.Environ(), envDir+"="+dir, envKey+"="+vkey)
	if hang {
		cmd.Env = append(cmd.Env, envHang+"=1")
	}
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines := bufio.NewScanner(out)
	require.True(t, lines.Scan())
	return cmd, lines, "http://" + lines.Text()
}

func kill(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	require.NoError(t, cmd.Process.Signal(syscall.SIGKILL))
	_ = cmd.Wait() // killed
}

// A witness that is killed after it signed and before it answered holds to what
// it signed.
func TestKilledBetweenSignatureAndAnswer(t *testing.T) {
	dir, signer, tree := t.TempDir(), anchortest.NewSigner(t, 0), anchortest.NewTree("a", 30)
	fork := anchortest.NewTree("a", 10)
	fork.Grow("fork", 30)
	old := int64(0)
	for _, n := range []int64{10, 20} {
		cmd, lines, url := spawn(t, dir, signer.VKey, true)
		lost := make(chan error, 1)
		body := request(old, nil, signer.Checkpoint(t, n, tree.Root(n)))
		if old > 0 {
			body = request(old, tree.Proof(t, n, old), signer.Checkpoint(t, n, tree.Root(n)))
		}
		go func() {
			resp, err := http.Post(url+"/add-checkpoint", "", strings.NewReader(body))
			if err == nil {
				resp.Body.Close()
			}
			lost <- err
		}()
		require.True(t, lines.Scan())
		require.Equal(t, "durable", lines.Text())
		kill(t, cmd)
		require.Error(t, <-lost)
		old = n
	}

	b := &bench{t: t, dir: dir, signer: signer, tree: tree}
	b.start()
	t.Cleanup(b.stop)
	c := signer.Checkpoint(t, 30, fork.Root(30))
	status, _, _ := b.post("/add-checkpoint", request(20, fork.Proof(t, 30, 20), c))
	assert.Equal(t, http.StatusUnprocessableEntity, status)
	status, _, body := b.add(0, 20)
	assert.Equal(t, http.StatusConflict, status)
	assert.Equal(t, "20\n", body, "it remembers what nobody heard")
	status, _, _ = b.post("/add-checkpoint", request(20, nil, signer.Checkpoint(t, 20, fork.Root(20))))
	assert.Equal(t, http.StatusConflict, status)
	b.mustAdd(20, 20)
	b.mustAdd(20, 30)
}

// Whenever it is killed, a witness never says less than it signed.
func TestKilledAnywhere(t *testing.T) {
	dir, signer, tree := t.TempDir(), anchortest.NewSigner(t, 0), anchortest.NewTree("a", 100)
	heard := int64(0) // the newest that an answer came for
	for range 8 {
		cmd, _, url := spawn(t, dir, signer.VKey, false)
		answers := make(chan int64, 200)
		go func() {
			defer close(answers)
			known := int64(0)
			for n := heard + 1; n <= 100; n++ {
				body := request(known, nil, signer.Checkpoint(t, n, tree.Root(n)))
				if known > 0 {
					body = request(known, tree.Proof(t, n, known), signer.Checkpoint(t, n, tree.Root(n)))
				}
				resp, err := http.Post(url+"/add-checkpoint", "", strings.NewReader(body))
				if err != nil {
					return
				}
				var size int64
				if resp.StatusCode == http.StatusConflict {
					_, err := fmt.Fscan(resp.Body, &size)
					assert.NoError(t, err)
					assert.GreaterOrEqual(t, size, heard, "it forgot")
					known, n = size, max(size, n-1)
				} else if assert.Equal(t, http.StatusOK, resp.StatusCode) {
					known = n
					answers <- n
				}
				resp.Body.Close()
			}
		}()
		for n := range answers {
			if heard = max(heard, n); n%9 == 0 {
				break
			}
		}
		kill(t, cmd)
		for n := range answers {
			heard = max(heard, n)
		}
	}
	assert.Greater(t, heard, int64(8))
}
