package shellcommand

import (
	"encoding/base64"
	"strings"
	"unicode/utf16"
)

// AnalyzePowerShell says what a PowerShell command line would do: its effective
// programs and their arguments, through aliases, pipes, the call operator, script
// blocks, encoded commands and other shells. It reads less of the language than
// Analyze of its own: control flow is looked at as if all of it ran.
func AnalyzePowerShell(command string, o Options) *Analysis {
	return newAnalyzer(o).guarded((*analyzer).powershellLine, command)
}

func (a *analyzer) powershellLine(command string) {
	c := ctx{sh: newShell(a.opt)}
	if len(command) > maxSource {
		a.bound()
		a.powershell(c, command[:maxSource-maxTail])
		command = command[len(command)-maxTail:]
	}
	a.powershell(c, command)
	a.late()
}

// cmdlets are the names behind PowerShell's aliases.
var cmdlets = map[string]string{
	"iex": "Invoke-Expression", "iwr": "Invoke-WebRequest", "irm": "Invoke-RestMethod", "ri": "Remove-Item", "rm": "Remove-Item",
	"del": "Remove-Item", "erase": "Remove-Item", "rd": "Remove-Item", "rmdir": "Remove-Item", "gc": "Get-Content", "cat": "Get-Content",
	"type": "Get-Content", "sc": "Set-Content", "ac": "Add-Content", "clc": "Clear-Content", "cp": "Copy-Item", "copy": "Copy-Item",
	"cpi": "Copy-Item", "mv": "Move-Item", "move": "Move-Item", "mi": "Move-Item", "ni": "New-Item", "ren": "Rename-Item", "rni": "Rename-Item",
	"ls": "Get-ChildItem", "dir": "Get-ChildItem", "gci": "Get-ChildItem", "cd": "Set-Location", "sl": "Set-Location", "chdir": "Set-Location",
	"pushd": "Push-Location", "popd": "Pop-Location", "pwd": "Get-Location", "gl": "Get-Location", "echo": "Write-Output", "write": "Write-Output",
	"saps": "Start-Process", "start": "Start-Process", "spps": "Stop-Process", "kill": "Stop-Process", "sasv": "Start-Service", "spsv": "Stop-Service",
	"icm": "Invoke-Command", "sal": "Set-Alias", "nal": "New-Alias", "sv": "Set-Variable", "set": "Set-Variable", "gv": "Get-Variable",
	"gp": "Get-ItemProperty", "sp": "Set-ItemProperty", "rp": "Remove-ItemProperty", "gi": "Get-Item", "si": "Set-Item", "ii": "Invoke-Item",
	"gwmi": "Get-WmiObject", "iwmi": "Invoke-WmiMethod", "gps": "Get-Process", "ps": "Get-Process", "gsv": "Get-Service", "sajb": "Start-Job",
	"ipmo": "Import-Module", "gcm": "Get-Command", "foreach": "ForEach-Object", "%": "ForEach-Object", "?": "Where-Object", "where": "Where-Object",
	"sort": "Sort-Object", "select": "Select-Object", "tee": "Tee-Object", "clear": "Clear-Host", "cls": "Clear-Host", "h": "Get-History",
	"history": "Get-History", "clhy": "Clear-History", "etsn": "Enter-PSSession", "nsn": "New-PSSession", "sleep": "Start-Sleep", "mount": "New-PSDrive",
}

// cmdletNames are known names by their lower case.
var cmdletNames = func() map[string]string {
	m := map[string]string{}
	for _, n := range cmdlets {
		m[strings.ToLower(n)] = n
	}
	for n := range strings.FieldsSeq(`Out-File Out-Null New-Object Add-Type Set-ExecutionPolicy Start-BitsTransfer Get-Credential Test-Connection
		Test-NetConnection Resolve-DnsName Set-MpPreference Add-MpPreference Remove-Service New-Service Set-Service Stop-Computer Restart-Computer
		Format-Volume Clear-Disk Remove-Partition Initialize-Disk Register-ScheduledTask New-ScheduledTask New-ScheduledTaskAction Unregister-ScheduledTask
		New-LocalUser Add-LocalGroupMember Set-LocalUser Remove-LocalUser Clear-EventLog Remove-EventLog Limit-EventLog wevtutil Set-Acl Get-Acl
		Compress-Archive Expand-Archive Send-MailMessage ConvertTo-SecureString ConvertFrom-SecureString Get-Clipboard Set-Clipboard New-NetFirewallRule
		Set-NetFirewallProfile Disable-NetFirewallRule Write-Host Write-Error Write-Verbose Read-Host Select-String Get-WinEvent Get-EventLog Join-Path
		Split-Path Test-Path Resolve-Path Measure-Object Get-Date Get-Random ConvertFrom-Json ConvertTo-Json Import-Csv Export-Csv Enable-PSRemoting
		Set-PSReadLineOption Invoke-CimMethod Get-CimInstance Unblock-File Install-Module Install-Package Register-ObjectEvent`) {
		m[strings.ToLower(n)] = n
	}
	return m
}()

// psName is the effective name of a command.
func psName(written string) string {
	name := base(written)
	lower := strings.ToLower(name)
	if c, ok := cmdlets[lower]; ok {
		return c
	}
	if c, ok := cmdletNames[lower]; ok {
		return c
	}
	return name
}

// psFlag is the value of a parameter that may be abbreviated; ok is false when it
// is not there.
func psFlag(args []field, names ...string) (value field, ok bool) {
	for i, f := range args {
		if len(f.v) < 2 || f.v[0] != '-' && f.v[0] != '/' || f.quoted {
			continue
		}
		name, val, has := strings.Cut(strings.ToLower(f.v[1:]), ":")
		for _, n := range names {
			if !strings.HasPrefix(n, name) {
				continue
			}
			if has {
				f.v = f.v[len(f.v)-len(val):]
				return f, true
			}
			if i+1 < len(args) {
				return args[i+1], true
			}
			return field{}, true
		}
	}
	return field{}, false
}

// powershellRun is pwsh or powershell run by another shell.
func powershellRun(a *analyzer, k *command) {
	a.powershellArgs(k, k.args())
}

func (a *analyzer) powershellArgs(k *command, args []field) {
	c := k.fresh(ViaShell)
	for i, f := range args {
		if len(f.v) < 2 || f.v[0] != '-' && f.v[0] != '/' {
			// Windows PowerShell takes what is no option for a command.
			if i == 0 || !psValued(args[i-1].v) {
				a.powershellCode(c, k, join(args[i:]))
				return
			}
			continue
		}
		name := strings.ToLower(strings.TrimLeft(f.v, "-/"))
		rest := args[i+1:]
		switch {
		case name == "c" || name == "command" || len(name) > 2 && beginning(name, "command"):
			if len(rest) > 0 && rest[0].v != "-" {
				a.powershellCode(c, k, join(rest))
			} else if k.c.in != nil {
				a.powershellCode(c, k, field{v: k.c.in.text, decoded: k.c.in.decoded})
			}
			return
		case name == "e" || name == "ec" || len(name) > 1 && beginning(name, "encodedcommand"):
			if len(rest) == 0 {
				return
			}
			code, ok := decodeUTF16(rest[0].v)
			if !ok {
				a.opaque(OpaqueShellCode)
				a.opaque(OpaqueDecoded)
				return
			}
			a.powershellCode(c, k, field{v: code, decoded: true})
			return
		case name == "f" || len(name) > 1 && beginning(name, "file"):
			return
		}
	}
	if k.c.in != nil {
		a.powershellCode(c, k, field{v: k.c.in.text, decoded: k.c.in.decoded})
	}
}

// psValued reports whether a parameter of powershell itself takes a value.
func psValued(v string) bool {
	v = strings.ToLower(strings.TrimLeft(v, "-/"))
	for _, n := range []string{"executionpolicy", "windowstyle", "inputformat", "outputformat", "version", "configurationname", "workingdirectory", "psconsolefile", "custompipename", "settingsfile", "ep", "ex"} {
		if v != "" && strings.HasPrefix(n, v) {
			return true
		}
	}
	return false
}

// decodeUTF16 decodes what -EncodedCommand takes.
func decodeUTF16(s string) (string, bool) {
	if len(s) > maxText {
		return "", false
	}
	raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(strings.TrimSpace(s), "="))
	if err != nil || len(raw) == 0 {
		return "", false
	}
	units := make([]uint16, 0, len(raw)/2)
	for i := 0; i+1 < len(raw); i += 2 {
		units = append(units, uint16(raw[i])|uint16(raw[i+1])<<8)
	}
	return string(utf16.Decode(units)), true
}

// powershellCode analyses PowerShell code that is a value.
func (a *analyzer) powershellCode(c ctx, k *command, f field) {
	if f.decoded {
		c = c.within(ViaDecoded)
	}
	if strings.Trim(f.v, Unknown+" \r\n\t;") == "" {
		if strings.Contains(f.v, Unknown) {
			a.opaqueCode(ids(f.from))
		}
		return
	}
	c.redirs = k.c.redirs
	a.powershell(c, f.v)
}

// cmdRun is cmd /c.
func cmdRun(a *analyzer, k *command) {
	args := k.args()
	for i, f := range args {
		switch strings.ToLower(f.v) {
		case "/c", "/k", "//c", "//k", "-c":
			if i+1 < len(args) {
				code := join(args[i+1:])
				// A backslash is part of a path there, and ^ escapes.
				code.v = strings.ReplaceAll(strings.ReplaceAll(code.v, "^", ""), `\`, `\\`)
				a.codeOf(k.fresh(ViaShell), k, code, nil)
			}
			return
		}
	}
}

// beginning reports whether a name is the beginning of an option's, as PowerShell
// lets one shorten it.
func beginning(name, option string) bool { return strings.HasPrefix(option, name) }
