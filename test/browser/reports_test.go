package browser

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditverify"
	"github.com/agent-telemetry/agent-telemetry/internal/report/page"
	"github.com/agent-telemetry/agent-telemetry/test/recorded"
)

// TestReports looks at every page, on a screen of every kind and on paper.
func TestReports(t *testing.T) {
	dir := home(t)
	for name, tt := range map[string]struct {
		file  string
		print bool
		has   []string // headings
	}{
		"report": {compliance(t, dir, page.Options{}), false, []string{
			"Compliance report", "Summary", "Coverage", "Alerts and their handling", "Scope violations", "File modifications", "Sessions", "Integrity", "About this report",
		}},
		"report-tampered": {compliance(t, tampered(t, home(t)), page.Options{Rows: 20}), false, []string{"Compliance report", "Integrity"}},
		"report-print":    {compliance(t, dir, page.Options{Print: true}), true, []string{"Compliance report", "Integrity"}},
		"session":         {caseFile(t, dir, recorded.Shop, page.Options{}), false, []string{"Summary", "Alerts", "Files written", "Agents", "Timeline", "Proof", "Integrity"}},
		"session-one":     {caseFile(t, dir, recorded.Cart, page.Options{}), false, []string{"Agents"}},
		"session-20":      {caseFile(t, dir, manyID(20), page.Options{}), false, []string{"Agents"}},
		"session-500":     {caseFile(t, dir, manyID(500), page.Options{Rows: 100}), false, []string{"Agents"}},
		"session-hostile": {caseFile(t, dir, hostileID, page.Options{}), false, []string{"Summary", "Alerts", "Files written", "Timeline", "Proof", "Integrity"}},
		"session-print":   {caseFile(t, dir, hostileID, page.Options{Print: true}), true, []string{"Timeline"}},
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t, tt.file)
			if name == "report-tampered" {
				require.Equal(t, "The audit log was changed after it was written", eval[string](b, `document.querySelector("header [role=alert] strong").textContent`))
			}
			title := eval[string](b, "document.title")
			require.NotContains(t, title, "owned")
			headings := eval[[]string](b, `[...document.querySelectorAll("h1,h2")].map(h => h.textContent)`)
			for _, h := range tt.has {
				require.Contains(t, headings, h)
			}
			b.structure(tt.print)
			for _, look := range []struct {
				scheme string
				width  int64
			}{{"light", 1280}, {"dark", 1280}, {"light", 400}, {"dark", 400}} {
				b.look(name, look.scheme, look.width)
			}
			b.paper(name)
			b.quiet()
		})
	}
}

// structure checks what those who do not see the page go by, and that no element came
// out of text.
func (b *browser) structure(print bool) {
	t := b.t
	require.Equal(t, 1, eval[int](b, `document.querySelectorAll("h1").length`))
	require.Equal(t, "en", eval[string](b, `document.documentElement.lang`))
	require.Zero(t, eval[int](b, `[...document.querySelectorAll("table")].filter(t => !t.tHead || [...t.tHead.querySelectorAll("th")].some(h => h.scope !== "col")).length`), "tables without headers")
	require.Zero(t, eval[int](b, `[...document.querySelectorAll("svg")].filter(s => s.getAttribute("aria-hidden") !== "true" && !s.getAttribute("aria-label")).length`), "drawings without a name")
	scripts := 1
	if print {
		scripts = 0
	}
	require.Equal(t, scripts, eval[int](b, `document.scripts.length`))
	require.Zero(t, eval[int](b, `document.querySelectorAll("img,iframe,object,embed,link,base,form,b:not(figcaption b)").length`), "elements that the page does not have")
	require.Zero(t, eval[int](b, `[...document.querySelectorAll("*")].filter(e => [...e.attributes].some(a => a.name.startsWith("on") || a.name === "style")).length`), "attributes that the page does not have")
	require.Zero(t, eval[int](b, `[...document.querySelectorAll("a")].filter(a => !/^(#|data:application\/json;base64,)/.test(a.getAttribute("href"))).length`), "links that lead away")
	ids := eval[[]string](b, `[...document.querySelectorAll("a[href^='#']")].filter(a => !document.getElementById(a.getAttribute("href").slice(1))).map(a => a.href)`)
	require.Empty(t, ids, "links to nothing")
	hidden := eval[[]string](b, `(document.body.textContent.match(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g) || []).map(c => c.codePointAt(0).toString(16))`)
	require.Empty(t, hidden, "characters that are not seen")
}

// contrasts finds text that is hard to read: below 4.5 to 1 on the page's own ground.
const contrasts = `(() => {
  const lum = c => { const [r, g, b] = c.map(v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; }); return .2126 * r + .7152 * g + .0722 * b; };
  const parse = s => s.match(/[\d.]+/g).map(Number);
  const ground = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
  const bad = new Set();
  for (const e of document.querySelectorAll("main *, header *, footer")) {
    if (e instanceof SVGElement || ![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
    const a = lum(parse(getComputedStyle(e).color)), b = lum(ground(e));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) bad.add(e.tagName + "." + e.className + " " + ratio.toFixed(2));
  }
  return [...bad];
})()`

// look takes a picture at a width, and checks that the page fits into it.
func (b *browser) look(name, scheme string, width int64) {
	t := b.t
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
	call(b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 900, DeviceScaleFactor: 1})
	require.LessOrEqual(t, eval[int64](b, `document.documentElement.scrollWidth`), width, "%s at %d: it scrolls sideways", name, width)
	require.Empty(t, eval[[]string](b, contrasts), "%s: text that is hard to read", scheme)
	b.gantt(fmt.Sprintf("%s-gantt-%s-%d.png", name, scheme, width), float64(width))
	beyond := true
	height := min(eval[float64](b, `document.documentElement.scrollHeight`), 6000)
	shot := call(b, cdppage.CaptureScreenshot, cdppage.CaptureScreenshotParams{
		CaptureBeyondViewport: &beyond, Clip: &cdppage.Viewport{Width: float64(width), Height: height, Scale: 1},
	}).Data
	keep(t, fmt.Sprintf("%s-%s-%d.png", name, scheme, width), shot)
	img, err := png.Decode(bytes.NewReader(shot))
	require.NoError(t, err)
	colours, bright := statistics(img)
	require.Greater(t, colours, 20, "%s %s %d is blank", name, scheme, width)
	if scheme == "dark" {
		require.Less(t, bright, 0.3, "%s is not dark", name)
	} else {
		require.Greater(t, bright, 0.7, "%s is not light", name)
	}
}

// statistics returns how many colours a picture has, and how bright it is.
func statistics(img image.Image) (colours int, bright float64) {
	seen := map[[3]uint32]bool{}
	sum, n := 0.0, 0
	bounds := img.Bounds()
	for y := bounds.Min.Y; y < bounds.Max.Y; y += 3 {
		for x := bounds.Min.X; x < bounds.Max.X; x += 3 {
			r, g, bl, _ := img.At(x, y).RGBA()
			seen[[3]uint32{r >> 8, g >> 8, bl >> 8}] = true
			sum += float64(r+g+bl) / (3 * 65535)
			n++
		}
	}
	return len(seen), sum / float64(n)
}

// paper prints the page, and looks at the sheets.
func (b *browser) paper(name string) {
	t := b.t
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{})
	pdf, err := chromedp.Run(b.ctx, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize(), chromedp.PDFPrintBackground()))
	require.NoError(t, err)
	keep(t, name+".pdf", pdf)
	require.True(t, bytes.HasPrefix(pdf, []byte("%PDF-")))
	sheets := len(regexp.MustCompile(`/Type\s*/Page\b`).FindAll(pdf, -1))
	require.Greater(t, sheets, 1, "sheets of %s", name)
	box := regexp.MustCompile(`/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]`).FindSubmatch(pdf)
	require.NotNil(t, box)
	require.True(t, strings.HasPrefix(string(box[1]), "59") && strings.HasPrefix(string(box[2]), "84"), "A4 is 595 by 842 points, not %s by %s", box[1], box[2])
}

// TestFilter uses the one thing that a script does.
func TestFilter(t *testing.T) {
	b := open(t, caseFile(t, home(t), recorded.Shop, page.Options{}))
	rows := `[...document.querySelectorAll(".timeline tbody tr")].filter(r => !r.hidden).length`
	all := eval[int](b, rows)
	b.do(chromedp.SendKeys(chromedp.CSS(`#timeline ~ .filter input`), "cart.go"))
	some := eval[int](b, rows)
	require.Greater(t, some, 0)
	require.Less(t, some, all)
	require.Equal(t, fmt.Sprintf("%d of %d rows", some, all), eval[string](b, `document.querySelector("#timeline ~ .filter [role=status]").textContent`))
	b.quiet()
}

// TestProofsOfTheFile saves a proof as a person does, and checks it with nothing else
// than the key.
func TestProofsOfTheFile(t *testing.T) {
	dir := home(t)
	vkey := verifying(t, dir).VKey
	b := open(t, caseFile(t, dir, recorded.Shop, page.Options{}))
	saved := t.TempDir()
	_, err := chromedp.CallBrowser(b.ctx, cdpbrowser.SetDownloadBehavior, cdpbrowser.SetDownloadBehaviorParams{
		Behavior: cdpbrowser.SetDownloadBehaviorBehaviorAllow, DownloadPath: saved,
	})
	require.NoError(t, err)
	b.do(chromedp.Click(chromedp.CSS(`a[download]`)))
	var file string
	require.Eventually(t, func() bool {
		found, _ := filepath.Glob(filepath.Join(saved, "proof-*.json"))
		if len(found) == 1 {
			file = found[0]
		}
		return file != ""
	}, 20*time.Second, 50*time.Millisecond)
	f, err := os.Open(file)
	require.NoError(t, err)
	defer f.Close()
	p, err := auditverify.ParseProof(f)
	require.NoError(t, err)
	proven, err := p.Check(vkey, "")
	require.NoError(t, err)
	require.Contains(t, string(proven.Record), recorded.Shop)
}
