# SPDX-License-Identifier: ISC
# fish completion for centerctl(1). A test holds the options against `centerctl exec --help`.

# The words behind the verb that are no options, without the one that is being written.
function __centerctl_operands
    set -l words (commandline -opc)
    set -l skip 0
    for word in $words[3..-1]
        if test $skip = 1
            set skip 0
        else if string match -qr -- '^(-[^-]*[uweH]|--(user|group-add|workdir|env|env-file|detach-keys|pid-file|cap-add|preserve-fds|ns|timeout|engine))$' $word
            set skip 1
        else if not string match -q -- '-*' $word
            echo $word
        end
    end
end

function __centerctl_needs_verb
    test (count (commandline -opc)) -eq 1
end

function __centerctl_needs_target
    set -l words (commandline -opc)
    test (count $words) -ge 2; and test "$words[2]" = exec; and test -z "$(__centerctl_operands)"
end

# Running containers, if docker is there and answers.
function __centerctl_containers
    command -sq docker; and timeout 2 docker ps --format '{{.Names}}' 2>/dev/null
end

complete -c centerctl -f
complete -c centerctl -n __centerctl_needs_verb -a exec -d 'Run a command in a running container'
complete -c centerctl -n __centerctl_needs_verb -a help -d 'Show the verbs, or one verb\'s options'
complete -c centerctl -n __centerctl_needs_verb -a version -d 'Show the version'
complete -c centerctl -n '__fish_seen_subcommand_from help' -a 'exec help version'
complete -c centerctl -n __centerctl_needs_target -a '(__centerctl_containers)' -d container
complete -c centerctl -n __centerctl_needs_target -s t -l tty -d 'Give the command a terminal'
complete -c centerctl -n __centerctl_needs_target -s T -l no-tty -d 'Give it none'
complete -c centerctl -n __centerctl_needs_target -s i -l interactive -d 'Connect stdin (default)'
complete -c centerctl -n __centerctl_needs_target -s n -l no-stdin -d 'Leave stdin alone'
complete -c centerctl -n __centerctl_needs_target -x -s u -l user -d 'User of the container'
complete -c centerctl -n __centerctl_needs_target -x -l group-add -d 'Further group of the container'
complete -c centerctl -n __centerctl_needs_target -x -s w -l workdir -d 'Working directory in the container'
complete -c centerctl -n __centerctl_needs_target -x -s e -l env -a '(set -nx)' -d 'Set a variable'
complete -c centerctl -n __centerctl_needs_target -r -F -l env-file -d 'Set what a file lists'
complete -c centerctl -n __centerctl_needs_target -s d -l detach -d 'Leave the command running'
complete -c centerctl -n __centerctl_needs_target -x -l detach-keys -d 'Keys that leave a session'
complete -c centerctl -n __centerctl_needs_target -r -F -l pid-file -d 'Write the process number to a file'
complete -c centerctl -n __centerctl_needs_target -l privileged -d 'All capabilities, no seccomp filter'
complete -c centerctl -n __centerctl_needs_target -x -l cap-add -d 'Further capabilities'
complete -c centerctl -n __centerctl_needs_target -x -l preserve-fds -d 'Hand descriptors down (dangerous)'
complete -c centerctl -n __centerctl_needs_target -x -l ns -a 'all mnt uts ipc net pid user cgroup time' -d 'Namespaces to enter'
complete -c centerctl -n __centerctl_needs_target -x -l timeout -d 'End the command after this time'
complete -c centerctl -n __centerctl_needs_target -l show -d 'Show what would be entered'
complete -c centerctl -n __centerctl_needs_target -l json -d 'With --show: as JSON'
complete -c centerctl -n __centerctl_needs_target -x -s H -l engine -a 'unix:///run/docker.sock unix:///run/podman/podman.sock' -d Engine
complete -c centerctl -n __centerctl_needs_target -s h -l help -d 'Show help'
