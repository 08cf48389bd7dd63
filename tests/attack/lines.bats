#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 26: what a client may type, and what else it sends: injection, smuggled options, control bytes, length, sftp requests,
# hostile TERM and LC_*.
# Proves: the gate's own grammar (lib/gate/line, lib/gate/judge), which never reaches a shell of the host's, and that TERM is checked.

load attack

setup_file()
{
	host_start
	container lines-web base sleep 100000
	container lines-other base sleep 100000
	policy <<-END
		allow key:lines       to lines-web as app for exec
		allow key:lines-shell to lines-web as app for exec,shell
	END
	gate_key lines
	gate_key lines-shell
	mkdir -p "$host/canary"
	chmod 777 "$host/canary"
}

teardown_file()
{
	containers_gone lines-web lines-other
	rm -rf "$host/canary"
	host_clean
}

setup()
{
	canary=$host/canary/sprung
	rm -f "$host"/canary/*
}

# The lines that somebody would try, each behind `exec lines-web echo` and by itself, NUL-terminated.
corpus()
{
	python3 - "$1" <<-'END'
		import sys
		canary = sys.argv[1]
		payloads = ["; touch {0}", "| touch {0}", "|| touch {0}", "& touch {0}", "&& touch {0}", "$(touch {0})", "`touch {0}`", "\ntouch {0}", "\r\ntouch {0}",
		    "> {0}", ">> {0}", "2> {0}", "< /etc/passwd", "<(touch {0})", ">(touch {0})", "<<< x", "{{touch,{0}}}", "(touch {0})", "$((1))", "${{IFS}}touch {0}",
		    "${{x:=$(touch {0})}}", "~root", "*", "?", "[a]", "!!", "^a^b", "#", "\\\ntouch {0}", "'; touch {0}; '", "\"; touch {0}; \"", "' $(touch {0}) '",
		    "\"$(touch {0})\"", "\"`touch {0}`\"", "'", "\"", "\\", "\x00touch {0}", "\x01", "\x1b[2J", "\x7f", "\x80", "\xff\xfe", "\u202e", "\u0085",
		    "-u root", "--user=root", "--user root", "-uroot", "--", "-- --user=root", "-e LD_PRELOAD={0}", "--env=PATH=/tmp", "--preserve-fds=2", "-H unix://{0}",
		    "--host=unix://{0}", "--engine unix://{0}", "--pid-file={0}", "--env-file=/etc/shadow", "--privileged", "--cap-add=ALL", "-d", "--detach-keys=a", "--help", "--version",
		    "--show", "--ns=none", "-w /proc/self/fd/3", "--workdir=../../../..", "-oProxyCommand=touch {0}", "--rsh=touch {0}", "--config={0}", "-c 'touch {0}'",
		    "() {{ :; }}; touch {0}", "%s%s%s%n", "{{{{", "}}}}", "a=b touch {0}", "=x", "\t touch {0}", " " * 5000, "x" * 70000, "'x' " * 20000, "\\x " * 20000]
		heads = ["", "exec lines-web echo ", "exec ", "exec lines-web", "exec -u app lines-web ", "lines-web ", "lines-other ", "exec lines-other ", "ls "]
		for i, payload in enumerate(payloads):
		    for j, head in enumerate(heads):
		        # Each payload behind two fixed heads, and behind every other one in turn.
		        if j in (0, 1) or (i + j) % 4 == 0:
		            line = (head + payload.format(canary)).encode("utf-8" if payload in ("\u202e", "\u0085") else "latin-1")
		            sys.stdout.buffer.write(line.replace(b"\x00", b"\\0") + b"\x00")
	END
}

# Types every line that is on stdin; says which did what none may.
type_all()
{
	local ssh_options
	host_ssh_options "$1"
	in_host ssh -F none "${ssh_options[@]}" -M -S "$host/canary.mux" -N -f center@127.0.0.1 </dev/null 3>&-
	in_host python3 - "$host/canary.mux" "$BATS_TEST_TMPDIR/lines" <<-'END'
		import concurrent.futures, subprocess, sys
		lines = open(sys.argv[2], "rb").read().split(b"\0")[:-1]
		def one(line):
		    try:
		        # One argument of execve(2) holds 128 KiB, as sshd's `-c` does.
		        p = subprocess.run([b"ssh", b"-F", b"none", b"-o", b"LogLevel=ERROR", b"-S", sys.argv[1].encode(), b"center@127.0.0.1", line],
		            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=30)
		    except subprocess.TimeoutExpired:
		        return "hangs", line, b""
		    said = p.stdout + p.stderr
		    if b"root:x:0:0" in said or b"uid=0" in said:
		        return "says", line, said
		    if any(c in p.stderr for c in b"\x00\x01\x1b\x7f"):
		        return "raw", line, p.stderr
		    if p.returncode not in (0, 1, 2, 125, 126, 127, 255):
		        return "code %d" % p.returncode, line, said
		    if p.returncode == 125 and (not p.stderr.startswith(b"centerctl: ") or len(p.stderr) > 5000 or p.stdout):
		        return "odd refusal", line, said
		    return None
		with concurrent.futures.ThreadPoolExecutor(4) as pool:
		    bad = [b for b in pool.map(one, lines) if b]
		print(len(lines), "lines")
		for why, line, said in bad:
		    print("BAD", why, line[:100], said[:200])
	END
	in_host ssh -F none -S "$host/canary.mux" -O exit center@127.0.0.1 2>/dev/null
}

@test "no line of the corpus does anything on the host, or enters what the rule does not name" {
	corpus "$canary" >"$BATS_TEST_TMPDIR/lines"
	run type_all lines
	[ "${output%% *}" -ge 250 ]
	assert_silent_about BAD
	[ ! -e "$canary" ]
	run ! docker exec lines-web test -e "$canary"
	run docker exec lines-other ls /tmp
	assert_output ""
}

@test "where the rule grants a shell, lines run in the container and not on the host" {
	docker exec lines-web mkdir -p "${canary%/*}"
	docker exec lines-web chmod 777 "${canary%/*}"
	corpus "$canary" >"$BATS_TEST_TMPDIR/lines"
	run type_all lines-shell
	assert_silent_about "BAD says"
	assert_silent_about "BAD hangs"
	[ ! -e "$canary" ]
	# They did run.
	docker exec lines-web test -e "$canary"
}

@test "131000 bytes are refused in one short sentence" {
	local line
	line=$(head -c 131000 /dev/zero | tr '\0' x)
	run gate_ssh lines exec lines-web echo "$line"
	assert_status 125
	[ ${#output} -lt 1000 ]
	[[ $output == centerctl:* ]]
}

@test "a TERM that is none does not get in" {
	local term
	for term in '../../etc/passwd' "$(printf 'a\033[2J')" 'a b' 'a;b' "$(printf 'a%.0s' {1..33})" $'x\nEVIL=1' '$(touch /tmp/x)' '() { :; }'; do
		run in_host env "TERM=$term" ssh -F none -tt -i "$host/keys/lines-shell" -o "UserKnownHostsFile=$host/known_hosts" -o LogLevel=ERROR \
			center@127.0.0.1 'exec lines-web env'
		assert_status 0
		assert_silent_about EVIL
		assert_silent_about "TERM=$term"
	done
}

@test "nothing of what a client sends as a variable reaches anything" {
	sshd_with "AcceptEnv *"
	run gate_ssh lines -o "SetEnv=LC_ALL=() LC_X=%s LD_PRELOAD=/tmp/x.so BASH_FUNC_x%%=() CENTERCTL_TEST_FAIL=setresuid DOCKER_HOST=unix:///tmp/x SSH_ORIGINAL_COMMAND=exec\ lines-other\ id" exec lines-web env
	local code=$status
	sshd_with
	[ "$code" = 0 ]
	assert_silent_about LC_X
	assert_silent_about LD_PRELOAD
	assert_silent_about CENTERCTL
	assert_silent_about DOCKER
	assert_silent_about SSH_
}

@test "a container that the client names by SetEnv is a word like any other" {
	local name
	for name in '--user=root' 'lines-web; id' '../x' 'pid:1' $'lines-web\nid' '$(id)' '-u root lines-web' "$(head -c 5000 /dev/zero | tr '\0' x)" ''; do
		run gate_ssh lines-shell -o "SetEnv=CENTERCTL_CONTAINER=\"$name\"" 'id -u'
		echo "$name: $output" >&2
		[ "$output" != 0 ]
		[ "$name" = '' ] || [ "$status" -ne 0 ]
	done
}

@test "sftp, subsystems and scp without -O are refused" {
	run in_host sftp -F none -i "$host/keys/lines-shell" -o IdentitiesOnly=yes -o "UserKnownHostsFile=$host/known_hosts" -o BatchMode=yes -o LogLevel=ERROR center@127.0.0.1 <<<'ls /etc'
	[ "$status" -ne 0 ]
	assert_silent_about passwd
	run gate_ssh lines-shell -s sftp </dev/null
	[ "$status" -ne 0 ]
	run gate_ssh lines-shell -s netconf </dev/null
	[ "$status" -ne 0 ]
	run in_host scp -q -F none -i "$host/keys/lines-shell" -o "UserKnownHostsFile=$host/known_hosts" center@127.0.0.1:/etc/passwd "$BATS_TEST_TMPDIR/got"
	[ "$status" -ne 0 ]
	[ ! -e "$BATS_TEST_TMPDIR/got" ]
}
