package facts

// Interpreters, and programs that run code in a language of their own.
const codeSpecs = `
python | x %* | :posix -c:k -m:n -W -X -Q
perl | x %* | :posix -e:k -E:k -M:L -m:L -I:l -x? -F
ruby jruby irb | x %* | :posix -e:k -r:L -I:l -C -K -E
node deno bun ts-node tsx | x %* | :posix -e:k -p:k --eval:k --print:k -r:L --require:L --import:L --loader:L -c:r --env-file:p
php | x %* | :posix -r:k -B:k -R:k -E:k -f:x -d -S -t -c:r -z:L
lua | x %* | :posix -e:k -l:L
tclsh wish expect | x %* | :posix -c:k -f:x
guile clisp sbcl ecl gcl racket scheme chicken csi | x %* | -c:k -e:k -x:k --eval:k --load:x -l:x -i:x -s:x
ghc ghci runghc | x %* | -e:k
R Rscript | x %* | -e:k -f:x --file:x
julia elixir iex erl groovy scala kotlin jshell jrunscript jjs octave gnuplot maxima sage swift osascript ocaml awk-code nasl luajit janet fennel qjs d8 | x %* | -e:k -E:k -eval:k --eval:k -x:x -ex:k -iex:k -P:L -c:k -f:x --command:x -exec:k -l:L --require:L -r:L
nim crystal dart | n x %* | -e:k --eval:k -d -p -o:w
gdb lldb | x %* | :single -ex:k -iex:k -x:x -ix:x -p -pid -eval-command:k -command:x -o:k -s:x
jrunscript | x %* | -e:k -f:x -l
bash sh zsh dash ksh mksh ash fish csh tcsh yash posh pdksh rbash elvish nu xonsh pwsh powershell oksh loksh rc es | x %* | :posix -c:k -o -O --rcfile:L --init-file:L -C:k --init-command:k -Command:k -File:x -EncodedCommand -ExecutionPolicy
. source | x %* | :text
eval | t* | :text
sqlite3 duckdb | r n* | -cmd:k -init:x -c:k
claude | % | --append-system-prompt --system-prompt --model --fallback-model --session-id --input-format --output-format --permission-prompt-tool --max-turns --max-budget-usd
psql mysql mongosh redis-cli sqlplus sqlcmd clickhouse-client cqlsh influx snowsql bq impala-shell beeline hive presto trino usql isql mssql-cli cockroach surreal arangosh neo4j cypher-shell couchbase-cli | n n* | -c:k -e:k -f:x -h -p -P -U -u -d -o:w -L:w -v -D -Q:k -q:k --eval:k --command:k --execute:k --file:x --host --port --user --password --dbname --query:k -i:x -a -n --uri -S -cmd:k -init:x --output:w -x --defaults-file:p --defaults-extra-file:p --login-path --authenticationDatabase --username --plugin-dir:L --set --variable --pset --log-file:w
m4 bc dc | x* | -e:k -I -D
make ninja just task rake gmake ant gradle gradlew mvn scons bazel cmake meson tup redo invoke fab nox tox pre-commit | n* | -f:x -C:l --file:x --makefile:x --eval:k -p:k -P? -E -e:k -D -S:l -B:l -j -l -G --build -t --target --config -I
git | n* | -C -c --git-dir --work-tree --namespace --exec-path
`

// Programs of the system: accounts, services, disks, containers.
const systemSpecs = `
useradd adduser usermod userdel groupadd groupdel groupmod gpasswd passwd chpasswd chsh chage vipw vigr visudo adduser addgroup deluser delgroup newusers dscl dseditgroup sysadminctl | n* | -g -G -d -s -u -c -p -m? -k:l -f:w -e -R -x -n -S
systemctl service launchctl rc-service rc-update update-rc.d chkconfig initctl sv s6-rc supervisorctl pm2 monit | n* | -H -M -t -p -n -o -u --root
journalctl dmesg loginctl coredumpctl | % | -u -n -S -U -t -p --since --until --unit --lines --output -o -F:r -g -b -D:r --vacuum-size --vacuum-time --vacuum-files --file:r
crontab at batch atrm | r | -u -e? -f:r -l? -t -q
docker podman | n* | --cap-drop --group-add --pull --link --sysctl --pids-limit --cpu-shares --cpuset-cpus --cpu-quota --memory-swap --memory-reservation --ip6 --mac-address --network-alias --dns-search --domainname --isolation --label-file --stop-signal --stop-timeout --health-interval --health-retries --health-timeout --oom-score-adj --annotation --attach -a --storage-opt --volume-driver --blkio-weight --allow --detach-keys --cgroup-parent -c -v --volume -e --env --env-file:p -p --publish --name --network --mount -w -u --user -f:r --file:r --tag -t? --build-arg --entrypoint --label -l --platform --restart --memory -m --cpus --device --cap-add --security-opt --pid --ipc --userns --uts --runtime -H --host --context --config:p --filter --format --hostname -h --ip --log-driver --log-opt --add-host --dns --shm-size --tmpfs --volumes-from --workdir --since --until --tail -n --secret --ssh --target --output -o:w --cache-from --cache-to --progress --profile --project-name --cidfile:w --gpus --ulimit --health-cmd:c --expose --env-from --time --signal -s
kubectl | n* | -n --namespace -f:r --filename:r -k:r --kubeconfig:p --context -o --output -l --selector -c --container --cluster --user --token -s --server --as --field-selector --replicas --timeout --grace-period --image --port --type -p --patch --from-file:U --from-literal --from-env-file:U --overrides --tail --since --template --sort-by --raw --cascade --restart --resource-version --patch-file:r --certificate-authority:l --client-key:p --client-certificate:p --cache-dir --field-manager --profile --profile-output:w --request-timeout --tls-server-name --as-group --as-uid -v
helm | n* | -f:r --values:r --set --set-string --set-file:r -n --namespace --kubeconfig:p --kube-context --version --repo --timeout --username --password --keyring:p --post-renderer:x -o --output --history-max --description
ansible-pull | n* | -U --url -d -i -C
ansible ansible-playbook ansible-vault ansible-galaxy ansible-console salt salt-call knife chef-client puppet | n* | -i:r -m -a -u -k? -K? -l --limit -e --extra-vars -t --tags --private-key:p --vault-password-file:p --key-file:p --become-user --connection -c -f -M:L --module-path:L --custom-dir:L
aws | n* | --profile --region --output --query --endpoint-url --cli-input-json --ca-bundle --cli-read-timeout --cli-connect-timeout
gcloud | n* | --project --region --zone --format --filter --configuration --account --key-file:p --impersonate-service-account
pulumi | n* | -m --message -C --cwd -s --stack -t --target --exclude -p --parallel --config-file:p
fly flyctl | n* | -a --app -t --access-token -c --config:p -o --org -r --region
doctl | n* | -t --access-token --context -c --config:p -o --output -u --api-url
az | n* | --subscription --query -o --output -n --name -g --resource-group --ids
argocd | n* | --server --auth-token --grpc-web-root-path --kube-context --http-retry-max --config:p
vercel netlify heroku wrangler | n* | --token --cwd -A -S --scope --local-config:r -a --app -r --remote -t
terraform | n* | :single -var -var-file:p -target -out:w -state:p -backend-config:p -chdir:l -parallelism -lock-timeout -plugin-dir:L -replace -config
`

// Programs of development: package managers, compilers, tests.
const developSpecs = `
op dotenvx infisical teller | n* | --env-file:p -f:p
sops | n p n | --output:w --age --kms --pgp --config:l
pip uv poetry pdm pipenv conda mamba | n* | -r:r -c:r -e:l -i -t:w -f --index-url --extra-index-url --target:w --find-links --trusted-host --requirement:r --constraint:r --cert:l --proxy -p --python --with --from --index --env-file:p --prefix -n --name --file:r -m -G --group
npm pnpm yarn npx | n* | -w --workspace --registry --prefix -C -c:c --call:c --userconfig:p --globalconfig:r --tag --access --otp --filter -F --cwd --script-shell:x -p --package --node-options
gem bundle cargo go composer dotnet mix rebar3 cabal stack mvn nuget brew apt dnf zypper pacman apk snap flatpak dpkg rpm port choco winget scoop opam luarocks cpan cpanm nix nix-env nix-shell guix | n* | -t -c:r -o:w -r -C -p -s --source --index --git --path --manifest-path:r --config -f:r --registry -i:r --install? --eval:k -E:k --pipe:c --expr:k -n --pre-invoke:c --prompt -run -tags -ldflags -exec:x -timeout -bench -count -coverprofile:w -cpuprofile:w -toolexec:x -mod -modfile:r --target-dir --features --bin --test --package --token -G --filter --configuration --framework --define --root
gcc clang cc g++ c++ clang++ ld rustc javac tsc ghc-make cobc gfortran as nasm | r* | -o:w -I:l -L:l -l -x -D -std -include:r -fplugin:L -wrapper:x -T:r -isystem:l --emit --crate-type --edition --out-dir:w --project:r --outDir:w
java kotlin-run | % | :single -cp:l -classpath:l -jar:x -javaagent:L -agentpath:L -D -p:l
pytest jest vitest mocha eslint prettier black ruff mypy flake8 rubocop phpunit cspell golangci-lint stylelint biome pylint isort shellcheck hadolint yamllint markdownlint | l* | -c:l --config:l -k -m -o:w -p:L --rootdir -n --junitxml:w -r --require:L --plugin:L --cov --maxfail -t --reporter --format -f --testNamePattern
docker-compose | n* | -f:r --file:r -p --project-name --env-file:p --profile --scale -t --timeout
gh glab hub tea | n* | -R --repo -X --method -f -F:@ --field:@ --raw-field -H --header --input:U -b --body -t --title -F:r --body-file:r --notes --notes-file:r -q --jq -T --template -B --base --head -l --label --json -m --milestone -a --assignee -r --reviewer -L --limit -e --env --hostname --with-token? -p --project -s --state --search --ref --branch --workflow -g --group
`
