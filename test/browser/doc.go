// Package browser opens reports in a real browser and looks at what it makes of them:
// what it runs and fetches, what it says, how wide and how long they are. Chromium is
// needed; without one the tests are skipped. BROWSER_SHOTS names a directory where the
// pictures and the PDF are left to be looked at.
package browser
