#!/bin/sh
# Runs Parley as the container's first process, so that a stop reaches it. In the settings file, @HOSTNAME@ stands for
# the container's name and @ADDRESS@ for its first address: the nodes of a cluster share one file, but each binds an
# address of its own (the cluster's traffic takes an address there, no name).
set -eu

settings=/tmp/parley.yaml
addresses=$(hostname -i)
sed -e "s/@HOSTNAME@/$(hostname)/g" -e "s/@ADDRESS@/${addresses%% *}/g" /etc/parley/parley.yaml > "$settings"

command="${1:-serve}"
[ "$#" -eq 0 ] || shift
case "$command" in
  serve) set -- serve --config "$settings" "$@" ;;
  *) set -- "$command" "$@" ;;
esac

# JAVA_OPTS is split into words on purpose.
# shellcheck disable=SC2086
exec java -XX:MaxRAMPercentage=50 -XX:+ExitOnOutOfMemoryError ${JAVA_OPTS-} -jar /opt/parley/parley.jar "$@"
