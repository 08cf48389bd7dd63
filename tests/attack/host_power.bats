#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 34: the container that a rule names is as good as the host, and with it whoever may enter.
# Proves: host_power_tell() in centerctl-enter, and that a rule must say `privileged` for such a target.

load attack
load ../lib/debug

setup_file()
{
	host_start
	debug_make
	# Where runc itself has not every capability, the nearest to --privileged that it can start.
	if ! container power-privileged --privileged base sleep 100000 2>/dev/null; then
		docker rm -f power-privileged >/dev/null 2>&1 || true
		container power-privileged --security-opt seccomp=unconfined --security-opt apparmor=unconfined --cap-add SYS_RAWIO --cap-add DAC_READ_SEARCH \
			-v /dev:/dev base sleep 100000
	fi
	export powerful="power-privileged power-pid power-socket power-admin power-module power-ptrace power-root power-run"
	container power-pid --pid host base sleep 100000
	container power-socket -v "$CENTERCTL_STATE/docker/docker.sock:/run/docker.sock" base sleep 100000
	container power-admin --cap-add SYS_ADMIN base sleep 100000
	container power-module --cap-add SYS_MODULE base sleep 100000
	container power-ptrace --pid host --cap-add SYS_PTRACE base sleep 100000
	container power-root -v /:/host base sleep 100000
	container power-run -v /run:/host-run base sleep 100000
	container power-plain base sleep 100000
	container power-net --cap-add NET_ADMIN base sleep 100000
	container power-engine -v "$CENTERCTL_STATE/docker:/srv/x" base sleep 100000
	container power-cron -v /etc/cron.d:/srv/x base sleep 100000
	container power-conf -v /etc/ssl:/srv/x base sleep 100000
	# What the engine calls a volume, and what it was given a link for.
	docker volume create -d local -o type=none -o o=bind -o device=/ power-volume >/dev/null
	container power-volume -v power-volume:/srv/x base sleep 100000
	docker volume create -d local -o type=none -o o=bind -o device=/etc/ssl power-harmless >/dev/null
	container power-harmless -v power-harmless:/srv/x -v power-own:/srv/y base sleep 100000
	ln -sfn /etc/cron.d "$host/link"
	container power-link -v "$host/link:/srv/x" base sleep 100000
	# What root of the host executes or loads, if it can be written to.
	container power-bin -v /usr/bin:/srv/x base sleep 100000
	container power-load -v "$(readlink -f /bin/true):/srv/x" base sleep 100000
	container power-local -v /usr/local/lib:/srv/x base sleep 100000
	container power-look -v /usr/bin:/srv/x:ro -v /usr/share/doc:/srv/y base sleep 100000
	# Nodes of every disk can be made and opened; of one harmless device only.
	container power-disks --device-cgroup-rule 'b *:* rwm' base sleep 100000
	container power-no-nodes --device-cgroup-rule 'b *:* rwm' --cap-drop MKNOD base sleep 100000
	container power-tun --device-cgroup-rule 'c 10:200 rwm' base sleep 100000
}

teardown_file()
{
	# shellcheck disable=SC2086 # words
	containers_gone $powerful power-plain power-net power-engine power-cron power-conf power-volume power-harmless power-link \
		power-bin power-load power-local power-look power-disks power-no-nodes power-tun
	docker volume rm power-volume power-harmless power-own >/dev/null 2>&1 || true
	rm -f "$host/link"
	host_clean
}

setup()
{
	policy <<-END
		allow user:alice to power-* as root,app for exec
		allow user:bob   to power-* as root,app for exec with privileged
	END
}

# only_with_the_word NAME WORDS...: alice's rule has no `privileged` and she is refused, with these words; bob's has it, and he is let in.
only_with_the_word()
{
	local name=$1
	shift
	run as_user alice centerctl exec -u root "$name" id
	echo "$name: $output" >&2
	assert_status 125
	assert_silent_about uid=
	assert_says "$*"
	run as_user bob centerctl exec -u root "$name" id -u
	assert_status 0
	assert_output 0
}

without_the_word()
{
	local name
	for name in "$@"; do
		run as_user alice centerctl exec -u root "$name" id -u
		echo "$name: $output" >&2
		assert_output 0
	done
}

@test "without the word in the rule none of eight such targets is entered" {
	local name user
	for name in $powerful; do
		for user in root app; do
			run as_user alice centerctl exec -u $user "$name" id
			echo "$name as $user: $output" >&2
			assert_status 125
			assert_silent_about uid=
			assert_says privileged
		done
		run audit_last .event
		assert_output deny
	done
}

@test "with it, they are; and others need no word" {
	local name
	for name in $powerful power-plain; do
		run as_user bob centerctl exec -u app "$name" id -u
		assert_status 0
		assert_output 1000
	done
	run as_user alice centerctl exec -u app power-plain id -u
	assert_output 1000
	run as_user alice centerctl exec -u app power-net id -u
	assert_output 1000
}

@test "nor is one debugged: in a toolbox, with a program of the host's, or only shown" {
	local name options
	policy <<-END
		allow user:alice to power-* as root,app for debug with toolbox=default:busybox
		allow user:bob   to power-* as root,app for debug with toolbox=default:busybox,privileged
	END
	for name in $powerful; do
		for options in "--show" "-u app" "--static busybox" ""; do
			# shellcheck disable=SC2086 # words
			run as_user alice centerctl debug $options "$name" -- id </dev/null
			echo "$name $options: $output" >&2
			assert_status 125
			assert_silent_about uid=
			assert_says privileged
		done
		run audit_last '[.event, .verb] | join(" ")'
		assert_output "deny debug"
		run as_user bob centerctl debug -u app "$name" -- id -u </dev/null
		assert_output 1000
	done
	run as_user alice centerctl debug -u app power-plain -- id -u </dev/null
	assert_output 1000
}

@test "what is asked for does not make a plain target privileged" {
	run as_user bob centerctl exec --privileged power-plain id
	assert_status 125
	run as_user bob centerctl exec --cap-add SYS_ADMIN power-plain id
	assert_status 125
	run as_user alice centerctl exec --ns pid power-plain id
	assert_status 125
}

@test "a directory that holds the engine's socket counts as it, and one of the host's own commands; others of /etc do not" {
	only_with_the_word power-engine privileged
	only_with_the_word power-cron privileged
	without_the_word power-conf
}

@test "what is mounted counts, and not how the engine calls it: a volume that is the root directory, a link to the host's own commands" {
	local name
	for name in power-volume power-link; do
		only_with_the_word $name "of the host is in it"
		run as_user alice centerctl exec -u app $name id
		assert_status 125
	done
	without_the_word power-harmless
}

@test "what the host's root executes or loads counts where it can be written to" {
	local name
	for name in power-bin power-load power-local; do
		only_with_the_word $name "of the host is in it"
	done
	without_the_word power-look
}

@test "a container that may make and open every disk is as good as the host" {
	only_with_the_word power-disks "it may make and open nodes of the host's disks"
	without_the_word power-no-nodes power-tun power-plain
	# Where the kernel does not tell, as with cgroup v2, the engine's word counts.
	run as_user alice env CENTERCTL_TEST_FAIL=cgroup-devices centerctl exec -u root power-disks id
	assert_status 125
	assert_says "it may make and open nodes of the host's disks"
	run as_user alice env CENTERCTL_TEST_FAIL=cgroup-devices centerctl exec -u root power-tun id -u
	assert_output 0
}
