#!/usr/bin/env bash
# require-green.sh REPOSITORY: fails unless the checked-out commit is on main, and GitHub's workflow `ci` succeeded for it.
set -euo pipefail
commit=$(git rev-parse HEAD)
git merge-base --is-ancestor "$commit" origin/main || { echo "$commit is not on main" >&2; exit 1; }
# Only runs of pushes to main: a pull request from a branch that is named main would count, too.
runs="repos/$1/actions/workflows/ci.yaml/runs?head_sha=$commit&branch=main&event=push&status=success"
green=$(gh api "$runs" --jq .total_count)
[[ $green =~ ^[1-9][0-9]*$ ]] || { echo "ci has not succeeded for $commit" >&2; exit 1; }
