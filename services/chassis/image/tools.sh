#!/bin/sh
# Makes /opt/tools: uv and the build back end of our packages, just as requirements.lock pins them.
set -eu

python3 -m venv --without-pip /opt/tools
# pip only to get uv: in its own strict mode, since it has nobody yet to check it.
sed -n '/^uv==/,/^[^ ]*==/{/^uv==/p;/^    --hash/p;}' requirements.lock > uv.txt
python3 -m pip --python /opt/tools/bin/python install --quiet --no-cache-dir --require-hashes -r uv.txt
UV_CACHE_DIR=/var/cache/uv UV_LINK_MODE=copy /opt/tools/bin/uv pip install --quiet --python /opt/tools/bin/python \
    --constraint requirements.lock hatchling
