package witness

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/anchor/anchortest"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
)

// locked is a buffer that a command and a test use at once.
type locked struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *locked) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func command(t *testing.T, out io.Writer, home string, args ...string) (*cobra.Command, *locked) {
	t.Helper()
	errs := &locked{}
	cmd := New(&cliio.Factory{IO: &cliio.IO{In: &bytes.Buffer{}, Out: out, Err: errs}, HomeFlag: home})
	cmd.SetArgs(args)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	return cmd, errs
}

// running starts the command with --json and returns what it says and a function
// that ends it.
func running(t *testing.T, home string, args ...string) (listening, *locked, func()) {
	t.Helper()
	r, w := io.Pipe()
	cmd, errs := command(t, w, home, append([]string{"--json", "--listen", "127.0.0.1:0"}, args...)...)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		err := cmd.ExecuteContext(ctx)
		_ = w.CloseWithError(io.EOF) // never fails
		ended <- err
	}()
	lines := bufio.NewScanner(r)
	if !lines.Scan() {
		t.Fatal(<-ended)
	}
	var l listening
	require.NoError(t, json.Unmarshal(lines.Bytes(), &l))
	return l, errs, func() {
		cancel()
		require.NoError(t, <-ended, "a signal is a good end")
	}
}

func TestRunsAndRemembers(t *testing.T) {
	home, signer, tree := t.TempDir(), anchortest.NewSigner(t, 0), anchortest.NewTree("a", 10)
	pub := filepath.Join(t.TempDir(), "audit.pub")
	require.NoError(t, os.WriteFile(pub, []byte(signer.VKey+"\n"), 0o600))
	var out bytes.Buffer
	cmd, _ := command(t, &out, home, "vkey", "--name", "witness.example/1")
	require.NoError(t, cmd.Execute())

	body := "old 0\n\n" + string(signer.Checkpoint(t, 10, tree.Root(10)).Note)
	for i, status := range []int{http.StatusOK, http.StatusConflict} {
		l, _, stop := running(t, home, "--log-key", pub)
		assert.Equal(t, strings.TrimSpace(out.String()), l.VKey)
		assert.Equal(t, "witness.example/1", l.Name)
		assert.Equal(t, 1, l.Logs)
		resp, err := http.Post(l.URL+"/add-checkpoint", "", strings.NewReader(body))
		require.NoError(t, err)
		resp.Body.Close()
		assert.Equal(t, status, resp.StatusCode, "run %d", i)
		stop()
	}
}

func TestTLSAndConfigFile(t *testing.T) {
	dir := t.TempDir()
	cert, key, pool, client := certificates(t, dir)
	file := filepath.Join(dir, "witness.yaml")
	require.NoError(t, os.WriteFile(file, []byte(`
name: witness.example/tls
state: `+filepath.Join(dir, "state")+`
listen: 192.0.2.1:1
requests_per_second: 100
tls:
  cert_file: `+cert+`
  key_file: `+key+`
  client_ca_file: `+filepath.Join(dir, "cert.pem")+`
logs:
  - keys: ["`+anchortest.NewSigner(t, 0).VKey+`"]
`), 0o600))
	l, _, stop := running(t, dir, "--config", file)
	defer stop()
	assert.True(t, strings.HasPrefix(l.URL, "https://"))
	c := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	_, err := c.Get(l.URL + "/x/checkpoint")
	require.Error(t, err, "without a certificate of its own")
	c = &http.Client{Transport: &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: pool, Certificates: []tls.Certificate{client}}}}
	defer c.CloseIdleConnections()
	resp, err := c.Get(l.URL + "/x/checkpoint")
	require.NoError(t, err)
	resp.Body.Close()
	assert.Equal(t, http.StatusNotFound, resp.StatusCode)
	assert.Equal(t, 2, resp.ProtoMajor)
}

// certificates writes a certificate that is its own authority.
func certificates(t *testing.T, dir string) (cert, key string, pool *x509.CertPool, client tls.Certificate) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage:    x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	require.NoError(t, err)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	require.NoError(t, os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	require.NoError(t, os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}), 0o600))
	parsed, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	pool = x509.NewCertPool()
	pool.AddCert(parsed)
	client, err = tls.LoadX509KeyPair(cert, key)
	require.NoError(t, err)
	return cert, key, pool, client
}

func TestFaultsSayWhatToDo(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	vkey := anchortest.NewSigner(t, 0).VKey
	for name, tc := range map[string]struct {
		args []string
		want []string
	}{
		"no log":           {nil, []string{"logs: at least one is needed: copy keys/audit.pub"}},
		"all":              {[]string{"--listen", "x"}, []string{`listen: "x" is not HOST:PORT`, "logs: at least one"}},
		"no such key file": {[]string{"--log-key", dir + "/none"}, []string{"--log-key: read the key"}},
		"a private key":    {[]string{"--log-key", write("skey", "PRIVATE+KEY+a+b+c")}, []string{"holds a private key"}},
		"no key":           {[]string{"--log-key", "a+b+c"}, []string{"logs[0]: keys[0]: not a verification key"}},
		"unknown field":    {[]string{"--config", write("c.yaml", "lisen: x")}, []string{"field lisen not found"}},
		"half of TLS":      {[]string{"--log-key", vkey, "--tls-cert", "x"}, []string{"cert_file and key_file must both be set"}},
		"address taken":    {[]string{"--log-key", vkey, "--listen", "192.0.2.1:1"}, []string{"choose another address with --listen"}},
	} {
		t.Run(name, func(t *testing.T) {
			cmd, _ := command(t, io.Discard, t.TempDir(), tc.args...)
			err := cmd.Execute()
			for _, want := range tc.want {
				require.ErrorContains(t, err, want)
			}
		})
	}
}

func TestExposed(t *testing.T) {
	for listen, want := range map[string]bool{
		"127.0.0.1:1": false, "[::1]:1": false, "localhost:1": false, ":1": true, "0.0.0.0:1": true, "[::]:1": true, "192.0.2.1:1": true, "host.example:1": true,
	} {
		assert.Equal(t, want, exposed(listen), listen)
	}
}
