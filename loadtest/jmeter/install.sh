#!/bin/sh
# install.sh FOLDER: JMeter, from its Maven artifacts, into a new FOLDER. Every jar must be one of jars.sha256,
# and none may be missing. Needs Maven and Java 17 or later.
#
# After a change of pom.xml: install.sh --lock FOLDER writes jars.sha256 anew, to be read before it is committed.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
lock=false
if [ "$1" = --lock ]; then
    lock=true
    shift
fi
mkdir -p "$1/lib/junit" # JMeter complains where that is missing
home=$(cd "$1" && pwd)

mvn --quiet --batch-mode --file "$here/pom.xml" package -Djmeter.home="$home"
rm -rf "$home/dependency-maven-plugin-markers" # Maven's notes
cd "$home"
found=$(find . -name '*.jar' | LC_ALL=C sort)
if $lock; then
    # shellcheck disable=SC2086 # a list of words
    sha256sum $found > "$here/jars.sha256"
fi
sha256sum --check --strict --quiet "$here/jars.sha256"
if [ "$found" != "$(sed 's/^[^ ]*  //' "$here/jars.sha256")" ]; then
    echo "the jars in $home are not those that jars.sha256 names" >&2
    exit 1
fi
