package httpsend

import (
	"errors"
	"fmt"
	"net/url"
)

// CheckURL reports what is wrong with the URL of a key. It does not repeat the URL,
// which may be a secret.
func CheckURL(key, raw string) error {
	if raw == "" {
		return fmt.Errorf("%s: must be set", key)
	}
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return fmt.Errorf("%s: must be an http or https URL", key)
	}
	return nil
}

// CheckEndpoint reports what is wrong with a URL that is no secret, to which a path
// is added.
func CheckEndpoint(key, raw string) error {
	if err := CheckURL(key, raw); err != nil {
		return err
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return fmt.Errorf("%s: must be an http or https URL", key)
	case u.User != nil:
		return errors.New(key + ": must not hold a password, which would be shown: use auth, headers or token")
	case u.RawQuery != "" || u.Fragment != "":
		return fmt.Errorf("%s: must have no query or fragment", key)
	}
	return nil
}
