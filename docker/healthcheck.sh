#!/bin/bash
# Healthy if /healthz answers 200, without TLS, on HEALTH_PORT. By bash alone: the image has no other HTTP client that is certain to stay.
set -euo pipefail

exec 3<> "/dev/tcp/127.0.0.1/${1:-${HEALTH_PORT:-8080}}"
printf 'GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
read -r status <&3
[[ "$status" == *" 200 "* ]]
