#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 1: the parser that was taken over by the engine's answer names directories of the host as an image's layers, so
# that a tool, with the container's processes beside it, would have them for its root. Threat 40: a container makes up a
# layer in its own, or its own layer is taken.
# Proves: layer_is_path() and layer_open() (lib/priv/layer), and that centerctl-enter looks at each path (cmd/centerctl-enter/layers).

load attack

toolboxes=${CENTERCTL_LIBEXEC%/libexec/centerctl}/state/toolbox

setup_file()
{
	container layers base touch /one
	docker wait layers >/dev/null
	docker commit layers layers:two >/dev/null
	take_resolve_over
	# A place that is root's alone on all of its way, as an engine's is.
	export store=${CENTERCTL_LIBEXEC%/libexec/centerctl}/store
	export id=4ca37bd08245fb72864026aeee1cf36cc7c36949249326b41c038124929c9282
	mkdir -p "$store/overlay2/$id/diff/overlay2/$id/diff" "$store/overlay2/${id/4/5}" "$store/overlay2/${id/4/6}"
	ln -s /etc "$store/overlay2/${id/4/5}/diff"
	touch "$store/overlay2/${id/4/6}/diff"
	mkdir -p "$store/open/overlay2/$id/diff"
	chmod 777 "$store/open"
}

teardown_file()
{
	containers_gone layers
	docker rmi layers:two >/dev/null
	rm -rf "$store"
	rm -rf "${toolboxes:?}"/layers-*
}

# add NAME [PATH...]: a toolbox of the image of two layers, of which a parser that was taken over says that it is PATHs.
add()
{
	local name=$1
	shift
	printf '%s\n' layers "$@" >"$evil/how"
	run env CENTERCTL_LIBEXECDIR="$evil" timeout -k 1 20 centerctl toolbox add "$name" --image layers:two
}

@test "an image becomes a toolbox by its layers, the top one first" {
	local graph='{{.GraphDriver.Data.UpperDir}}:{{.GraphDriver.Data.LowerDir}}'
	[ "$(docker info -f '{{.Driver}}')" = overlay2 ] || skip_or_fail "the engine keeps no layers as directories"
	run centerctl toolbox add layers-true --image layers:two
	assert_status 0
	[ "$(paste -sd: "$toolboxes/layers-true/layers")" = "$(docker image inspect -f "$graph" layers:two)" ]
	# A true answer goes through the false parser as it is: what follows is refused for what it says.
	add layers-same "$store/overlay2/$id/diff"
	assert_status 0
	[ "$(cat "$toolboxes/layers-same/layers")" = "$store/overlay2/$id/diff" ]
}

@test "no other directory of the host can be named as a layer" {
	local path
	for path in / /root /etc "$store" "$store/overlay2/$id" "$store/overlay2/$id/diff/../../.." "$store/overlay2//$id/diff" \
		"$store/overlay2/$id/diff/" "/proc/self/root/etc" "relative/overlay2/$id/diff"; do
		add layers-false "$path"
		assert_status 125
		[ ! -e "$toolboxes/layers-false" ] || { echo "$path" && false; }
		# Nor beside a true one.
		add layers-false "$store/overlay2/$id/diff" "$path"
		assert_status 125
		[ ! -e "$toolboxes/layers-false" ] || { echo "$path" && false; }
	done
}

@test "what looks like a layer has to be one, which only root could put there" {
	local path
	for path in "$store/overlay2/$id/diff/overlay2/$id/diff" "$store/overlay2/${id/4/5}/diff" "$store/overlay2/${id/4/6}/diff" \
		"$store/open/overlay2/$id/diff" "$store/overlay2/${id/4/7}/diff"; do
		add layers-false "$path"
		assert_status 125
		[ ! -e "$toolboxes/layers-false" ] || { echo "$path" && false; }
	done
}

@test "only root may ask where an image is kept" {
	chmod 755 "${CENTERCTL_LIBEXEC%/libexec/centerctl}"
	run setpriv --reuid=61234 --regid=61234 --clear-groups centerctl toolbox add layers-other --image layers:two
	[ "$status" -ne 0 ]
	[ ! -e "$toolboxes/layers-other" ]
}
