# SPDX-License-Identifier: ISC
# fish completion for centerctl(1). A test holds the options against `centerctl exec --help`.

# The words behind the verb that are no options, without the one that is being written.
function __centerctl_operands
    set -l words (commandline -opc)
    set -l skip 0
    for word in $words[3..-1]
        if test $skip = 1
            set skip 0
        else if string match -qr -- '^(-[^-]*[uweHo]|--(toolbox|static|pid|host-pid|source|gdbserver|output|user|group-add|workdir|env|env-file|detach-keys|pid-file|cap-add|preserve-fds|ns|timeout|engine))$' $word
            set skip 1
        else if not string match -q -- '-*' $word
            echo $word
        end
    end
end

function __centerctl_needs_verb
    test (count (commandline -opc)) -eq 1
end

# IDs of running sessions, for root.
function __centerctl_session_ids
    timeout 2 centerctl sessions 2>/dev/null | string match -rg '^([a-z2-7]{26}) '
end

# exec and shell before their target, and debug before its command.
function __centerctl_needs_option
    set -l words (commandline -opc)
    test (count $words) -ge 2; or return 1
    switch $words[2]
        case exec shell
            test -z "$(__centerctl_operands)"
        case debug
            test (count (__centerctl_operands)) -le 1; and not contains -- -- $words
        case '*'
            return 1
    end
end

function __centerctl_needs_debug_option
    __centerctl_words_are debug; and __centerctl_needs_option
end

function __centerctl_needs_target
    __centerctl_needs_option; and test -z "$(__centerctl_operands)"
end

# Names of toolboxes, which everybody may read.
function __centerctl_toolboxes
    timeout 2 centerctl toolbox ls -q 2>/dev/null
end

# Running containers, if docker is there and answers.
function __centerctl_containers
    command -sq docker; and timeout 2 docker ps --format '{{.Names}}' 2>/dev/null
end

complete -c centerctl -f
complete -c centerctl -n __centerctl_needs_verb -a exec -d 'Run a command in a running container'
complete -c centerctl -n __centerctl_needs_verb -a shell -d 'Open a shell, even where the container has none'
complete -c centerctl -n __centerctl_needs_verb -a debug -d 'Run gdb, strace and the like beside a container'
complete -c centerctl -n __centerctl_needs_verb -a top -d 'List a container\'s processes'
complete -c centerctl -n __centerctl_needs_verb -a which -d 'Say which container a process belongs to'
complete -c centerctl -n __centerctl_needs_verb -a toolbox -d 'Make, list and remove toolboxes'
complete -c centerctl -n __centerctl_needs_verb -a ls -d 'List the containers that you may enter'
complete -c centerctl -n __centerctl_needs_verb -a policy -d 'Check, explain and question who may enter what'
complete -c centerctl -n __centerctl_needs_verb -a keys -d 'Keep the keys of the gate'
complete -c centerctl -n __centerctl_needs_verb -a audit -d 'Show who did what'
complete -c centerctl -n __centerctl_needs_verb -a sessions -d 'List sessions'
complete -c centerctl -n __centerctl_needs_verb -a replay -d 'Show a recording'
complete -c centerctl -n __centerctl_needs_verb -a watch -d 'Show a session while it runs'
complete -c centerctl -n __centerctl_needs_verb -a end -d 'End a session'
complete -c centerctl -n __centerctl_needs_verb -a doctor -d 'Look for what weakens gate accounts'
complete -c centerctl -n __centerctl_needs_verb -a help -d 'Show the verbs, or one verb\'s options'
complete -c centerctl -n __centerctl_needs_verb -a version -d 'Show the version'
complete -c centerctl -n '__fish_seen_subcommand_from help' -a 'exec shell debug top which ls toolbox policy keys audit sessions replay watch end doctor help version'
complete -c centerctl -n __centerctl_needs_target -a '(__centerctl_containers)' -d container
complete -c centerctl -n __centerctl_needs_option -s t -l tty -d 'Give the command a terminal'
complete -c centerctl -n __centerctl_needs_option -s T -l no-tty -d 'Give it none'
complete -c centerctl -n __centerctl_needs_option -s i -l interactive -d 'Connect stdin (default)'
complete -c centerctl -n __centerctl_needs_option -s n -l no-stdin -d 'Leave stdin alone'
complete -c centerctl -n __centerctl_needs_option -x -s u -l user -d 'User of the container'
complete -c centerctl -n __centerctl_needs_option -x -l group-add -d 'Further group of the container'
complete -c centerctl -n __centerctl_needs_option -x -s w -l workdir -d 'Working directory in the container'
complete -c centerctl -n __centerctl_needs_option -x -s e -l env -a '(set -nx)' -d 'Set a variable'
complete -c centerctl -n __centerctl_needs_option -r -F -l env-file -d 'Set what a file lists'
complete -c centerctl -n __centerctl_needs_option -s d -l detach -d 'Leave the command running'
complete -c centerctl -n __centerctl_needs_option -x -l detach-keys -d 'Keys that leave a session'
complete -c centerctl -n __centerctl_needs_option -r -F -l pid-file -d 'Write the process number to a file'
complete -c centerctl -n __centerctl_needs_option -l privileged -d 'All capabilities, no seccomp filter'
complete -c centerctl -n __centerctl_needs_option -x -l cap-add -d 'Further capabilities'
complete -c centerctl -n __centerctl_needs_option -x -l preserve-fds -d 'Hand descriptors down (dangerous)'
complete -c centerctl -n __centerctl_needs_option -x -l ns -a 'all mnt uts ipc net pid user cgroup time' -d 'Namespaces to enter'
complete -c centerctl -n __centerctl_needs_option -x -l timeout -d 'End the command after this time'
complete -c centerctl -n __centerctl_needs_option -l show -d 'Show what would be entered'
complete -c centerctl -n __centerctl_needs_option -l json -d 'With --show: as JSON'
complete -c centerctl -n __centerctl_needs_option -x -s H -l engine -a 'unix:///run/docker.sock unix:///run/podman/podman.sock' -d Engine
complete -c centerctl -n __centerctl_needs_option -s h -l help -d 'Show help'

# Whether the words behind centerctl begin so.
function __centerctl_words_are
    set -l words (commandline -opc)
    set -l last (math 1 + (count $argv))
    test "$words[2..$last]" = "$argv"
end

function __centerctl_needs_policy_word
    set -l words (commandline -opc)
    test (count $words) -eq 2; and test "$words[2]" = policy
end

set -l subjects 'key: principal: user: group:'
set -l engines 'unix:///run/docker.sock unix:///run/podman/podman.sock'
complete -c centerctl -n __centerctl_needs_debug_option -x -l toolbox -a '(__centerctl_toolboxes)' -d 'The tools to debug with'
complete -c centerctl -n __centerctl_needs_debug_option -x -l static -a '(__centerctl_toolboxes)' -d 'One static program of the host'
complete -c centerctl -n __centerctl_needs_debug_option -x -l pid -d 'The process to debug'
complete -c centerctl -n __centerctl_needs_debug_option -x -l host-pid -a '(__fish_complete_pids)' -d 'A process of the host, instead of a container'
complete -c centerctl -n __centerctl_needs_debug_option -l rw -d 'Let /target be written'
complete -c centerctl -n __centerctl_needs_debug_option -x -l source -a '(__fish_complete_directories)' -d 'Sources for gdb'
complete -c centerctl -n __centerctl_needs_debug_option -x -l gdbserver -a stdio -d 'Serve a remote gdb'
complete -c centerctl -n __centerctl_needs_debug_option -r -F -s o -l output -d 'Write output to a file on this side'
complete -c centerctl -n '__centerctl_words_are top' -a '(__centerctl_containers)' -d container
complete -c centerctl -n '__centerctl_words_are top' -l json -d 'A JSON array'
complete -c centerctl -n '__centerctl_words_are top' -x -s H -l engine -a "$engines" -d Engine
complete -c centerctl -n '__centerctl_words_are top' -s h -l help -d 'Show help'
complete -c centerctl -n '__centerctl_words_are which' -a '(__fish_complete_pids)'
complete -c centerctl -n '__centerctl_words_are which' -s q -l quiet -d 'The container\'s name alone'
complete -c centerctl -n '__centerctl_words_are which' -l json -d 'A JSON object'
complete -c centerctl -n '__centerctl_words_are which' -x -s H -l engine -a "$engines" -d Engine
complete -c centerctl -n '__centerctl_words_are which' -s h -l help -d 'Show help'
complete -c centerctl -n '__centerctl_words_are toolbox; and test (count (commandline -opc)) -eq 2' -a 'build add ls rm'
complete -c centerctl -n '__centerctl_words_are toolbox rm' -a '(__centerctl_toolboxes)' -d toolbox
complete -c centerctl -n '__centerctl_words_are toolbox' -x -l directory -a '(__fish_complete_directories)' -d 'With add: a root file system'
complete -c centerctl -n '__centerctl_words_are toolbox' -x -l image -d 'With add: a local image'
complete -c centerctl -n '__centerctl_words_are toolbox' -r -F -l static -d 'With add: one static program'
complete -c centerctl -n '__centerctl_words_are toolbox' -l json -d 'With ls: as JSON'
complete -c centerctl -n '__centerctl_words_are toolbox' -s q -l quiet -d 'With ls: names alone'
complete -c centerctl -n '__centerctl_words_are toolbox' -x -s H -l engine -a "$engines" -d 'With add --image: the engine'
complete -c centerctl -n '__centerctl_words_are toolbox' -s h -l help -d 'Show help'
complete -c centerctl -n '__centerctl_words_are ls' -s q -l quiet -d 'Names alone'
complete -c centerctl -n '__centerctl_words_are ls' -l json -d 'A JSON array'
complete -c centerctl -n '__centerctl_words_are ls' -x -l as -a "$subjects" -d 'What somebody else may enter'
complete -c centerctl -n '__centerctl_words_are ls' -x -s H -l engine -a "$engines" -d Engine
complete -c centerctl -n '__centerctl_words_are ls' -s h -l help -d 'Show help'
complete -c centerctl -n __centerctl_needs_policy_word -a check -d 'Look for errors'
complete -c centerctl -n __centerctl_needs_policy_word -a explain -d 'Say which rule decides, and why'
complete -c centerctl -n __centerctl_needs_policy_word -a lint -d 'Name what is probably not meant'
complete -c centerctl -n '__centerctl_words_are policy check; or __centerctl_words_are policy lint' -F
complete -c centerctl -n '__centerctl_words_are policy explain' -a '(__centerctl_containers)' -d container
complete -c centerctl -n '__centerctl_words_are policy explain' -x -l as -a "$subjects" -d 'Who asks'
complete -c centerctl -n '__centerctl_words_are policy explain' -x -l from -d 'From where an SSH client comes'
complete -c centerctl -n '__centerctl_words_are policy explain' -x -s u -l user -d 'User that is asked for'
complete -c centerctl -n '__centerctl_words_are policy explain' -x -l for -a 'exec shell logs debug' -d 'What for'
complete -c centerctl -n '__centerctl_words_are policy explain' -x -l at -d 'When, as 2027-01-31T18:00'
complete -c centerctl -n '__centerctl_words_are policy explain' -r -F -l file -d 'Another policy'
complete -c centerctl -n '__centerctl_words_are policy explain' -x -l label -d 'Label of the container'
complete -c centerctl -n '__centerctl_words_are policy explain' -x -l image -d 'Image of the container'
complete -c centerctl -n '__centerctl_words_are policy explain' -x -l id -d 'ID of the container'
complete -c centerctl -n '__centerctl_words_are policy explain' -x -l own-user -d 'The user of the container itself'
complete -c centerctl -n '__centerctl_words_are policy explain' -x -s H -l engine -a "$engines" -d Engine
complete -c centerctl -n '__centerctl_words_are policy explain' -s h -l help -d 'Show help'
complete -c centerctl -n '__centerctl_words_are keys; and test (count (commandline -opc)) -eq 2' -a 'add remove list check'
complete -c centerctl -n '__centerctl_words_are keys add' -F
complete -c centerctl -n '__centerctl_words_are keys remove' -a '(timeout 2 centerctl keys list 2>/dev/null | string match -rg \'^(\S+)\' | tail -n +2)' -d key
complete -c centerctl -n '__centerctl_words_are keys' -x -l container -a '(__centerctl_containers)' -d 'With add: the one container'
complete -c centerctl -n '__centerctl_words_are keys' -l replace -d 'With add: instead of the key that has the name'
complete -c centerctl -n '__centerctl_words_are keys' -l json -d 'With list: as JSON'
complete -c centerctl -n '__centerctl_words_are keys' -r -F -l file -d 'Another file than the registry'
complete -c centerctl -n '__centerctl_words_are keys' -s h -l help -d 'Show help'
complete -c centerctl -n '__centerctl_words_are doctor' -a '(__fish_complete_users)' -d account
complete -c centerctl -n '__centerctl_words_are doctor' -l json -d 'As JSON'
complete -c centerctl -n '__centerctl_words_are doctor' -r -F -l sshd-config -d 'Configuration of sshd'
complete -c centerctl -n '__centerctl_words_are doctor' -s h -l help -d 'Show help'
complete -c centerctl -n '__centerctl_words_are audit' -a verify -d 'Whether the log is whole'
complete -c centerctl -n '__centerctl_words_are audit verify' -F
complete -c centerctl -n '__centerctl_words_are audit' -x -l since -d 'From then on'
complete -c centerctl -n '__centerctl_words_are audit' -x -l key -d 'What this key did'
complete -c centerctl -n '__centerctl_words_are audit' -x -l user -a '(__fish_complete_users)' -d 'What this account did'
complete -c centerctl -n '__centerctl_words_are audit' -x -l container -a '(__centerctl_containers)' -d 'What was done there'
complete -c centerctl -n '__centerctl_words_are audit' -x -l session -d 'This session'
complete -c centerctl -n '__centerctl_words_are audit' -l denied -d 'Only what was denied'
complete -c centerctl -n '__centerctl_words_are audit' -x -s n -l last -d 'Only the last of these'
complete -c centerctl -n '__centerctl_words_are audit' -l json -d 'The records themselves'
complete -c centerctl -n '__centerctl_words_are audit' -r -F -l file -d 'Another log'
complete -c centerctl -n '__centerctl_words_are audit' -s h -l help -d 'Show help'
complete -c centerctl -n '__centerctl_words_are sessions' -s a -l all -d 'Past ones too'
complete -c centerctl -n '__centerctl_words_are sessions' -l json -d 'A JSON array'
complete -c centerctl -n '__centerctl_words_are sessions' -s h -l help -d 'Show help'
complete -c centerctl -n '__centerctl_words_are replay' -F
complete -c centerctl -n '__centerctl_words_are replay' -x -l speed -d 'So many times as fast'
complete -c centerctl -n '__centerctl_words_are replay' -x -l idle-limit -d 'Shorten waits'
complete -c centerctl -n '__centerctl_words_are replay' -l raw -d 'Leave nothing out'
complete -c centerctl -n '__centerctl_words_are replay' -r -F -l dir -d 'Directory of recordings'
complete -c centerctl -n '__centerctl_words_are replay' -s h -l help -d 'Show help'
complete -c centerctl -n '__centerctl_words_are watch' -a '(__centerctl_session_ids)' -d session
complete -c centerctl -n '__centerctl_words_are watch' -l raw -d 'Leave nothing out'
complete -c centerctl -n '__centerctl_words_are watch' -s h -l help -d 'Show help'
complete -c centerctl -n '__centerctl_words_are end' -a '(__centerctl_session_ids)' -d session
complete -c centerctl -n '__centerctl_words_are end' -x -l reason -d Why
complete -c centerctl -n '__centerctl_words_are end' -s h -l help -d 'Show help'
