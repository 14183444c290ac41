package lokiconfig

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"go.opentelemetry.io/collector/confmap"
)

// maxConfig bounds what is read of a configuration file.
const maxConfig = 4 << 20

// resolve reads a configuration as the collector does: ${env:NAME:-default} and
// ${file:PATH} are replaced.
func resolve(ctx context.Context, path string, env map[string]string) (*confmap.Conf, error) {
	provide := func(scheme string, retrieve func(string) ([]byte, error)) confmap.ProviderFactory {
		return confmap.NewProviderFactory(func(confmap.ProviderSettings) confmap.Provider {
			return &provider{scheme: scheme, retrieve: retrieve}
		})
	}
	r, err := confmap.NewResolver(confmap.ResolverSettings{
		URIs: []string{"file:" + path}, DefaultScheme: "env",
		ProviderFactories: []confmap.ProviderFactory{
			provide("file", readConfig),
			provide("yaml", func(text string) ([]byte, error) { return []byte(text), nil }),
			provide("env", func(name string) ([]byte, error) {
				name, fallback, _ := strings.Cut(name, ":-")
				if v, ok := env[name]; ok {
					return []byte(v), nil
				}
				return []byte(fallback), nil
			}),
		},
	})
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	return r.Resolve(ctx)
}

func readConfig(path string) (text []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // only read
	if text, err = io.ReadAll(io.LimitReader(f, maxConfig+1)); err == nil && len(text) > maxConfig {
		err = fmt.Errorf("%s is larger than %d bytes", path, maxConfig)
	}
	return text, err
}

// provider hands out the configuration of one scheme.
type provider struct {
	scheme   string
	retrieve func(string) ([]byte, error)
}

// Retrieve implements confmap.Provider.
func (p *provider) Retrieve(_ context.Context, uri string, _ confmap.WatcherFunc) (*confmap.Retrieved, error) {
	text, err := p.retrieve(strings.TrimPrefix(uri, p.scheme+":"))
	if err != nil {
		return nil, err
	}
	return confmap.NewRetrievedFromYAML(text)
}

// Scheme implements confmap.Provider.
func (p *provider) Scheme() string { return p.scheme }

// Shutdown implements confmap.Provider.
func (p *provider) Shutdown(context.Context) error { return nil }
