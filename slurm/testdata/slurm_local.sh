#!/usr/bin/env bash
# The maintainers' own script, made for these tests; internal/cli/slurm_test.go starts it.
# slurm_local.sh - a private, throw-away Slurm on 127.0.0.1, for tests.
#
#   slurm_local.sh start DIR [-n NODES] [-c CPUS_PER_NODE] [-a]   bring it up; prints "export ..." lines
#   slurm_local.sh stop  DIR                                      end only what start began (by PID), wait
#   slurm_local.sh status DIR                                     one line per daemon
#   slurm_local.sh kill-node DIR NODE | start-node DIR NODE       SIGKILL / restart one slurmd (+ its steps)
#
# Everything (munge key and socket, ports, state, logs, slurm.conf) lives in DIR, so several copies
# can run at once and nothing under /etc is touched. No systemd, no cgroups, no slurmdbd, no network
# but loopback. Runs as root or as an ordinary user (then jobs run as that user).
# Needs: apt-get install slurm-wlm munge   (Slurm >= 20.11, built with --enable-multiple-slurmd)
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin

die() { echo "slurm_local: $*" >&2; exit 1; }
now() { date +%s.%N; }

# A PID is ours only if its start time is the one noted when we started it.
stamp() { local s; s=$(cat "/proc/$1/stat" 2>/dev/null) || return 1; s=${s##*) }; set -- $s; [ "$1" != Z ] || return 1; echo "${20}"; }
note()  { echo "$2 $(stamp "$2") $1" >>"$DIR/pids"; }
alive() { local st; st=$(stamp "$1") && [ "$st" = "$2" ]; }

# N different free TCP ports (below the ephemeral range so no outgoing socket takes them meanwhile)
free_ports() {
  local n=$1 p; local -A taken=()
  while read -r p; do taken[$((16#$p))]=1; done < <(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk 'NR>1&&$2~/:/{split($2,a,":");print a[2]}' | sort -u)
  while [ "$n" -gt 0 ]; do
    p=$((15000 + (RANDOM * 32768 + RANDOM) % 15000))
    [ -n "${taken[$p]:-}" ] || { taken[$p]=1; echo "$p"; n=$((n-1)); }
  done
}

spawn() { # NAME CMD... : own session, foreground mode, PID noted
  local name=$1; shift
  setsid "$@" </dev/null >>"$DIR/log/$name.out" 2>&1 &
  note "$name" $!
}
wait_for() { # SECONDS WHAT CMD...
  local end=$((SECONDS + $1)) what=$2; shift 2
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] && ! grep -q down <<<"$(cmd_status)" ||
      { for f in "$DIR"/log/*; do echo "== $f"; tail -n 12 "$f"; done >&2; die "no $what: $(cmd_status | tr '\n' ' ')(logs in $DIR/log)"; }
    sleep 0.05
  done
}
env_of() { export SLURM_CONF=$DIR/slurm.conf; }
all_up() { [ "$(sinfo -h -o %T -N | grep -cE '^(idle|mixed|allocated)$')" -eq "$1" ]; }
start_slurmd() { spawn "slurmd-$1" slurmd -D -N "$1" -f "$DIR/slurm.conf"; }

cmd_start() {
  local nodes=2 cpus=2 acct=0; local o OPTIND=1
  while getopts n:c:a o; do case $o in n) nodes=$OPTARG;; c) cpus=$OPTARG;; a) acct=1;; *) die "bad option";; esac; done
  for b in munged munge slurmctld slurmd sinfo; do command -v $b >/dev/null || die "$b not found: apt-get install slurm-wlm munge"; done
  [ ! -s "$DIR/pids" ] || die "$DIR/pids exists: stop it first"
  mkdir -p "$DIR"; DIR=$(cd "$DIR" && pwd); mkdir -p "$DIR"/{log,state,munge,spool}; : >"$DIR/pids"
  chmod 755 "$DIR" "$DIR/munge"; chmod 700 "$DIR/log"
  local me host; me=$(id -un); host=$(hostname -s)
  trap 'cmd_stop >/dev/null 2>&1 || true' EXIT   # any failure below ends what was started

  # --- munge with a key of its own
  ( umask 077; head -c 128 /dev/urandom >"$DIR/munge/key" )
  spawn munged munged --foreground --force --key-file="$DIR/munge/key" --socket="$DIR/munge/sock" \
      --pid-file="$DIR/munge/pid" --seed-file="$DIR/munge/seed" --log-file="$DIR/log/munged.log" --num-threads=4
  wait_for 5 munged munge -n -S "$DIR/munge/sock"

  # --- slurm.conf
  local ports; mapfile -t ports < <(free_ports $((nodes + 1)))
  { cat <<C
ClusterName=tcmdse
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=${ports[0]}
SlurmUser=$me
SlurmdUser=$me
AuthType=auth/munge
AuthInfo=socket=$DIR/munge/sock
CredType=cred/munge
StateSaveLocation=$DIR/state
SlurmdSpoolDir=$DIR/spool/%n
SlurmctldPidFile=$DIR/state/slurmctld.pid
SlurmdPidFile=$DIR/state/slurmd-%n.pid
SlurmctldLogFile=$DIR/log/slurmctld.log
SlurmdLogFile=$DIR/log/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SwitchType=switch/none
MpiDefault=none
SlurmdParameters=config_overrides
ReturnToService=2
JobRequeue=1
JobCompType=jobcomp/filetxt
JobCompLoc=$DIR/jobcomp.txt
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
AccountingStorageType=accounting_storage/none
MaxArraySize=100001
MaxJobCount=200000
SlurmctldTimeout=10
SlurmdTimeout=${SLURMD_TIMEOUT:-10}
InactiveLimit=0
KillWait=3
MinJobAge=600
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_min_interval=50000,bf_interval=1,sched_interval=2
C
    [ $acct = 0 ] || cat "$DIR/acct.conf"
    local i; for ((i = 1; i <= nodes; i++)); do
      echo "NodeName=n$i NodeHostname=$host NodeAddr=127.0.0.1 Port=${ports[$i]} CPUs=$cpus RealMemory=${NODE_MB:-1000} State=UNKNOWN"
    done
    echo "PartitionName=test Nodes=ALL Default=YES MaxTime=INFINITE State=UP"
  } >"$DIR/slurm.conf"
  [ $acct = 0 ] || sed -i '/^AccountingStorageType=accounting_storage\/none/d' "$DIR/slurm.conf"
  # cgroups are not used; newer Slurm must be told so, older knows no such value
  case $(slurmctld -V) in *" 2[01]."*|*" 22."*) : ;; *) echo CgroupPlugin=disabled >"$DIR/cgroup.conf";; esac
  env_of

  spawn slurmctld slurmctld -D -c -f "$DIR/slurm.conf"
  for ((i = 1; i <= nodes; i++)); do mkdir -p "$DIR/spool/n$i"; start_slurmd "n$i"; done
  wait_for 30 "$nodes nodes" all_up "$nodes"
  trap - EXIT
  printf 'export SLURM_CONF=%s\n' "$DIR/slurm.conf"
}

# Descendants of a PID
kids() { local c; for c in $(cat /proc/"$1"/task/*/children 2>/dev/null); do echo "$c"; kids "$c"; done; }
# slurmstepd processes of this DIR [and node]. They outlive slurmd, reparent to 1 and overwrite their own
# environment with their title, so the open log file of their slurmd is what tells whose they are.
steps_of() {
  local p; for p in /proc/[0-9]*; do
    [ "$(cat "$p/comm" 2>/dev/null)" = slurmstepd ] || continue
    grep -qE -- "-> $DIR/log/slurmd-${1:-[^/]*}\.log\$" <<<"$(ls -l "$p/fd" 2>/dev/null)" || continue
    echo "${p#/proc/}"; done; }

cmd_stop() {
  [ -f "$DIR/pids" ] || return 0
  DIR=$(cd "$DIR" && pwd); env_of
  # 1. jobs, asked politely; 2. daemons, newest first; 3. left-over steps and their children
  timeout 5 scancel -Q -u "$(id -un)" 2>/dev/null || true
  local end=$((SECONDS + 5)); while [ $SECONDS -lt $end ] && [ -n "$(steps_of)" ]; do sleep 0.05; done
  local pid st name p
  for p in $(steps_of); do kill -KILL $(kids "$p") "$p" 2>/dev/null || true; done
  while read -r pid st name; do alive "$pid" "$st" && kill -TERM "$pid" 2>/dev/null || true; done < <(tac "$DIR/pids")
  end=$((SECONDS + 8))
  while read -r pid st name; do
    while alive "$pid" "$st"; do
      [ $SECONDS -lt $end ] || { kill -KILL "$pid" 2>/dev/null || true; sleep 0.1; }
      sleep 0.02
    done
  done <"$DIR/pids"
  : >"$DIR/pids"
}
cmd_status() { # the latest start of each daemon
  local pid st name; tac "$DIR/pids" | awk '!s[$3]++' | tac | while read -r pid st name; do
    alive "$pid" "$st" && echo "$name $pid up" || echo "$name $pid down"; done; }
cmd_kill_node() {
  DIR=$(cd "$DIR" && pwd); local pid st name p
  while read -r pid st name; do if [ "$name" = "slurmd-$1" ] && alive "$pid" "$st"; then kill -KILL "$pid"; fi; done <"$DIR/pids"
  for p in $(steps_of "$1"); do kill -KILL $(kids "$p") "$p" 2>/dev/null || true; done
}
cmd_start_node() { DIR=$(cd "$DIR" && pwd); env_of; start_slurmd "$1"; }

[ $# -ge 2 ] || die "usage: start|stop|status|kill-node|start-node DIR [...]"
what=$1; DIR=$2; shift 2
case $what in
  start) cmd_start "$@";; stop) cmd_stop;; status) cmd_status;;
  kill-node) cmd_kill_node "$@";; start-node) cmd_start_node "$@";; *) die "unknown command $what";;
esac
