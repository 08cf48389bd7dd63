#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 5: a container with a writable cgroup file system fakes another container's path.
# Threat 6: the engine lies (CVE-2025-52881's class). Threat 29: JSON that two readers read differently.
# Threat 28: words that mean another container.
# Proves: the path grammar and the agreement of all hierarchies (lib/priv/procfs, proc_cgroups_prove), the checks of the
# engine's answer against the kernel (lib/priv/target and cmd/centerctl-enter), strict JSON (lib/engine/json), the
# grammar of words before a URL is built (lib/engine), and Id and Name being what was asked for.

load attack

setup_file()
{
	container victim base sleep 100001
	container other --cap-add SYS_ADMIN base sleep 100002
}

teardown_file()
{
	containers_gone victim other
}

setup()
{
	pid=$(container_pid victim)
	id=$(container_id victim)
	stranger=$(container_pid other)
	json=$(template victim)
}

teardown()
{
	fake_stop
	remove_forged
	[ -z "${mine:-}" ] || kill "$mine" 2>/dev/null || true
}

# lie [options of fake-engine.py]: what an entry answers when the engine says so.
lie()
{
	fake_start --template "$json" "$@" || return
	run timeout -k 1 20 centerctl exec -H "$fake" "${word:-victim}" sh -c 'echo "entered: $(hostname)"'
	kill "$fake_pid" || true
}

refused_lie()
{
	lie "$@" || return
	if [ "$status" -ne 125 ] || [[ $output == *entered* || $output != "centerctl: "* || $output == *$'\n'* ]]; then
		printf 'the lie "%s" was answered with code %s: %s\n' "$*" "$status" "$output" >&2
		return 1
	fi
	lies=$((${lies:-0} + 1))
}

# refused_because WORDS [options of fake-engine.py]: refused, and for this reason, before anything else could refuse it.
refused_because()
{
	local words=$1
	shift
	refused_lie "$@" || return
	assert_says "$words"
}

# A lie that gains nothing: refused, or the entry is the same as with the truth.
harmless_lie()
{
	lie "$@" || return
	if [ "$status" -ne 125 ] && [ "$output" != "entered: ${id:0:12}" ]; then
		printf 'the lie "%s" was answered with code %s: %s\n' "$*" "$status" "$output" >&2
		return 1
	fi
}

@test "the truth from the fake engine is believed" {
	lie
	assert_output "entered: ${id:0:12}"
	lie --mode chunks
	assert_output "entered: ${id:0:12}"
}

@test "a Pid that is no process of a container is refused" {
	local p
	sleep 1000 &
	mine=$!
	for p in $$ "$PPID" "$mine"; do
		refused_because "its cgroup" --set "State.Pid=$p"
	done
	for p in 0 1 2 -1 -2 4194304 4194305 2147483647 2147483648 99999999 9223372036854775807; do
		refused_lie --set "State.Pid=$p"
	done
}

@test "the engine's own process as Pid is refused" {
	fake_start --template "$json"
	refused_because "its cgroup" --set "State.Pid=$fake_pid"
	refused_because "its cgroup" --set "State.Pid=$(cat "$CENTERCTL_STATE/docker/pids/dockerd")"
}

@test "a Pid of another container is refused" {
	refused_because "its cgroup belongs to container" --set "State.Pid=$stranger"
}

@test "a Pid that wraps around to a real one is refused" {
	refused_lie --set "State.Pid=$((pid + (1 << 32)))"
	refused_lie --set "State.Pid=$((pid - (1 << 32)))"
	refused_lie --set "State.Pid=18446744073709551616"
	refused_lie --set "State.Pid=$((1 << 32))"
	refused_lie --set "State.Pid=$(((1 << 32) + 1))"
}

@test "a Pid that is no integer is refused" {
	local p
	for p in true false null "\"$pid\"" "\"1\"" "$pid.5" "$pid.0000001" "[$pid]" "{\"Pid\":$pid}" 1e400 NaN Infinity -0 "0x$(printf %x "$pid")" "0$pid" "+$pid" '""'; do
		refused_lie --set "State.Pid=$p"
	done
}

@test "a Pid that is a thread, not a process, is refused" {
	docker exec -d other sh -c 'exec sleep 100003'
	python3 -c 'import threading, time, os
t = threading.Thread(target=time.sleep, args=(60,), daemon=True); t.start()
print(t.native_id, flush=True); time.sleep(60)' >"$BATS_TEST_TMPDIR/tid" 3>&- &
	mine=$!
	wait_until 5 test -s "$BATS_TEST_TMPDIR/tid"
	refused_lie --set "State.Pid=$(cat "$BATS_TEST_TMPDIR/tid")"
}

@test "a missing or repeated field is refused" {
	refused_lie --drop State.Pid
	refused_lie --drop State
	refused_lie --drop Id
	refused_lie --set "State.Pid#0=$stranger"
	refused_lie --set "State.Pid#2=$stranger"
	refused_lie --set "State.Pid#2=$pid"
	refused_lie --set 'State#2={"Running":true}'
	refused_lie --set "Id#2=\"$(container_id other)\""
	refused_lie --set 'Name#0="/other"'
}

@test "names of fields count letter by letter" {
	refused_lie --drop State.Pid --set "State.pid=$pid"
	refused_lie --drop State.Pid --set "State.PID=$pid"
	refused_lie --drop Id --set "id=\"$id\""
	harmless_lie --set "State.pid=$stranger"
	harmless_lie --set "State.pid#0=$stranger"
	harmless_lie --set "State.Pid\\u0000=$stranger"
	harmless_lie --set "id=\"$(container_id other)\""
}

@test "a NUL in a string is refused" {
	refused_lie --set 'Name="/victim\u0000"'
	refused_lie --set "Id=\"$id\\u0000\""
	refused_lie --set "Config.WorkingDir=\"/\\u0000x\""
	refused_lie --set 'Config.User="0\u0000:1000"'
}

@test "bytes behind or before the document are refused" {
	refused_lie --after '{"State":{"Pid":1}}'
	refused_lie --after x
	refused_lie --after ' ]'
	refused_lie --before '[' --after ']'
	refused_lie --before $'\xef\xbb\xbf'
	harmless_lie --after $' \r\n\t\n'
}

@test "a document that is too deep or too large is refused" {
	harmless_lie --depth 30
	refused_lie --depth 70
	refused_lie --depth 1000
	refused_lie --depth 100000
	refused_lie --pad $((10 << 20))
	refused_lie --pad $((4 << 20))
}

@test "another Id or Name than was asked for is refused" {
	refused_lie --set "Id=\"$(container_id other)\""
	refused_lie --set 'Name="/other"'
	refused_lie --set 'Name="victim2"'
	refused_lie --set 'Name=""'
	refused_lie --set 'Name=["/victim"]'
	refused_lie --set 'Id=""'
	refused_lie --set "Id=\"${id^^}\""
	refused_lie --set "Id=\"${id:0:63}\""
	refused_lie --set "Id=\"${id}0\""
	refused_lie --set "Id=\"../../${id:0:58}\""
	refused_lie --set 'Id=17'
}

@test "other's whole truth under victim's name is refused" {
	local real=$json
	json=$(template other)
	refused_lie
	refused_lie --set 'Name="/victim"' --set "Id=\"$id\""
	json=$real
}

@test "a state that is not running is refused, whatever the Pid" {
	local s
	for s in created exited dead removing restarting paused unknown '' RUNNING; do
		refused_lie --set "State.Status=\"$s\"" --set State.Running=false
	done
	refused_lie --set 'State.Status=7'
	refused_lie --set 'State="running"'
	refused_lie --set 'State=[]'
}

@test "a document that is no object is refused" {
	local text
	for text in '' null '[]' '{}' true '"x"' '{"Id":' '{"Id":"x"' '{,}' "{'Id':1}" '[{}]' $'{"a":"\x01"}' $'{"a":"\xff"}' '{"a":"\ud800"}'; do
		printf %s "$text" >"$BATS_TEST_TMPDIR/raw"
		refused_lie --raw "$BATS_TEST_TMPDIR/raw"
	done
}

@test "strings of the wrong type, size or content are refused or harmless" {
	harmless_lie --set 'Config.Env=["LD_PRELOAD=/evil.so","=x","novalue","A=1","A=2"]'
	harmless_lie --set 'Config.Env=[1,2,{"a":"b"}]'
	harmless_lie --set 'Config.Env="PATH=/bin"'
	harmless_lie --set 'Config.WorkingDir="/proc/self/fd/3"'
	harmless_lie --set 'Config.WorkingDir=7'
	harmless_lie --set "Config.User=\"$(printf 'x%.0s' {1..5000})\""
	harmless_lie --set 'Config.Labels={"a":1}'
	harmless_lie --set 'HostConfig.GroupAdd=["0","-1"]'
	harmless_lie --set 'HostConfig=null'
	harmless_lie --set 'Config=null'
	harmless_lie --set 'Image={}'
}

@test "an engine that claims more power gives none" {
	local truth claims claim links='for n in /proc/self/ns/*; do readlink $n; done'
	truth=$(centerctl exec victim cat /proc/self/status | powers)
	claims=('HostConfig.Privileged=true' 'HostConfig.CapAdd=["ALL"]' 'HostConfig.SecurityOpt=["seccomp=unconfined","apparmor=unconfined"]'
		'HostConfig.NoNewPrivileges=false' 'AppArmorProfile="unconfined"' 'ProcessLabel="spc_t"' 'HostConfig.PidMode="host"'
		'HostConfig.UsernsMode="host"' 'HostConfig.CgroupParent="/"' 'HostConfig.NetworkMode="host"' 'HostConfig.Runtime="evil"'
		'HostConfig.CgroupnsMode="host"' 'HostConfig.IpcMode="host"')
	for claim in "${claims[@]}"; do
		fake_start --template "$json" --set "$claim"
		run centerctl exec -H "$fake" victim sh -c "cat /proc/self/status; $links"
		kill "$fake_pid"
		[ "$status" -eq 125 ] && continue
		diff <(echo "$truth") <(powers <<<"$output") || {
			echo "claim: $claim" >&2
			return 1
		}
		diff <(docker exec victim sh -c "$links") <(grep '\[' <<<"$output")
	done
}

@test "an engine that says root cannot make the user of a named one" {
	fake_start --template "$json" --set 'Config.User="0"'
	run centerctl exec -H "$fake" -u 1000 victim id -u
	assert_output 1000
}

# Every hierarchy's directory of a container, as the kernel names them: mount point and path.
cgroup_directories()
{
	local line controllers path mount
	while IFS=: read -r line controllers path; do
		if [ -z "$controllers" ]; then
			mount=$(awk '$(NF-2) == "cgroup2" { print $5; exit }' /proc/self/mountinfo)
		else
			mount=$(awk -v c="${controllers#name=}" '
				{ for (i = 7; i < NF; i++) if ($i == "-") break }
				$(i+1) == "cgroup" && ("," $(i+3) ",") ~ ("[,=]" c ",") { print $5; exit }' /proc/self/mountinfo)
		fi
		[ -z "$mount" ] || echo "$mount$path"
	done <"/proc/$1/cgroup"
}

# A process of `other` whose path ends like victim's, as a container with a writable cgroup file system makes it.
forge()
{
	local dir made
	docker exec -d other sleep 4711.5
	wait_until 5 process_with sleep 4711.5
	mine=$(pids_with sleep 4711.5 | tail -n 1)
	forged=()
	for dir in $(cgroup_directories "$stranger"); do
		made=$dir/$1
		mkdir -p "$made" || return
		forged+=("$made" "$dir")
		# A new cpuset is empty, and takes no process.
		[ ! -e "$made/cpuset.cpus" ] || {
			cat "$dir/cpuset.cpus" >"$(dirname "$made")/cpuset.cpus"
			cat "$dir/cpuset.mems" >"$(dirname "$made")/cpuset.mems"
			cat "$dir/cpuset.cpus" >"$made/cpuset.cpus"
			cat "$dir/cpuset.mems" >"$made/cpuset.mems"
		}
		echo "$mine" >"$made/cgroup.procs" || return
	done
	[ ${#forged[@]} -gt 0 ]
}

remove_forged()
{
	local i dir
	[ -z "${forged+x}" ] || {
		kill "$mine" 2>/dev/null
		wait_until_not 5 alive "$mine"
	}
	for ((i = 0; i < ${#forged[@]}; i += 2)); do
		dir=${forged[i]}
		while [ "$dir" != "${forged[i + 1]}" ] && [ -d "$dir" ]; do
			rmdir "$dir" 2>/dev/null || break
			dir=$(dirname "$dir")
		done
	done
	unset forged
}

@test "a path that was made inside another container proves nothing" {
	local own
	own=$(grep -oE "/[^:]*$id" "/proc/$pid/cgroup" | head -n 1)
	forge "${own#/}"
	grep -q "$id" "/proc/$mine/cgroup"
	refused_because "its cgroup belongs to container" --set "State.Pid=$mine"
}

@test "a component made inside another container proves nothing, in any runtime's spelling" {
	local spelling
	for spelling in "docker/$id" "$id" "docker-$id.scope" "system.slice/docker-$id.scope" "libpod-$id.scope" "machine.slice/libpod-$id"; do
		forge "$spelling"
		refused_because "its cgroup belongs to container" --set "State.Pid=$mine"
		remove_forged
	done
}

@test "hierarchies that disagree are refused" {
	# A process of `other` that only one hierarchy has among victim's.
	local dir
	docker exec -d other sleep 4711.5
	wait_until 5 process_with sleep 4711.5
	mine=$(pids_with sleep 4711.5 | tail -n 1)
	for dir in $(cgroup_directories "$pid"); do
		echo "$mine" >"$dir/cgroup.procs" || continue
		break
	done
	grep -q "$id" "/proc/$mine/cgroup"
	refused_because "its cgroup belongs to container" --set "State.Pid=$mine"
}

@test "a process of the host that was put into victim's cgroups is refused" {
	local dir
	sleep 1000 3>&- &
	mine=$!
	for dir in $(cgroup_directories "$pid"); do
		echo "$mine" >"$dir/cgroup.procs"
	done
	refused_because "mount namespace" --set "State.Pid=$mine"
}

@test "words that are no container's name never reach an engine" {
	local w
	fake_start --template "$json"
	for w in '' . .. / /victim a/b '../victim' %76ictim 'victim?size=1' 'victim#' 'victim json' $'victim\r\nX: y' $'vic\ntim' 'victim%00' 'vićtim' -victim _victim \
		'victim/../other' 'victim;other' '*' "$(printf 'a%.0s' {1..300})" 'victim\\' "victim'" 'victim@sha256' 'pid:' 'pid:-1' 'pid:0' 'pid:1x' 'pid:99999999999'; do
		run timeout -k 1 20 centerctl exec -H "$fake" -- "$w" true
		assert_status 125
	done
	[ ! -s "$fake_record" ]
}

@test "a word is asked for exactly as it was typed" {
	fake_start --template "$json"
	run timeout -k 1 20 centerctl exec -H "$fake" victim true
	run head -n 1 "$fake_record"
	[[ $output == "GET /containers/victim/json HTTP/1.1"* || $output =~ ^GET\ /v[0-9.]+/containers/victim/json\ HTTP/1.1 ]]
}

@test "letters' case counts in names" {
	run centerctl exec VICTIM true
	assert_refused VICTIM
	word=VICTIM refused_lie
}

@test "a container that is named as another's full ID is not entered by that ID" {
	local impostor
	impostor=$(docker run -d --name "$id" --network none base sleep 100004)
	run centerctl exec "$id" hostname
	containers_gone "$impostor"
	assert_output "${id:0:12}"
}

@test "a container that is named as another's prefix is entered by its name" {
	local prefix=${id:0:6} named
	container "$prefix" base sleep 100004
	named=$(container_id "$prefix")
	run centerctl exec "$prefix" hostname
	containers_gone "$prefix"
	assert_output "${named:0:12}"
}

@test "an answer to a prefix must begin with it" {
	word=${id:0:8} lie
	assert_output "entered: ${id:0:12}"
	local wrong=${id:0:8}
	wrong=$(tr 0-9a-f 1-9a-f0 <<<"$wrong")
	word=$wrong refused_lie
}

@test "pid: of a process of ours is refused, of a container's enters that one" {
	run centerctl exec pid:1 true
	assert_refused ""
	run centerctl exec "pid:$$" true
	assert_refused ""
	run centerctl exec "pid:$pid" hostname
	assert_output "${id:0:12}"
}
