#!/bin/sh
# Runs Parley as the container's first process, so that a stop reaches it. In the settings file, @HOSTNAME@ stands for
# the container's name and @ADDRESS@ for its first address: the nodes of a cluster share one file, but each binds an
# address of its own (the cluster's traffic takes an address there, no name). The server and the commands that look into
# its stores are given the file, unless they are given another; dev-cluster and torture make stores and ports of their own.
set -eu

settings=/tmp/parley.yaml
addresses=$(hostname -i)
sed -e "s/@HOSTNAME@/$(hostname)/g" -e "s/@ADDRESS@/${addresses%% *}/g" /etc/parley/parley.yaml > "$settings"

command="${1:-serve}"
[ "$#" -eq 0 ] || shift
what=""
case "$command" in
  dead-letters | audit | rebuild)
    # The options belong to the second word, which may be missing.
    case "${1--}" in
      -*) config="" ;;
      *) what="$1" config="$settings"; shift ;;
    esac ;;
  serve | verify) config="$settings" ;;
  *) config="" ;;
esac
for word in "$@"; do
  case "$word" in
    --config | --config=* | -c*) config="" ;;
  esac
done
set -- "$command" ${what:+"$what"} ${config:+--config "$config"} "$@"

# JAVA_OPTS is split into words on purpose.
# shellcheck disable=SC2086
exec java -XX:MaxRAMPercentage=50 -XX:+ExitOnOutOfMemoryError ${JAVA_OPTS-} -jar /opt/parley/parley.jar "$@"
