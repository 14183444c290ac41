package facts

// Programs that read, write and change files. What reads only and takes no option
// with a value that is none needs no line here: see roleAny.
const fileSpecs = `
cat tac rev more most tsort csvlook xdg-open sum | r* |
less | r* | -b -h -j -k:r -o:w -O:w -p -P -t -T -x -y -z -D --lesskey-file:r --log-file:w --pattern --tabs
head tail | r* | -n -c -s --lines --bytes --sleep-interval --pid
nl | r* | -b -d -f -h -i -l -s -v -w
strings | r* | -n -t -e -T --bytes --radix --encoding
od | r* | -A -j -N -S -t --address-radix --skip-bytes --read-bytes --format
hexdump hd | r* | -e -f:r -n -s
xxd | r* | -c -g -l -o -s -n
pr | r* | -D -h -l -N -o -W -w
fold | r* | -w --width
fmt | r* | -w -p -g --width --prefix --goal
paste | r* | -d --delimiters
join | r* | -a -e -j -1 -2 -o -t -v
comm | r* | --output-delimiter
column | r* | -s -o -c -N -n -R -T -O -E -H -W -r -p --separator --output-separator --table-columns
expand unexpand | r* | -t --tabs
cksum | r* | -a --algorithm
shuf | r* | -n -o:w --head-count --output:w --random-source:r
open | r* | -a -b
jq yq gron dasel fx | n r* | -f:r --from-file:r -L:L --indent
cut | r* | -d -f -c -b --delimiter --fields
sort uniq | r* | -o:w --output:w -t -k -S -T --compress-program:x
hostname domainname | n* | -F:r --file:r
tr seq sleep date | n* | -d -s -f:r --file:r -r:r --reference:r
wc md5sum sha1sum sha256sum sha512sum b2sum cksum stat file du df ls dir vdir eza exa lsd tree realpath readlink basename dirname namei mountpoint lsattr getfacl test [ [[ tree ncdu | l* | -I -L -P -w -d --ignore --block-size -c --format --printf -f -o:w --color --sort
cp | r* w | -t:w -S --target-directory:w --suffix --no-preserve --sparse
mv | v* w | -t:w -S --target-directory:w --suffix
ln | r* w | -t:w -S --target-directory:w
install | r* w | -m -o -g -t:w -S --mode --owner --group --target-directory:w
rm | d* | -Path:d -LiteralPath:d
rmdir | d* |
shred srm wipe scrub | d* | -n -s --iterations --size --random-source:r
truncate fallocate | w* | -s --size -r:r --reference:r -l -o
mkdir | l* | -m --mode
mkfifo mknod | w* | -m --mode
mktemp | w* | -p --suffix
touch | w* | -t -d -r:l --date --reference:l --time
setfacl setfattr | m* | -m -x -n -v
chmod chown chgrp chattr xattr chflags chcon restorecon icacls takeown attrib | n m* | --reference:l -m -x -n -v -p -t -u -r
chmod chown chgrp | n m* | --reference:l --from
tee sponge | w* |
mke2fs mkfs.ext2 mkfs.ext3 mkfs.ext4 | % | -L -M -N -b -C -d -e -E -g -G -i -I -J -l -m -o -O -r -t -T -U -z
mkfs.vfat mkfs.fat mkfs.msdos mkfs.exfat | % | -n -L -i -F -s -S -r -R -h -m -D -f -b -g -M
mkfs.btrfs mkfs.xfs mkfs.f2fs | % | -L -n -l -s -d -m -b -i -O -U --label --nodesize --sectorsize --data --metadata --features --uuid
dd | % | 
split csplit | r n |  -b -l -n -a -C --filter:c --bytes --lines
diff cmp sdiff colordiff diff3 vimdiff icdiff delta | r* | -U -C -I -x -L --label --exclude -F -W --color -X:r --exclude-from:r
patch | w r | -p -i:r -d -o:w --input:r --output:w
sed | k w* | -e:k -f:r -i? --expression:k --file:r -l
grep | n r* | -e -f:r -A -B -C -m -d -D --include --exclude --exclude-dir --exclude-from:r --file:r --context --max-count --before-context --after-context --regexp --label --binary-files --directories --devices
rg ag ack ugrep sift | n r* | -e -f:r -A -B -C -m --include --exclude --exclude-dir --exclude-from:r -g --glob -t -T --type -d -D --color --file:r --context --max-count --max-depth --pre:x -M --max-columns --iglob --sort -j --regexp --label
find | R* | 
fd | n R* | -e -t -d -E -x:c -X:c --exec:c --exec-batch:c --type --extension --exclude --max-depth
locate mlocate plocate updatedb which whereis type hash command | n* | -d:r
awk | k r* | -F -v -f:r -i:L --assign --field-separator --file:r --source:k -e:k -l:L
rsync | r* w | -e:c --rsh:c --exclude --include --exclude-from:r --include-from:r --files-from:r --password-file:p --log-file:w -f --filter --bwlimit --chmod --chown --backup-dir:w --suffix --rsync-path --partial-dir --timeout --port --compare-dest:r --link-dest:r --copy-dest:r --info --out-format --temp-dir:w -T:w -B --max-size --min-size --compress-level --address --iconv --usermap --groupmap --max-delete
nano pico emacs ed kak micro helix hx joe mcedit code subl gedit vi | w* | -c:k --cmd:k -u:L -S:x -s:r -w:w -i:r -T -r --eval:k -l:x --load:x -Q
mount umount | l* | -t -o -O --bind --rbind --type --options -L -U --source:l --target:l
trash trash-put gio | d* |
iconv msgcat msgconv msgfilter recode | r* | -f -t -o:w --from-code --to-code --output:w
gpg gpg2 | r* | -o:w --output:w -r -u --recipient --local-user --homedir:p --passphrase --passphrase-file:p --keyserver --default-key --trust-model --pinentry-mode --import-options
ssh-keygen | n* | -f:p -t -b -C -N -P -D:L -R -F -l -y -m -I -s:p -V -n -O -Y -E -a
base64 base32 basenc uuencode uudecode | r* | -w -i:r -o:w --wrap --input:r --output:w
script | w | -c:c -T:w -B:w -I:w -O:w -E -o --command:c --log-out:w --log-in:w --log-io:w -t:w
wall | r | -t -g
logger write | t* | -f:r --file:r -t -p --tag --priority -n -P :text
tic infocmp | r* | -o:w
look | n r* | -t
dialog whiptail | %* | --textbox:r --editbox:r --tailbox:r --title --backtitle --menu --msgbox --yesno
exiftool | r* | -o:w -w -filename:w :single
`

const archiveSpecs = `
zcat gzip gunzip bzip2 bunzip2 xz unxz zstd unzstd lz4 lzma compress uncompress lzop brotli pigz pbzip2 | r* | -S -T -o:w --suffix --threads --output:w -b -D:r
zip | w R* | -x -i -P -n -t -T:n -TT:c --exclude --password -@?
unzip | r n* | -d:w -x -P
7z 7za 7zr rar | n w R* | -p -o:w
unrar | n r w |
ar | n w r* |
cpio pax | r* | -F:r -I:r -O:w -D -E:r -H --file:r --directory -f:r -w?
`
