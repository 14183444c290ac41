package facts

// Programs whose arguments are text: what looks like a path there is none.
const textSpecs = `
echo printf : true false expr yes banner figlet toilet cowthink say notify-send print write-host write-output write-error tput xmessage zenity kdialog sleep return exit export declare local typeset readonly unset read let alias unalias set shopt trap wait jobs fg bg ulimit umask shift getopts break continue test man info apropos whatis tldr help history kill printenv uname id whoami groups who w last uptime cal bc dc factor seq getent nproc arch locale tty stty logname users pgrep ps top htop lsof free vmstat iostat uuidgen | t* | :text
bd gh-label jira todo task taskwarrior tk beads linear todoist | t* | :text
`

// Programs that use the network. Their URLs and hosts are read in net.go.
const networkSpecs = `
curl | u* | -o:w -O? -d:@ --data:@ --data-binary:@ --data-raw --data-ascii:@ --data-urlencode:@ --json:@ -F:@ --form:@ --form-string -T:U --upload-file:U -X --request -H:n --header:n -A -e -u -U --user --user-agent --referer -b:r --cookie:r -c:w --cookie-jar:w -K:L --config:L -E:p --cert:p --key:p --cacert:l --capath:l -x --proxy --proxy-header --proxy-user -m --max-time --connect-timeout --retry --retry-delay --retry-max-time -w --write-out -r --range -C --continue-at -D:w --dump-header:w -z -y -Y -t -Q -P --resolve --connect-to --interface --engine:L --netrc-file:p --output:w --output-dir:w --trace:w --trace-ascii:w --stderr:w --url:u --limit-rate --cert-type --key-type --pass --unix-socket --doh-url --dns-servers --tls-max --ciphers --oauth2-bearer --aws-sigv4 --variable --expand-data:@ --rate --max-filesize --max-redirs --mail-from --mail-rcpt --hsts:w --etag-save:w --etag-compare:r -Uri:u -OutFile:w -Method -Headers -Body:@ -InFile:U
wget wget2 | u* | -O:w --output-document:w -o:w --output-file:w -a:w --append-output:w -i:r --input-file:r --post-data:@ --post-file:U --body-data:@ --body-file:U --method --header:n -U --user-agent --referer --user --password --load-cookies:r --save-cookies:w --certificate:p --private-key:p --ca-certificate:l -P:w --directory-prefix:w -t -T --tries --timeout --wait --limit-rate -e --execute:k --use-askpass:x -A -R -D -I -X -l -Q --accept --reject --domains --level --config:r --bind-address --quota --warc-file:w -w --proxy-user --proxy-password --base
http | n* | -o:w --output:w --session -a --auth --cert:p --cert-key:p --form --proxy -p -A --verify --timeout --download
aria2c axel lwp-request lwp-download GET POST HEAD fetch lynx links elinks w3m httrack youtube-dl yt-dlp snarf puf surge httpx nuclei | u* | -o:w -O:w -d:w --out:w --dir:w --exec:c --config:L --on-download-complete:x -c:w -i:r --output:w --config-locations:L --user-agent -m -H --header --referer -dump? -s -x -k -n
nc | h n | -e:c -c:c -p -w -s -g -G -i -x -X -q -P -I -O -T -o:w -U:l --exec:c --sh-exec:c --lua-exec:x -m -k? -l? -d?
socat | n* | -d? -b -t -T -L -lf:w -r:w -R:w
telnet | h n | -l -e -n:w -b
smbclient | n* | -c:k -U -W -p -I -N?
ftp sftp lftp ncftp tftp ncftpput cadaver atftp | h % % | -i:p -P -o -b:r -S:x -F:p -c:k -u -e:k -f:r -D:x -R -s -B -J -l
ssh mosh autossh dbclient slogin rsh et | h c* | :posix -i:p -p -l -o -F:L -L -R -D -J -W -b -c -e -E:w -I:L -m -O -Q -S:l -w -B --server:c --ssh:c -M
scp pscp | r* w | -i:p -P -o -F:L -l -S:x -c -J -D:x -X -h?
ssh-copy-id | h | -i:w -p -o -f?
ssh-add | p* | -t -d? -s:L -e -E -H:l
ping ping6 traceroute mtr nmap masscan zmap rustscan naabu host arp-scan hping3 fping nbtscan netdiscover | h* | -c -i -w -W -p -s -t -m -oN:w -oX:w -oG:w -oA:w -iL:r --script:L --top-ports -e -I -S -T -f? -oL:w
whois finger | n* | -h -p
dig nslookup drill kdig delv resolvectl | n* | -f:r -k:p -p -b -t -q -x -y
rclone | n* | --config:p --include --exclude --filter --transfers --checkers --log-file:w --bwlimit --max-age --min-age --filter-from:r --exclude-from:r --include-from:r --files-from:r --backup-dir
s3cmd s5cmd | n* | -c:p --config:p --profile --endpoint-url
mail mailx sendmail mutt swaks msmtp s-nail ssmtp mutt | n* | -s -a:U -A:U -b -c -r -f -F -q:r -S -u --attach:U --to --from --server --body:@ --data:@ --exec:c --header -e:k -i? -H
openssl | n* | :single -in:r -out:w -connect -engine:L -key:p -inkey:p -cert:p -CAfile:l -CApath:l -k -pass -passin -passout -config:r -kfile:p -K -iv -S -port -accept -servername -sess_out:w -keyout:w -days -subj -newkey -signkey:p -CA:l -CAkey:p -extfile:r -certfile:r -proxy -starttls -md -provider:L -provider-path:L
`
