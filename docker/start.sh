#!/usr/bin/env bash
# What a container of gocir runs.
#
#   start.sh             JupyterLab on port 8888 of all the container's addresses, behind a token
#   start.sh health      is JupyterLab answering?
#   start.sh COMMAND...  a command in the project's folder, with the image's backend: start.sh bin/cir demo
#
# The token is $GOCIR_TOKEN; where that is unset or empty one is drawn and printed. $GOMLX_BACKEND overrides the backend
# that the image was built for.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

stop() {
	printf 'gocir: %s\n' "$1" >&2
	exit 1
}

# backend makes programs take the backend that the image was built for.
backend() {
	local nvidia=$PWD/.local/cuda/nvidia
	case ${GOMLX_BACKEND:-}/${GOCIR_BACKEND:-go} in
	/cpu) export GOMLX_BACKEND=xla:$PWD/.local/pjrt/pjrt_c_api_cpu_plugin.so ;;
	/cuda)
		compgen -G '/dev/nvidia[0-9]*' >/dev/null || [[ -e /dev/dxg ]] ||
			stop 'this image computes on an NVIDIA GPU and the container has none: start it with --gpus all (Compose: the service lab-cuda), or set GOMLX_BACKEND=go.'
		export GOMLX_BACKEND=xla:$nvidia/pjrt_c_api_cuda_plugin.so
		export LD_LIBRARY_PATH=$nvidia/cu13/lib:$nvidia/cudnn/lib:$nvidia/nccl/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
		;;
	/*) export GOMLX_BACKEND=go ;;
	esac
	export GOMLX_NO_AUTO_INSTALL=1 # XLA must not look for a plugin on the network
}

# token hands the token to Jupyter through the environment: arguments can be read by every process.
token() {
	local given=${GOCIR_TOKEN:-} where=http://127.0.0.1:${GOCIR_PORT:-8888}/lab
	JUPYTER_TOKEN=${given:-$(.local/lab/bin/python -c 'import secrets; print(secrets.token_hex(24))')} || JUPYTER_TOKEN=
	[[ $JUPYTER_TOKEN =~ ^[A-Za-z0-9_-]{16,}$ ]] ||
		stop 'JupyterLab does not start without a good token, since whoever has it can run programs here: set GOCIR_TOKEN to 16 or more letters, digits, - and _, or leave it unset to have one drawn.'
	export JUPYTER_TOKEN
	unset GOCIR_TOKEN
	if [[ -n $given ]]; then
		echo "JupyterLab: $where, with the token that GOCIR_TOKEN gave"
	else
		echo "JupyterLab: $where?token=$JUPYTER_TOKEN"
	fi
}

# volumes says before the work is done which of it could not be saved.
volumes() {
	local folder
	for folder in datasets/data models/weights checkpoints/runs notebooks/work; do
		[[ -w $folder ]] || echo "gocir: user $(id -u) cannot write $PWD/$folder: give that user the folder that is mounted there (chown $(id -u)), or build the image with your number (USER_ID, in Compose GOCIR_UID)." >&2
	done
}

lab() {
	[[ $(id -u) != 0 ]] || stop 'JupyterLab does not run as root here: leave the user of the image as it is.'
	[[ -x .local/lab/bin/jupyter ]] || stop "JupyterLab is not installed in $PWD/.local/lab: build the image again."
	token
	volumes
	exec .local/lab/bin/python -m jupyter lab --ip=0.0.0.0 --port=8888 --ServerApp.port_retries=0 --no-browser --notebook-dir=notebooks \
		--MultiKernelManager.default_kernel_name=gonb
}

health() {
	exec .local/lab/bin/python -c '
import urllib.request
urllib.request.build_opener(urllib.request.ProxyHandler({})).open("http://127.0.0.1:8888/api", timeout=4)'
}

backend
case ${1:-} in
'') lab ;;
health) health ;;
*) exec "$@" ;;
esac
