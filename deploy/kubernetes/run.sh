#!/usr/bin/env bash
# A day's run: all shards, then the build whatever came of them; fails if a part has failed.
set -euo pipefail
cd "$(dirname "$0")"

ended() { # waits for the end of a job, and prints how it ended: Complete or Failed
    local how
    until how=$(kubectl get job "$1" -o jsonpath='{.status.conditions[?(@.status=="True")].type}' |
        grep -owE 'Complete|Failed'); do
        sleep 5
    done
    echo "$1: $how"
}

kubectl delete job klaviyo-shards klaviyo-build --ignore-not-found --wait
kubectl create configmap klaviyo-run --dry-run=client -o yaml \
    --from-literal=TAP_KLAVIYO_RUN_ID="$(date -u +%Y%m%dT%H%M%SZ)-daily" | kubectl apply -f -
kubectl apply -f shards.yaml
shards=$(ended klaviyo-shards)
kubectl apply -f build.yaml
build=$(ended klaviyo-build)
printf '%s\n' "$shards" "$build"
[[ "$shards $build" != *Failed* ]]
