// Package witness is the command that runs a witness of audit logs.
package witness

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/witness"
)

// DefaultListen is where a witness listens: for this machine alone.
const DefaultListen = "127.0.0.1:7380"

type options struct {
	factory *cliio.Factory
	file    string
	logKeys []string
	flags   config // what was given by flag
	json    bool
}

// New returns the command witness.
func New(f *cliio.Factory) *cobra.Command {
	o := &options{factory: f}
	cmd := &cobra.Command{
		Use:   "witness",
		Short: "Watch over the audit logs of other machines",
		Args:  cobra.NoArgs,
		Long: `Runs a witness (c2sp.org/tlog-witness): it remembers the newest checkpoint of
each audit log that it knows, and cosigns a newer one only with proof that it
continues the one before. Then nobody can take records out of a log that were
witnessed, or show two versions of it: not even root on the machine that has it.

So run it on another machine, whose keys the log's machine does not hold. Give
it each log's first key (keys/audit.pub in the log's state directory), and give
the audit_log exporter there an anchor of kind witness with this one's address
and verification key (agent-telemetry witness vkey). docs/anchoring.md shows all.

It listens on the loopback address; give another with --listen, and a
certificate with --tls-cert and --tls-key, unless a proxy in front has one.

--config names a YAML file: name, state, listen, requests_per_second, tls
{cert_file, key_file, client_ca_file}, logs [{origin, keys [..]}]. Flags are
stronger; logs of both are known.

What it knows is in its directory (--state). A witness whose directory was lost,
or was put back from a copy, must get a new key: it could cosign a second
version of a log.

--json prints one object when it listens: name, vkey, url, logs.

Exit codes: 0 ended by a signal, 1 it could not run, 2 wrong usage.`,
		Example: `  # On the machine that watches
  $ agent-telemetry witness --name witness.example/agents --log-key host1.pub --log-key host2.pub

  # For others to reach, with a configuration file
  $ agent-telemetry witness --config witness.yaml --listen :7380 --tls-cert cert.pem --tls-key key.pem

  # The key that the collectors' configuration needs
  $ agent-telemetry witness vkey`,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	p := cmd.PersistentFlags()
	p.StringVar(&o.file, "config", "", "YAML `FILE` with the configuration")
	p.StringVar(&o.flags.State, "state", "", "`DIR` with the witness's key and what it knows (default witness in the state directory)")
	p.StringVar(&o.flags.Name, "name", "", "`NAME` of the key, a URL without scheme by custom (default that of the key there is, or one with the host's name)")
	s := cmd.Flags()
	s.StringArrayVar(&o.logKeys, "log-key", nil, "verification `KEY` of a log, or a file that holds it (can be given again)")
	s.StringVar(&o.flags.Listen, "listen", "", "`HOST:PORT` to listen on (default "+DefaultListen+")")
	s.StringVar(&o.flags.TLS.Cert, "tls-cert", "", "`FILE` with the server's certificate, PEM")
	s.StringVar(&o.flags.TLS.Key, "tls-key", "", "`FILE` with its private key")
	s.StringVar(&o.flags.TLS.ClientCA, "tls-client-ca", "", "`FILE` with the authority whose certificates clients must have")
	s.BoolVar(&o.json, "json", false, "print what it listens on, and write its log, as JSON")
	for _, name := range []string{"tls-cert", "tls-key", "tls-client-ca", "log-key"} {
		cobra.CheckErr(cmd.MarkFlagFilename(name))
	}
	cmd.AddCommand(newVKey(o))
	return cmd
}

// config returns the configuration of file and flags.
func (o *options) config() (config, error) {
	var c config
	var err error
	if o.file != "" {
		if c, err = readConfig(o.file); err != nil {
			return c, err
		}
	}
	for to, from := range map[*string]string{
		&c.Name: o.flags.Name, &c.State: o.flags.State, &c.Listen: o.flags.Listen,
		&c.TLS.Cert: o.flags.TLS.Cert, &c.TLS.Key: o.flags.TLS.Key, &c.TLS.ClientCA: o.flags.TLS.ClientCA,
	} {
		if from != "" {
			*to = from
		}
	}
	if c.Listen == "" {
		c.Listen = DefaultListen
	}
	if c.State == "" {
		home, err := o.factory.Home()
		if err != nil {
			return c, fmt.Errorf("find the state directory: %w", err)
		}
		c.State = home.Witness()
	}
	for _, value := range o.logKeys {
		key, err := logKey(value)
		if err != nil {
			return c, err
		}
		c.Logs = append(c.Logs, witness.LogConfig{Keys: []string{key}})
	}
	return c, nil
}

func (o *options) run(ctx context.Context) error {
	c, err := o.config()
	if err == nil {
		err = c.validate()
	}
	if err != nil {
		return err
	}
	var handler slog.Handler = slog.NewTextHandler(o.factory.IO.Err, nil)
	if o.json {
		handler = slog.NewJSONHandler(o.factory.IO.Err, nil)
	}
	logger := slog.New(handler)
	tls, err := c.TLS.Load()
	if err != nil {
		return err
	}
	w, err := witness.Open(witness.Options{Dir: c.State, Name: c.Name, Logs: c.Logs, Logger: logger})
	if err != nil {
		return fmt.Errorf("start the witness: %w", err)
	}
	err = o.serve(ctx, w, &c, tls, logger)
	if closed := w.Close(); err == nil {
		err = closed
	}
	return err
}

// listening is what --json prints.
type listening struct {
	Name string `json:"name"`
	VKey string `json:"vkey"`
	URL  string `json:"url"`
	Logs int    `json:"logs"`
}

func (o *options) announce(w *witness.Witness, l net.Listener, secure bool, logs int) error {
	now := listening{Name: w.Name(), VKey: w.VKey(), URL: "http://" + l.Addr().String(), Logs: logs}
	if secure {
		now.URL = "https://" + l.Addr().String()
	}
	if o.json {
		return json.NewEncoder(o.factory.IO.Out).Encode(now)
	}
	_, err := fmt.Fprintf(o.factory.IO.Out, "Witness %s of %d logs listens on %s.\nIts key, for the anchor of the collectors:\n%s\n",
		now.Name, now.Logs, now.URL, now.VKey)
	return err
}
