#!/usr/bin/env bash
# Makes the grading image. Where the image has Python 3.11 or later: a virtual environment with the
# packages of requirements.txt, without conda, browser and LaTeX. Otherwise Otter's own way, which
# follows below.
set -e
export DEBIAN_FRONTEND=noninteractive
here=$(cd "$(dirname "$0")" && pwd)

if python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python3 -c 'import ensurepip, venv' 2>/dev/null ||
        apt-get install -y --no-install-recommends python3-venv
    # For the system call filter; the other protections do without.
    ldconfig -p | grep -q 'libseccomp\.so\.2' ||
        apt-get install -y --no-install-recommends libseccomp2 || true
    python3 -m venv /opt/autograder
    /opt/autograder/bin/pip install --no-cache-dir --disable-pip-version-check \
        --only-binary :all: -r "$here/requirements.txt"
    # A quarter of the image, for PDFs alone.
    /opt/autograder/bin/pip uninstall -qy playwright
    exit 0
fi

# Students' code runs as another user, who has to find Python there.
chmod 711 /root

