#!/bin/sh
# install.sh dependencies FOLDER...   what our packages in these folders depend on, into /opt/venv
# install.sh packages FOLDER...       the packages themselves, as wheels, into /opt/packages
# install.sh reload                   what starts a service anew when its sources change, into /opt/reload
#
# The two are apart because they change at different speeds: a new line of ours is a small layer.
set -eu

what=$1
shift
cd "$(dirname "$0")"
export PATH="/opt/tools/bin:$PATH"
# Byte code is made here and never looked at again: files in images have whatever age they are given.
export UV_CACHE_DIR=/var/cache/uv UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 PYC_INVALIDATION_MODE=UNCHECKED_HASH

case $what in
dependencies)
    # Our own names are left out, never looked up: the index could give us somebody else's package.
    requirements=
    for folder; do
        sed -n 's/^name = "\(.*\)"$/\1/p' "$folder/pyproject.toml"
        requirements="$requirements --requirement $folder/pyproject.toml"
    done > ours.txt
    python3 -m venv --without-pip /opt/venv
    # uv holds what it downloads against the hashes that constraints carry.
    # shellcheck disable=SC2086 # a list of words
    uv pip install --quiet --python /opt/venv --no-sources --excludes ours.txt \
        --constraint requirements.lock $requirements
    uv pip freeze --quiet --python /opt/venv | while read -r pin; do
        grep -q "^$pin\( \|$\)" requirements.lock || {
            echo "$pin is not in requirements.lock: make lock LOCK=--keep" >&2
            exit 1
        }
    done
    ;;
packages)
    uv pip install --quiet --python /opt/tools --target /opt/packages --offline --no-deps --no-sources \
        --no-build-isolation "$@"
    ;;
reload)
    # Of its dependencies only what the services' own do not bring already would be missed: none.
    uv pip install --quiet --python /opt/venv --target /opt/reload --no-deps \
        --constraint requirements.lock watchfiles
    ;;
*)
    echo "usage: install.sh dependencies|packages|reload FOLDER..." >&2
    exit 2
    ;;
esac
