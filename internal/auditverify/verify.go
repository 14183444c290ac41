package auditverify

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
)

// Defaults of Options.
const (
	DefaultTolerance    = 5 * time.Second
	DefaultHeartbeat    = time.Minute
	DefaultMaxTailAge   = 10 * time.Second
	DefaultMaxAnchorAge = 24 * time.Hour
)

// Options says what is verified, and against what. Zero values stand for the
// defaults where there are any.
type Options struct {
	// Dir is the log's directory.
	Dir string
	// VKey is the verification key of epoch 0, as the log wrote it when it was
	// made (a note verifier key).
	VKey string
	// KeyFile is the file that VKey was read from; "" when it was given as such. A
	// key from inside Dir is refused.
	KeyFile string
	// KeyLocal says that the key is the copy that lies beside the log.
	KeyLocal bool
	// Origin is the log's origin, agent-telemetry/<log id>. "": that of VKey's name.
	Origin string
	// Anchors are files, and directories of files, with checkpoints that were kept
	// elsewhere. One inside Dir is refused.
	Anchors []string
	// Witnesses are verification keys of witnesses (cosignature/v1). A checkpoint that
	// one cosigned is an anchor, also when it lies in the log's directory.
	Witnesses []string
	// TSARoots, when set, are the roots of time-stamping authorities. A checkpoint with
	// a token is an anchor like one with a cosignature.
	TSARoots *x509.CertPool
	// Receipts are files, and directories of files, with receipts of the anchors, besides
	// those in Dir. Read with Witnesses or TSARoots.
	Receipts []string
	// Tolerance is how far clocks may be apart.
	Tolerance time.Duration
	// Heartbeat is how often the log writes one while it is open.
	Heartbeat time.Duration
	// MaxTailAge is how old a record may be without a checkpoint that covers it.
	MaxTailAge time.Duration
	// MaxAnchorAge is how much newer the last record may be than the newest anchor, and
	// how old an anchor may be that this host could have withheld the next one of.
	MaxAnchorAge time.Duration
	// HardLinks allows segments with more than one name, as snapshots have.
	HardLinks bool
	// Strict counts warnings as failures.
	Strict bool
	// Loki, when set, is asked for the same events.
	Loki *lokiquery.Client
	// Progress, when set, is told now and then how many records were read.
	Progress func(records int64)
	// Now replaces the clock.
	Now func() time.Time
}

// Reasons for which nothing can be verified.
var (
	ErrNoKey     = errors.New("there is no verification key")
	ErrKeyInside = errors.New("the verification key lies in the log's directory, where whoever changes the log can change it: use the copy that you keep elsewhere")
	ErrOrigin    = errors.New("the origin is not that of the verification key")
	ErrReceipts  = errors.New("receipts are read for what a witness or a time-stamping authority signed in them, and neither is given")
	ErrAnchor    = errors.New("the anchor lies in the log's directory, where whoever changes the log can change it: use one that is kept elsewhere")
	ErrEmpty     = errors.New("there is no log: no segment is in the directory, and no checkpoint")
)

// run is one verification.
type run struct {
	opts    Options
	now     time.Time
	res     *results
	rep     *Report
	files   *files
	keys    *keychain
	anchors *anchorSet
	evid    evidence
	ledger  *ledger
	chain   *chain
	clock   *clock
	sess    *sessions
	torn    *tornTails
	prune   *prune // that says why the log does not begin at 0
	loki    *lokiDigest

	tree   *tree               // nil: cannot be computed
	size   int64               // of the tree so far, or the next seq without one
	roots  map[int64]tlog.Hash // at the segments' beginnings
	anchor int                 // of the anchors, the first not reached
	good   goodAnchors
	lastAt int64 // time of the last record
	// unstamped is the time of the first record behind the timestamps so far; 0: none.
	unstamped int64
	late      string // why timestamps alone do not do
	tailAt    int64  // time of the first record behind the checkpoints seen
	stopped   bool   // the last record is a stop
	segment   *segment
	tailSize  int64
	tailName  string
}

// Verify reads the whole log and answers every check. The report is never nil.
// With an error nothing could be verified: the report's verdict is CannotTell,
// and its reason is the error.
//
// A log can be verified while it is written. When segments are pruned meanwhile,
// it is read again.
func Verify(ctx context.Context, opts Options) (*Report, error) {
	for try := 1; ; try++ {
		rep, err := verifyOnce(ctx, opts)
		if try == maxTries || !errors.Is(err, errChanged) || ctx.Err() != nil {
			return rep, err
		}
	}
}

// maxTries is how often a log that changes is read.
const maxTries = 5

func verifyOnce(ctx context.Context, opts Options) (*Report, error) {
	start := time.Now()
	r := newRun(opts)
	err := r.all(ctx)
	if err != nil {
		for _, q := range Questions() { // none was answered to the end
			r.res.skip(q.Check, "not checked to the end")
		}
	}
	r.rep.Checks = r.res.all()
	r.rep.FirstBad = firstBad(r.rep.Checks)
	r.rep.Seconds = time.Since(start).Seconds()
	if r.rep.Seconds > 0 {
		r.rep.RecordsPerSecond = int64(float64(r.rep.Records) / r.rep.Seconds)
	}
	r.verdict(err)
	return r.rep, err
}

func newRun(opts Options) *run {
	def := func(d *time.Duration, v time.Duration) {
		if *d <= 0 {
			*d = v
		}
	}
	def(&opts.Tolerance, DefaultTolerance)
	def(&opts.Heartbeat, DefaultHeartbeat)
	def(&opts.MaxTailAge, DefaultMaxTailAge)
	def(&opts.MaxAnchorAge, DefaultMaxAnchorAge)
	if opts.Now == nil {
		opts.Now = time.Now
	}
	now := opts.Now()
	return &run{
		opts: opts, now: now, res: newResults(), roots: make(map[int64]tlog.Hash),
		rep: &Report{Directory: opts.Dir, CheckedAt: now.UTC(), LastSeq: -1, Epoch: -1},
	}
}

func (r *run) all(ctx context.Context) (err error) {
	if err := r.prepare(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.ledger.close()) }()
	if err := r.reached(); err != nil { // a checkpoint of the empty tree
		return err
	}
	if err := stream(ctx, r.files.segments, r.batch); err != nil {
		return err
	}
	r.chain.settle(nil)
	if err := r.ledger.rest(); err != nil {
		return err
	}
	r.finish()
	if r.opts.Loki == nil {
		r.res.skip(CheckLoki, "not asked: --loki")
		return nil
	}
	return r.compareLoki(ctx)
}

// prepare collects all that the records are compared with, before they are read:
// so a log that is being written is not taken for one that is too short.
func (r *run) prepare(ctx context.Context) error {
	if err := r.trust(); err != nil {
		return err
	}
	var err error
	if err = r.loadEvidence(); err != nil {
		return err
	}
	if r.ledger, err = openLedger(r.opts.Dir, r.res, r.keys, r.anchors); err != nil {
		return err
	}
	r.files, err = listFiles(r.opts.Dir, r.opts.HardLinks)
	if err = errors.Join(err, r.ledger.advance()); err != nil {
		return errors.Join(err, r.ledger.close())
	}
	if len(r.files.segments) == 0 && r.ledger.ahead == nil && len(r.anchors.list) == 0 {
		return errors.Join(ErrEmpty, r.ledger.close())
	}
	for _, f := range r.files.odd {
		f.Seq, f.Offset = -1, -1
		r.res.fail(CheckSegments, f)
	}
	if n := len(r.files.strange); n > 0 {
		r.res.warn(CheckSegments, Finding{Seq: -1, Offset: -1, Segment: r.files.strange[0], Message: fmt.Sprintf("%d files in the directory are not the log's, for example %q", n, r.files.strange[0])})
	}
	for _, name := range r.files.moved {
		r.res.warn(CheckDisturbed, Finding{Seq: -1, Offset: -1, Segment: name, Message: fmt.Sprintf("the log moved %s away, because it was changed or not its own: look at it, and at the record that tells of it", name)})
	}
	r.rep.Segments, r.rep.Bytes = len(r.files.segments), r.files.bytes
	r.chain = &chain{res: r.res, logID: r.keys.logID()}
	r.clock = &clock{res: r.res, tolerance: r.opts.Tolerance, heartbeat: r.opts.Heartbeat}
	r.torn = &tornTails{dir: r.opts.Dir, res: r.res, recorded: make(map[string]bool)}
	if len(r.files.segments) > 0 {
		r.torn.oldest = r.files.segments[0].index
	}
	if err := errors.Join(r.beginning(ctx), r.setTornAside(ctx)); err != nil {
		return errors.Join(err, r.ledger.close())
	}
	r.sess = newSessions(r.res, r.rep.FirstSeq > 0)
	if r.opts.Loki != nil {
		r.loki = newLokiDigest(r.now)
	}
	return nil
}

// trust decides what is believed from the start: the key and the origin.
func (r *run) trust() error {
	if strings.TrimSpace(r.opts.VKey) == "" {
		return ErrNoKey
	}
	if len(r.opts.Receipts) > 0 && len(r.opts.Witnesses) == 0 && r.opts.TSARoots == nil {
		return ErrReceipts
	}
	for _, p := range append([]string{r.opts.KeyFile}, r.opts.Anchors...) {
		inside, err := within(r.opts.Dir, p)
		switch {
		case err != nil:
			return err
		case inside && p == r.opts.KeyFile:
			return fmt.Errorf("%s: %w", p, ErrKeyInside)
		case inside:
			return fmt.Errorf("%s: %w", p, ErrAnchor)
		}
	}
	vkey := strings.TrimSpace(r.opts.VKey)
	origin, err := OriginOf(vkey)
	if err != nil {
		return err
	}
	if r.opts.Origin != "" && r.opts.Origin != origin {
		return fmt.Errorf("%w: %s, the key is of %s", ErrOrigin, r.opts.Origin, origin)
	}
	r.rep.Origin, r.rep.Key = origin, origin+"/epoch-0"
	if r.opts.KeyLocal {
		r.res.warn(CheckKey, Finding{Seq: -1, Offset: -1, Segment: r.opts.KeyFile, Message: "the key is from this host: whoever could rewrite the log could replace it, unless an anchor is given"})
	}
	r.keys, err = newKeychain(origin, vkey)
	return err
}

// within reports whether path lies in dir, links followed.
func within(dir, path string) (bool, error) {
	if path == "" {
		return false, nil
	}
	var real [2]string
	for i, p := range []string{dir, path} {
		abs, err := filepath.Abs(p)
		if err == nil {
			abs, err = filepath.EvalSymlinks(abs)
		}
		if err != nil {
			return false, fmt.Errorf("find %s: %w", p, err)
		}
		real[i] = abs
	}
	rel, err := filepath.Rel(real[0], real[1])
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(os.PathSeparator)), nil
}

// beginning finds out where the log begins, and the tree below that.
func (r *run) beginning(ctx context.Context) error {
	r.tree = &tree{}
	if len(r.files.segments) == 0 {
		return nil
	}
	first, err := firstSeq(ctx, r.files.segments)
	if err != nil || first == 0 {
		return err
	}
	r.rep.FirstSeq = first
	r.tree, r.size = nil, first
	r.chain.next = first
	if r.prune, err = findPrune(ctx, r.files.segments, first); err != nil {
		return err
	}
	if r.prune == nil {
		f := Finding{
			Segment: r.files.segments[0].name, Expected: "0", Found: fmt.Sprint(first), Before: first,
			Message: fmt.Sprintf("the records 0 to %d are missing, and no prune record says why", first-1),
		}
		r.res.fail(CheckSequence, f)
		r.res.fail(CheckPrune, f)
		return nil
	}
	r.rep.Pruned = &Pruned{FirstSeq: r.prune.first, Seq: r.prune.seq, At: timeOf(r.prune.at)}
	return r.oldKeys()
}

// oldKeys takes in the keys whose records were pruned.
func (r *run) oldKeys() error {
	bad, err := r.keys.addFile(r.opts.Dir)
	for _, f := range bad {
		r.res.fail(CheckEpochs, f)
	}
	return err
}

// firstSeq returns the seq of the log's first line. It is that of the first line
// that can be read, less the lines before it.
func firstSeq(ctx context.Context, segments []*segment) (first int64, err error) {
	broken := int64(0)
	b, h := &batch{}, &nodeHasher{}
	c := cutter{
		take: func() *batch { return b },
		give: func(b *batch) error {
			b.parse(h)
			for i := range b.lines {
				if l := &b.lines[i]; l.fault == nil {
					first = max(0, int64(l.seq)-broken) //nolint:gosec // split takes no larger one
					return errFound
				}
				broken++
			}
			return nil
		},
	}
	for _, s := range segments {
		if err := c.segment(ctx, s); errors.Is(err, errFound) {
			return first, nil
		} else if err != nil {
			return 0, err
		}
	}
	return 0, nil
}

var errFound = errors.New("found")
